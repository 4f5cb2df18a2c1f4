#!/bin/sh
# JAX 0.10.2 on the CPU: code called by jax.pure_callback computes with subnormal numbers flushed.
#
# Expected: a function of the host gives the same numbers, called directly or by a callback.
# What happens: inside the callback the thread's floating-point unit flushes subnormals to zero, for
#   all code there, also that of other libraries: 1e-300 * 1e-10 is 0 and not 1e-310.
# Why it matters: simulators, solvers and estimators are connected to JAX by callbacks. Tests against
#   subnormals, gradual underflow and scaling by powers of two work everywhere but there.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --no-cache-dir install jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6

JAX_PLATFORMS=cpu "$work/venv/bin/python" - <<'PYTHON'
import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
seen = []


def host(_):  # plain numpy, and judged before anything is handed back
    product = np.float64(1e-300) * np.float64(1e-10)
    seen.append(product != 0)
    return np.float64(0)


host(0)
jax.block_until_ready(jax.pure_callback(host, jax.ShapeDtypeStruct((), np.float64), 0.0))
host(0)
print("jax", jax.__version__)
print("1e-300 * 1e-10 is not 0: directly %s, in the callback %s, afterwards %s" % tuple(seen))
assert seen == [True, False, True], "the callback computes as its surroundings do"
PYTHON
