/* The largest singular value of a matrix in the caller's array; body for both precisions. */
#ifndef DIRICHLET_REGULARIZER_OPERATOR_NORM_BODY_H
#define DIRICHLET_REGULARIZER_OPERATOR_NORM_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "core/interface/environment.h"
#include "core/lent/listener.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/matrix/operator_norm.h"
#include "core/matrix/spectral_options.h"
#include "core/matrix/strides.h"
#include "dirichlet/memory.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"
#include "regularizer/checks.h"

/* A matrix to be measured, and how. */
struct operator_call {
    struct PRECISION(matrix) matrix;
    int64_t rows;
    int64_t columns;
    struct operator_norm_limits limits;
    struct allocator allocator;
};

static dirichlet_status check_operator(struct operator_call *call, struct message *message)
{
    const struct strided_matrix matrix = {.rows = call->rows,
                                          .columns = call->columns,
                                          .row_stride = &call->matrix.row_stride,
                                          .column_stride = &call->matrix.column_stride,
                                          .element_size = sizeof(real),
                                          .largest = INT64_MAX,
                                          .view = "",
                                          .data_name = "values",
                                          .row_stride_name = "row_stride",
                                          .column_stride_name = "column_stride"};
    dirichlet_status status = regularizer_check_pointer(call->matrix.data, "values", message);
    if (status == DIRICHLET_OK)
        status = extent_check(call->rows, BLAS_LARGEST, "", "rows", message);
    if (status == DIRICHLET_OK)
        status = extent_check(call->columns, BLAS_LARGEST, "", "columns", message);
    return status == DIRICHLET_OK ? strides_check(&matrix, message) : status;
}

static dirichlet_status search_norm(const struct operator_call *call, struct operator_norm *norm,
                                    struct message *message)
{
    const int64_t n = smaller(call->rows, call->columns);
    int64_t work = 0;
    int64_t doubles = 0;
    int64_t bytes = 0;
    if (!operator_norm_work(call->rows, call->columns, &work) || !size_add(work, n, &doubles) ||
        !size_of_array(doubles, 1, 1, sizeof(double), &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "rows and columns: %lld x %lld has a Gram matrix beyond the address "
                            "space",
                            (long long)call->rows, (long long)call->columns);
    double *vector = allocator_take(&call->allocator, (size_t)bytes);
    if (vector == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for %lld bytes of Gram matrix",
                            (long long)bytes);
    memset(vector, 0, (size_t)n * sizeof *vector);
    *norm = PRECISION(operator_norm)(call->rows, call->columns, call->matrix, call->limits, vector,
                                     vector + n);
    allocator_give(&call->allocator, vector, (size_t)bytes);
    if (isnan(norm->value))
        return message_fail(message, DIRICHLET_E_NOT_FINITE, "values holds a NaN or infinity");
    return DIRICHLET_OK;
}

static dirichlet_status measure_operator(struct operator_call *call,
                                         const dirichlet_spectral_options *options,
                                         const dirichlet_allocator *allocator,
                                         dirichlet_spectral_result *result, struct message *message)
{
    struct operator_norm norm = {0};
    struct listener listener = {.environment = call->allocator.caller, .message = message};
    dirichlet_status status = check_operator(call, message);
    if (status == DIRICHLET_OK)
        status = spectral_options_read(options, &call->limits, &listener, message);
    if (status == DIRICHLET_OK)
        status = allocator_resolve(allocator, &call->allocator, message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_pointer(result, "result", message);
    if (status == DIRICHLET_OK)
        status = versioned_struct_check(result->struct_size, "result", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_blas(message);
    if (status == DIRICHLET_OK)
        status = listener_tell(
            &listener, (dirichlet_progress){.total = 1, .value = NAN, .standard_error = NAN});
    if (status == DIRICHLET_OK)
        status = search_norm(call, &norm, message);
    if (status != DIRICHLET_OK)
        return status;
    const dirichlet_spectral_result out = {.struct_size = sizeof out,
                                           .norm = norm.value,
                                           .lower = norm.lower,
                                           .upper = norm.upper,
                                           .iterations = norm.iterations,
                                           .converged = norm.converged};
    return versioned_struct_write(&out, sizeof out, result, result->struct_size, "result", message);
}

dirichlet_status PRECISION(dirichlet_operator_norm)(
    const real *values, int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride,
    const dirichlet_spectral_options *options, const dirichlet_allocator *allocator,
    dirichlet_spectral_result *result, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    struct operator_call call = {.matrix = {values, row_stride, column_stride},
                                 .rows = rows,
                                 .columns = columns,
                                 .allocator = {.caller = &caller}};
    const dirichlet_status status = measure_operator(&call, options, allocator, result, &text);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
