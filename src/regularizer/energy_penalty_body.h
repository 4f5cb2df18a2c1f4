/* The geometric complexity of a model from forward passes, and its gradient from the backward
 * passes of its trainer, by the formulas of regularizer.h; body for both precisions. The points are
 * those of energy_pairs_body.h. */
#ifndef DIRICHLET_REGULARIZER_ENERGY_PENALTY_BODY_H
#define DIRICHLET_REGULARIZER_ENERGY_PENALTY_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/exact_sum.h"
#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "model/model.h"
#include "model/spoil_body.h"
#include "regularizer/checks.h"
#include "regularizer/energy_pairs_body.h"
#include "regularizer/loops_body.h"

/* Rows of a call: enough for the trainer to run at full speed. */
#define PENALTY_MOST_ROWS ((int64_t)1024)
/* Probe indices must fit the counter of the random numbers. */
#define PENALTY_MOST_PROBES (INT64_C(1) << 28)

/* All rows through a callback, as many at a time as the model takes: penalty->values are outputs
 * of forward and cotangents of parameter_vjp. */
static dirichlet_status call_rows(const struct penalty *penalty, int64_t rows, bool backward)
{
    const PRECISION(dirichlet_model) *model = &penalty->model;
    const int64_t most = smaller(rows, penalty->offer.max_samples);
    for (int64_t done = 0; done < rows; done += most) {
        const int64_t count = smaller(rows - done, most);
        const real *x = penalty->points + done * model->inputs;
        real *values = penalty->values + done * model->outputs;
        environment_leave(penalty->allocator.caller);
        const int32_t code = backward ? penalty->parameter_vjp(count, x, values, penalty->user)
                                      : model->forward(count, x, values, model->user);
        environment_enter(penalty->allocator.caller);
        const dirichlet_status status = regularizer_called(
            code, backward ? "parameter_vjp" : "model.forward", penalty->message);
        if (status != DIRICHLET_OK)
            return status;
    }
    return DIRICHLET_OK;
}

/* Energies of the tile's pairs to the sum, and the outputs replaced by cotangents. */
static dirichlet_status take_energies(const struct penalty *penalty, int64_t first, int64_t count,
                                      struct exact_sum *sum)
{
    const int64_t k = penalty->offer.outputs;
    for (int64_t q = 0; q < count; q++) {
        const real *x = penalty->x + (first + q) / penalty->probes * penalty->offer.inputs;
        real *above = penalty->values + 2 * q * k;
        const double step = pair_step(penalty, x);
        if (!is_finite_vector(above, 2 * k))
            return pair_not_finite(penalty, first + q, "model.forward is not finite near it");
        const double energy = make_cotangents(above, above + k, 0.5 / step,
                                              penalty->strength / penalty->count / step, k);
        if (!isfinite(energy))
            return pair_not_finite(penalty, first + q, "its energy is too large for a double");
        if (penalty->parameter_vjp != NULL && !is_finite_vector(above, k))
            return pair_not_finite(penalty, first + q, "a cotangent is too large for its type");
        exact_sum_add(sum, energy);
    }
    return DIRICHLET_OK;
}

static dirichlet_status check_centers(const struct penalty *penalty, int64_t first, int64_t count,
                                      int64_t centers)
{
    const int64_t k = penalty->offer.outputs;
    const int64_t before = centers_before(penalty, first / penalty->probes);
    for (int64_t c = 0; c < centers; c++)
        if (!is_finite_vector(penalty->values + (2 * (count + c) + 1) * k, k))
            return pair_not_finite(penalty, (before + c) * penalty->period * penalty->probes,
                                   "model.forward is not finite there");
    return DIRICHLET_OK;
}

static dirichlet_status run_tile(struct penalty *penalty, int64_t first, int64_t count,
                                 struct exact_sum *sum)
{
    place_pairs(penalty, first, count);
    const int64_t centers = place_centers(penalty, first, count);
    spoil_rows(penalty->values, 2 * (count + centers), penalty->offer.outputs);
    dirichlet_status status = call_rows(penalty, 2 * (count + centers), false);
    if (status == DIRICHLET_OK)
        status = check_centers(penalty, first, count, centers);
    if (status == DIRICHLET_OK)
        look_at_centers(penalty, first, count);
    if (status == DIRICHLET_OK)
        status = take_energies(penalty, first, count, sum);
    if (status == DIRICHLET_OK)
        status = check_noise(penalty);
    if (status == DIRICHLET_OK && penalty->parameter_vjp != NULL)
        status = call_rows(penalty, 2 * count, true);
    return status;
}

