"""Geometric complexity, GC = mean of ||df/dx||_F^2 over a data set, of a model in Python.

Over libdirichlet's shared library, by ctypes and numpy: copy this file, dirichlet_c.py and
dirichlet_threads.py beside your program, and those of the others that you use.

    model = Model(inputs, outputs, vjp=my_vjp)        # numpy functions: forward, jvp, vjp, ...
    model = Dense([(weight, bias, "relu"), ...])      # or weights, used where they are
    model = torch_model(module, inputs)               # or what dirichlet_torch.py makes, and
    model = jax_model(function, inputs)               # dirichlet_jax.py and dirichlet_onnx.py
    check(model, x)                                   # does it keep the contract?
    print(measure(model, x))                          # GC = 3.1416 +- 0.0021 (exact, 512 samples)

Options of `measure` and `Estimator` are those of dirichlet/estimator.h. What a function of yours
raises stops the call and comes out of it, and the estimator is as before; Unsupported and
OutOfDomain say what they are called. parallel=N lends N threads to an estimator, a network or a
penalty, and parallel=threads those of threads = Threads(N), which several of them can share; results
do not depend on it. Objects are for one thread at a time: to use an estimator
during its update, as its callbacks could, is a RuntimeError.
"""

import ctypes
import importlib
from ctypes import byref, c_double, c_int64, c_size_t
from threading import get_ident

import numpy as np
from dirichlet_c import (  # noqa: F401, some of them for users
    ACTIVATIONS,
    FUNCTIONS,
    KINKS,
    METHODS,
    NO_DATA,
    NOISE,
    NONFINITE,
    NORMS,
    PROBES,
    STOP_REASONS,
    VERSION,
    Callbacks,
    Capabilities,
    Error,
    EstimatorDescription,
    EstimatorOptions,
    ModelStruct,
    OutOfDomain,
    Record,
    ResultStruct,
    Unsupported,
    array,
    batch,
    callable_or_none,
    create,
    function,
    last_error,
    library,
    number,
    of_samples,
    options,
    record,
    suffix,
)
from dirichlet_c import check as _check
from dirichlet_threads import Threads  # noqa: F401

_PRODUCTS = "jvp", "vjp", "product_norms"  # of several directions a sample, and behind prepare
_OF_POINTS = "forward", "parameter_vjp"  # of several points a sample
_OF_SAMPLES = "energies", "prepare"  # of neither


