"""Weights to begin with, and the geometric complexity to expect of them, for dirichlet.py:
dirichlet/random.h."""

from ctypes import byref, c_double, c_int32, c_int64, c_uint64

import numpy as np
from dirichlet_c import (
    ErrorStruct,
    Struct,
    check,
    fields,
    function,
    number,
    options,
    strides,
    suffix,
)

OPTIONS = "scheme", "distribution", "initial_bias", "seed", "scale"


class Options(Struct):  # dirichlet_initialization_options
    _fields_ = fields(
        c_int32, "scheme distribution bias scale_given", c_uint64, "seed", c_double, "scale")  # fmt: skip


def initialize(weight, bias=None, *, layer=0, **given):
    """Draw the weights (outputs, inputs) and biases (outputs) of layer number `layer`, arrays with
    any positive strides, in place. Options: scheme ("lecun", "glorot", "he", "pytorch"), distribution
    ("normal", "truncated_normal", "uniform"), initial_bias ("zero", "uniform"), seed, and scale, any
    number >= 0, or None for 1."""
    dtype = np.asarray(weight).dtype
    used, given = strides("weight", weight, 2, dtype, written=True), _options(given)
    place, stride = None, 0
    if bias is not None:
        (stride,) = strides("bias", bias, 1, dtype, written=True)
        place = bias.ctypes
        if len(bias) != len(weight):
            raise ValueError(f"bias has the length {len(bias)}, expected {len(weight)}")
    error, (outputs, inputs) = ErrorStruct(), weight.shape
    numbers = c_int64(number(c_int64, layer, "layer")), c_int64(inputs), c_int64(outputs)
    call, views = function("initialize_" + suffix(dtype)), (weight.ctypes, *map(c_int64, used))
    check(call(byref(given), *numbers, *views, place, c_int64(stride), byref(error)), error)


def expected_energy(widths, *, negative_slope=0.0, **given):
    """The mean geometric complexity of networks of relu or leaky_relu of these widths, input first,
    with weights that were drawn by these options of `initialize`."""
    widths = np.array([number(c_int64, width, "widths") for width in widths], np.int64)
    energy, error, given = c_double(), ErrorStruct(), _options(given)
    slope = c_double(number(c_double, negative_slope, "negative_slope"))
    tail = c_int64(len(widths) - 1), slope, byref(energy), byref(error)
    check(function("expected_energy")(byref(given), widths.ctypes, *tail), error)
    return energy.value


def _options(given):
    unknown = ", ".join(set(given) - set(OPTIONS))
    if unknown:
        raise TypeError(f"there is no option {unknown}; options are {', '.join(OPTIONS)}")
    given = {("bias" if name == "initial_bias" else name): value for name, value in given.items()}
    if given.get("scale", 0) is None:
        del given["scale"]
    values = options(Options, given)
    values.scale_given = "scale" in given
    return values
