/* dirichlet_model_check_*; body for both precisions. */
#ifndef DIRICHLET_CHECK_CHECK_BODY_H
#define DIRICHLET_CHECK_CHECK_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/items/contract_body.h"
#include "check/items/derivative_body.h"
#include "check/items/linear_body.h"
#include "check/items/parameters_body.h"
#include "check/items/products_body.h"
#include "check/items/rows_body.h"
#include "check/report/report.h"
#include "check/subject/directions_body.h"
#include "check/subject/subject_body.h"
#include "check/subject/tolerance_body.h"
#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/check.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "model/model.h"

static dirichlet_status check_parameters(const dirichlet_check_options *options,
                                         struct message *message)
{
    const bool none = options->parameters == NULL && options->gradient == NULL;
    int64_t bytes = 0;
    if (options->parameter_count < 0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.parameter_count is %lld: it must be >= 0",
                            (long long)options->parameter_count);
    if (none != (options->parameter_count == 0) ||
        (options->parameters == NULL) != (options->gradient == NULL))
        return message_fail(message, DIRICHLET_E_NULL,
                            "options.parameters, gradient, parameter_count: all or none");
    if (!size_of_array(options->parameter_count, 1, 1, sizeof(real), &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "options.parameter_count exceeds the address space");
    if (!none && !is_finite_vector(options->parameters, options->parameter_count))
        return message_fail(message, DIRICHLET_E_NOT_FINITE, "options.parameters are not finite");
    return DIRICHLET_OK;
}

static dirichlet_status read_options(const dirichlet_check_options *given,
                                     dirichlet_check_options *options, struct allocator *allocator,
                                     struct message *message)
{
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status = versioned_struct_read(options, sizeof *options, given, given->struct_size,
                                       "options", message);
    if (status != DIRICHLET_OK)
        return status;
    if (options->reserved != NULL)
        return message_fail(message, DIRICHLET_E_RANGE, "options.reserved must be NULL");
    if (options->first_sample < 0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.first_sample is %lld: it must be >= 0",
                            (long long)options->first_sample);
    if (!(options->forward_noise >= 0.0 && options->forward_noise < 1.0))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.forward_noise is %g: it must be in [0, 1)",
                            options->forward_noise);
    status = allocator_resolve(options->allocator, allocator, message);
    return status == DIRICHLET_OK ? check_parameters(options, message) : status;
}

static dirichlet_status read_model(struct check *check, const PRECISION(dirichlet_model) * model,
                                   struct message *message)
{
    const dirichlet_status status =
        PRECISION(model_read)(model, &check->model, &check->offer, message);
    const struct model_offer *offer = &check->offer;
    if (status != DIRICHLET_OK)
        return status;
    if (!offer->forward && !offer->jvp && !offer->vjp && !offer->energies &&
        !offer->product_norms && !offer->parameter_vjp)
        return message_fail(message, DIRICHLET_E_MISSING_CALLBACK,
                            "model has no callback that could be looked at");
    return DIRICHLET_OK;
}

static dirichlet_status read_samples(struct check *check, int64_t samples, const real *x,
                                     struct message *message)
{
    const int64_t d = check->offer.inputs;
    int64_t bytes = 0;
    if (samples < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "samples is %lld: it must be >= 1",
                            (long long)samples);
    if (samples == 0)
        return message_fail(message, DIRICHLET_E_NO_DATA, "samples is 0: one is needed at least");
    if (x == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "x is NULL");
    check->x = x;
    check->samples = smaller(samples, CHECK_SAMPLES);
    if (!size_of_array(samples, d, 1, sizeof(real), &bytes) ||
        check->options.first_sample > INT64_MAX - samples)
        return message_fail(message, DIRICHLET_E_OVERFLOW, "samples, first_sample: too large");
    for (int64_t s = 0; s < check->samples; s++)
        if (!is_finite_vector(x + s * d, d))
            return message_with_sample(message, check->options.first_sample + s,
                                       message_fail(message, DIRICHLET_E_NOT_FINITE,
                                                    "x: row %lld is not finite", (long long)s));
    return DIRICHLET_OK;
}

