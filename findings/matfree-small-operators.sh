#!/bin/sh
# matfree 0.6.3: leave-one-out row norms of an operator depend on its unit of measure.
#
# Expected: the squared row norms of c A are c^2 those of A, for any c; the sum of the estimates has
#   the squared Frobenius norm as its mean.
# What happens: for c = 1e-6 in float32 the estimate of a full-rank 40 x 30 matrix is half of what it
#   is for c = 1, for the same probes. The test that looks for low rank compares with the machine
#   epsilon itself, not with epsilon times the size of the operator; where it strikes, what the
#   sketch did not see is left out.
# Why it matters: Jacobians by millimetres or of normalized data are that small. The estimator is
#   exchangeable and unbiased, so nobody expects a half.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --no-cache-dir install matfree==0.6.3 jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6

JAX_PLATFORMS=cpu "$work/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import jax
import jax.numpy as jnp
from matfree import stochtrace

matrix = jax.random.normal(jax.random.PRNGKey(0), (40, 30), dtype=jnp.float32)
sampler = stochtrace.sampler_sphere(jnp.ones(30, jnp.float32), num=8)
estimate = stochtrace.estimator_leave_one_out(
    stochtrace.leave_one_out_xrownorms_squared(), sampler=sampler)


def ratio(scale):  # mean over 40 keys of the estimated by the true squared Frobenius norm
    total = sum(jnp.sum(estimate(lambda v: scale * (matrix @ v), jax.random.PRNGKey(k)) / scale**2)
                for k in range(40))
    return float(total / 40 / jnp.sum(matrix**2))


print("matfree", version("matfree"))
ratios = {scale: ratio(scale) for scale in (1.0, 1e-3, 1e-6)}
for scale, value in ratios.items():
    print(f"A times {scale:g}: estimate / truth = {value:.4f}")
assert abs(ratios[1.0] - 1) < 0.05 and abs(ratios[1e-3] - 1) < 0.05
assert ratios[1e-6] < 0.7, "small operators are estimated as large ones are"
PYTHON
