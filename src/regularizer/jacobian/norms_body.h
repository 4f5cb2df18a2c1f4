/* The largest singular value of a model's Jacobian at every sample; body for both precisions.
 *
 * The Jacobian is had from products with unit vectors: a row from each VJP, or a column from
 * each JVP, which is a row of the transpose and has the same norm. */
#ifndef DIRICHLET_REGULARIZER_JACOBIAN_NORMS_BODY_H
#define DIRICHLET_REGULARIZER_JACOBIAN_NORMS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "core/interface/arena.h"
#include "core/interface/environment.h"
#include "core/lent/lanes.h"
#include "core/lent/listener.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/matrix/operator_norm.h"
#include "core/matrix/spectral_options.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"
#include "model/calls/calls.h"
#include "model/model.h"
#include "regularizer/checks.h"
#include "regularizer/jacobian/memory_body.h"
#include "regularizer/jacobian/rounds_body.h"
#include "regularizer/jacobian/tile_body.h"

static dirichlet_status read_jacobian_options(const dirichlet_jacobian_norms_options *given,
                                              struct jacobian_call *call)
{
    dirichlet_jacobian_norms_options *options = &call->options;
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status = versioned_struct_read(options, sizeof *options, given, given->struct_size,
                                       "options", call->message);
    const dirichlet_spectral_options spectral = {.struct_size = sizeof spectral,
                                                 .tolerance = options->tolerance,
                                                 .max_iterations = options->max_iterations};
    if (status == DIRICHLET_OK)
        status = regularizer_check_count(options->first_sample, 0, "options.first_sample",
                                         call->message);
    if (status == DIRICHLET_OK)
        status = lanes_read(options->parallel, &call->lanes, call->message);
    if (status == DIRICHLET_OK)
        status = spectral_options_read(&spectral, &call->limits, NULL, call->message);
    return status == DIRICHLET_OK
               ? allocator_resolve(options->allocator, &call->allocator, call->message)
               : status;
}

/* The side with fewer products among those that have a callback. */
static dirichlet_status choose_side(struct jacobian_call *call)
{
    const struct model_offer *offer = &call->offer;
    if (!offer->vjp && !offer->jvp)
        return message_fail(call->message, DIRICHLET_E_MISSING_CALLBACK,
                            "model.vjp and model.jvp are NULL: one is needed");
    if (offer->inputs > BLAS_LARGEST || offer->outputs > BLAS_LARGEST)
        return message_fail(call->message, DIRICHLET_E_OVERFLOW,
                            "model.inputs and model.outputs are too large together");
    call->backward = offer->vjp && (!offer->jvp || offer->outputs <= offer->inputs);
    call->count = call->backward ? offer->outputs : offer->inputs;
    call->width = call->backward ? offer->inputs : offer->outputs;
    return DIRICHLET_OK;
}

