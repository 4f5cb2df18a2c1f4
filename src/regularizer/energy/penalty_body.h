/* The geometric complexity of a model from forward passes, and its gradient from the backward
 * passes of its trainer, by the formulas of regularizer.h; body for both precisions. The points are
 * those of pairs_body.h. */
#ifndef DIRICHLET_REGULARIZER_PENALTY_BODY_H
#define DIRICHLET_REGULARIZER_PENALTY_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/exact_sum.h"
#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/environment.h"
#include "core/lent/lanes.h"
#include "core/lent/listener.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "model/batch.h"
#include "model/model.h"
#include "regularizer/checks.h"
#include "regularizer/energy/memory_body.h"
#include "regularizer/energy/pairs_body.h"
#include "regularizer/energy/pieces_body.h"
#include "regularizer/energy/rows_body.h"
#include "regularizer/energy/samples_body.h"
#include "regularizer/loops_body.h"

static dirichlet_status refuse_pair(const struct penalty *penalty, int64_t pair,
                                    enum pair_fault fault)
{
    switch (fault) {
    case PAIR_NO_OUTPUTS:
        return pair_not_finite(penalty, pair, "model.forward is not finite near it");
    case PAIR_LARGE_ENERGY:
        return pair_not_finite(penalty, pair, "its energy is too large for a double");
    case PAIR_LARGE_COTANGENT:
        return pair_not_finite(penalty, pair, "a cotangent is too large for its type");
    default: return pair_not_finite(penalty, pair, "its weight times its energy is too large");
    }
}