class Model:
    """A model as numpy functions of batches; give those you have.

    forward(x) -> y              x (n, d) -> (n, k), d = inputs, k = outputs
    jvp(x, v) -> J v             v (n, m, d) -> (n, m, k)
    vjp(x, u) -> J^T u           u (n, m, k) -> (n, m, d)
    energies(x)                  ||J||_F^2 (n), if there is a shorter way than products
    product_norms(x, u)          ||J^T u||^2 (n, m), likewise
    parameter_vjp(x, c)          adds sum of (df/dtheta)^T c to a gradient of yours, c (n, k)
    prepare(x) -> anything       once for the products of some rows: jvp, vjp and product_norms
                                 get it as their last argument

    indexed: all of them are told, behind the arrays, the index of each row's sample in the data set,
    integers (n), by which to look up what else belongs to it.

    Rows must not depend on each other: no dropout, no batch normalization in training mode. At most
    max_samples samples and max_directions directions are asked for at once (0: any number); with
    `batch` just so many rows, copies of the last added. forward_noise is the option of that name;
    where forward returns float16 or bfloat16 it is theirs (NOISE). first(model, x) is called once,
    before the first samples, such as `check`. concurrent: the functions may be called on several
    threads at the same time (parameter_vjp never is); otherwise one at a time, on any of them."""

    changes = 0  # of what estimators have to know: they follow it

    def __init__(self, inputs, outputs, *, forward=None, jvp=None, vjp=None, energies=None,
                 product_norms=None, parameter_vjp=None, prepare=None, indexed=False,
                 dtype=np.float64, max_samples=0, max_directions=0, batch=0, forward_noise=0.0,
                 first=None, concurrent=False):  # fmt: skip
        self.inputs = number(c_int64, inputs, "inputs")
        self.outputs = number(c_int64, outputs, "outputs")
        self.batch = number(c_int64, batch, "batch")
        self.max_samples = self.batch or number(c_int64, max_samples, "max_samples")
        self.max_directions = number(c_int64, max_directions, "max_directions")
        self.forward, self.jvp = forward, jvp
        self.vjp, self.energies, self.product_norms = vjp, energies, product_norms
        self.parameter_vjp, self.prepare, self.first = parameter_vjp, prepare, first
        for name in (*FUNCTIONS, "first"):
            callable_or_none(getattr(self, name), name)
        self.indexed, self.concurrent = bool(indexed), bool(concurrent)
        self.forward_noise = number(c_double, forward_noise, "forward_noise")
        self.dtype = np.dtype(dtype)
        suffix(self.dtype)
        if max_samples not in (0, self.max_samples):
            raise ValueError(f"batch is {batch} and max_samples {max_samples}: give one of them")

    def _table(self, callbacks):
        table = ModelStruct(inputs=self.inputs, outputs=self.outputs)
        table.max_samples, table.max_directions = self.max_samples, self.max_directions
        table.ignores_first, table.concurrent = not self.indexed, self.concurrent
        for name, kind in FUNCTIONS.items():
            if getattr(self, name) is not None:
                setattr(table, name, callbacks.keep(kind, self._on_buffers(name, callbacks)))
        return table

    def _on_buffers(self, name, callbacks):
        """The function over C buffers."""
        width = self.inputs if name == "jvp" else self.outputs  # of directions and cotangents

        def body(first, samples, *rest):
            count, addresses = (1, rest) if name in _OF_SAMPLES else (rest[0], rest[1:])
            points = count if name in _OF_POINTS else 1
            rows = samples * points
            shapes = [(rows, self.inputs)]
            if name in _PRODUCTS:
                shapes.append((rows, count, width))
            elif name == "parameter_vjp":
                shapes.append((rows, width))
            arrays = [np.empty(shape, self.dtype) for shape in shapes]
            for copy, address in zip(arrays, addresses):  # the buffers do not last
                ctypes.memmove(copy.ctypes.data, address, copy.nbytes)
            indices = np.arange(first, first + samples).repeat(points)
            whose = first, samples, addresses[0]
            if name == "prepare":
                callbacks.prepared.pop(get_ident(), None)  # what it holds may be large
                callbacks.prepared[get_ident()] = whose, self._call(name, arrays, indices)
                return
            held = callbacks.prepared.get(get_ident())
            prepared = [held[1]] if held and held[0] == whose else []
            value, noise = self._on_arrays(name, *arrays, indices=indices, prepared=prepared)
            if noise > callbacks.noise:
                raise Coarser(noise)
            if value is not None:
                ctypes.memmove(addresses[-1], value.ctypes.data, value.nbytes)

        return body

    def _call(self, name, arrays, indices, prepared=()):
        """The function's own value, with what it is to be told beside the arrays, and with more rows
        where it takes just so many."""
        more = self.batch - len(indices)
        if more > 0:
            indices = np.concatenate([indices, indices[-1:].repeat(more)])
            arrays = [np.concatenate([part, part[-1:].repeat(more, 0)]) for part in arrays]
            if name == "parameter_vjp":
                arrays[1][-more:] = 0  # these rows are in no sum
        told = [indices] if self.indexed else []
        if name in _PRODUCTS and self.prepare is not None:
            told += prepared or [self._call("prepare", arrays[:1], indices)]
        return getattr(self, name)(*arrays, *told)

    def _on_arrays(self, name, *arrays, indices=None, prepared=()):
        """What the function gives for arrays of the model's type, and the noise of the type it had."""
        rows = len(arrays[0])
        indices = np.arange(rows) if indices is None else indices
        value = self._call(name, arrays, indices, prepared)
        if name == "parameter_vjp":
            return None, 0.0
        value = np.asarray(value)
        noise = _noise(value.dtype, name)
        dtype = self.dtype if name in ("forward", "jvp", "vjp") else np.float64
        value = array(value, dtype, name + " returned")
        width = {"vjp": [self.inputs], "energies": [], "product_norms": []}.get(name, [self.outputs])
        directions = arrays[1].shape[1:2] if name in _PRODUCTS else ()
        shape = (max(self.batch, rows), *directions, *width)
        if value.shape != shape:
            raise ValueError(f"{name} gave the shape {value.shape}, expected {shape}")
        return value[:rows], noise


