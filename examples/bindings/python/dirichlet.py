"""Geometric complexity, GC = mean of ||df/dx||_F^2 over a data set, of a model in Python.

One file over libdirichlet's shared library, by ctypes and numpy, to copy beside your program. The
library is what the variable DIRICHLET_LIBRARY names, else what ctypes.util.find_library finds.

    model = Model(inputs, outputs, vjp=my_vjp)        # numpy functions: forward, jvp, vjp
    model = Dense([(weight, bias, "relu"), ...])      # or weights, used where they are
    model = torch_model(module, inputs)               # or what dirichlet_torch.py makes, and
    model = jax_model(function, inputs)               # dirichlet_jax.py and dirichlet_onnx.py
    print(measure(model, x))                          # GC = 3.1416 +- 0.0021 (exact, 512 samples)

Options of `measure` and `Estimator` are those of dirichlet/estimator.h. What a function of yours
raises stops the call and comes out of it, and the estimator is as before. Objects are for one
thread at a time: to use an estimator during its update, as its callbacks could, is a RuntimeError.
"""

import ctypes.util
import importlib
import math
import os
from ctypes import byref, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from operator import index

import numpy as np

VERSION = (0, 1)  # of the interface described here
MESSAGE_SIZE = 256

METHODS = {"auto": 0, "exact": 10, "rademacher": 20, "sphere": 21, "gaussian": 22,
           "orthogonal": 30, "unit": 31, "hutchpp": 40, "finite_difference": 50}  # fmt: skip
NONFINITE = {"fail": 0, "skip": 1}
STOP_REASONS = {"none": 0, "samples": 10, "tolerance": 20}
# forward_noise of these types: of int8 the part of its error that changes from point to point.
NOISE = {"float16": 2**-10, "bfloat16": 2**-7, "int8": 2**-8}
ACTIVATIONS = {"identity": 0, "relu": 10, "leaky_relu": 11, "prelu": 12, "relu_squared": 13,
               "clamp": 15, "hard_sigmoid": 16, "hard_swish": 17, "elu": 20, "selu": 21, "gelu": 30,
               "gelu_tanh": 31, "silu": 40, "mish": 41, "softplus": 50, "tanh": 60, "softsign": 61,
               "sigmoid": 70, "sin": 80}  # fmt: skip
KINKS = {"outside": 0, "inside": 10, "mean": 20}


