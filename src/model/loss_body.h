/* The losses; body for both precisions. */
#ifndef DIRICHLET_MODEL_LOSS_BODY_H
#define DIRICHLET_MODEL_LOSS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/loss.h"
#include "dirichlet/status.h"
#include "model/loss.h"
#include "model/spoil_body.h"

typedef PRECISION(dirichlet_loss) loss_table;

static dirichlet_status check_callbacks(const loss_table *loss, bool curvature,
                                        struct message *message)
{
    const bool custom = loss->kind == DIRICHLET_LOSS_CUSTOM;
    if (!custom && (loss->function != NULL || loss->curvature != NULL))
        return message_fail(message, DIRICHLET_E_SHAPE,
                            "loss.function and loss.curvature are for a custom loss only");
    if (custom && (loss->labels != NULL || loss->targets != NULL))
        return message_fail(message, DIRICHLET_E_SHAPE,
                            "loss.labels and loss.targets are not for a custom loss");
    if (custom && loss->function == NULL)
        return message_fail(message, DIRICHLET_E_MISSING_CALLBACK, "loss.function is NULL");
    if (custom && curvature && loss->curvature == NULL)
        return message_fail(message, DIRICHLET_E_MISSING_CALLBACK, "loss.curvature is NULL");
    return DIRICHLET_OK;
}

static dirichlet_status check_labels(const loss_table *loss, int64_t samples, int64_t outputs,
                                     struct message *message)
{
    if (loss->kind != DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY)
        return message_fail(message, DIRICHLET_E_SHAPE,
                            "loss.labels are for softmax cross-entropy only");
    for (int64_t i = 0; i < samples; i++)
        if (loss->labels[i] < 0 || loss->labels[i] >= outputs)
            return message_fail(message, DIRICHLET_E_RANGE,
                                "loss.labels[%lld] is %lld: it must be 0 to %lld", (long long)i,
                                (long long)loss->labels[i], (long long)(outputs - 1));
    return DIRICHLET_OK;
}