static dirichlet_status run_pairs(struct penalty *penalty, double *value)
{
    struct exact_sum sum = {{0}, 0};
    for (int64_t first = 0; first < penalty->pairs; first += penalty->tile) {
        const int64_t count = smaller(penalty->pairs - first, penalty->tile);
        const dirichlet_status status = run_tile(penalty, first, count, &sum);
        if (status != DIRICHLET_OK)
            return status;
    }
    const double mean = exact_sum_value(&sum) / penalty->count;
    if (!isfinite(mean))
        return message_fail(penalty->message, DIRICHLET_E_OVERFLOW,
                            "x: the sum of the energies is too large for a double");
    if (value != NULL)
        *value = mean;
    if (penalty->options.noise != NULL)
        *penalty->options.noise =
            penalty->sight.odd > 0.0 ? penalty->sight.even / penalty->sight.odd / 3.0 : 0.0;
    return DIRICHLET_OK;
}

/* On an arena without memory: how much it takes. */
static void lay_out_penalty(struct penalty *penalty, struct arena *arena)
{
    const int64_t samples = (penalty->tile - 1) / penalty->probes + 2; /* at most, in part */
    const int64_t rows = 2 * (penalty->tile + samples / penalty->period + 1);
    penalty->points = arena_take(arena, rows, penalty->offer.inputs, 1, sizeof(real));
    penalty->values = arena_take(arena, rows, penalty->offer.outputs, 1, sizeof(real));
    penalty->direction = arena_take(arena, penalty->offer.inputs, 1, 1, sizeof(real));
    penalty->still = arena_take(arena, penalty->offer.outputs, 1, 1, sizeof *penalty->still);
}

/* Bytes of so many pairs; INT64_MAX where they do not fit the address space. */
static int64_t tile_bytes(struct penalty *penalty, int64_t pairs)
{
    struct arena counting = {0};
    penalty->tile = pairs;
    lay_out_penalty(penalty, &counting);
    return counting.overflow ? INT64_MAX : counting.used;
}

/* Whole calls of as many pairs as the budget has room for. */
static dirichlet_status choose_tile(struct penalty *penalty, int64_t *bytes)
{
    const int64_t budget = regularizer_budget(penalty->options.workspace_bytes);
    const int64_t most = smaller(PENALTY_MOST_ROWS, penalty->offer.max_samples) / 2;
    int64_t pairs = smaller(penalty->pairs, larger(most, 1));
    while (pairs > 1 && tile_bytes(penalty, pairs) > budget)
        pairs /= 2;
    *bytes = tile_bytes(penalty, pairs);
    return regularizer_check_workspace(*bytes, budget, penalty->message);
}

