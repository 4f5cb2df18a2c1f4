/* Spectral norm regularization by power iteration (Yoshida and Miyato 2017); body for both
 * precisions. Vectors are double. Products are scaled by a power of two near the largest
 * element, so that no square over- or underflows. */
#ifndef DIRICHLET_REGULARIZER_SPECTRAL_PENALTY_BODY_H
#define DIRICHLET_REGULARIZER_SPECTRAL_PENALTY_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/statistics/counter.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer/checks.h"
#include "regularizer/loops_body.h"
#include "regularizer/parameters_body.h"

typedef PRECISION(dirichlet_singular) singular;

/* One matrix in progress. */
struct power {
    parameter matrix;
    double scale; /* the power of two; 0: nothing but zeros */
    double *u;    /* (rows) */
    double *v;    /* (columns) */
    double sigma; /* of the scaled matrix */
    double residual;
};

/* out = scale W v, along memory. */
static void multiply_view(struct view w, double scale, const double *v, double *out)
{
    if (w.column_stride <= w.row_stride) {
        for (int64_t i = 0; i < w.rows; i++)
            out[i] = scale * strided_dot(w.data + i * w.row_stride, w.column_stride, v, w.columns);
        return;
    }
    memset(out, 0, (size_t)w.rows * sizeof *out);
    for (int64_t j = 0; j < w.columns; j++)
        strided_add(out, scale * v[j], w.data + j * w.column_stride, w.row_stride, w.rows);
}

/* v = v / ||v||; the length it had, with that of 0 no vector is left. */
static double normalize(double *v, int64_t size)
{
    const double length = double_norm(v, size);
    for (int64_t i = 0; i < size; i++)
        v[i] /= length;
    return length;
}

/* The power of two that brings the largest |w| to between 1 and 2; 0 for a zero matrix, NaN if
 * it has a NaN or an infinity. Clamped to where it and its inverse are doubles. */
static double scale_of_matrix(const parameter *w)
{
    const parameter turned = along_memory(*w);
    double largest = 0.0;
    for (int64_t i = 0; i < turned.rows; i++)
        for (int64_t j = 0; j < turned.columns; j++) {
            const double size =
                fabs((double)turned.values[i * turned.row_stride + j * turned.column_stride]);
            if (!isfinite(size))
                return NAN;
            largest = size > largest ? size : largest;
        }
    return largest > 0.0 ? ldexp(1.0, -(int)fmax(fmin(ilogb(largest), 1000.0), -1000.0)) : 0.0;
}

/* The vector kept by the caller, scaled so that its square is a double; false if it is zero. */
static bool load_vector(const real *vector, struct power *power)
{
    const int64_t size = power->matrix.columns;
    const double largest = largest_magnitude(vector, size);
    for (int64_t i = 0; largest > 0.0 && i < size; i++)
        power->v[i] = (double)vector[i] / largest;
    return largest > 0.0;
}

/* u = W v of unit length, from the caller's vector or, where that is zero or W does not see it,
 * from a random one. */
static void start_power(const real *vector, uint64_t seed, int64_t index, struct power *power)
{
    const struct counter_stream stream = {seed, (uint64_t)index, 0};
    const struct view w = view_of(&power->matrix);
    double length = 0.0;
    if (load_vector(vector, power)) {
        (void)normalize(power->v, w.columns);
        multiply_view(w, power->scale, power->v, power->u);
        length = normalize(power->u, w.rows);
    }
    if (length > 0.0)
        return;
    counter_normals(&stream, 0, w.columns, power->v);
    (void)normalize(power->v, w.columns);
    multiply_view(w, power->scale, power->v, power->u);
    (void)normalize(power->u, w.rows);
}

/* ||W v - sigma u|| / sigma, with W v in `product`. */
static double residual_of(const struct power *power, double *product)
{
    multiply_view(view_of(&power->matrix), power->scale, power->v, product);
    for (int64_t i = 0; i < power->matrix.rows; i++)
        product[i] -= power->sigma * power->u[i];
    return double_norm(product, power->matrix.rows) / power->sigma;
}