/* Energies of the tile's pairs to the sum, and the outputs replaced by cotangents. */
static dirichlet_status take_energies(struct penalty *penalty, int64_t first, int64_t count,
                                      struct exact_sum *sum)
{
    const dirichlet_status status = measure_pairs(penalty, first, count);
    if (status != DIRICHLET_OK)
        return status;
    for (int64_t q = 0; q < count; q++) {
        const struct pair *pair = &penalty->found[q];
        if (pair->fault != PAIR_SOUND)
            return refuse_pair(penalty, first + q, pair->fault);
        exact_sum_add_product(sum, weight_of(penalty, (first + q) / penalty->probes), pair->energy);
        take_direction(penalty, first + q, pair->energy);
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
    const int64_t centers = place_centers(penalty, first, count);
    dirichlet_status status = place_tile(penalty, first, count);
    if (status == DIRICHLET_OK)
        status = call_forward(penalty, first, count, centers);
    if (status == DIRICHLET_OK)
        status = check_centers(penalty, first, count, centers);
    if (status == DIRICHLET_OK)
        look_at_centers(penalty, first, count);
    if (status == DIRICHLET_OK)
        status = take_energies(penalty, first, count, sum);
    if (status == DIRICHLET_OK)
        status = check_noise(penalty);
    if (status == DIRICHLET_OK && penalty->offer.parameter_vjp)
        status = call_backward(penalty, first, count);
    return status;
}

/* Of all pairs. */
static void conclude(const struct penalty *penalty, const struct exact_sum *sum,
                     dirichlet_penalty_result *out)
{
    const struct sight *sight = &penalty->sight;
    out->value = exact_sum_value(sum) / penalty->weight;
    out->standard_error = spread_error(penalty);
    out->noise = sight->odd > 0.0 ? sight->even / sight->odd / 3.0 : 0.0;
    out->samples = penalty->batch.samples;
    out->products = penalty->pairs;
    out->exact = penalty->exact;
}

/* A tile may end within a sample, which is then no part of the value. */
static dirichlet_status tell_of_pairs(const struct penalty *penalty, int64_t pairs)
{
    const struct listener listener = {penalty->options.progress, penalty->options.progress_user,
                                      penalty->allocator.caller, penalty->message};
    const struct spread *spread = &penalty->spread;
    if (listener.progress == NULL)
        return DIRICHLET_OK;
    const bool some = spread->weight > 0.0;
    const dirichlet_progress progress = {
        .samples = pairs / penalty->probes,
        .total = penalty->batch.samples,
        .products = pairs,
        .value = some ? exact_sum_value(&spread->whole) / spread->weight : NAN,
        .standard_error = some ? spread_error(penalty) : NAN};
    return listener_tell(&listener, progress);
}

static dirichlet_status run_pairs(struct penalty *penalty, dirichlet_penalty_result *out)
{
    struct exact_sum sum = {{0}, 0};
    for (int64_t first = 0; first < penalty->pairs; first += penalty->tile) {
        const int64_t count = smaller(penalty->pairs - first, penalty->tile);
        dirichlet_status status = run_tile(penalty, first, count, &sum);
        if (status == DIRICHLET_OK)
            status = tell_of_pairs(penalty, first + count);
        if (status != DIRICHLET_OK)
            return status;
    }
    conclude(penalty, &sum, out);
    if (!isfinite(out->value))
        return message_fail(penalty->message, DIRICHLET_E_OVERFLOW,
                            "x: the sum of the energies is too large for a double");
    return DIRICHLET_OK;
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
        status = regularizer_check_count(options->probes, DIRICHLET_PROBES_ALL, "options.probes",
                                         message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_count(options->first_sample, 0, "options.first_sample", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_amount(options->step, "options.step", message);
    if (status == DIRICHLET_OK)
        status = lanes_read(options->parallel, &penalty->lanes, message);
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

/* Everything that can be known before the first callback. */
static dirichlet_status check_penalty(const PRECISION(dirichlet_model) * model,
                                      const PRECISION(dirichlet_batch) * batch,
                                      const dirichlet_energy_penalty_options *options,
                                      const dirichlet_penalty_result *result,
                                      struct penalty *penalty)
{
    struct message *message = penalty->message;
    dirichlet_status status =
        PRECISION(model_read)(model, &penalty->model, &penalty->offer, message);
    if (status == DIRICHLET_OK && !penalty->offer.forward)
        status = message_fail(message, DIRICHLET_E_MISSING_CALLBACK, "model.forward is NULL");
    if (status == DIRICHLET_OK)
        status = PRECISION(batch_read)(batch, &penalty->batch, message);
    if (status == DIRICHLET_OK)
        status = read_penalty_options(options, penalty);
    if (status == DIRICHLET_OK)
        status = check_samples_of(penalty);
    if (status == DIRICHLET_OK)
        status = regularizer_check_finite(penalty->strength, "strength", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_result(result, message);
    if (status == DIRICHLET_OK)
        status = choose_probes(penalty);
    return status == DIRICHLET_OK ? check_points(penalty) : status;
}

/* With the lanes that the workspace leaves room for; one alone needs nothing. */
static dirichlet_status penalize_by_lanes(struct penalty *penalty, int64_t room,
                                          dirichlet_penalty_result *out)
{
    const int64_t count = choose_penalty_lanes(penalty, room);
    const size_t bytes = count > 1 ? (size_t)crew_bytes_of(penalty, count) : 0;
    struct arena arena = {.base = bytes > 0 ? allocator_take(&penalty->allocator, bytes) : NULL};
    unsigned char *block = arena.base;
    if (bytes > 0 && block == NULL)
        return message_fail(penalty->message, DIRICHLET_E_MEMORY,
                            "no memory for a workspace of %lld bytes", (long long)bytes);
    penalty->crew = (struct penalty_crew){1, NULL, NULL};
    if (block != NULL)
        lay_out_crew_of(penalty, &arena, count);
    const dirichlet_status status = run_pairs(penalty, out);
    allocator_give(&penalty->allocator, block, bytes);
    return status;
}

static dirichlet_status penalize_energy(struct penalty *penalty, dirichlet_penalty_result *out)
{
    int64_t bytes = 0;
    dirichlet_status status = choose_tile(penalty, &bytes);
    if (status != DIRICHLET_OK)
        return status;
    const int64_t room = regularizer_budget(penalty->options.workspace_bytes) - bytes;
    struct arena arena = {.base = allocator_take(&penalty->allocator, (size_t)bytes)};
    if (arena.base == NULL)
        return message_fail(penalty->message, DIRICHLET_E_MEMORY,
                            "no memory for a workspace of %lld bytes", (long long)bytes);
    unsigned char *block = arena.base;
    lay_out_penalty(penalty, &arena);
    status = penalize_by_lanes(penalty, room, out);
    allocator_give(&penalty->allocator, block, (size_t)bytes);
    return status;
}

/* With room for what is to be told of every sample, which goes out at the end. */
static dirichlet_status penalize_samples(struct penalty *penalty, dirichlet_penalty_result *result)
{
    dirichlet_penalty_result out = {.struct_size = sizeof out};
    const size_t bytes = told_bytes(penalty);
    void *block = bytes > 0 ? allocator_take(&penalty->allocator, bytes) : NULL;
    if (bytes > 0 && block == NULL)
        return message_fail(penalty->message, DIRICHLET_E_MEMORY, "no memory for %lld energies",
                            (long long)penalty->batch.samples);
    place_told(penalty, block);
    const dirichlet_status status = penalize_energy(penalty, &out);
    if (status == DIRICHLET_OK) {
        hand_out_told(penalty);
        regularizer_hand_out(&out, result);
    }
    allocator_give(&penalty->allocator, block, bytes);
    return status;
}

dirichlet_status PRECISION(dirichlet_energy_penalty_batch)(
    const PRECISION(dirichlet_model) * model, const PRECISION(dirichlet_batch) * batch,
    const dirichlet_energy_penalty_options *options, double strength,
    dirichlet_penalty_result *result, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    struct penalty penalty = {
        .allocator = {.caller = &caller}, .strength = strength, .message = &text};
    dirichlet_status status = check_penalty(model, batch, options, result, &penalty);
    if (status == DIRICHLET_OK)
        status = penalize_samples(&penalty, result);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

dirichlet_status
PRECISION(dirichlet_energy_penalty)(const PRECISION(dirichlet_model) * model, int64_t samples,
                                    const real *x, const dirichlet_energy_penalty_options *options,
                                    double strength, dirichlet_penalty_result *result,
                                    dirichlet_error *error)
{
    const PRECISION(dirichlet_batch)
        batch = {.struct_size = sizeof batch, .samples = samples, .x = x};
    return PRECISION(dirichlet_energy_penalty_batch)(model, &batch, options, strength, result,
                                                     error);
}

#endif