static dirichlet_status read_penalty_options(const dirichlet_energy_penalty_options *given,
                                             struct penalty *penalty)
{
    dirichlet_energy_penalty_options *options = &penalty->options;
    struct message *message = penalty->message;
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status = versioned_struct_read(options, sizeof *options, given, given->struct_size,
                                       "options", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_count(options->probes, 0, "options.probes", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_count(options->first_sample, 0, "options.first_sample", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_amount(options->step, "options.step", message);
    const double least = pow((double)REAL_EPSILON, 2.0 / 3.0);
    if (status == DIRICHLET_OK && options->step > 0.0 && options->step < least)
        status = message_fail(message, DIRICHLET_E_RANGE,
                              "options.step is %g: it must be 0 or at least %g, or the rounding of "
                              "x and f swallows it",
                              options->step, least);
    return status == DIRICHLET_OK
               ? allocator_resolve(options->allocator, &penalty->allocator, message)
               : status;
}

/* Signs of fewer probes than inputs, or all the coordinates. */
static dirichlet_status choose_probes(struct penalty *penalty)
{
    const int64_t d = penalty->offer.inputs;
    const int64_t probes = larger(penalty->options.probes, 1);
    penalty->exact = probes >= d;
    penalty->probes = smaller(probes, d);
    penalty->period = (PENALTY_PAIRS_A_CENTER - 1) / penalty->probes + 1;
    penalty->count = (double)penalty->samples * (penalty->exact ? 1.0 : (double)penalty->probes);
    if (!penalty->exact && probes > PENALTY_MOST_PROBES)
        return message_fail(penalty->message, DIRICHLET_E_RANGE,
                            "options.probes is %lld: it must be in 0 .. 2^28 or at least %lld",
                            (long long)probes, (long long)d);
    penalty->pairs = penalty->samples * penalty->probes; /* no more than x has elements */
    return DIRICHLET_OK;
}

static dirichlet_status check_points(const struct penalty *penalty)
{
    const int64_t d = penalty->offer.inputs;
    if (penalty->samples > INT64_MAX - penalty->options.first_sample)
        return message_fail(penalty->message, DIRICHLET_E_OVERFLOW,
                            "options.first_sample is %lld: too large for %lld samples more",
                            (long long)penalty->options.first_sample, (long long)penalty->samples);
    for (int64_t i = 0; i < penalty->samples; i++) {
        if (!is_finite_vector(penalty->x + i * d, d))
            return pair_not_finite(penalty, i * penalty->probes, "it holds a NaN or infinity");
        const double step = pair_step(penalty, penalty->x + i * d);
        if (!isfinite((real)step))
            return pair_not_finite(penalty, i * penalty->probes, "no step of its size is a number");
    }
    return DIRICHLET_OK;
}

/* Everything that can be known before the first callback. */
static dirichlet_status check_penalty(const PRECISION(dirichlet_model) * model,
                                      const dirichlet_energy_penalty_options *options,
                                      struct penalty *penalty)
{
    struct message *message = penalty->message;
    dirichlet_status status =
        PRECISION(model_read)(model, &penalty->model, &penalty->offer, message);
    if (status == DIRICHLET_OK && !penalty->offer.forward)
        status = message_fail(message, DIRICHLET_E_MISSING_CALLBACK, "model.forward is NULL");
    if (status == DIRICHLET_OK)
        status = regularizer_check_samples(penalty->samples, penalty->x, penalty->offer.inputs,
                                           sizeof(real), message);
    if (status == DIRICHLET_OK)
        status = read_penalty_options(options, penalty);
    if (status == DIRICHLET_OK)
        status = regularizer_check_finite(penalty->strength, "strength", message);
    if (status == DIRICHLET_OK)
        status = choose_probes(penalty);
    return status == DIRICHLET_OK ? check_points(penalty) : status;
}

static dirichlet_status penalize_energy(struct penalty *penalty, double *value)
{
    int64_t bytes = 0;
    dirichlet_status status = choose_tile(penalty, &bytes);
    if (status != DIRICHLET_OK)
        return status;
    struct arena arena = {.base = allocator_take(&penalty->allocator, (size_t)bytes)};
    if (arena.base == NULL)
        return message_fail(penalty->message, DIRICHLET_E_MEMORY,
                            "no memory for a workspace of %lld bytes", (long long)bytes);
    unsigned char *block = arena.base;
    lay_out_penalty(penalty, &arena);
    status = run_pairs(penalty, value);
    allocator_give(&penalty->allocator, block, (size_t)bytes);
    return status;
}

dirichlet_status PRECISION(dirichlet_energy_penalty)(
    const PRECISION(dirichlet_model) * model, PRECISION(dirichlet_parameter_vjp) parameter_vjp,
    void *vjp_user, int64_t samples, const real *x, const dirichlet_energy_penalty_options *options,
    double strength, double *value, char *message, size_t message_size)
{
    struct message text = {{0}};
    struct environment caller;
    environment_enter(&caller);
    struct penalty penalty = {.allocator = {.caller = &caller},
                              .parameter_vjp = parameter_vjp,
                              .user = vjp_user,
                              .samples = samples,
                              .x = x,
                              .strength = strength,
                              .message = &text};
    dirichlet_status status = check_penalty(model, options, &penalty);
    if (status == DIRICHLET_OK)
        status = penalize_energy(&penalty, value);
    message_copy(&text, message, message_size);
    environment_leave(&caller);
    return status;
}

#endif