def _noise(dtype, name):
    """Relative noise of values by the type in which a function returned them."""
    noise = NOISE.get(dtype.name, 0.0)
    if (noise and name != "forward") or (dtype.kind in "iub" and dtype.itemsize <= 2):
        raise TypeError(f"{name} returned {dtype}, which has too few digits")
    return noise


class Coarser(Exception):
    """forward returned a coarser type than was known of."""


def noticing(model, call):
    """What call() gives; again, if a coarser type than was known of stopped it."""
    try:
        return call()
    except Coarser as found:
        model.forward_noise, model.changes = found.args[0], model.changes + 1
        return call()


def begin(model, x):
    """Do what the model has to do before its first samples."""
    if model.first is not None and len(x):
        model.first(model, x)
        model.first = None


class Result(Record):
    """What has been measured: value, standard_error, interval, samples, method, exact, stop_reason
    and the other fields of dirichlet_result; from `measure` also the energies of the samples, their
    deviations, and groups, the Result of each group of samples, or None."""

    def __init__(self, **fields):
        super().__init__(**fields)
        self.interval = self.lower, self.upper
        self.energies = self.deviations = self.groups = None

    def __repr__(self):
        what = f"{self.method}, {self.samples} samples"
        return f"GC = {self.value:.6g} +- {self.standard_error:.2g} ({what})"


