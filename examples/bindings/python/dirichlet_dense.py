"""Dense networks over numpy arrays that stay where they are, for dirichlet.py."""

from ctypes import byref, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p

import numpy as np
from dirichlet_c import (
    ACTIVATIONS,
    KINKS,
    PROGRESS,
    Callbacks,
    ModelStruct,
    PenaltyResult,
    SpectralOptions,
    SpectralResult,
    fields,
    Struct,
    batch,
    constant,
    create,
    function,
    last_error,
    number,
    of_samples,
    options,
    record,
    samples,
    strides,
    suffix,
)


class Layer(Struct):  # dirichlet_dense_layer_*
    _fields_ = fields(
        c_int64, "inputs outputs", c_void_p, "weights", c_int64, "output_stride input_stride",
        c_void_p, "bias", c_int64, "bias_stride", c_int32, "activation parameter_given",
        c_double, "activation_parameter activation_second input_scale output_scale",
        c_void_p, "negative_slopes", c_int64, "negative_slope_stride",
        c_int32, "kink reserved_too")  # fmt: skip


class Gradient(Struct):  # dirichlet_dense_gradient_*
    _fields_ = fields(c_void_p, "weights", c_int64, "output_stride input_stride",
                       c_void_p, "bias", c_int64, "bias_stride")  # fmt: skip


class Options(Struct):  # dirichlet_dense_options
    _fields_ = fields(
        c_size_t, "workspace_bytes", c_int64, "layers", c_void_p, "allocator parallel")  # fmt: skip


class PenaltyOptions(Struct):  # dirichlet_dense_penalty_options
    _fields_ = fields(c_int64, "probes", c_uint64, "seed", c_int64, "first_sample",
                       c_int32, "method reserved")  # fmt: skip


class Description(Struct):  # dirichlet_dense_description
    _fields_ = fields(c_int64, "inputs outputs layers weights biases workspace_bytes",
                       c_int64, "least_workspace_bytes")  # fmt: skip


class Lipschitz(Struct):  # dirichlet_dense_lipschitz
    _fields_ = fields(c_double, "upper_bound", c_int32, "converged reserved")


class TransferOptions(Struct):  # dirichlet_dense_transfer_options
    _fields_ = fields(PROGRESS, "progress", c_void_p, "progress_user")


class TransferResult(Struct):  # dirichlet_dense_transfer_result
    _fields_ = fields(
        c_int64, "samples", c_void_p, "input_side parameter_side factors ratios")  # fmt: skip


