"""Does a model keep the contract of dirichlet/model.h? Asked of the library, on a few samples.

    report = check(model, x)                   # a ModelError names all that does not hold
    Model(..., forward=f, vjp=g, first=check)  # the same once, with the first samples measured

Frameworks give products without a complaint where they have none: parts without a derivative count
as constants. One difference of forward shows it.
"""

from ctypes import addressof, byref, c_char, c_double, c_int32, c_int64, c_uint64, c_void_p

import numpy as np
from dirichlet_c import (
    CONTRACT,
    MESSAGE_SIZE,
    MOST_FINDINGS,
    Callbacks,
    ErrorStruct,
    Record,
    Struct,
    fields,
    function,
    number,
    record,
    samples,
    strides,
    suffix,
)
from dirichlet_c import check as check_status

from dirichlet import Coarser, noticing

MOST_SAMPLES = 16  # that the library looks at
MADE = 8  # rows that are made up where none are given


class Finding(Struct):  # dirichlet_check_finding
    _fields_ = fields(
        c_int32, "item callback holds callback_code", c_int64, "sample", c_double, "found allowed",
        c_char * MESSAGE_SIZE, "text")  # fmt: skip


class Options(Struct):  # dirichlet_check_options
    _fields_ = fields(
        c_uint64, "seed", c_int64, "first_sample", c_double, "forward_noise",
        c_int64, "parameter_count", c_void_p, "allocator parameters gradient reserved")  # fmt: skip


class Report(Struct):  # dirichlet_check_report
    _fields_ = fields(c_int64, "capacity count failed calls", c_void_p, "findings reserved")


class ModelError(ValueError):
    """A model that must not be measured as it is; `report` is that of `check`, or None."""

    report = None


# What the library cannot know: what it comes from in Python, and what to do about it there.
_ADVICE = {
    "repeat": "Something random, or a state that changes, is on in evaluation too, like functional "
    "dropout",
    "rows": "Normalization or scales over a batch, like those of dynamic quantization? max_samples=1 "
    "takes one at a time",
    "derivative": "What a framework does not derive counts as constant: no_grad and detach inside, "
    "kernels of integers or half precision, scripted or compiled parts",
}


def check(model, x, *, seed=0, first_sample=0, parameters=None, gradient=None):
    """Look whether `model` keeps its contract at samples like x (n, d), 8 of them, say. Returns the
    report: count, failed and calls, and findings, those that do not hold first, each with item,
    callback, holds, callback_code, sample, found, allowed and text. A ModelError if one does not.

    For parameter_vjp give the `parameters` and the `gradient` that it adds to, flat arrays of the
    model's type; they are as before afterwards."""
    x, begin = _finite(samples(x, model))
    if not len(x):  # of these samples the library says itself which they are
        return Record(count=0, failed=0, calls=0, findings=[])
    given = Options(seed=number(c_uint64, seed, "seed"))
    given.first_sample = number(c_int64, first_sample, "first_sample") + begin
    _set_parameters(given, model.dtype, parameters, gradient)
    with np.errstate(all="ignore"):
        return noticing(model, lambda: _run(model, x, given))


def _run(model, x, given):
    callbacks, report, error = Callbacks(), Report(capacity=MOST_FINDINGS), ErrorStruct()
    lines = (Finding * MOST_FINDINGS)(*(Finding() for _ in range(MOST_FINDINGS)))
    report.findings = addressof(lines)
    given.forward_noise = callbacks.noise = model.forward_noise
    table, call = model._table(callbacks), function("model_check_" + suffix(model.dtype))
    tail = c_int64(len(x)), x.ctypes, byref(given), byref(report), byref(error)
    status, raised = callbacks.call(call, byref(table), *tail)
    if isinstance(raised, Coarser) or not isinstance(raised, (Exception, type(None))):
        raise raised
    if status not in (0, CONTRACT):
        check_status(status, error, raised)
    findings = [record(line) for line in lines[: report.count]]
    told = Record(count=report.count, failed=report.failed, calls=report.calls, findings=findings)
    if status:
        refusal = ModelError(_text(told, raised))
        refusal.report = told
        raise refusal from raised
    return told


def _text(report, raised):
    """A line for every finding, and what is likely."""
    failed = [finding for finding in report.findings if not finding.holds]
    lines = [finding.text for finding in failed]
    if raised is not None:
        lines.append(line(raised))
    advice = {finding.item: _ADVICE[finding.item] for finding in failed if finding.item in _ADVICE}
    return "\n".join([*lines, *advice.values()])


def line(error):
    text = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {text[:160]}"


def _finite(x):
    """The longest run of finite rows, of at most so many as are looked at, and where it begins."""
    ends = np.flatnonzero(~np.isfinite(x).all(1))
    starts, ends = np.append(-1, ends) + 1, np.append(ends, len(x))
    longest = int(np.argmax(np.minimum(ends - starts, MOST_SAMPLES)))
    begin = int(starts[longest])
    return x[begin : min(int(ends[longest]), begin + MOST_SAMPLES)], begin


def _set_parameters(given, dtype, parameters, gradient):
    if parameters is None and gradient is None:
        return
    for name, value in (("parameters", parameters), ("gradient", gradient)):
        if strides(name, value, 1, dtype, written=True) != [1] or value.shape != parameters.shape:
            raise ValueError(f"{name} must be a contiguous array of one dimension, both of one size")
        setattr(given, name, value.ctypes.data)
    given.parameter_count = len(parameters)


def examples(data, size, dtype):
    """Samples (n, d) to try a new model on: those given, or made up."""
    if data is None:
        return np.random.default_rng(1).normal(size=(MADE, size)).astype(dtype)
    return np.reshape(data, (len(data), size)).astype(dtype)


def settle(model, x, made):
    """Check a new model at x; True if that has to wait for its first samples, since those that were
    `made` up lie where it is not defined."""
    if made and not np.isfinite(_outputs(model, x)).all():
        return True
    check(model, x)
    return False


def _outputs(model, x):
    rows = model.max_samples or len(x)
    parts = [x[i : i + rows] for i in range(0, len(x), rows)]
    return np.concatenate([model._on_arrays("forward", part)[0] for part in parts])


def offer(model, x):
    """Leave out the products that fail at x; raise a ModelError if no product is left. What they
    raised is in model.failed, by name."""
    x = np.ascontiguousarray(np.asarray(x)[: min(2, model.max_samples or 2)], model.dtype)
    model.failed = getattr(model, "failed", {})
    model._on_arrays("forward", x)  # what fails here is not for lack of a derivative
    for name, width in (("jvp", model.inputs), ("vjp", model.outputs)):
        if getattr(model, name) is not None:
            try:
                model._on_arrays(name, x, np.ones((len(x), 1, width), model.dtype))
            except ModelError:
                raise
            except Exception as error:
                model.failed[name] = error
                setattr(model, name, None)
                model.changes += 1
    if model.jvp is model.vjp is None:
        causes = "; ".join(f"{name}: {line(error)}" for name, error in model.failed.items())
        error = next(iter(model.failed.values()), None)
        raise ModelError(
            f"there is no derivative ({causes}): measure by differences, with derivatives=False"
        ) from error
