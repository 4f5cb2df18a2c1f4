"""libdirichlet's shared library by ctypes: its structs and constants, its errors, and what numbers,
arrays and functions of Python go through on their way into it. For the files beside this one.

The library is what the variable DIRICHLET_LIBRARY names, else what ctypes.util.find_library finds.
"""

import ctypes.util
import os
from ctypes import POINTER, byref, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from operator import index
from types import SimpleNamespace

import numpy as np
from dirichlet_threads import Threads

VERSION = (0, 2)  # of the interface described here
MESSAGE_SIZE = 256
MOST_FINDINGS = 64

METHODS = {"auto": 0, "exact": 10, "rademacher": 20, "sphere": 21, "gaussian": 22,
           "orthogonal": 30, "unit": 31, "hutchpp": 40, "finite_difference": 50}  # fmt: skip
NONFINITE = {"fail": 0, "skip": 1}
STOP_REASONS = {"none": 0, "samples": 10, "tolerance": 20}
PROBES = {"all": -1}
NORMS = {"l1": 10, "squared_l2": 20}
# forward_noise of these types: of int8 the part of its error that changes from point to point.
NOISE = {"float16": 2**-10, "bfloat16": 2**-7, "int8": 2**-8}
ACTIVATIONS = {"identity": 0, "relu": 10, "leaky_relu": 11, "prelu": 12, "relu_squared": 13,
               "clamp": 15, "hard_sigmoid": 16, "hard_swish": 17, "elu": 20, "selu": 21, "gelu": 30,
               "gelu_tanh": 31, "silu": 40, "mish": 41, "softplus": 50, "tanh": 60, "softsign": 61,
               "sigmoid": 70, "sin": 80}  # fmt: skip
KINKS = {"outside": 0, "inside": 10, "mean": 20}
INITIALIZATIONS = {"lecun": 10, "glorot": 20, "he": 30, "pytorch": 40}
DISTRIBUTIONS = {"normal": 10, "truncated_normal": 20, "uniform": 30}
INITIAL_BIASES = {"zero": 0, "uniform": 10}
CHECK_ITEMS = {"return": 10, "written": 20, "bounds": 21, "inputs": 22, "finite": 30,
               "nonnegative": 31, "repeat": 40, "rows": 41, "directions": 42, "points": 43,
               "linear": 50, "transposed": 60, "derivative": 61, "energies": 62, "norms": 63,
               "parameters": 70}  # fmt: skip
CALLBACKS = {"forward": 10, "jvp": 20, "vjp": 30, "energies": 40, "product_norms": 50,
             "parameter_vjp": 60, "prepare": 70}  # fmt: skip
NO_DATA, CONTRACT = 31, 45  # two of the statuses


class Error(Exception):
    """A call of the library failed: `message`, and

    status         one of the codes of dirichlet/status.h
    callback_code  the number by which a callback stopped the call; 0: none did
    sample         index in the data set of the sample at fault, or None
    least_bytes    the smallest workspace_bytes that would do, or 0"""

    def __init__(self, status, message, callback_code=0, sample=None, least_bytes=0):
        super().__init__(status, message, callback_code, sample, least_bytes)
        self.status, self.message = status, message
        self.callback_code, self.sample, self.least_bytes = callback_code, sample, least_bytes

    def __str__(self):
        return self.message


class Unsupported(Exception):
    """Raised by a function of a model: it cannot do this, as if it had not been given."""

    code = -1


class OutOfDomain(Exception):
    """Raised by a function of a model: it is not defined at some row, as if that gave NaN."""

    code = -2


class Record(SimpleNamespace):
    """What the library has found: the fields of a struct of its headers by their names."""


# The C structs; tests/python compares their layout with the headers. f32 and f64 have the same.


def fields(*kinds):  # and after each kind the names of its fields
    pairs = zip((c_size_t, *kinds[::2]), ("struct_size", *kinds[1::2]))
    return [(name, kind) for kind, names in pairs for name in names.split()]


class Struct(ctypes.Structure):
    def __init__(self, **fields):
        super().__init__(struct_size=ctypes.sizeof(self), **fields)


class ErrorStruct(Struct):  # dirichlet_error
    _fields_ = fields(c_int32, "status callback_code", c_int64, "sample", c_uint64, "least_bytes",
                       ctypes.c_char * MESSAGE_SIZE, "message")  # fmt: skip


class ProgressStruct(Struct):  # dirichlet_progress
    _fields_ = fields(
        c_int64, "samples total skipped products", c_double, "value standard_error")  # fmt: skip


