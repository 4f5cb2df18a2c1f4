#!/bin/sh
# Keras 3.15.1 on JAX: tanh, sin and their kin return float32 for float64, even with floatx float64.
#
# Expected: an elementwise function keeps the type of its input, as exp, sigmoid and sqrt do; at the
#   least keras.config.set_floatx("float64") makes a float64 model.
# What happens: with JAX's 64-bit mode on, keras.ops.tanh, sin, cos, cosh and arctan of float64 are
#   float32. A float64 model with a tanh layer computes from there on with 24 bits, and still says
#   float64 in its dtype policy.
# Why it matters: gradients and differences of such a model are checked and stepped as if they had 53
#   bits. Finite differences with the step for float64 are then nothing but rounding.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --no-cache-dir install keras==3.15.1 jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6

HOME=$work KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$work/venv/bin/python" - <<'PYTHON'
import jax

jax.config.update("jax_enable_x64", True)
import keras
import numpy as np

keras.config.set_floatx("float64")
x = keras.ops.convert_to_tensor(np.array([[0.3]]), dtype="float64")
layer = keras.layers.Dense(1, activation="tanh", dtype="float64")
print("keras", keras.__version__, "jax", jax.__version__, "floatx", keras.config.floatx())
types = {name: str(getattr(keras.ops, name)(x).dtype)
         for name in ("tanh", "sin", "cos", "cosh", "arctan", "exp", "sigmoid", "sqrt")}
print(types)
print("a Dense layer with tanh, policy", layer.dtype_policy.name, "returns", layer(x).dtype)
assert all(types[name] == "float32" for name in ("tanh", "sin", "cos", "cosh", "arctan")), "kept"
assert all(types[name] == "float64" for name in ("exp", "sigmoid", "sqrt"))
assert str(layer(x).dtype) == "float32"
PYTHON