/* How much every output changes over the samples: of forward along a tangent, or by J v. */
static void note_scale(struct check *check, const double *a, const double *b)
{
    const int64_t k = check->offer.outputs;
    for (int64_t i = 0; i < check->samples * k; i++) {
        const double change = fabs(a[i] - b[i]);
        if (isfinite(change))
            check->scale[i % k] = fmax(check->scale[i % k], change);
    }
}

static void scale_by_forward(struct check *check)
{
    struct request request = usual_request(check, DIRICHLET_CALLBACK_FORWARD, check->one);
    request.x = check->points;
    place_all_near(check, LADDER_FIRST);
    if (!ask(check, &request))
        return;
    place_all_near(check, -LADDER_FIRST);
    request.out = check->two;
    if (ask(check, &request))
        note_scale(check, check->one, check->two);
}

static void scale_by_products(struct check *check)
{
    struct request request = usual_request(check, DIRICHLET_CALLBACK_JVP, check->one);
    request.count = 1;
    request.given = check->given;
    for (int64_t s = 0; s < check->samples; s++)
        memcpy(check->given + s * check->offer.inputs,
               check->v + s * CHECK_DIRECTIONS * check->offer.inputs,
               (size_t)check->offer.inputs * sizeof(real));
    memset(check->two, 0, (size_t)(check->samples * check->offer.outputs) * sizeof *check->two);
    if (ask(check, &request))
        note_scale(check, check->one, check->two);
}

/* Directions: cotangents once for calls whose outputs are not yet known, and then by their size. */
static void draw_directions(struct check *check)
{
    memset(check->scale, 0, (size_t)check->offer.outputs * sizeof *check->scale);
    draw_tangents(check);
    draw_cotangents(check);
    if (offers(check, DIRICHLET_CALLBACK_FORWARD))
        look_at_contract(check, DIRICHLET_CALLBACK_FORWARD);
    if (is_sound(check, DIRICHLET_CALLBACK_FORWARD))
        scale_by_forward(check);
    else if (offers(check, DIRICHLET_CALLBACK_JVP))
        scale_by_products(check);
    draw_cotangents(check);
}

/* Without forward and products nothing shows the rounding; half of the digits are granted. */
static double noise_at_first(const struct check *check)
{
    const struct model_offer *offer = &check->offer;
    const double least = fmax((double)REAL_EPSILON, check->options.forward_noise);
    return offer->forward || offer->jvp || offer->vjp ? least
                                                      : fmax(least, sqrt((double)REAL_EPSILON));
}

/* What each callback must keep by itself; forward has been looked at for the directions. */
static void look_at_callback(struct check *check, dirichlet_callback callback)
{
    if (callback != DIRICHLET_CALLBACK_FORWARD)
        look_at_contract(check, callback);
    if (is_sound(check, callback))
        look_at_company(check, callback);
}

static void look_at_parts(struct check *check, dirichlet_callback callback)
{
    look_at_alone(check, callback);
    look_at_directions(check, callback);
}

/* For every callback that has an output. */
static void for_each(struct check *check, void (*look)(struct check *, dirichlet_callback))
{
    for (int c = 0; c < CHECK_CALLBACKS; c++)
        if (offers(check, check_callbacks[c]) && output_size(check, check_callbacks[c]) > 0)
            look(check, check_callbacks[c]);
}