static dirichlet_status check_targets(const loss_table *loss, int64_t samples, int64_t outputs,
                                      struct message *message)
{
    const bool weights = loss->kind == DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY;
    int64_t bytes = 0;
    if (!size_of_array(samples, outputs, 1, sizeof(real), &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "loss.targets: %lld samples exceed the address space",
                            (long long)samples);
    for (int64_t i = 0; i < samples * outputs; i++) {
        const double target = (double)loss->targets[i];
        if (!isfinite(target) || (weights && target < 0.0))
            return message_fail(message, DIRICHLET_E_RANGE,
                                "loss.targets[%lld][%lld] is %g: it must be finite%s",
                                (long long)(i / outputs), (long long)(i % outputs), target,
                                weights ? " and >= 0" : "");
    }
    return DIRICHLET_OK;
}

dirichlet_status PRECISION(loss_read)(const loss_table *given, int64_t samples, int64_t outputs,
                                      bool curvature, loss_table *copy, struct message *message)
{
    if (given == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "loss is NULL");
    dirichlet_status status =
        versioned_struct_read(copy, sizeof *copy, given, given->struct_size, "loss", message);
    if (status != DIRICHLET_OK)
        return status;
    if (copy->concurrent != 0 && copy->concurrent != 1)
        return message_fail(message, DIRICHLET_E_RANGE, "loss.concurrent is %d: it must be 0 or 1",
                            (int)copy->concurrent);
    if (copy->kind != DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY &&
        copy->kind != DIRICHLET_LOSS_SQUARED && copy->kind != DIRICHLET_LOSS_CUSTOM)
        return message_fail(message, DIRICHLET_E_CONSTANT, "loss.kind is %d: no such constant",
                            (int)copy->kind);
    status = check_callbacks(copy, curvature, message);
    if (status != DIRICHLET_OK || copy->kind == DIRICHLET_LOSS_CUSTOM)
        return status;
    if (samples == 0 && copy->labels == NULL && copy->targets == NULL)
        return DIRICHLET_OK;
    if ((copy->labels == NULL) == (copy->targets == NULL))
        return message_fail(message, copy->labels == NULL ? DIRICHLET_E_NULL : DIRICHLET_E_SHAPE,
                            "loss.labels, loss.targets: exactly one of them must be set");
    return copy->labels != NULL ? check_labels(copy, samples, outputs, message)
                                : check_targets(copy, samples, outputs, message);
}

static double squared_loss(const real *f, const real *target, int64_t outputs, real *cotangent)
{
    double sum = 0.0;
    for (int64_t j = 0; j < outputs; j++) {
        const double residual = (double)f[j] - (double)target[j];
        sum += residual * residual;
        cotangent[j] = (real)residual;
    }
    return 0.5 * sum;
}

/* The largest output, which is taken from all of them so that no exponential overflows. */
static double largest_output(const real *f, int64_t outputs)
{
    double largest = (double)f[0];
    for (int64_t j = 1; j < outputs; j++)
        largest = (double)f[j] > largest ? (double)f[j] : largest;
    return largest;
}

static double sum_of_exponentials(const real *f, int64_t outputs, double largest)
{
    double sum = 0.0;
    for (int64_t j = 0; j < outputs; j++)
        sum += exp((double)f[j] - largest);
    return sum;
}

/* The weight of output j: 1 for the label and 0 for the others, or its target. */
static double weight_of(const loss_table *loss, int64_t sample, int64_t j, int64_t outputs)
{
    if (loss->labels != NULL)
        return j == loss->labels[sample] ? 1.0 : 0.0;
    return (double)loss->targets[sample * outputs + j];
}

static double sum_of_weights(const loss_table *loss, int64_t sample, int64_t outputs)
{
    double sum = 0.0;
    for (int64_t j = 0; j < outputs; j++)
        sum += weight_of(loss, sample, j, outputs);
    return sum;
}

/* With p = softmax(f), T = sum_j t_j: l = sum_j t_j (log sum_m exp f_m - f_j), dl/df = T p - t. */
static double cross_entropy(const loss_table *loss, int64_t sample, int64_t outputs, const real *f,
                            real *cotangent)
{
    const double largest = largest_output(f, outputs);
    const double sum = sum_of_exponentials(f, outputs, largest);
    const double total = sum_of_weights(loss, sample, outputs);
    const double log_sum = log(sum);
    double value = 0.0;
    for (int64_t j = 0; j < outputs; j++) {
        const double weight = weight_of(loss, sample, j, outputs);
        const double shifted = (double)f[j] - largest;
        if (weight > 0.0) /* of others the difference may be infinite */
            value += weight * (log_sum - shifted);
        cotangent[j] = (real)(total * exp(shifted) / sum - weight);
    }
    return value;
}

/* What the callback leaves out is NaN, not what was there before. */
static int32_t call_function(const loss_table *loss, struct environment *caller, int64_t first,
                             int64_t samples, int64_t outputs, const real *f, double *values,
                             real *cotangents)
{
    for (int64_t s = 0; s < samples; s++)
        values[s] = NAN;
    spoil_rows(cotangents, samples, outputs);
    environment_leave(caller);
    const int32_t code = loss->function(first, samples, f, values, cotangents, loss->user);
    environment_enter(caller);
    return code;
}

int32_t PRECISION(loss_evaluate)(const loss_table *loss, struct environment *caller, int64_t first,
                                 int64_t samples, int64_t outputs, const real *f, double *values,
                                 real *cotangents)
{
    if (loss->kind == DIRICHLET_LOSS_CUSTOM)
        return call_function(loss, caller, first, samples, outputs, f, values, cotangents);
    for (int64_t s = 0; s < samples; s++) {
        const real *row = f + s * outputs;
        real *cotangent = cotangents + s * outputs;
        if (loss->kind == DIRICHLET_LOSS_SQUARED)
            values[s] =
                squared_loss(row, loss->targets + (first + s) * outputs, outputs, cotangent);
        else
            values[s] = cross_entropy(loss, first + s, outputs, row, cotangent);
    }
    return 0;
}

/* d^2 l / df^2 = T (diag p - p p^T). */
static void curve_cross_entropy(const loss_table *loss, int64_t sample, int64_t outputs,
                                const real *f, const real *tangent, real *product)
{
    const double largest = largest_output(f, outputs);
    const double sum = sum_of_exponentials(f, outputs, largest);
    const double total = sum_of_weights(loss, sample, outputs);
    double mean = 0.0;
    for (int64_t j = 0; j < outputs; j++)
        mean += exp((double)f[j] - largest) / sum * (double)tangent[j];
    for (int64_t j = 0; j < outputs; j++)
        product[j] =
            (real)(total * (exp((double)f[j] - largest) / sum) * ((double)tangent[j] - mean));
}

static int32_t call_curvature(const loss_table *loss, struct environment *caller, int64_t first,
                              int64_t samples, const real *f, const real *tangents, real *products)
{
    environment_leave(caller);
    const int32_t code = loss->curvature(first, samples, f, tangents, products, loss->user);
    environment_enter(caller);
    return code;
}

int32_t PRECISION(loss_curve)(const loss_table *loss, struct environment *caller, int64_t first,
                              int64_t samples, int64_t outputs, const real *f, const real *tangents,
                              real *products)
{
    if (loss->kind == DIRICHLET_LOSS_CUSTOM) {
        spoil_rows(products, samples, outputs);
        return call_curvature(loss, caller, first, samples, f, tangents, products);
    }
    if (loss->kind == DIRICHLET_LOSS_SQUARED) {
        memcpy(products, tangents, (size_t)(samples * outputs) * sizeof(real));
        return 0;
    }
    for (int64_t s = 0; s < samples; s++)
        curve_cross_entropy(loss, first + s, outputs, f + s * outputs, tangents + s * outputs,
                            products + s * outputs);
    return 0;
}

#endif