PROGRESS = ctypes.CFUNCTYPE(c_int32, POINTER(ProgressStruct), c_void_p)
TASK = ctypes.CFUNCTYPE(None, c_int64, c_void_p)
PARALLEL_FOR = ctypes.CFUNCTYPE(c_int32, c_int64, TASK, c_void_p, c_void_p)
_ROWS = ctypes.CFUNCTYPE(c_int32, c_int64, c_int64, c_void_p, c_void_p)
_ROWS_OUT = ctypes.CFUNCTYPE(c_int32, c_int64, c_int64, c_void_p, c_void_p, c_void_p)
_POINTS = ctypes.CFUNCTYPE(c_int32, c_int64, c_int64, c_int64, c_void_p, c_void_p, c_void_p)
_PRODUCT = ctypes.CFUNCTYPE(
    c_int32, c_int64, c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p)  # fmt: skip
FUNCTIONS = {"forward": _POINTS, "jvp": _PRODUCT, "vjp": _PRODUCT, "energies": _ROWS_OUT,
             "product_norms": _PRODUCT, "parameter_vjp": _POINTS, "prepare": _ROWS}  # fmt: skip


class ModelStruct(Struct):  # dirichlet_model_*
    _fields_ = fields(
        c_int64, "inputs outputs max_samples max_directions", c_int32, "ignores_first concurrent",
        *(part for name, kind in FUNCTIONS.items() for part in (kind, name)),
        c_void_p, "retain release user")  # fmt: skip


class Batch(Struct):  # dirichlet_batch_*
    _fields_ = fields(c_int64, "samples row_stride",
                       c_void_p, "x weights indices groups energies deviations")  # fmt: skip


class Parallel(Struct):  # dirichlet_parallel
    _fields_ = fields(c_int64, "lanes", PARALLEL_FOR, "parallel_for", c_void_p, "user")


class EstimatorOptions(Struct):
    _fields_ = fields(
        c_int32, "method on_nonfinite", c_int64, "probes", c_uint64, "seed",
        c_int64, "first_sample population max_samples", c_double, "tolerance",
        c_int64, "min_samples", c_double, "confidence step forward_noise", c_int64, "groups",
        c_size_t, "workspace_bytes", c_void_p, "allocator parallel",
        PROGRESS, "progress", c_void_p, "progress_user reserved")  # fmt: skip


class ResultStruct(Struct):  # dirichlet_result
    _fields_ = fields(
        c_double, "value standard_error standard_error_data standard_error_probes confidence lower",
        c_double, "upper", c_int64, "samples skipped", c_double, "weight_sum min_energy max_energy",
        c_int64, "products", c_double, "noise",
        c_int32, "method exact stop_reason reserved",
        c_double, "standard_error_differences step_error forward_noise min_step max_step")  # fmt: skip


class EstimatorDescription(Struct):
    _fields_ = fields(
        c_int64, "inputs outputs products_per_sample directions first_sample next_sample population",
        c_int64, "groups workspace_bytes tile_samples", c_uint64, "seed",
        c_double, "confidence step forward_noise",
        c_int32, "method element_size exact has_model state_format errors_unknown")  # fmt: skip


class Capabilities(Struct):
    _fields_ = fields(c_int32, "version oldest_state_format newest_state_format cblas",
                       c_int32, "largest_parallel_lanes reserved")  # fmt: skip


class PenaltyResult(Struct):
    _fields_ = fields(c_double, "value standard_error noise", c_int64, "samples products",
                       c_int32, "exact reserved")  # fmt: skip


class SpectralOptions(Struct):
    _fields_ = fields(c_double, "tolerance", c_int64, "max_iterations",
                       PROGRESS, "progress", c_void_p, "progress_user")  # fmt: skip


class SpectralResult(Struct):
    _fields_ = fields(
        c_double, "norm lower upper", c_int64, "iterations", c_int32, "converged reserved")  # fmt: skip


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
    for name in ("status_string", "blas_name"):
        getattr(library, "dirichlet_" + name).restype = ctypes.c_char_p
    return library


library = _load()


def function(name):
    return getattr(library, "dirichlet_" + name)


def check(status, error=None, cause=None):
    """Raise the Error of a status, with what `error` (an ErrorStruct) knows of it."""
    if not status:
        return
    if error is None or error.status != status:
        raise Error(status, library.dirichlet_status_string(status).decode()) from cause
    sample = None if error.sample < 0 else error.sample
    message = error.message.decode(errors="replace")
    found = Error(status, message, error.callback_code, sample, error.least_bytes)
    raise found from cause


