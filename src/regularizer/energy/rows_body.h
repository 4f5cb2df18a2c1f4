/* The points of a tile through the model's callbacks; body for both precisions. A model that looks
 * whose rows it has is given those of a sample, or of some that follow each other, at a time. */
#ifndef DIRICHLET_REGULARIZER_ROWS_BODY_H
#define DIRICHLET_REGULARIZER_ROWS_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "dirichlet/status.h"
#include "model/calls/calls.h"
#include "regularizer/energy/pairs_body.h"

static struct PRECISION(model_caller) caller_of(const struct penalty *penalty)
{
    const struct PRECISION(model_caller)
        caller = {&penalty->model, penalty->allocator.caller, penalty->message, NULL};
    return caller;
}

/* Rows from `row` of the tile on, `points` for each of the samples from `sample` of the batch on:
 * penalty->values are outputs of forward and cotangents of parameter_vjp. */
static dirichlet_status call_points(const struct penalty *penalty, bool backward, int64_t sample,
                                    int64_t samples, int64_t points, int64_t row)
{
    const struct PRECISION(model_caller) caller = caller_of(penalty);
    const int64_t index = index_of(penalty, sample);
    const real *x = penalty->points + row * penalty->offer.inputs;
    real *values = penalty->values + row * penalty->offer.outputs;
    return backward ? PRECISION(model_parameter_vjp)(&caller, index, samples, points, x, values)
                    : PRECISION(model_forward)(&caller, index, samples, points, x, values);
}

/* Samples from `sample` on, all of whose pairs are among the next `pairs`, with indices that
 * follow each other; at least 1. */
static int64_t whole_samples(const struct penalty *penalty, int64_t sample, int64_t pairs)
{
    int64_t count = 1;
    while ((count + 1) * penalty->probes <= pairs &&
           index_of(penalty, sample + count) - count == index_of(penalty, sample))
        count++;
    return count;
}

/* Pairs begin, ..., end - 1 of a tile whose first one is `first`. */
static dirichlet_status call_pairs(const struct penalty *penalty, bool backward, int64_t first,
                                   int64_t begin, int64_t end)
{
    const int64_t m = penalty->probes;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t q = begin, pairs = 0; status == DIRICHLET_OK && q < end; q += pairs) {
        const int64_t sample = (first + q) / m;
        pairs = smaller(m - (first + q) % m, end - q);
        if (pairs == m) {
            const int64_t samples = whole_samples(penalty, sample, end - q);
            pairs = samples * m;
            status = call_points(penalty, backward, sample, samples, 2 * m, 2 * q);
        } else {
            status = call_points(penalty, backward, sample, 1, 2 * pairs, 2 * q);
        }
    }
    return status;
}

/* Where a model that is given rows as samples refuses one, the sample is that of its pair. */
static dirichlet_status name_sample(const struct penalty *penalty, int64_t first,
                                    dirichlet_status status)
{
    const int64_t begin = index_of(penalty, first / penalty->probes);
    if (status != DIRICHLET_E_NOT_FINITE)
        return status;
    const int64_t pair = first + (penalty->message->sample - begin) / 2;
    return pair_not_finite(penalty, pair, "model.parameter_vjp is not defined near it");
}

static dirichlet_status call_backward(const struct penalty *penalty, int64_t first, int64_t count)
{
    if (!penalty->offer.ignores_first)
        return call_pairs(penalty, true, first, 0, count);
    return name_sample(penalty, first,
                       call_points(penalty, true, first / penalty->probes, 2 * count, 1, 0));
}

#endif
