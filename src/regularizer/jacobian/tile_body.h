/* A tile's Jacobians, from products with unit vectors, and their norms; body for both precisions.
 */
#ifndef DIRICHLET_REGULARIZER_JACOBIAN_TILE_BODY_H
#define DIRICHLET_REGULARIZER_JACOBIAN_TILE_BODY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/matrix/operator_norm.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "model/calls/calls.h"
#include "model/model.h"

/* The lanes of a call, each with a view of it that has arrays of its own. */
struct jacobian_crew {
    int64_t count;
    struct lane *lanes;          /* (count) */
    struct jacobian_call *views; /* (count) */
    struct operator_norm *found; /* (round, n): of tiles at the same time, or of one tile's rows */
    int64_t round;               /* tiles, or 1 */
};

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
    struct jacobian_crew crew;
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

/* Samples of the tile from row `first` of x on: J for each of them. */
static dirichlet_status measure_jacobians(const struct jacobian_call *call, int64_t first,
                                          int64_t samples)
{
    const real *x = call->x + first * call->offer.inputs;
    const struct PRECISION(model_caller) caller = jacobian_caller(call);
    const int64_t index = call->options.first_sample + first;
    dirichlet_status status = PRECISION(model_prepare)(&caller, index, samples, x);
    for (int64_t done = 0; status == DIRICHLET_OK && done < call->count; done += call->block)
        status =
            multiply_units(call, index, samples, done, smaller(call->count - done, call->block), x);
    return status;
}

/* The norm of a tile's row. */
static struct operator_norm norm_of_row(const struct jacobian_call *call, int64_t row)
{
    const struct matrix_f64 jacobian = {call->jacobians + row * call->count * call->width,
                                        call->width, 1};
    memset(call->vector, 0, (size_t)smaller(call->count, call->width) * sizeof(double));
    return operator_norm_f64(call->count, call->width, jacobian, call->limits, call->vector,
                             call->work);
}

#endif