def last_error(name, handle):
    error = ErrorStruct()
    function(name)(handle, byref(error))
    return error


def create(name, *arguments):
    """The handle made by a function whose last arguments are out and error."""
    handle, error = c_void_p(), ErrorStruct()
    check(function(name)(*arguments, byref(handle), byref(error)), error)
    return handle


# Numbers, names and arrays.

_NAMES = {"method": METHODS, "stop_reason": STOP_REASONS, "on_nonfinite": NONFINITE, "norm": NORMS,
          "item": CHECK_ITEMS, "callback": CALLBACKS, "scheme": INITIALIZATIONS,
          "distribution": DISTRIBUTIONS, "bias": INITIAL_BIASES}  # fmt: skip
_FLAGS = {"exact", "converged", "has_model", "errors_unknown", "cblas", "holds"}
_HIDDEN = {"struct_size", "reserved", "allocator", "parallel", "progress_user",
           "scale_given", "findings"}  # fmt: skip


def record(struct, kind=Record, **more):
    """The fields of a struct, constants by their names."""
    return kind(**{**dict(_field(struct, name) for name, _ in struct._fields_
                          if name not in _HIDDEN), **more})  # fmt: skip


def _field(struct, name):
    value = getattr(struct, name)
    if isinstance(value, bytes):
        return name, value.decode(errors="replace")
    if name in _FLAGS:
        return name, bool(value)
    if name in _NAMES and isinstance(value, int):
        return name, {number: text for text, number in _NAMES[name].items()}.get(value, value)
    return name, value


def suffix(dtype):
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype is {dtype}, expected float32 or float64")
    return "f32" if dtype == np.float32 else "f64"


def constant(names, value, argument):
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{argument} is {value!r}, expected one of {', '.join(names)}")
    return names[value]


def number(kind, value, argument):
    """What ctypes alone would cut to its lowest bits."""
    try:
        number = index(value) if kind is not c_double or np.iscomplexobj(value) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{argument} is {value!r}, which is no number of its kind") from None
    if kind is not c_double and kind(number).value != number:
        raise ValueError(f"{argument} is {number}, which is out of range")
    return number


def _probes(value):
    """None: the library's default; "all"; or a number of them."""
    if value is None:
        return 0
    if isinstance(value, str):
        return constant(PROBES, value, "probes")
    value = number(c_int64, value, "probes")
    if value < 1:
        raise ValueError(f"probes is {value}, expected a positive number, 'all' or None")
    return value


def options(struct, given, callbacks=None):
    """A struct of options from their names; `callbacks` keeps the progress function and the threads."""
    kinds = {name: kind for name, kind in struct._fields_
             if name not in _HIDDEN or (name == "parallel" and callbacks)}  # fmt: skip
    unknown = ", ".join(set(given) - set(kinds))
    if unknown:
        raise TypeError(f"there is no option {unknown}; options are {', '.join(kinds)}")
    values = struct()
    for name, value in given.items():
        if name == "progress":
            if callable_or_none(value, name) is not None:
                values.progress = callbacks.keep(PROGRESS, _reporting(value))
        elif name == "parallel":
            values.parallel = _lent(value, callbacks)
        elif name == "probes":
            values.probes = _probes(value)
        elif name in _NAMES:
            setattr(values, name, constant(_NAMES[name], value, name))
        else:
            setattr(values, name, number(kinds[name], value, name))
    return values


def callable_or_none(function, argument):
    if function is not None and not callable(function):
        raise TypeError(f"{argument} is {function!r}, which cannot be called")
    return function


def real(value, what):
    """An array; a mere cast would drop imaginary parts, with no more than a warning."""
    value = np.asarray(value)
    if np.iscomplexobj(value):
        raise TypeError(f"{what} complex numbers, expected real ones")
    return value


def array(value, dtype, what):
    return np.ascontiguousarray(real(value, what), dtype)


def of_samples(value, dtype, samples, name):
    """A number for each sample, or None. Integers do not come from fractions."""
    if value is None:
        return None
    value = real(value, name + " has")
    if dtype is np.int64 and not np.can_cast(value.dtype, np.int64) and value.size:
        raise TypeError(f"{name} has the type {value.dtype}, expected integers of 64 bits")
    if value.shape != (samples,):
        raise ValueError(f"{name} has the shape {value.shape}, expected ({samples},)")
    return np.require(value, dtype, "CA")


