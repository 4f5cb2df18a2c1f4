#!/bin/sh
# PyTorch 2.15.0: torch.func.jacrev of torch.cdist gives the first row of the Jacobian for every row.
#
# Expected: row i is the derivative of the distance to centre i, as torch.autograd.functional
#   .jacobian gives it for the same function.
# What happens: all rows are those of the first distance; no warning. The same distances by
#   torch.linalg.vector_norm are differentiated correctly.
# Why it matters: kernel machines and prototype networks measure distances by cdist. Everything made
#   of their Jacobians (average gradient outer products, sensitivities, Jacobian penalties) is wrong.
#
# Downloads 3 GB: the wheel needs its CUDA libraries to be imported, no GPU to run.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
TMPDIR=$work "$work/venv/bin/pip" -q --no-cache-dir install torch==2.15.0 numpy==2.4.6

"$work/venv/bin/python" - <<'PYTHON'
import torch

torch.manual_seed(0)
centres = torch.randn(3, 4, dtype=torch.float64)
x = torch.randn(4, dtype=torch.float64)


def distances(x):
    return torch.cdist(x[None], centres)[0]


found = torch.func.jacrev(distances)(x)
right = torch.autograd.functional.jacobian(distances, x)
by_norm = torch.func.jacrev(lambda x: torch.linalg.vector_norm(x - centres, dim=1))(x)
print("torch", torch.__version__)
print("torch.func.jacrev:", found, "torch.autograd.functional.jacobian:", right, sep="\n")
assert torch.allclose(right, by_norm), "the two right ways differ"
assert torch.allclose(found, right[0].expand(3, 4)), "the rows are no longer all the first one"
assert not torch.allclose(found, right), "jacrev is right"
print("jacrev repeats the first row")
PYTHON
