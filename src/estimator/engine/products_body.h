/* Blocks of products with the Jacobian, from whichever callback the plan uses; body for
 * both precisions. A block holds directions first .. first + count - 1 of every sample of
 * the tile, row-major (samples, count, length). */
#ifndef DIRICHLET_ESTIMATOR_PRODUCTS_BODY_H
#define DIRICHLET_ESTIMATOR_PRODUCTS_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/directions/directions_body.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/crew.h"
#include "estimator/state/estimator.h"

/* Directions first .. first + count - 1. */
struct span {
    int64_t first;
    int64_t count;
};

/* About what an entry of a vector takes to be read or copied, and to be added to others in double,
 * in nanoseconds. */
#define COPY_TIME 0.1
#define ADD_TIME 0.2

static void draw_row(struct dirichlet_estimator *estimator, int64_t row, const void *argument)
{
    const struct span *span = argument;
    const int64_t size = estimator->plan.direction_size;
    real *block = (real *)estimator->workspace.block + row * span->count * size;
    draw_directions(estimator, row, tile_sample(&estimator->tile, row), span->first, span->count,
                    block);
}

/* Draw directions of every sample of the tile. */
static dirichlet_status draw_block(struct dirichlet_estimator *estimator, int64_t samples,
                                   struct span span)
{
    const double entries = (double)span.count * (double)estimator->plan.direction_size;
    return crew_rows(estimator, samples, entries * draw_time(&estimator->plan), draw_row, &span);
}

static void take_norms_of_row(struct dirichlet_estimator *estimator, int64_t row,
                              const void *argument)
{
    const struct span *span = argument;
    const struct workspace *w = &estimator->workspace;
    const int64_t size = estimator->plan.product_size;
    const int64_t place = row * span->count;
    double *norms = w->norms + row * estimator->plan.directions + span->first;
    if (estimator->plan.side == SIDE_NORMS)
        memcpy(norms, w->block_norms + place, (size_t)span->count * sizeof(double));
    else
        squared_norms((const real *)w->products + place * size, span->count, size, norms);
}

/* Squared norms of a block's products, to norms[row][first + i]. */
static dirichlet_status take_norms(struct dirichlet_estimator *estimator, int64_t samples,
                                   struct span span)
{
    const int64_t size = estimator->plan.side == SIDE_NORMS ? 1 : estimator->plan.product_size;
    return crew_rows(estimator, samples, (double)span.count * (double)size * ADD_TIME,
                     take_norms_of_row, &span);
}

/* Multiply the block of directions that is in the workspace. */
static dirichlet_status multiply_block(struct dirichlet_estimator *estimator, int64_t samples,
                                       int64_t count, const real *x)
{
    const struct workspace *w = &estimator->workspace;
    switch (estimator->plan.side) {
    case SIDE_NORMS:
        return call_product_norms(estimator, samples, count, x, w->block, w->block_norms);
    case SIDE_VJP: return call_vjp(estimator, samples, count, x, w->block, w->products);
    case SIDE_JVP: return call_jvp(estimator, samples, count, x, w->block, w->products);
    default: return difference_block(estimator, samples, count, x);
    }
}

/* workspace.norms of directions begin .. end - 1 of every sample of the tile. */
static dirichlet_status measure_norms(struct dirichlet_estimator *estimator, int64_t samples,
                                      const real *x, int64_t begin, int64_t end)
{
    const struct workspace *w = &estimator->workspace;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t first = begin; status == DIRICHLET_OK && first < end; first += w->directions) {
        const struct span span = {first, smaller(end - first, w->directions)};
        status = draw_block(estimator, samples, span);
        if (status == DIRICHLET_OK)
            status = multiply_block(estimator, samples, span.count, x);
        if (status == DIRICHLET_OK)
            status = take_norms(estimator, samples, span);
    }
    return status;
}

#endif