class Error(Exception):
    """A call of the library failed; `status` is one of the codes of dirichlet/status.h."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


# The C structs; tests/python compares their layout with the headers.
_FORWARD = ctypes.CFUNCTYPE(c_int32, c_int64, c_void_p, c_void_p, c_void_p)
_PRODUCT = ctypes.CFUNCTYPE(c_int32, c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p)
_PROGRESS = ctypes.CFUNCTYPE(c_int32, c_int64, c_void_p)


def _fields(*kinds):  # and after each kind the names of its fields
    pairs = zip((c_size_t, *kinds[::2]), ("struct_size", *kinds[1::2]))
    return [(name, kind) for kind, names in pairs for name in names.split()]


class _Struct(ctypes.Structure):
    def __init__(self, **fields):
        super().__init__(struct_size=ctypes.sizeof(self), **fields)


class _Model(_Struct):  # dirichlet_model_f64; that of f32 has the same layout
    _fields_ = _fields(
        c_int64, "inputs outputs max_samples max_directions", _FORWARD, "forward",
        _PRODUCT, "jvp vjp", c_void_p, "energies product_norms user")  # fmt: skip


class _Options(_Struct):  # dirichlet_estimator_options
    _fields_ = _fields(
        c_int32, "method on_nonfinite", c_int64, "probes", c_uint64, "seed",
        c_int64, "first_sample population max_samples", c_double, "tolerance",
        c_int64, "min_samples", c_double, "confidence step forward_noise",
        c_size_t, "workspace_bytes",
        c_void_p, "allocator", _PROGRESS, "progress", c_void_p, "progress_user")  # fmt: skip


class _Result(_Struct):  # dirichlet_result
    _fields_ = _fields(
        c_double, "value standard_error standard_error_data standard_error_probes confidence lower",
        c_double, "upper", c_int64, "samples skipped", c_double, "weight_sum min_energy max_energy",
        c_int64, "products", c_double, "noise",
        c_int32, "method exact stop_reason reserved",
        c_double, "standard_error_differences step_error forward_noise min_step max_step")  # fmt: skip


class _Layer(_Struct):  # dirichlet_dense_layer_f64; that of f32 has the same layout
    _fields_ = _fields(
        c_int64, "inputs outputs", c_void_p, "weights", c_int64, "output_stride input_stride",
        c_void_p, "bias", c_int64, "bias_stride", c_int32, "activation reserved",
        c_double, "activation_parameter activation_second input_scale output_scale",
        c_void_p, "negative_slopes", c_int64, "negative_slope_stride",
        c_int32, "kink reserved_too")  # fmt: skip


def _load():
    path = os.environ.get("DIRICHLET_LIBRARY") or ctypes.util.find_library("dirichlet")
    if not path:
        raise ImportError("libdirichlet not found: install it or set DIRICHLET_LIBRARY to its path")
    library = ctypes.CDLL(path)
    version = divmod(library.dirichlet_version() // 100, 100)
    if version != VERSION:
        raise ImportError(f"{path} has the version {version}, this file is for {VERSION}")
    for name in ("estimator_destroy", "dense_destroy_f32", "dense_destroy_f64"):
        getattr(library, "dirichlet_" + name).restype = None
    for name in ("status_string", "estimator_message", "dense_message_f32", "dense_message_f64"):
        getattr(library, "dirichlet_" + name).restype = ctypes.c_char_p
    return library


_library = _load()


def _function(name):
    return getattr(_library, "dirichlet_" + name)


def _check(status, message=b""):
    if status:
        raise Error(status, (message or _library.dirichlet_status_string(status)).decode())


def _create(name, *arguments):
    """The handle made by a function whose last arguments are out, message and message_size."""
    handle, message = c_void_p(), ctypes.create_string_buffer(MESSAGE_SIZE)
    tail = byref(handle), message, c_size_t(MESSAGE_SIZE)
    _check(_function(name)(*arguments, *tail), message.value)
    return handle


def _suffix(dtype):
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype is {dtype}, expected float32 or float64")
    return "f32" if dtype == np.float32 else "f64"


def _constant(names, value, argument):
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{argument} is {value!r}, expected one of {', '.join(names)}")
    return names[value]


def _number(kind, value, argument):
    """What ctypes alone would cut to its lowest bits."""
    try:
        number = index(value) if kind is not c_double or np.iscomplexobj(value) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{argument} is {value!r}, which is no number of its kind") from None
    if kind is not c_double and kind(number).value != number:
        raise ValueError(f"{argument} is {number}, which is out of range")
    return number


def _callable(function, argument):
    if function is not None and not callable(function):
        raise TypeError(f"{argument} is {function!r}, which cannot be called")
    return function


def _array(value, dtype, what):
    """A contiguous array; a mere cast would drop imaginary parts, with no more than a warning."""
    value = np.asarray(value)
    if np.iscomplexobj(value):
        raise TypeError(f"{what} complex numbers, expected real ones")
    return np.ascontiguousarray(value, dtype)


def _samples(x, model):
    """x as a contiguous array (n, d): of any shape (n, ...) with d numbers a sample."""
    x = _array(x, model.dtype, "x has")
    if x.size != len(x) * model.inputs:
        raise ValueError(f"x has the shape {x.shape}, expected (n, {model.inputs})")
    return x.reshape(len(x), model.inputs)


class Model:
    """A model as numpy functions of batches; give those you have.

    forward(x) -> y        x (n, d) -> (n, k), d = inputs, k = outputs
    jvp(x, v) -> J v       v (n, m, d) -> (n, m, k)
    vjp(x, u) -> J^T u     u (n, m, k) -> (n, m, d)

    Rows must not depend on each other: no dropout, no batch normalization in training mode. At most
    max_samples samples and max_directions directions are asked for at once (0: any number); with
    `batch` just so many rows, copies of the last added. forward_noise is the option of that name;
    where forward returns float16 or bfloat16 it is theirs (NOISE). first(model, x) is called once,
    before the first samples: with `check` models that give wrong numbers are refused."""

    changes = 0  # of what estimators have to know: they follow it

    def __init__(self, inputs, outputs, *, forward=None, jvp=None, vjp=None, dtype=np.float64,
                 max_samples=0, max_directions=0, batch=0, forward_noise=0.0, first=None):  # fmt: skip
        self.inputs = _number(c_int64, inputs, "inputs")
        self.outputs = _number(c_int64, outputs, "outputs")
        self.batch = _number(c_int64, batch, "batch")
        self.max_samples = self.batch or _number(c_int64, max_samples, "max_samples")
        self.max_directions = _number(c_int64, max_directions, "max_directions")
        self.forward, self.jvp = _callable(forward, "forward"), _callable(jvp, "jvp")
        self.vjp, self.first = _callable(vjp, "vjp"), _callable(first, "first")
        self.forward_noise = _number(c_double, forward_noise, "forward_noise")
        self.dtype = np.dtype(dtype)
        _suffix(self.dtype)
        if max_samples not in (0, self.max_samples):
            raise ValueError(f"batch is {batch} and max_samples {max_samples}: give one of them")

    def _table(self, callbacks):
        d, k = self.inputs, self.outputs
        table = _Model(inputs=d, outputs=k)
        table.max_samples, table.max_directions = self.max_samples, self.max_directions
        widths = {"forward": ([d], k), "jvp": ([d, d], k), "vjp": ([d, k], d)}
        for name, kind in (("forward", _FORWARD), ("jvp", _PRODUCT), ("vjp", _PRODUCT)):
            if getattr(self, name) is not None:
                body = self._on_buffers(name, widths[name][0], callbacks)
                setattr(table, name, callbacks.keep(kind, body))
        return table

    def _on_buffers(self, name, widths, callbacks):
        """The function over C buffers, whose inputs have so many numbers a row."""
        function = getattr(self, name)

        def body(*arguments):
            counts, (*inputs, output) = arguments[: len(widths)], arguments[len(widths) :]
            shapes = [(counts[0], widths[0])] + [(*counts, width) for width in widths[1:]]
            arrays = [np.empty(shape, self.dtype) for shape in shapes]  # the buffers do not last
            for array, address in zip(arrays, inputs):
                ctypes.memmove(array.ctypes.data, address, array.nbytes)
            value, noise = self._on_arrays(name, function, *arrays)
            if noise > callbacks.noise:
                raise _Coarser(noise)
            ctypes.memmove(output, value.ctypes.data, value.nbytes)

        return body

    def _on_arrays(self, name, function, *arrays):
        """What the function gives for arrays of the model's type, and the noise of the type it had."""
        rows, width = len(arrays[0]), self.inputs if name == "vjp" else self.outputs
        shape = (max(self.batch, rows), *arrays[-1].shape[1:-1], width)
        if rows < self.batch:
            full = [array[-1:].repeat(self.batch - rows, 0) for array in arrays]
            arrays = [np.concatenate(pair) for pair in zip(arrays, full)]
        value = np.asarray(function(*arrays))
        noise = _noise(value.dtype, name)
        value = _array(value, self.dtype, name + " returned")
        if value.shape != shape:
            raise ValueError(f"{name} gave the shape {value.shape}, expected {shape}")
        return value[:rows], noise