class Estimator:
    """GC of a model over samples that come in batches; the results do not depend on the batches.
    progress(state) is called now and then during an update: state.samples, total, skipped, products,
    value and standard_error tell how far it is, and state.cancel() stops it. probes is a number,
    "all", or None for the default."""

    def __init__(self, model, **given):
        self._model = model  # and what its table points to
        self._given = given
        self._callbacks, self._changes = Callbacks(), model.changes
        values = options(EstimatorOptions, given, self._callbacks)
        if not values.forward_noise:
            self._callbacks.noise = values.forward_noise = model.forward_noise
        self._first = values.first_sample
        table = model._table(self._callbacks)
        self._suffix = suffix(model.dtype)
        self._handle = create("estimator_create_" + self._suffix, byref(table), byref(values))

    def _follow(self):
        """If more has become known of the model, another handle, with what this one has seen."""
        if self._changes != self._model.changes:
            now = Estimator(self._model, **self._given)
            if self.describe().next_sample != self._first:
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
        self._model, self._callbacks = None, Callbacks()
        self._handle = create("estimator_deserialize", state, c_size_t(len(state)), None)
        return self

    def __del__(self):
        if getattr(self, "_handle", None):
            library.dirichlet_estimator_destroy(self._handle)

    def _idle(self):  # the handle, which nothing else may use during an update
        if self._callbacks.running:
            raise RuntimeError("the estimator is used from within its own update")
        return self._handle

    def update(self, x, weights=None, *, indices=None, groups=None, deviations=False):
        """Take the samples x (n, d), where they are if their rows are contiguous and of the model's
        type; returns their energies, NaN for those that were skipped or came after it had stopped.

        weights     (n), or 1 each
        indices     (n): whose samples these are in the data set, or consecutive ones
        groups      (n): in which of the groups that the option `groups` counts a sample is averaged
                    too, a negative number for none
        deviations  True: returns (energies, deviations), the standard deviations of the energies by
                    their probes: 0 where they are exact, NaN where they are not known"""
        if self._model is None:
            raise ValueError("an estimator made of bytes has no model; merge it into one that has")
        out = [np.full(len(x), np.nan) for _ in range(1 + bool(deviations))]
        samples, kept = batch(
            self._model,
            x,
            weights=of_samples(weights, np.float64, len(x), "weights"),
            indices=of_samples(indices, np.int64, len(x), "indices"),
            groups=of_samples(groups, np.int64, len(x), "groups"),
            **dict(zip(("energies", "deviations"), out)),
        )
        self._idle()
        begin(self._model, kept[0])
        noticing(self._model, lambda: self._update(samples))
        return tuple(out) if deviations else out[0]

    def _update(self, samples):
        self._follow()
        update, handle = function("estimator_update_batch_" + self._suffix), self._idle()
        self._callbacks.run(update, handle, byref(samples), error=self._error)

    def _error(self):
        return last_error("estimator_last_error", self._handle)

    def merge(self, other):
        """Add what the estimator `other` has seen, as if this one had seen it too."""
        if not isinstance(other, Estimator):
            raise TypeError(f"other is {other!r}, expected an Estimator")
        status = library.dirichlet_estimator_merge(self._idle(), other._idle())
        _check(status, self._error())

    def result(self):
        """The Result so far; the stream can go on."""
        result = ResultStruct()
        _check(library.dirichlet_estimator_result(self._idle(), byref(result)))
        return record(result, Result)

    def group_result(self, group):
        """The Result of one group of samples."""
        result, group = ResultStruct(), number(c_int64, group, "group")
        get = library.dirichlet_estimator_group_result
        _check(get(self._idle(), c_int64(group), byref(result)))
        return record(result, Result)

    def describe(self):
        """What this estimator is, of a model or made of bytes: the fields of
        dirichlet_estimator_description."""
        description = EstimatorDescription()
        _check(library.dirichlet_estimator_describe(self._idle(), byref(description)))
        return record(description)

    @property
    def stopped(self):
        """True once no more samples are taken, for max_samples or the tolerance was reached."""
        return bool(library.dirichlet_estimator_stopped(self._idle()))

    def to_bytes(self):
        """What has been seen, for a file or another process."""
        size, serialize = c_size_t(), library.dirichlet_estimator_serialize
        _check(serialize(self._idle(), None, c_size_t(0), byref(size)))
        state = ctypes.create_string_buffer(size.value)
        _check(serialize(self._idle(), state, size, byref(size)))
        return state.raw


def measure(model, x, weights=None, *, indices=None, groups=None, **given):
    """The GC of a model over the samples x (n, d): a Result, with the energy of each sample and its
    deviation by probes. groups: the number of each sample's group, from 0 on; result.groups then has
    the Result of each, or None where there is no sample."""
    if groups is not None:
        groups = of_samples(groups, np.int64, len(x), "groups")
        given["groups"] = max(int(groups.max(initial=-1)) + 1, 0)
    estimator = Estimator(model, **given)
    more = {"indices": indices, "groups": groups, "deviations": True}
    energies, deviations = estimator.update(x, weights, **more)
    result = estimator.result()
    result.energies, result.deviations = energies, deviations
    if groups is not None:
        result.groups = [_group(estimator, group) for group in range(given["groups"])]
    return result


def _group(estimator, group):
    try:
        return estimator.group_result(group)
    except Error as error:
        if error.status != NO_DATA:
            raise
        return None


def capabilities():
    """What the library is: the fields of dirichlet_capabilities, and `blas`, what its matrix
    products run on."""
    found = Capabilities()
    _check(library.dirichlet_describe_library(byref(found)))
    return record(found, blas=library.dirichlet_blas_name().decode())


_BESIDE = {"torch_model": "torch", "jax_model": "jax", "onnx_model": "onnx", "Dense": "dense",
           "check": "check", "ModelError": "check",
           "parameter_norm": "regularizer", "spectral_penalty": "regularizer",
           "energy_penalty": "regularizer", "jacobian_norms": "regularizer",
           "operator_norm": "regularizer", "initialize": "random",
           "expected_energy": "random"}  # fmt: skip


def __getattr__(name):  # from the files beside this one, when it is asked for
    if name not in _BESIDE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("dirichlet_" + _BESIDE[name]), name)
