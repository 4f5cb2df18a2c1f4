#!/usr/bin/env python3
"""Exact geometric complexity of dense ReLU networks: libdirichlet beside what Python offers.

    python3 tests/bench/compare.py BENCH [--case NAME ...] [--runs 9] [--json FILE]

BENCH is the program of bench.c (build/release/tests/bench/bench). Every contender is a process
of its own that keeps its network and data; they take turns, so that whatever else the machine
does meets all of them. A turn is one run to fill the caches and wake the threads, then the one
that is timed. Same numbers to the bit, float32, two threads.

--json writes a list of {case, samples, seconds, peers: {name: seconds}, best_peer, ratio}, ratio
the best peer's time over ours: the median over the turns, as are all ratios.

The peers, each where it can be imported by the Python given:
    torch.func  sum of squares of vmap(jacrev(f)); functorch in PyTorch 1.x
    torch.grad  a loop over the outputs of vector-Jacobian products by autograd, as
                jacobian_regularizer does with n = -1; with probes, its n = 1; of a penalty
                also the second backpropagation, to the weights
    jax         jit of the mean of the squares of vmap(jacrev(f)), compiled and warmed up; with
                probes, jit of one vjp per sample; of a penalty, jit of value_and_grad
Install them with `pip install torch jax`, or torch alone with `apt install python3-torch` and
then run Debian's /usr/bin/python3. With several Pythons: --python NAME=PATH, more than once.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

# Names and samples: those of cases.c.
CASES = {
    "784-300-100-10": 1024,
    "3072-512-512-512-10": 512,
    "784-128-32-128-784": 256,
    "784-4096-10": 1024,
    "784-1024-1024-1024-10": 1024,
    "784-300-100-10-probe": 1024,
    "3072-512-512-512-10-probe": 512,
    "64-64-64-10": 1,
    "784-300-100-10-penalty": 128,
    "784-300-100-10-penalty-probe": 128,
    "784-128-32-128-784-penalty": 128,
}
PEERS = ("torch.func", "torch.grad", "jax")
THREADS = "2"
PAUSE = 0.05  # seconds; threads that spin for more work go to sleep


def numbers(first, count):
    """The numbers of cases.c: 24 bits of splitmix64, on [-1, 1)."""
    import numpy as np
    with np.errstate(over="ignore"):
        z = np.arange(first + 1, first + 1 + count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(8388608) - np.float32(1)


def widths_of(name):
    return [int(width) for width in name.removesuffix("-probe").removesuffix("-penalty").split("-")]


def is_probed(name):
    return name.endswith("-probe")


def is_penalty(name):
    return "-penalty" in name


def subject(name):
    """Weights, biases and data of a case."""
    import numpy as np
    widths, samples = widths_of(name), CASES[name]
    layers, index = [], 0
    for inputs, outputs in zip(widths, widths[1:]):
        weights = numbers(index, inputs * outputs) * np.float32(math.sqrt(6.0 / inputs))
        bias = numbers(index + inputs * outputs, outputs) * np.float32(0.125)
        layers.append((weights.reshape(outputs, inputs), bias))
        index += (inputs + 1) * outputs
    return layers, numbers(1 << 40, samples * widths[0]).reshape(samples, widths[0])


def torch_peer(name, functional):
    import torch
    torch.set_num_threads(int(THREADS))
    layers, x = subject(name)
    probes = is_probed(name)
    layers = [(torch.from_numpy(w), torch.from_numpy(b)) for w, b in layers]
    x = torch.from_numpy(x)
    if is_penalty(name):
        for tensor in sum(layers, ()):
            tensor.requires_grad_(True)

    def f(h):
        for i, (w, b) in enumerate(layers):
            h = torch.nn.functional.linear(h, w, b)
            if i + 1 < len(layers):
                h = torch.relu(h)
        return h

    def functional_exact():
        return float((batch_jacobian(x) ** 2).sum() / len(x))

    def exact():
        point = x.detach().requires_grad_(True)
        y, total = f(point), 0.0
        for j in range(y.shape[1]):
            row, = torch.autograd.grad(y[:, j].sum(), point, retain_graph=True)
            total = total + (row * row).sum()
        return float(total / len(x))

    def probed():
        point = x.detach().requires_grad_(True)
        y = f(point)
        v = torch.randn_like(y)
        v = v / v.norm(dim=1, keepdim=True)
        row, = torch.autograd.grad(y, point, v)
        return float(y.shape[1] * (row * row).sum() / len(x))

    def penalty():
        """Value and gradient as jacobian_regularizer has them: double backpropagation."""
        point = x.detach().requires_grad_(True)
        y, total = f(point), 0.0
        if probes:
            v = torch.randn_like(y)
            v = v / v.norm(dim=1, keepdim=True)
            row, = torch.autograd.grad(y, point, v, create_graph=True)
            total = y.shape[1] * (row * row).sum()
        else:
            for j in range(y.shape[1]):
                row, = torch.autograd.grad(y[:, j].sum(), point, create_graph=True)
                total = total + (row * row).sum()
        value = total / len(x)
        torch.autograd.grad(value, [w for w, _ in layers])
        return float(value)

    if is_penalty(name):
        if functional:
            raise ImportError("no gradients")
        return penalty
    if functional and not probes:
        try:
            from torch.func import jacrev, vmap
        except ImportError:
            from functorch import jacrev, vmap
        batch_jacobian = vmap(jacrev(f))
        return functional_exact
    if functional:
        raise ImportError("no probes")
    return probed if probes else exact


def jax_peer(name):
    import jax
    import jax.numpy as jnp
    layers, x = subject(name)
    probes = is_probed(name)
    layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in layers]
    x = jnp.asarray(x)

    def f(parameters, h):
        for i, (w, b) in enumerate(parameters):
            h = w @ h + b
            if i + 1 < len(parameters):
                h = jax.nn.relu(h)
        return h

    @jax.jit
    def exact(parameters, batch):
        jacobians = jax.vmap(jax.jacrev(f, argnums=1), in_axes=(None, 0))(parameters, batch)
        return jnp.mean(jnp.sum(jacobians ** 2, axis=(1, 2)))

    def one_probe(parameters, point, key):
        y, vjp = jax.vjp(lambda h: f(parameters, h), point)
        row, = vjp(jax.random.rademacher(key, y.shape, y.dtype))
        return jnp.sum(row ** 2)

    @jax.jit
    def probed(parameters, batch, key):
        keys = jax.random.split(key, len(batch))
        return jnp.mean(jax.vmap(one_probe, in_axes=(None, 0, 0))(parameters, batch, keys))

    if is_penalty(name):
        both = jax.jit(jax.value_and_grad(probed.__wrapped__ if probes else exact.__wrapped__))

        def penalty():
            key[0], now = jax.random.split(key[0])
            value, gradient = both(layers, x, now) if probes else both(layers, x)
            jax.block_until_ready(gradient)
            return float(value)

    key = [jax.random.PRNGKey(0)]

    def next_probe():
        key[0], now = jax.random.split(key[0])
        return float(probed(layers, x, now))

    if is_penalty(name):
        return penalty
    return next_probe if probes else lambda: float(exact(layers, x))


def serve(peer, name):
    """What `bench --serve` does, in Python."""
    run = jax_peer(name) if peer == "jax" else torch_peer(name, peer == "torch.func")
    calls = 100 if CASES[name] == 1 else 1
    for _ in range(3):
        run()
    print("ready", flush=True)
    for _ in sys.stdin:
        for _ in range(calls):
            run()
        begin = time.perf_counter()
        for _ in range(calls):
            value = run()
        print((time.perf_counter() - begin) / calls, value, flush=True)


class Contender:
    """A process that is asked for one run at a time."""

    def __init__(self, command):
        environment = dict(os.environ, OPENBLAS_NUM_THREADS=THREADS, BLIS_NUM_THREADS=THREADS,
                           OMP_NUM_THREADS=THREADS, MKL_NUM_THREADS=THREADS, JAX_PLATFORMS="cpu")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=environment)
        self.seconds, self.values = [], []

    def run(self):
        time.sleep(PAUSE)
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            sys.exit(f"{self.process.args}: ended before its turn was over")
        seconds, value = answer
        self.seconds.append(float(seconds))
        self.values.append(float(value))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start(bench, pythons, name):
    contenders = {"libdirichlet": Contender([bench, "--case", name, "--serve"])}
    for label, python in pythons.items():
        for peer in PEERS:
            contender = Contender([python, os.path.abspath(__file__), bench, "--serve", peer,
                                   "--case", name])
            if contender.process.stdout.readline().strip() == "ready":
                contenders[peer + label] = contender
            else:
                contender.close()
                print(f"{name}: no {peer + label}", file=sys.stderr)
    return contenders


def agree(contenders, probes):
    """The contender whose value is not that of the others; None if all agree."""
    own = statistics.mean(contenders["libdirichlet"].values)
    for name, contender in contenders.items():
        value = statistics.mean(contender.values)
        if not abs(value - own) <= (0.1 if probes else 1e-4) * abs(own):
            return name
    return None


def compare(bench, pythons, name, runs):
    contenders = start(bench, pythons, name)
    contenders["libdirichlet"].run()  # the first turn after all have started is not timed
    for contender in contenders.values():
        if contender is not contenders["libdirichlet"]:
            contender.run()
        contender.seconds.clear()
        contender.values.clear()
    for _ in range(runs):
        for contender in contenders.values():
            contender.run()
    for contender in contenders.values():
        contender.close()
    wrong = agree(contenders, is_probed(name))
    if wrong is not None:
        sys.exit(f"{name}: {wrong} gives another value than libdirichlet: "
                 f"{contenders[wrong].values[0]}, {contenders['libdirichlet'].values[0]}")
    own = contenders.pop("libdirichlet").seconds
    ratios = {key: statistics.median(theirs / ours for theirs, ours in zip(c.seconds, own))
              for key, c in contenders.items()}
    best = min(ratios, key=ratios.get) if ratios else None
    return {"case": name, "samples": CASES[name], "seconds": statistics.median(own),
            "peers": {key: statistics.median(c.seconds) for key, c in contenders.items()},
            "best_peer": best, "ratio": ratios.get(best), "ratios": ratios}


def print_row(result):
    cells = [f"{result['case']:26s} {1e3 * result['seconds']:8.4g} ms"]
    for peer, ratio in result["ratios"].items():
        cells.append(f"{peer} {1e3 * result['peers'][peer]:.4g} ms, {ratio:.2f} x")
    print("   ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("bench")
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--serve", choices=PEERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs must be at least 1")
    if arguments.serve:
        return serve(arguments.serve, arguments.case[0])
    pythons = dict(item.split("=", 1) for item in arguments.python) or {"": sys.executable}
    results = []
    for name in arguments.case or CASES:
        results.append(compare(arguments.bench, pythons, name, arguments.runs))
        print_row(results[-1])
        if not results[-1]["ratios"]:
            print("no peer was found; see the top of this file", file=sys.stderr)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    main()