def _noise(dtype, name):
    """Relative noise of values by the type in which a function returned them."""
    noise = NOISE.get(dtype.name, 0.0)
    if (noise and name != "forward") or (dtype.kind in "iub" and dtype.itemsize <= 2):
        raise TypeError(f"{name} returned {dtype}, which has too few digits")
    return noise


class _Coarser(Exception):
    """forward returned a coarser type than the estimator knew of."""


class _Callbacks:
    """C functions made of Python ones: keeps them alive, and what one of them raised."""

    def __init__(self):
        self._kept, self._raised, self.running = [], None, False
        self.noise = math.inf  # that of forward, as the estimator knows it

    def keep(self, kind, body):
        def guarded(*arguments):
            try:
                return bool(body(*arguments[:-1]))  # the last one is `user`
            except BaseException as error:  # nothing may pass through C, KeyboardInterrupt included
                self._raised = error
                return 1

        self._kept.append(kind(guarded))
        return self._kept[-1]

    def run(self, function, *arguments):
        """The status of a call; what was raised inside of it is raised again."""
        self._raised, self.running = None, True
        try:
            status = function(*arguments)
        finally:
            self.running = False
        raised, self._raised = self._raised, None
        if status and raised is not None:
            raise raised
        return status


class Dense:
    """A dense network over weights that stay where they are: the next call sees what has changed.

    layers: (weight, bias, activation[, parameter]) each, in order. weight has the shape (outputs,
    inputs) and any positive strides: for an array (inputs, outputs) give its transpose, array.T.
    bias (outputs) or None. All are float32, or all float64. Energies are exact.

    parameter: that of the activation, or a dict of what dense.h has: parameter, second, input_scale,
    output_scale, kink (one of KINKS), negative_slopes (an array (outputs), of prelu)."""

    forward_noise, changes, first = 0.0, 0, None  # as in Model

    def __init__(self, layers):
        self._layers = layers = [tuple(layer) for layer in layers]  # and the arrays in it
        if not layers:
            raise ValueError("layers is empty")
        self.dtype = np.asarray(layers[0][0]).dtype
        self._suffix = _suffix(self.dtype)
        views = [_view(f"layers[{i}]", layer, self.dtype) for i, layer in enumerate(layers)]
        self.inputs, self.outputs = views[0].inputs, views[-1].outputs
        array, count = (_Layer * len(views))(*views), c_int64(len(views))
        self._handle = _create("dense_create_" + self._suffix, array, count, None)

    def __del__(self):
        if getattr(self, "_handle", None):
            _function("dense_destroy_" + self._suffix)(self._handle)

    def energies(self, x):
        """||J(x_i)||_F^2 of every sample of x (n, d)."""
        x = _samples(x, self)
        energies = np.empty(len(x))
        self._call("energies", c_int64(len(x)), x.ctypes, energies.ctypes)
        return energies

    def _call(self, name, *arguments):
        status = _function(f"dense_{name}_{self._suffix}")(self._handle, *arguments)
        _check(status, _function("dense_message_" + self._suffix)(self._handle))

    def _table(self, callbacks):
        table = _Model()
        self._call("model", byref(table))
        return table


