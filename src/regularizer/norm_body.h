/* Norms of the parameters; body for both precisions. */
#ifndef DIRICHLET_REGULARIZER_NORM_BODY_H
#define DIRICHLET_REGULARIZER_NORM_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/exact_sum.h"
#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer/checks.h"
#include "regularizer/loops_body.h"
#include "regularizer/parameters_body.h"

/* Terms that are added in double before the exact sum takes them: few enough for their rounding
 * to stay near that of one number. */
#define NORM_TERMS ((int64_t)4096)

/* False where a partial sum is not finite. */
static bool add_row(const parameter *p, int64_t row, dirichlet_norm norm, struct exact_sum *sum)
{
    for (int64_t first = 0; first < p->columns; first += NORM_TERMS) {
        const int64_t count = smaller(p->columns - first, NORM_TERMS);
        const real *values = p->values + row * p->row_stride + first * p->column_stride;
        const double part = norm == DIRICHLET_NORM_L1
                                ? sum_magnitudes(values, count, p->column_stride)
                                : sum_squares(values, count, p->column_stride);
        if (!isfinite(part))
            return false;
        exact_sum_add(sum, part);
    }
    return true;
}

static dirichlet_status add_norm(const parameter *p, const char *name, dirichlet_norm norm,
                                 struct exact_sum *sum, struct message *message)
{
    const parameter turned = along_memory(*p);
    for (int64_t i = 0; i < turned.rows; i++)
        if (!add_row(&turned, i, norm, sum))
            return report_values(p, name, message);
    return DIRICHLET_OK;
}

/* d|t|/dt, 0 at 0, or d(t^2)/dt. */
static double norm_slope(dirichlet_norm norm, double value)
{
    if (norm == DIRICHLET_NORM_SQUARED_L2)
        return 2.0 * value;
    return value > 0.0 ? 1.0 : value < 0.0 ? -1.0 : 0.0;
}

static void add_norm_gradient(const parameter *p, dirichlet_norm norm, double strength)
{
    for (int64_t i = 0; i < p->rows; i++)
        for (int64_t j = 0; j < p->columns; j++) {
            const real value = p->values[i * p->row_stride + j * p->column_stride];
            real *at = p->gradient + i * p->gradient_row_stride + j * p->gradient_column_stride;
            *at = (real)((double)*at + strength * norm_slope(norm, (double)value));
        }
}

static dirichlet_status read_norm_options(const dirichlet_parameter_norm_options *given,
                                          dirichlet_parameter_norm_options *options,
                                          struct message *message)
{
    dirichlet_status status = regularizer_check_pointer(given, "options", message);
    if (status == DIRICHLET_OK)
        status = versioned_struct_read(options, sizeof *options, given, given->struct_size,
                                       "options", message);
    if (status == DIRICHLET_OK && options->norm != DIRICHLET_NORM_L1 &&
        options->norm != DIRICHLET_NORM_SQUARED_L2)
        status =
            message_fail(message, DIRICHLET_E_CONSTANT,
                         "options.norm is %d, which is not a DIRICHLET_NORM_*", (int)options->norm);
    if (status == DIRICHLET_OK)
        status = regularizer_check_flag(options->biases, "options.", "biases", message);
    return status;
}

static dirichlet_status check_norm_call(const parameter *parameters, int64_t count,
                                        const dirichlet_parameter_norm_options *given,
                                        dirichlet_parameter_norm_options *options, double strength,
                                        const dirichlet_penalty_result *result,
                                        struct message *message)
{
    dirichlet_status status = regularizer_check_count(count, 0, "count", message);
    if (status == DIRICHLET_OK && count > 0)
        status = regularizer_check_pointer(parameters, "parameters", message);
    if (status == DIRICHLET_OK)
        status = read_norm_options(given, options, message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_finite(strength, "strength", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_result(result, message);
    return status;
}

/* No term of the gradient exceeds strength times this. */
static double largest_slope(dirichlet_norm norm, double value)
{
    return norm == DIRICHLET_NORM_L1 ? 1.0 : 2.0 * sqrt(value);
}

static dirichlet_status sum_norms(const parameter *parameters, int64_t count, dirichlet_norm norm,
                                  int32_t biases, double *value, struct message *message)
{
    struct exact_sum sum = {{0}, 0};
    for (int64_t i = 0; i < count; i++) {
        struct message name;
        parameter p = {0};
        dirichlet_status status = read_parameter(parameters, i, &p, &name, message);
        if (status == DIRICHLET_OK && (biases != 0 || p.bias == 0))
            status = add_norm(&p, name.text, norm, &sum, message);
        if (status != DIRICHLET_OK)
            return status;
    }
    *value = exact_sum_value(&sum);
    if (!isfinite(*value))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "parameters: the norm is too large for a double");
    return DIRICHLET_OK;
}

static dirichlet_status penalize_norm(const parameter *parameters, int64_t count,
                                      const dirichlet_parameter_norm_options *given,
                                      double strength, dirichlet_penalty_result *result,
                                      struct message *message)
{
    dirichlet_parameter_norm_options options = {0};
    dirichlet_penalty_result out = {.struct_size = sizeof out, .exact = 1};
    dirichlet_status status =
        check_norm_call(parameters, count, given, &options, strength, result, message);
    if (status == DIRICHLET_OK)
        status = sum_norms(parameters, count, options.norm, options.biases, &out.value, message);
    if (status == DIRICHLET_OK &&
        !isfinite((real)(strength * largest_slope(options.norm, out.value))))
        status = message_fail(message, DIRICHLET_E_OVERFLOW,
                              "strength is %g: the gradient is too large for its type", strength);
    if (status != DIRICHLET_OK)
        return status;
    for (int64_t i = 0; i < count; i++) {
        const parameter p = along_memory(parameter_at(parameters, i));
        if (p.gradient != NULL && (options.biases != 0 || p.bias == 0))
            add_norm_gradient(&p, options.norm, strength);
    }
    regularizer_hand_out(&out, result);
    return DIRICHLET_OK;
}

dirichlet_status PRECISION(dirichlet_parameter_norm)(
    const parameter *parameters, int64_t count, const dirichlet_parameter_norm_options *options,
    double strength, dirichlet_penalty_result *result, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    const dirichlet_status status =
        penalize_norm(parameters, count, options, strength, result, &text);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
