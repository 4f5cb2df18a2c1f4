#!/usr/bin/env python3
"""What a product of numpy's (or torch's) just before costs ours: their threads still spin.

    DIRICHLET_LIBRARY=build/release/src/libdirichlet.so python3 tests/bench/after_others.py [torch]

Prints the median of a measurement right after another one of ours, right after a product of the
other library, and 0.3 s after one; and the ratios to the first. In turns, so that the load of the
machine is shared by all; still, a ratio of a busy machine is no figure. numpy (torch) is to be
PyPI's, which brings a BLAS of its own: Debian's runs on the same libopenblas as we do.
"""

import pathlib
import statistics
import sys
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "examples/bindings/python"))
from dirichlet import Dense, Estimator  # noqa: E402

TURNS = 41
random = np.random.default_rng(1)
widths = (784, 300, 100, 10)
layers = [
    (random.normal(size=(o, i)) / i**0.5, None, "relu" if o != 10 else "identity")
    for i, o in zip(widths, widths[1:])
]
estimator = Estimator(Dense(layers))
x = random.normal(size=(128, widths[0]))
a = random.normal(size=(1500, 1500))
if "torch" in sys.argv[1:]:
    import torch

    a = torch.from_numpy(a)


def ours():
    begin = time.perf_counter()
    estimator.update(x)
    return time.perf_counter() - begin


def after_other(pause):
    a @ a
    time.sleep(pause)
    return ours()


ways = {
    "after ours": ours,
    "right after the other's": lambda: after_other(0.0),
    "0.3 s after the other's": lambda: after_other(0.3),
}
for way in ways.values():
    way()
times = {name: [] for name in ways}
for _ in range(TURNS):
    for name, way in ways.items():
        ours()
        times[name].append(way())
base = statistics.median(times["after ours"])
for name in ways:
    seconds = statistics.median(times[name])
    print(f"{name:26} {1e3 * seconds:7.2f} ms {seconds / base:5.2f} x")
