#!/bin/sh
# tinygrad 0.14.0: the gradient of elu is NaN for large inputs, where elu is the identity, and 0 at 0.
#
# Expected: elu'(z) = 1 for z > 0, however large; 1 at 0 too, where both sides have that slope.
# What happens: NaN from z = 89 on in float32, 710 in float64: the branch for negative z is evaluated
#   for all, its exponential overflows, and infinity times 0 is NaN. At 0 exactly it is 0. The values
#   of elu itself are right.
# Why it matters: one unit of one sample with a sum of 89 makes all gradients NaN, in a network whose
#   outputs and loss look well.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --no-cache-dir install tinygrad==0.14.0

HOME=$work CACHEDB=$work/cache.db "$work/venv/bin/python" - <<'PYTHON'
import math
from importlib.metadata import version

from tinygrad import Tensor, dtypes


def elu(z, dtype):  # its value and its gradient
    x = Tensor([z], dtype=dtype)
    x.requires_grad = True
    y = x.elu().sum()
    return y.item(), y.gradient(x)[0].item()


print("tinygrad", version("tinygrad"))
found = {}
for dtype, points in ((dtypes.float32, (0.0, 1.0, 88.0, 89.0)), (dtypes.float64, (89.0, 709.0, 710.0))):
    for z in points:
        found[dtype, z] = value, slope = elu(z, dtype)
        print(f"{dtype}: elu({z:g}) = {value:g}, gradient {slope:g}")
assert all(value == z for (_, z), (value, _) in found.items())
assert found[dtypes.float32, 0.0][1] == 0, "the gradient at 0 is no longer 0"
assert math.isnan(found[dtypes.float32, 89.0][1]) and math.isnan(found[dtypes.float64, 710.0][1])
assert all(found[key][1] == 1 for key in found if key[1] in (1.0, 88.0, 709.0))
PYTHON