class Dense:
    """A dense network over weights that stay where they are: the next call sees what has changed.

    layers: (weight, bias, activation[, parameter]) each, in order. weight has the shape (outputs,
    inputs) and any positive strides: for an array (inputs, outputs) give its transpose, array.T.
    bias (outputs) or None. All are float32, or all float64. Energies are exact.

    parameter: that of the activation, any number, or None for its default; or a dict of what dense.h
    has: parameter, second, input_scale, output_scale, kink (one of KINKS), negative_slopes (an array
    (outputs), of prelu)."""

    forward_noise, changes, first, indexed = 0.0, 0, None, False  # as in Model

    def __init__(self, layers, *, workspace_bytes=0, parallel=None):
        self._layers = layers = [tuple(layer) for layer in layers]  # and the arrays in it
        if not layers:
            raise ValueError("layers is empty")
        self.dtype = np.asarray(layers[0][0]).dtype
        self._suffix = suffix(self.dtype)
        views = [_view(f"layers[{i}]", layer, self.dtype) for i, layer in enumerate(layers)]
        self.inputs, self.outputs = views[0].inputs, views[-1].outputs
        self._lent = Callbacks()  # the threads, as long as the handle
        given = {"workspace_bytes": workspace_bytes, "parallel": parallel}
        given = options(Options, given, self._lent)
        array, count = (Layer * len(views))(*views), c_int64(len(views))
        self._handle = create("dense_create_" + self._suffix, array, count, byref(given))

    def __del__(self):
        if getattr(self, "_handle", None):
            function("dense_destroy_" + self._suffix)(self._handle)

    def forward(self, x):
        """The outputs (n, k) of the samples x (n, d)."""
        x = samples(x, self)
        y = np.empty((len(x), self.outputs), self.dtype)
        self._call("forward", c_int64(len(x)), x.ctypes, y.ctypes)
        return y

    def energies(self, x):
        """||J(x_i)||_F^2 of every sample of x (n, d)."""
        x = samples(x, self)
        energies = np.empty(len(x))
        self._call("energies", c_int64(len(x)), x.ctypes, energies.ctypes)
        return energies

    def energy_penalty(self, x, gradients=None, strength=1.0, *, weights=None, indices=None, **given):
        """GC over x as a penalty: adds strength * dGC/dtheta to `gradients`, (weight, bias) of each
        layer, arrays or None, and returns the fields of dirichlet_penalty_result. Options are those of
        dirichlet_dense_penalty_options."""
        found, views = PenaltyResult(), self._gradients(gradients)
        weights = of_samples(weights, np.float64, len(x), "weights")
        indices = of_samples(indices, np.int64, len(x), "indices")
        rows, kept = batch(self, x, weights=weights, indices=indices)
        strength = c_double(number(c_double, strength, "strength"))
        tail = strength, views, c_int64(len(views)), byref(found)
        self._call("energy_penalty_batch", byref(rows), byref(options(PenaltyOptions, given)), *tail)
        del kept  # what `rows` points to
        return record(found)

    def spectral_norms(self, **given):
        """The Lipschitz bound of the network, upper_bound and converged; in `layers` the norm of each
        layer's weights, with lower, upper and iterations. Options: tolerance, max_iterations,
        progress."""
        callbacks, bound = Callbacks(), Lipschitz()
        norms = (SpectralResult * len(self._layers))(*(SpectralResult() for _ in self._layers))
        given = options(SpectralOptions, given, callbacks)
        self._call("spectral_norms", byref(given), norms, byref(bound), callbacks=callbacks)
        return record(bound, layers=[record(norm) for norm in norms])

    def transfer(self, x, *, progress=None):
        """The two sides of the transfer theorem at the samples x (n, d), see dense.h: arrays
        input_side, parameter_side and ratios (n), and factors (n, layers)."""
        x, callbacks, layers = samples(x, self), Callbacks(), len(self._layers)
        arrays = {name: np.empty(len(x)) for name in ("input_side", "parameter_side", "ratios")}
        arrays["factors"] = np.empty((len(x), layers))
        found = TransferResult(**{name: array.ctypes.data for name, array in arrays.items()})
        given = options(TransferOptions, {"progress": progress}, callbacks)
        tail = byref(given), byref(found)
        self._call("transfer", c_int64(len(x)), x.ctypes, *tail, callbacks=callbacks)
        return record(found, **arrays)

    def describe(self):
        """The fields of dirichlet_dense_description: sizes, parameters, workspace."""
        found = Description()
        self._call("describe", byref(found))
        return record(found)

    def _gradients(self, gradients):
        if gradients is None:
            gradients = [(None, None)] * len(self._layers)
        if len(gradients) != len(self._layers):
            raise ValueError(f"gradients has {len(gradients)} layers, expected {len(self._layers)}")
        views = (Gradient * len(gradients))(*(Gradient() for _ in gradients))
        for place, (view, pair, layer) in enumerate(zip(views, gradients, self._layers)):
            weight, bias = pair
            name = f"gradients[{place}]"
            if weight is not None:
                used = strides(name + ": weight", weight, 2, self.dtype, written=True)
                view.weights, view.output_stride, view.input_stride = weight.ctypes.data, *used
                if weight.shape != layer[0].shape:
                    raise ValueError(f"{name}: weight has the shape {weight.shape}")
            if bias is not None:
                used = strides(name + ": bias", bias, 1, self.dtype, written=True)
                view.bias, (view.bias_stride,) = bias.ctypes.data, used
                if len(bias) != len(layer[0]):
                    raise ValueError(f"{name}: bias has the length {len(bias)}")
        return views

    def _call(self, name, *arguments, callbacks=None):
        callbacks = callbacks or self._lent
        call = function(f"dense_{name}_{self._suffix}")
        callbacks.run(call, self._handle, *arguments, error=self._error)

    def _error(self):
        return last_error("dense_last_error_" + self._suffix, self._handle)

    def _table(self, callbacks):
        table = ModelStruct()
        self._call("model", byref(table))
        return table


def _view(name, layer, dtype):
    if len(layer) not in (3, 4):
        raise ValueError(f"{name} must be (weight, bias, activation) or one with a parameter")
    weight, bias, activation, parameter = (*layer, None)[:4]
    used = strides(name + ": weight", weight, 2, dtype)
    view = Layer(activation=constant(ACTIVATIONS, activation, name + ": activation"))
    _set_activation(name, view, parameter, len(weight), dtype)
    view.outputs, view.inputs = weight.shape
    view.weights, view.output_stride, view.input_stride = weight.ctypes.data, *used
    if bias is not None:
        view.bias, (view.bias_stride,) = bias.ctypes.data, strides(name + ": bias", bias, 1, dtype)
        if len(bias) != len(weight):
            raise ValueError(f"{name}: bias has the length {len(bias)}, expected {len(weight)}")
    return view


def _set_activation(name, view, given, outputs, dtype):
    """The parameters of an activation: a number, or a dict. What is None is the default."""
    given = dict(given) if isinstance(given, dict) else {"parameter": given}
    given = {key: value for key, value in given.items() if value is not None}
    view.parameter_given = "parameter" in given
    for key, field in (("parameter", "activation_parameter"), ("second", "activation_second"),
                       ("input_scale", "input_scale"), ("output_scale", "output_scale")):  # fmt: skip
        if key in given:
            value = number(c_double, given.pop(key), f"{name}: {key}")
            if value == 0 and key in ("input_scale", "output_scale"):
                raise ValueError(f"{name}: {key} is 0, which would make the layer a constant")
            setattr(view, field, value)
    view.kink = constant(KINKS, given.pop("kink", "outside"), name + ": kink")
    slopes = given.pop("negative_slopes", None)
    if slopes is not None:
        what = name + ": negative_slopes"
        (view.negative_slope_stride,) = strides(what, slopes, 1, dtype)
        view.negative_slopes = slopes.ctypes.data
        if len(slopes) != outputs:
            raise ValueError(f"{what} has the length {len(slopes)}, expected {outputs}")
    if given:
        raise ValueError(f"{name}: {next(iter(given))!r} is no parameter of an activation")
