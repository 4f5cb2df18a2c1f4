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

/* Samples of a tile, and bytes beyond which a larger one is no faster. */
#define JACOBIAN_MOST_SAMPLES ((int64_t)1024)
#define JACOBIAN_TILE_BYTES (INT64_C(4) << 20)

/* A call in progress: tiles of n samples, blocks of m unit vectors; count of them in all, each
 * of so many entries as there are, and products of `width`. */
struct jacobian_call {
    PRECISION(dirichlet_model) model;
    struct model_offer offer;
    dirichlet_jacobian_norms_options options;
    struct operator_norm_limits limits;
    struct allocator allocator;
    struct lanes lanes;
    int64_t samples;
    const real *x;
    bool backward; /* VJPs */
    int64_t count;
    int64_t width;
    int64_t tile;      /* n */
    int64_t block;     /* m */
    real *vectors;     /* (n, m, count) */
    real *products;    /* (n, m, width) */
    double *jacobians; /* (n, count, width) */
    double *vector;    /* (the smaller of count and width) */
    double *work;      /* of operator_norm */
    double *norms;     /* (samples): ours until all has succeeded */
    struct message *message;
};

/* What has been found so far. */
struct jacobian_summary {
    double norm;
    double lower;
    int64_t sample;
    int64_t converged;
};

/* Rows first .. first + count - 1 of the unit matrix, for every sample. */
static void place_units(const struct jacobian_call *call, int64_t samples, int64_t first,
                        int64_t count)
{
    memset(call->vectors, 0, (size_t)(samples * count * call->count) * sizeof(real));
    for (int64_t row = 0; row < samples; row++)
        for (int64_t i = 0; i < count; i++)
            call->vectors[(row * count + i) * call->count + first + i] = (real)1;
}

static struct PRECISION(model_caller) jacobian_caller(const struct jacobian_call *call)
{
    const struct PRECISION(model_caller)
        caller = {&call->model, call->allocator.caller, call->message, NULL};
    return caller;
}

/* Of the samples from `index` on. */
static dirichlet_status multiply_units(const struct jacobian_call *call, int64_t index,
                                       int64_t samples, int64_t first, int64_t count, const real *x)
{
    const struct PRECISION(model_caller) caller = jacobian_caller(call);
    place_units(call, samples, first, count);
    const dirichlet_status status =
        call->backward
            ? PRECISION(model_vjp)(&caller, index, samples, count, x, call->vectors, call->products)
            : PRECISION(model_jvp)(&caller, index, samples, count, x, call->vectors,
                                   call->products);
    for (int64_t row = 0; row < samples; row++)
        for (int64_t i = 0; i < count * call->width; i++)
            call->jacobians[(row * call->count + first) * call->width + i] =
                (double)call->products[row * count * call->width + i];
    return status;
}

static dirichlet_status jacobian_not_finite(const struct jacobian_call *call, int64_t row,
                                            const char *what)
{
    return regularizer_not_finite(call->options.first_sample + row, row, what, call->message);
}

/* The norm of a tile's row, which is row `index` of x. */
static dirichlet_status take_norm(const struct jacobian_call *call, int64_t row, int64_t index,
                                  struct jacobian_summary *summary)
{
    const struct matrix_f64 jacobian = {call->jacobians + row * call->count * call->width,
                                        call->width, 1};
    memset(call->vector, 0, (size_t)smaller(call->count, call->width) * sizeof(double));
    const struct operator_norm norm = operator_norm_f64(call->count, call->width, jacobian,
                                                        call->limits, call->vector, call->work);
    if (!isfinite(norm.value))
        return jacobian_not_finite(call, index, "its Jacobian is not finite");
    call->norms[index] = norm.value;
    if (norm.value > summary->norm) {
        summary->norm = norm.value;
        summary->sample = index;
    }
    summary->lower = fmax(summary->lower, norm.lower);
    summary->converged += norm.converged;
    return DIRICHLET_OK;
}

static dirichlet_status tell_of_norms(const struct jacobian_call *call, int64_t done,
                                      const struct jacobian_summary *summary)
{
    const struct listener listener = {call->options.progress, call->options.progress_user,
                                      call->allocator.caller, call->message};
    const dirichlet_progress progress = {.samples = done,
                                         .total = call->samples,
                                         .products = done * call->count,
                                         .value = summary->norm};
    return listener_tell(&listener, progress);
}