/* In this order, since each item rests on those before it. */
static void look_at_all(struct check *check)
{
    check->noise = noise_at_first(check);
    draw_directions(check);
    for_each(check, look_at_callback);
    measure_slopes(check);
    for_each(check, measure_products);
    for_each(check, look_at_linear);
    for_each(check, look_at_parts);
    look_at_points(check);
    read_products(check, DIRICHLET_CALLBACK_JVP, check->jvp, &check->jvp_size);
    read_products(check, DIRICHLET_CALLBACK_VJP, check->vjp, &check->vjp_size);
    look_at_derivative(check);
    look_at_transposed(check);
    look_at_squares(check);
    look_at_backward(check);
}

/* The caller's parameters and gradient as they are, and back. */
static void keep_parameters(struct check *check)
{
    const size_t bytes = (size_t)check->options.parameter_count * sizeof(real);
    if (bytes == 0)
        return;
    memcpy(check->parameters, check->options.parameters, bytes);
    memcpy(check->gradient, check->options.gradient, bytes);
}

static void restore_parameters(struct check *check)
{
    const size_t bytes = (size_t)check->options.parameter_count * sizeof(real);
    if (bytes == 0)
        return;
    memcpy(check->options.parameters, check->parameters, bytes);
    memcpy(check->options.gradient, check->gradient, bytes);
}

/* On an arena without memory: how much it takes. */
static void lay_out_all(struct check *check, struct arena *arena)
{
    lay_out(check, arena);
    check->scratch = arena_take(arena, larger(SLOPE_SCRATCH, LINEAR_SCRATCH), 1, 1, 1);
}

static dirichlet_status run_check(struct check *check, struct message *message)
{
    struct arena arena = {NULL, 0, false};
    lay_out_all(check, &arena);
    if (arena.overflow)
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "model.inputs, model.outputs: too large for the address space");
    const size_t bytes = (size_t)arena.used;
    arena.base = allocator_take(&check->allocator, bytes);
    if (arena.base == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for %zu bytes", bytes);
    arena.used = 0;
    lay_out_all(check, &arena);
    keep_parameters(check);
    look_at_all(check);
    restore_parameters(check);
    allocator_give(&check->allocator, arena.base, bytes);
    return DIRICHLET_OK;
}

static dirichlet_status check_all(struct check *check, const PRECISION(dirichlet_model) * model,
                                  int64_t samples, const real *x, dirichlet_check_report *report,
                                  struct message *message)
{
    record_begin(&check->record);
    dirichlet_status status = report_check(report, message);
    if (status == DIRICHLET_OK)
        status = read_model(check, model, message);
    if (status == DIRICHLET_OK)
        status = read_samples(check, samples, x, message);
    if (status == DIRICHLET_OK)
        status = run_check(check, message);
    return status == DIRICHLET_OK ? report_write(&check->record, report, message) : status;
}

/* All of it is too large for the stack of a thread of some languages. */
static dirichlet_status check_model(const PRECISION(dirichlet_model) * model, int64_t samples,
                                    const real *x, const dirichlet_check_options *given,
                                    dirichlet_check_report *report, struct environment *caller,
                                    struct message *message)
{
    dirichlet_check_options options = {0};
    struct allocator allocator = {.caller = caller};
    dirichlet_status status = read_options(given, &options, &allocator, message);
    if (status != DIRICHLET_OK)
        return status;
    struct check *check = allocator_take(&allocator, sizeof *check);
    if (check == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for a report");
    memset(check, 0, sizeof *check);
    check->options = options;
    check->allocator = allocator;
    status = check_all(check, model, samples, x, report, message);
    allocator_give(&allocator, check, sizeof *check);
    return status;
}

dirichlet_status PRECISION(dirichlet_model_check)(const PRECISION(dirichlet_model) * model,
                                                  int64_t samples, const real *x,
                                                  const dirichlet_check_options *options,
                                                  dirichlet_check_report *report,
                                                  dirichlet_error *error)
{
    struct environment caller;
    struct message message = {.text = ""};
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    const dirichlet_status status =
        check_model(model, samples, x, options, report, &caller, &message);
    message_hand_out(&message, status, error);
    environment_leave(&caller);
    return status;
}

#endif
