"""Penalties for any trainer and spectral norms, for dirichlet.py: dirichlet/regularizer.h.

Each penalty returns the fields of dirichlet_penalty_result, above all `value`, R, and adds
strength * dR/dtheta to the gradients, arrays like those of the parameters with any positive strides.
"""

from ctypes import byref, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p

import numpy as np
from dirichlet_c import (
    PROGRESS,
    Callbacks,
    ErrorStruct,
    PenaltyResult,
    SpectralOptions,
    SpectralResult,
    Struct,
    batch,
    check,
    fields,
    function,
    number,
    of_samples,
    options,
    record,
    samples,
    strides,
    suffix,
)

from dirichlet import begin


class Parameter(Struct):  # dirichlet_parameter_*
    _fields_ = fields(
        c_void_p, "values gradient", c_int64, "rows columns row_stride column_stride",
        c_int64, "gradient_row_stride gradient_column_stride", c_int32, "bias reserved")  # fmt: skip


class NormOptions(Struct):  # dirichlet_parameter_norm_options
    _fields_ = fields(c_int32, "norm biases")


class Singular(Struct):  # dirichlet_singular_*
    _fields_ = fields(c_void_p, "vector", c_double, "sigma residual")


class SpectralPenaltyOptions(Struct):
    _fields_ = fields(c_void_p, "allocator", c_int64, "iterations", c_uint64, "seed")


class JacobianNormsOptions(Struct):
    _fields_ = fields(
        c_size_t, "workspace_bytes", c_double, "tolerance", c_int64, "max_iterations first_sample",
        c_void_p, "allocator parallel", PROGRESS, "progress", c_void_p, "progress_user")  # fmt: skip


class JacobianNorms(Struct):
    _fields_ = fields(c_double, "norm lower", c_int64, "sample converged_samples",
                      c_int32, "converged reserved")  # fmt: skip


class EnergyPenaltyOptions(Struct):
    _fields_ = fields(
        c_size_t, "workspace_bytes", c_int64, "probes", c_uint64, "seed", c_int64, "first_sample",
        c_double, "step", c_void_p, "allocator parallel",
        PROGRESS, "progress", c_void_p, "progress_user")  # fmt: skip


def parameter_norm(values, gradients=None, strength=1.0, *, norm, biases=False):
    """R = the sum of |theta| ("l1") or theta^2 ("squared_l2") over the arrays `values`: matrices are
    weights, vectors biases, which count where `biases` says so."""
    views, ending = _parameters(values, gradients)
    given = options(NormOptions, {"norm": norm, "biases": bool(biases)})
    found, error = PenaltyResult(), ErrorStruct()
    call, count = function("parameter_norm_" + ending), c_int64(len(views))
    tail = c_double(number(c_double, strength, "strength")), byref(found), byref(error)
    check(call(views, count, byref(given), *tail), error)
    return record(found)


def spectral_penalty(values, gradients=None, strength=1.0, *, vectors=None, **given):
    """R = half the sum of the squared largest singular values of the matrices among `values`, by
    power iteration from `vectors`, those of the result of the call before: they are updated.
    sigma and residual tell how good they are, an element for each matrix or vector of `values`.
    Options: iterations, seed."""
    views, ending = _parameters(values, gradients)
    if vectors is None:
        vectors = [np.zeros(value.shape[-1], value.dtype) for value in values]
    if len(vectors) != len(values):
        raise ValueError(f"vectors has the length {len(vectors)}, expected {len(values)}")
    for place, (vector, value) in enumerate(zip(vectors, values)):
        used = strides(f"vectors[{place}]", vector, 1, value.dtype, written=True)
        if vector.shape != value.shape[-1:] or used != [1]:
            raise ValueError(f"vectors[{place}] must be contiguous, of {value.shape[-1]} numbers")
    singular = (Singular * len(views))(*(Singular(vector=v.ctypes.data) for v in vectors))
    given, found, error = options(SpectralPenaltyOptions, given), PenaltyResult(), ErrorStruct()
    call, count = function("spectral_penalty_" + ending), c_int64(len(views))
    tail = c_double(number(c_double, strength, "strength")), byref(found), byref(error)
    check(call(views, count, singular, byref(given), *tail), error)
    told = {name: [getattr(one, name) for one in singular] for name in ("sigma", "residual")}
    return record(found, vectors=vectors, **told)