static dirichlet_status check_samples(const struct jacobian_call *call)
{
    const int64_t d = call->offer.inputs;
    int64_t bytes = 0;
    const dirichlet_status status =
        regularizer_check_samples(call->samples, call->x, d, sizeof(real), call->message);
    if (status != DIRICHLET_OK)
        return status;
    if (call->samples > INT64_MAX - call->options.first_sample)
        return message_fail(call->message, DIRICHLET_E_OVERFLOW,
                            "options.first_sample is %lld: too large for %lld samples more",
                            (long long)call->options.first_sample, (long long)call->samples);
    if (!size_of_array(call->samples, 1, 1, sizeof(double), &bytes))
        return message_fail(call->message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: norms cannot be that many", (long long)call->samples);
    for (int64_t i = 0; i < call->samples; i++)
        if (!is_finite_vector(call->x + i * d, d))
            return jacobian_not_finite(call, i, "x holds a NaN or infinity");
    return DIRICHLET_OK;
}

/* Everything that can be known before the first callback. */
static dirichlet_status check_jacobians(const PRECISION(dirichlet_model) * model,
                                        const dirichlet_jacobian_norms_options *options,
                                        const dirichlet_jacobian_norms *result,
                                        struct jacobian_call *call)
{
    struct message *message = call->message;
    dirichlet_status status = PRECISION(model_read)(model, &call->model, &call->offer, message);
    if (status == DIRICHLET_OK)
        status = choose_side(call);
    if (status == DIRICHLET_OK)
        status = read_jacobian_options(options, call);
    if (status == DIRICHLET_OK)
        status = regularizer_check_pointer(result, "result", message);
    if (status == DIRICHLET_OK)
        status = versioned_struct_check(result->struct_size, "result", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_blas(message);
    return status == DIRICHLET_OK ? check_samples(call) : status;
}

static void hand_out_norms(const struct jacobian_call *call, const struct jacobian_summary *summary,
                           double *norms, dirichlet_jacobian_norms *result)
{
    const dirichlet_jacobian_norms out = {.struct_size = sizeof out,
                                          .norm = summary->norm,
                                          .lower = summary->lower,
                                          .sample = call->options.first_sample + summary->sample,
                                          .converged_samples = summary->converged,
                                          .converged = summary->converged == call->samples};
    if (norms != NULL)
        memcpy(norms, call->norms, (size_t)call->samples * sizeof *norms);
    (void)versioned_struct_write(&out, sizeof out, result, result->struct_size, "result", NULL);
}

/* The blocks of a call, and where they end up. */
struct jacobian_memory {
    int64_t bytes;
    int64_t crew_bytes; /* 0: a lane alone */
    size_t norm_bytes;
    unsigned char *block;
    unsigned char *crew;
};

static dirichlet_status take_jacobian_memory(struct jacobian_call *call,
                                             struct jacobian_memory *memory)
{
    const struct allocator *allocator = &call->allocator;
    memory->block = allocator_take(allocator, (size_t)memory->bytes);
    if (memory->block != NULL)
        call->norms = allocator_take(allocator, memory->norm_bytes);
    if (call->norms != NULL && memory->crew_bytes > 0)
        memory->crew = allocator_take(allocator, (size_t)memory->crew_bytes);
    if (call->norms == NULL || (memory->crew_bytes > 0 && memory->crew == NULL))
        return message_fail(call->message, DIRICHLET_E_MEMORY,
                            "no memory for a workspace of %lld bytes and the norms",
                            (long long)(memory->bytes + memory->crew_bytes));
    return DIRICHLET_OK;
}

static void give_jacobian_memory(const struct jacobian_call *call,
                                 const struct jacobian_memory *memory)
{
    allocator_give(&call->allocator, memory->crew, (size_t)memory->crew_bytes);
    allocator_give(&call->allocator, call->norms, memory->norm_bytes);
    allocator_give(&call->allocator, memory->block, (size_t)memory->bytes);
}

static void place_jacobians(struct jacobian_call *call, const struct jacobian_memory *memory,
                            int64_t lanes, struct operator_norm *found)
{
    struct arena arena = {.base = memory->block};
    lay_out_jacobians(call, &arena);
    arena = (struct arena){.base = memory->crew};
    call->crew = (struct jacobian_crew){.count = 1, .found = found, .round = 1};
    if (lanes > 1)
        lay_out_crew(call, &arena, lanes);
}

static dirichlet_status measure_norms(struct jacobian_call *call, double *norms,
                                      dirichlet_jacobian_norms *result)
{
    struct jacobian_summary summary = {0};
    struct jacobian_memory memory = {.norm_bytes = (size_t)call->samples * sizeof(double)};
    struct operator_norm found; /* by a lane alone */
    dirichlet_status status = choose_jacobian_tile(call, &memory.bytes);
    if (status != DIRICHLET_OK)
        return status;
    const int64_t budget = regularizer_budget(call->options.workspace_bytes);
    const int64_t lanes = choose_jacobian_lanes(call, budget - memory.bytes);
    memory.crew_bytes = lanes > 1 ? jacobian_crew_bytes(call, lanes) : 0;
    status = take_jacobian_memory(call, &memory);
    if (status == DIRICHLET_OK) {
        place_jacobians(call, &memory, lanes, &found);
        status = run_jacobians(call, &summary);
    }
    if (status == DIRICHLET_OK)
        hand_out_norms(call, &summary, norms, result);
    give_jacobian_memory(call, &memory);
    return status;
}

dirichlet_status
PRECISION(dirichlet_jacobian_norms)(const PRECISION(dirichlet_model) * model, int64_t samples,
                                    const real *x, const dirichlet_jacobian_norms_options *options,
                                    double *norms, dirichlet_jacobian_norms *result,
                                    dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    struct jacobian_call call = {
        .allocator = {.caller = &caller}, .samples = samples, .x = x, .message = &text};
    dirichlet_status status = check_jacobians(model, options, result, &call);
    if (status == DIRICHLET_OK)
        status = measure_norms(&call, norms, result);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