static dirichlet_status measure_jacobians(const struct jacobian_call *call, int64_t first,
                                          int64_t samples, struct jacobian_summary *summary)
{
    const real *x = call->x + first * call->offer.inputs;
    const struct PRECISION(model_caller) caller = jacobian_caller(call);
    const int64_t index = call->options.first_sample + first;
    dirichlet_status status = PRECISION(model_prepare)(&caller, index, samples, x);
    for (int64_t done = 0; status == DIRICHLET_OK && done < call->count; done += call->block)
        status =
            multiply_units(call, index, samples, done, smaller(call->count - done, call->block), x);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++) {
        status = take_norm(call, row, first + row, summary);
        if (status == DIRICHLET_OK)
            status = tell_of_norms(call, first + row + 1, summary);
    }
    return status;
}

/* On an arena without memory: how much it takes. The norms of all samples are beside the
 * budget. */
static void lay_out_jacobians(struct jacobian_call *call, struct arena *arena)
{
    const int64_t n = call->tile;
    const int64_t m = call->block;
    int64_t work = INT64_MAX;
    (void)operator_norm_work(call->count, call->width, &work);
    call->vectors = arena_take(arena, n, m, call->count, sizeof(real));
    call->products = arena_take(arena, n, m, call->width, sizeof(real));
    call->jacobians = arena_take(arena, n, call->count, call->width, sizeof(double));
    call->vector = arena_take(arena, smaller(call->count, call->width), 1, 1, sizeof(double));
    call->work = arena_take(arena, work, 1, 1, sizeof(double));
}

/* Bytes of a tile; INT64_MAX where they do not fit the address space: with 64 bits the work of the
 * norm, 16 n^2 bytes, does not from n = 7.6e8 on, of which x alone has gigabytes. */
static int64_t jacobian_bytes(struct jacobian_call *call, int64_t samples, int64_t block)
{
    struct arena counting = {0};
    call->tile = samples;
    call->block = block;
    lay_out_jacobians(call, &counting);
    return counting.overflow ? INT64_MAX : counting.used;
}

/* All unit vectors of as many samples as fit; if one sample is too much, some of them. */
static dirichlet_status choose_jacobian_tile(struct jacobian_call *call, int64_t *bytes)
{
    const int64_t budget = regularizer_budget(call->options.workspace_bytes);
    const int64_t limit = smaller(budget, JACOBIAN_TILE_BYTES);
    int64_t samples =
        smaller(smaller(call->samples, JACOBIAN_MOST_SAMPLES), call->offer.max_samples);
    int64_t block = smaller(call->count, call->offer.max_directions);
    while (samples > 1 && jacobian_bytes(call, samples, block) > limit)
        samples -= samples / 2;
    while (block > 1 && jacobian_bytes(call, samples, block) > budget)
        block -= block / 2;
    *bytes = jacobian_bytes(call, samples, block);
    return regularizer_check_workspace(*bytes, budget, call->message);
}

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

static dirichlet_status run_jacobians(const struct jacobian_call *call,
                                      struct jacobian_summary *summary)
{
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t first = 0; status == DIRICHLET_OK && first < call->samples; first += call->tile)
        status =
            measure_jacobians(call, first, smaller(call->samples - first, call->tile), summary);
    return status;
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

static dirichlet_status measure_norms(struct jacobian_call *call, double *norms,
                                      dirichlet_jacobian_norms *result)
{
    struct jacobian_summary summary = {0};
    int64_t bytes = 0;
    const size_t norm_bytes = (size_t)call->samples * sizeof(double);
    dirichlet_status status = choose_jacobian_tile(call, &bytes);
    if (status != DIRICHLET_OK)
        return status;
    struct arena arena = {.base = allocator_take(&call->allocator, (size_t)bytes)};
    unsigned char *block = arena.base;
    call->norms = block != NULL ? allocator_take(&call->allocator, norm_bytes) : NULL;
    if (call->norms != NULL) {
        lay_out_jacobians(call, &arena);
        status = run_jacobians(call, &summary);
    } else {
        status =
            message_fail(call->message, DIRICHLET_E_MEMORY,
                         "no memory for a workspace of %lld bytes and the norms", (long long)bytes);
    }
    if (status == DIRICHLET_OK)
        hand_out_norms(call, &summary, norms, result);
    allocator_give(&call->allocator, call->norms, norm_bytes);
    allocator_give(&call->allocator, block, (size_t)bytes);
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