def energy_penalty(model, x, strength=1.0, *, weights=None, indices=None, **given):
    """R = the GC of a model with `forward` over x by differences; parameter_vjp, if there is one, is
    asked to add strength * dR/dtheta. `energies` and `deviations` are those of the samples. Options are
    those of dirichlet_energy_penalty_options."""
    callbacks, found, error = Callbacks(), PenaltyResult(), ErrorStruct()
    begin(model, x)
    out = {name: np.full(len(x), np.nan) for name in ("energies", "deviations")}
    weights = of_samples(weights, np.float64, len(x), "weights")
    indices = of_samples(indices, np.int64, len(x), "indices")
    rows, kept = batch(model, x, weights=weights, indices=indices, **out)
    given = options(EnergyPenaltyOptions, given, callbacks)
    table, call = model._table(callbacks), function("energy_penalty_batch_" + suffix(model.dtype))
    strength = c_double(number(c_double, strength, "strength"))
    tail = byref(given), strength, byref(found), byref(error)
    callbacks.run(call, byref(table), byref(rows), *tail, error=lambda: error)
    del kept  # what `rows` points to
    return record(found, **out)


def jacobian_norms(model, x, **given):
    """||J(x_i)||_2 of every sample as `norms`; the largest is `norm`, of `sample`. Options are those of
    dirichlet_jacobian_norms_options."""
    callbacks, found, error = Callbacks(), JacobianNorms(), ErrorStruct()
    x = samples(x, model)
    begin(model, x)
    norms, given = np.empty(len(x)), options(JacobianNormsOptions, given, callbacks)
    table, call = model._table(callbacks), function("jacobian_norms_" + suffix(model.dtype))
    tail = c_int64(len(x)), x.ctypes, byref(given), norms.ctypes, byref(found), byref(error)
    callbacks.run(call, byref(table), *tail, error=lambda: error)
    return record(found, norms=norms)


def operator_norm(matrix, **given):
    """||A||_2 of a matrix: norm, between lower and upper, iterations and converged. Options:
    tolerance, max_iterations, progress."""
    matrix = np.asarray(matrix)
    ending, used = suffix(matrix.dtype), strides("matrix", matrix, 2, matrix.dtype)
    callbacks, found, error = Callbacks(), SpectralResult(), ErrorStruct()
    given = options(SpectralOptions, given, callbacks)
    shape = map(c_int64, (*matrix.shape, *used))
    tail = byref(given), None, byref(found), byref(error)
    call = function("operator_norm_" + ending)
    callbacks.run(call, matrix.ctypes, *shape, *tail, error=lambda: error)
    return record(found)


def _parameters(values, gradients):
    """The views of parameters and gradients, and the suffix of their type."""
    if gradients is None:
        gradients = [None] * len(values)
    if len(gradients) != len(values) or not len(values):
        raise ValueError(f"there are {len(values)} parameters and {len(gradients)} gradients")
    dtype = np.asarray(values[0]).dtype
    views = (Parameter * len(values))(*(Parameter() for _ in values))
    for place, (view, value, gradient) in enumerate(zip(views, values, gradients)):
        dimensions = 1 if np.ndim(value) == 1 else 2
        used = strides(f"values[{place}]", value, dimensions, dtype)
        view.values, view.bias = value.ctypes.data, dimensions == 1
        view.rows, view.columns = (1, *value.shape)[-2:]
        view.row_stride, view.column_stride = (view.columns * used[-1], *used)[-2:]
        if gradient is not None:
            used = strides(f"gradients[{place}]", gradient, dimensions, dtype, written=True)
            if gradient.shape != value.shape:
                raise ValueError(f"gradients[{place}] has the shape {gradient.shape}")
            view.gradient = gradient.ctypes.data
            used = (view.columns * used[-1], *used)[-2:]
            view.gradient_row_stride, view.gradient_column_stride = used
    return views, suffix(dtype)