def _view(name, layer, dtype):
    if len(layer) not in (3, 4):
        raise ValueError(f"{name} must be (weight, bias, activation) or one with a parameter")
    weight, bias, activation, parameter = (*layer, 0.0)[:4]
    strides = _strides(name + ": weight", weight, 2, dtype)
    view = _Layer(activation=_constant(ACTIVATIONS, activation, name + ": activation"))
    _set_activation(name, view, parameter, len(weight), dtype)
    view.outputs, view.inputs = weight.shape
    view.weights, view.output_stride, view.input_stride = weight.ctypes.data, *strides
    if bias is not None:
        view.bias, (view.bias_stride,) = bias.ctypes.data, _strides(name + ": bias", bias, 1, dtype)
        if len(bias) != len(weight):
            raise ValueError(f"{name}: bias has the length {len(bias)}, expected {len(weight)}")
    return view


def _set_activation(name, view, given, outputs, dtype):
    """The parameters of an activation: a number, or a dict."""
    given = dict(given) if isinstance(given, dict) else {"parameter": given}
    for key, field in (
        ("parameter", "activation_parameter"),
        ("second", "activation_second"),
        ("input_scale", "input_scale"),
        ("output_scale", "output_scale"),
    ):
        setattr(view, field, _number(c_double, given.pop(key, 0.0), f"{name}: {key}"))
    view.kink = _constant(KINKS, given.pop("kink", "outside"), name + ": kink")
    slopes = given.pop("negative_slopes", None)
    if slopes is not None:
        what = name + ": negative_slopes"
        (view.negative_slope_stride,) = _strides(what, slopes, 1, dtype)
        view.negative_slopes = slopes.ctypes.data
        if len(slopes) != outputs:
            raise ValueError(f"{what} has the length {len(slopes)}, expected {outputs}")
    if given:
        raise ValueError(f"{name}: {next(iter(given))!r} is no parameter of an activation")