/* u is there; v = W^T u / sigma, and so on. `product` (rows) is for W v. */
static void iterate_power(struct power *power, int64_t iterations, double *product)
{
    const struct view w = view_of(&power->matrix);
    for (int64_t i = 0; i < iterations; i++) {
        if (i > 0) {
            multiply_view(w, power->scale, power->v, power->u);
            (void)normalize(power->u, w.rows);
        }
        multiply_view(transposed(w), power->scale, power->u, power->v);
        power->sigma = normalize(power->v, w.columns);
    }
    power->residual = residual_of(power, product);
}

/* gradient += strength sigma u v^T. */
static void add_outer_product(const struct power *power, double strength)
{
    const parameter *p = &power->matrix;
    const double factor = strength * (power->sigma / power->scale);
    if (p->gradient == NULL || power->scale == 0.0)
        return;
    for (int64_t i = 0; i < p->rows; i++)
        for (int64_t j = 0; j < p->columns; j++) {
            real *at = p->gradient + i * p->gradient_row_stride + j * p->gradient_column_stride;
            *at = (real)((double)*at + factor * power->u[i] * power->v[j]);
        }
}

/* A call: its matrices' vectors and one product of rows in a block of memory. */
struct spectral_call {
    const parameter *parameters;
    int64_t count;
    singular *singular;
    dirichlet_spectral_penalty_options options;
    struct allocator allocator;
    double strength;
    struct power *powers; /* (count); of biases all is zero */
    double *product;
    int64_t largest_rows;
    double value;
};

static dirichlet_status read_singular(const struct spectral_call *call, int64_t index,
                                      singular *out, struct message *name, struct message *message)
{
    return versioned_struct_read_element(out, sizeof *out, call->singular, index, "singular", name,
                                         message);
}

static dirichlet_status check_matrix(const struct spectral_call *call, int64_t index, parameter *p,
                                     struct message *message)
{
    struct message name;
    singular kept = {0};
    dirichlet_status status = read_parameter(call->parameters, index, p, &name, message);
    if (status == DIRICHLET_OK && p->bias != 0)
        return read_singular(call, index, &kept, &name, message);
    if (status != DIRICHLET_OK)
        return status;
    if (isnan(scale_of_matrix(p)))
        return report_values(p, name.text, message);
    status = read_singular(call, index, &kept, &name, message);
    if (status != DIRICHLET_OK)
        return status;
    if (kept.vector == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "%s.vector is NULL", name.text);
    if (!is_finite_vector(kept.vector, p->columns))
        return message_fail(message, DIRICHLET_E_NOT_FINITE, "%s.vector is not finite", name.text);
    return DIRICHLET_OK;
}

static dirichlet_status check_matrices(struct spectral_call *call, struct message *message)
{
    for (int64_t i = 0; i < call->count; i++) {
        parameter p = {0};
        const dirichlet_status status = check_matrix(call, i, &p, message);
        if (status != DIRICHLET_OK)
            return status;
        call->largest_rows = larger(call->largest_rows, p.rows);
    }
    return DIRICHLET_OK;
}