def rows(x, model):
    """x (n, ...) with d numbers a sample as (n, d), and its row stride in elements: where it is if it is
    of the model's type and its rows are contiguous and apart from each other, else a copy."""
    x = real(x, "x has")
    if x.size != len(x) * model.inputs:
        raise ValueError(f"x has the shape {x.shape}, expected (n, {model.inputs})")
    x = np.asarray(x, model.dtype)
    stride, rest = divmod(x.strides[0], x.itemsize)
    apart = x[:1].flags.c_contiguous and stride >= model.inputs and not rest
    if not (apart and x.flags.aligned):
        x, stride = np.require(x, None, "CA"), model.inputs
    return x.reshape(len(x), model.inputs), stride if len(x) > 1 else 0


def samples(x, model):
    """x as a contiguous array (n, d)."""
    return np.require(rows(x, model)[0], None, "CA")


def batch(model, x, **arrays):
    """The struct of samples, from arrays or None, and what it points to."""
    x, stride = rows(x, model)
    kept = {name: value for name, value in arrays.items() if value is not None}
    pointers = {name: value.ctypes.data for name, value in kept.items()}
    return Batch(samples=len(x), row_stride=stride, x=x.ctypes.data, **pointers), (x, kept)


def strides(name, array, dimensions, dtype, written=False):
    """The strides, in elements, of an array that the library can use where it is."""
    if not isinstance(array, np.ndarray) or array.ndim != dimensions or array.size == 0:
        raise ValueError(f"{name} must be a numpy array of {dimensions} dimensions, none of them 0")
    if array.dtype != dtype:
        raise ValueError(f"{name} is {array.dtype}, the first weight is {dtype}")
    if written and not array.flags.writeable:
        raise ValueError(f"{name} is read-only")
    used = [stride if n > 1 else array.itemsize for stride, n in zip(array.strides, array.shape)]
    if not array.flags.aligned or any(s < 1 or s % array.itemsize for s in used):
        raise ValueError(f"{name} has strides {array.strides}: give positive ones, of aligned data")
    return [stride // array.itemsize for stride in used]


# Functions of Python that the library calls.


class Progress(Record):
    """What a call has done so far: samples, total, skipped, products, value, standard_error."""

    def cancel(self, code=1):
        """Stop the call, which then fails with this number (> 0) as its callback_code."""
        if number(c_int32, code, "code") < 1:
            raise ValueError(f"code is {code}, expected a positive number")
        self._code = code


def _reporting(function):
    def body(state):
        progress = record(state.contents, Progress)
        function(progress)
        return getattr(progress, "_code", 0)

    return body


def _lent(value, callbacks):
    """The address of a dirichlet_parallel for a number of threads, for Threads, or for None."""
    if value is None:
        return None
    threads = value if isinstance(value, Threads) else Threads(number(c_int64, value, "parallel"))
    run = callbacks.keep(PARALLEL_FOR, threads.run)
    return ctypes.addressof(callbacks.hold(Parallel(lanes=threads.lanes, parallel_for=run)))


class Callbacks:
    """C functions made of Python ones: keeps them alive, and what one of them raised."""

    def __init__(self):
        self._kept, self._raised, self.running = [], None, False
        self.prepared = {}  # of a model, for each thread: whose rows, and what it has made of them
        self.noise = float("inf")  # that of forward, as the estimator knows it

    def keep(self, kind, body):
        def guarded(*arguments):
            try:
                return body(*arguments[:-1]) or 0  # the last one is `user`
            except (Unsupported, OutOfDomain) as error:
                if self._raised is None:
                    self._raised = error
                return error.code
            except BaseException as error:  # nothing may pass through C, KeyboardInterrupt included
                if self._raised is None or isinstance(self._raised, (Unsupported, OutOfDomain)):
                    self._raised = error
                return 1

        return self.hold(kind(guarded))

    def hold(self, what):
        """Keep what C has the address of."""
        self._kept.append(what)
        return what

    def run(self, function, *arguments, error=lambda: None):
        """Call; what was raised inside of it is raised again, or else the Error that it tells."""
        status, raised = self.call(function, *arguments)
        if status and raised is not None and not isinstance(raised, (Unsupported, OutOfDomain)):
            raise raised
        check(status, error(), raised)

    def call(self, function, *arguments):
        """The status of a call, and what the last function that raised something did raise."""
        self._raised, self.running = None, True
        try:
            status = function(*arguments)
        finally:
            raised, self._raised = self._raised, None
            self.running, self.prepared = False, {}
        return status, raised