def _strides(name, array, dimensions, dtype):
    """The strides, in elements, of an array that the library can use where it is."""
    if not isinstance(array, np.ndarray) or array.ndim != dimensions or array.size == 0:
        raise ValueError(f"{name} must be a numpy array of {dimensions} dimensions, none of them 0")
    if array.dtype != dtype:
        raise ValueError(f"{name} is {array.dtype}, the first weight is {dtype}")
    used = [stride if n > 1 else array.itemsize for stride, n in zip(array.strides, array.shape)]
    if not array.flags.aligned or any(s < 1 or s % array.itemsize for s in used):
        raise ValueError(f"{name} has strides {array.strides}: give positive ones, of aligned data")
    return [stride // array.itemsize for stride in used]


class Result:
    """What has been measured: value, standard_error, interval, samples, method, exact, stop_reason
    and the other fields of dirichlet_result, and from `measure` the energies of the samples."""

    def __init__(self, struct):
        for name in [name for name, _ in _Result._fields_ if name not in ("struct_size", "reserved")]:
            setattr(self, name, getattr(struct, name))
        self.interval = self.lower, self.upper
        self.exact = bool(self.exact)
        self.method = {number: name for name, number in METHODS.items()}[self.method]
        self.stop_reason = {v: name for name, v in STOP_REASONS.items()}[self.stop_reason]
        self.energies = None

    def __repr__(self):
        what = f"{self.method}, {self.samples} samples"
        return f"GC = {self.value:.6g} +- {self.standard_error:.2g} ({what})"


def _options(callbacks, method, on_nonfinite, progress, options):
    kinds = dict(_Options._fields_[3:-3])  # all but struct_size, the constants and pointers
    unknown = ", ".join(set(options) - set(kinds))
    if unknown:
        raise TypeError(f"there is no option {unknown}; options are {', '.join(kinds)}")
    values = _Options(**{name: _number(kinds[name], options[name], name) for name in options})
    values.method = _constant(METHODS, method, "method")
    values.on_nonfinite = _constant(NONFINITE, on_nonfinite, "on_nonfinite")
    if _callable(progress, "progress") is not None:
        values.progress = callbacks.keep(_PROGRESS, progress)
    return values


class Estimator:
    """GC of a model over samples that come in batches; the results do not depend on the batches.
    progress(samples) is called now and then during an update; what is true cancels it."""

    def __init__(self, model, *, method="auto", on_nonfinite="fail", progress=None, **options):
        self._model = model  # and what its table points to
        self._given = dict(method=method, on_nonfinite=on_nonfinite, progress=progress, **options)
        self._callbacks, self._changes = _Callbacks(), model.changes
        values = _options(self._callbacks, method, on_nonfinite, progress, options)
        if not values.forward_noise:
            self._callbacks.noise = values.forward_noise = model.forward_noise
        table = model._table(self._callbacks)
        self._suffix = _suffix(model.dtype)
        self._handle = _create("estimator_create_" + self._suffix, byref(table), byref(values))

    def _follow(self):
        """If more has become known of the model, another handle, with what this one has seen."""
        if self._changes != self._model.changes:
            now = Estimator(self._model, **self._given)
            now.merge(self)
            self.__dict__, now.__dict__ = now.__dict__, self.__dict__

    @classmethod
    def from_bytes(cls, state):
        """An estimator of what to_bytes gave, without a model: for its result and for merge."""
        try:
            state = memoryview(state).tobytes()
        except (TypeError, ValueError, BufferError):
            raise TypeError(f"state is a {type(state).__name__}, expected bytes") from None
        self = cls.__new__(cls)
        self._model, self._callbacks = None, _Callbacks()
        self._handle = _create("estimator_deserialize", state, c_size_t(len(state)), None)
        return self

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.dirichlet_estimator_destroy(self._handle)

    def _idle(self):  # the handle, which nothing else may use during an update
        if self._callbacks.running:
            raise RuntimeError("the estimator is used from within its own update")
        return self._handle

    def update(self, x, weights=None):
        """Take the samples x (n, d) with their weights (n), or 1 each; returns their energies, NaN
        for those that were skipped or came after it had stopped."""
        if self._model is None:
            raise ValueError("an estimator made of bytes has no model; merge it into one that has")
        x = _samples(x, self._model)
        energies = np.full(len(x), np.nan)
        weights = _array(np.ones(len(x)) if weights is None else weights, np.float64, "weights has")
        if weights.shape != (len(x),):
            raise ValueError(f"weights has the shape {weights.shape}, expected ({len(x)},)")
        self._idle()
        if self._model.first is not None and len(x):
            self._model.first(self._model, x)
            self._model.first = None
        self._follow()
        update = _function("estimator_update_" + self._suffix)
        arrays = c_int64(len(x)), x.ctypes, weights.ctypes, energies.ctypes
        try:
            self._check(self._callbacks.run(update, self._idle(), *arrays))
        except _Coarser as found:
            self._model.forward_noise, self._model.changes = found.args[0], self._model.changes + 1
            return self.update(x, weights)
        return energies

    def merge(self, other):
        """Add what the estimator `other` has seen, as if this one had seen it too."""
        if not isinstance(other, Estimator):
            raise TypeError(f"other is {other!r}, expected an Estimator")
        self._check(_library.dirichlet_estimator_merge(self._idle(), other._idle()))

    def _check(self, status):
        _check(status, _library.dirichlet_estimator_message(self._handle))

    def result(self):
        """The Result so far; the stream can go on."""
        result = _Result()
        _check(_library.dirichlet_estimator_result(self._idle(), byref(result)))
        return Result(result)

    @property
    def stopped(self):
        """True once no more samples are taken, for max_samples or the tolerance was reached."""
        return bool(_library.dirichlet_estimator_stopped(self._idle()))

    def to_bytes(self):
        """What has been seen, for a file or another process."""
        size, serialize = c_size_t(), _library.dirichlet_estimator_serialize
        _check(serialize(self._idle(), None, c_size_t(0), byref(size)))
        state = ctypes.create_string_buffer(size.value)
        _check(serialize(self._idle(), state, size, byref(size)))
        return state.raw


def measure(model, x, weights=None, **options):
    """The GC of a model over the samples x (n, d): a Result, with the energy of each sample."""
    estimator = Estimator(model, **options)
    energies = estimator.update(x, weights)
    result = estimator.result()
    result.energies = energies
    return result


_BESIDE = {"torch_model": "torch", "jax_model": "jax", "onnx_model": "onnx",
           "check": "check", "ModelError": "check"}  # fmt: skip


def __getattr__(name):  # from the files beside this one, when it is asked for
    if name not in _BESIDE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("dirichlet_" + _BESIDE[name]), name)