static dirichlet_status read_spectral_options(const dirichlet_spectral_penalty_options *given,
                                              struct spectral_call *call, struct message *message)
{
    dirichlet_spectral_penalty_options *options = &call->options;
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status = versioned_struct_read(options, sizeof *options, given, given->struct_size,
                                       "options", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_count(options->iterations, 0, "options.iterations", message);
    if (options->iterations == 0)
        options->iterations = 1;
    return status == DIRICHLET_OK ? allocator_resolve(options->allocator, &call->allocator, message)
                                  : status;
}

static dirichlet_status check_spectral_call(struct spectral_call *call,
                                            const dirichlet_spectral_penalty_options *options,
                                            struct message *message)
{
    dirichlet_status status = regularizer_check_count(call->count, 0, "count", message);
    if (status == DIRICHLET_OK && call->count > 0)
        status = regularizer_check_pointer(call->parameters, "parameters", message);
    if (status == DIRICHLET_OK && call->count > 0)
        status = regularizer_check_pointer(call->singular, "singular", message);
    if (status == DIRICHLET_OK)
        status = read_spectral_options(options, call, message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_finite(call->strength, "strength", message);
    return status == DIRICHLET_OK ? check_matrices(call, message) : status;
}

/* On an arena without memory: how much it takes. */
static void lay_out_powers(struct spectral_call *call, struct arena *arena)
{
    call->powers = arena_take(arena, call->count, 1, 1, sizeof *call->powers);
    call->product = arena_take(arena, call->largest_rows, 1, 1, sizeof(double));
    if (call->powers != NULL)
        memset(call->powers, 0, (size_t)call->count * sizeof *call->powers);
    for (int64_t i = 0; i < call->count; i++) {
        const parameter p = parameter_at(call->parameters, i);
        if (p.bias != 0)
            continue;
        double *u = arena_take(arena, p.rows, 1, 1, sizeof(double));
        double *v = arena_take(arena, p.columns, 1, 1, sizeof(double));
        if (call->powers != NULL)
            call->powers[i] = (struct power){.matrix = p, .u = u, .v = v};
    }
}

static dirichlet_status run_powers(struct spectral_call *call, struct message *message)
{
    struct message name;
    for (int64_t i = 0; i < call->count; i++) {
        struct power *power = &call->powers[i];
        singular kept = {0};
        if (power->u == NULL)
            continue;
        power->scale = scale_of_matrix(&power->matrix);
        if (power->scale == 0.0)
            continue;
        (void)read_singular(call, i, &kept, &name, NULL);
        start_power(kept.vector, call->options.seed, i, power);
        iterate_power(power, call->options.iterations, call->product);
        const double sigma = power->sigma / power->scale;
        call->value += 0.5 * sigma * sigma;
        if (!isfinite(call->value) || !isfinite((real)(call->strength * sigma)))
            return message_fail(message, DIRICHLET_E_OVERFLOW,
                                "parameters[%lld].values: the penalty is too large for its type",
                                (long long)i);
    }
    return DIRICHLET_OK;
}

/* Nothing can fail any more. Of a zero matrix there is no gradient, and its vector stays. */
static void hand_out(const struct spectral_call *call)
{
    struct message name;
    for (int64_t i = 0; i < call->count; i++) {
        const struct power *power = &call->powers[i];
        singular kept = {0};
        if (power->u == NULL)
            continue;
        (void)read_singular(call, i, &kept, &name, NULL);
        kept.sigma = power->scale > 0.0 ? power->sigma / power->scale : 0.0;
        kept.residual = power->residual;
        for (int64_t j = 0; power->scale > 0.0 && j < power->matrix.columns; j++)
            kept.vector[j] = (real)power->v[j];
        add_outer_product(power, call->strength);
        versioned_struct_write_element(&kept, sizeof kept, call->singular, i);
    }
}

static dirichlet_status penalize_spectrum(struct spectral_call *call,
                                          dirichlet_penalty_result *result, struct message *message)
{
    struct arena arena = {0};
    lay_out_powers(call, &arena);
    const int64_t bytes = arena.used;
    if (arena.overflow)
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "parameters: the vectors exceed the address space");
    arena = (struct arena){.base = allocator_take(&call->allocator, (size_t)bytes)};
    if (arena.base == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for %lld bytes of vectors",
                            (long long)bytes);
    unsigned char *block = arena.base;
    lay_out_powers(call, &arena);
    const dirichlet_status status = run_powers(call, message);
    if (status == DIRICHLET_OK) {
        const dirichlet_penalty_result out = {
            .struct_size = sizeof out, .value = call->value, .exact = 1};
        hand_out(call);
        regularizer_hand_out(&out, result);
    }
    allocator_give(&call->allocator, block, (size_t)bytes);
    return status;
}

dirichlet_status PRECISION(dirichlet_spectral_penalty)(
    const parameter *parameters, int64_t count, singular *singulars,
    const dirichlet_spectral_penalty_options *options, double strength,
    dirichlet_penalty_result *result, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    struct spectral_call call = {.allocator = {.caller = &caller},
                                 .parameters = parameters,
                                 .count = count,
                                 .singular = singulars,
                                 .strength = strength};
    dirichlet_status status = check_spectral_call(&call, options, &text);
    if (status == DIRICHLET_OK)
        status = regularizer_check_result(result, &text);
    if (status == DIRICHLET_OK)
        status = penalize_spectrum(&call, result, &text);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
