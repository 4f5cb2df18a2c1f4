/* Blocks of products with the Jacobian, from whichever callback the plan uses; body for
 * both precisions. A block holds directions first .. first + count - 1 of every sample of
 * the tile, row-major (samples, count, length). */
#ifndef DIRICHLET_ESTIMATOR_PRODUCTS_BODY_H
#define DIRICHLET_ESTIMATOR_PRODUCTS_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/directions/directions_body.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

/* Draw directions first .. first + count - 1 of every sample of the tile. */
static void draw_block(struct dirichlet_estimator *estimator, int64_t samples, int64_t first,
                       int64_t count)
{
    const int64_t size = estimator->plan.direction_size;
    real *block = estimator->workspace.block;
    for (int64_t row = 0; row < samples; row++)
        draw_directions(estimator, row, tile_sample(&estimator->tile, row), first, count,
                        block + row * count * size);
}

/* Squared norms of a block's products, to norms[row][first + i]. */
static void take_norms(struct dirichlet_estimator *estimator, int64_t samples, int64_t first,
                       int64_t count)
{
    const struct workspace *w = &estimator->workspace;
    const real *products = w->products;
    const int64_t size = estimator->plan.product_size;
    for (int64_t row = 0; row < samples; row++) {
        double *norms = w->norms + row * estimator->plan.directions + first;
        const int64_t place = row * count;
        if (estimator->plan.side == SIDE_NORMS)
            memcpy(norms, w->block_norms + place, (size_t)count * sizeof(double));
        else
            squared_norms(products + place * size, count, size, norms);
    }
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
    for (int64_t first = begin; first < end; first += w->directions) {
        const int64_t count = end - first < w->directions ? end - first : w->directions;
        draw_block(estimator, samples, first, count);
        const dirichlet_status status = multiply_block(estimator, samples, count, x);
        if (status != DIRICHLET_OK)
            return status;
        take_norms(estimator, samples, first, count);
    }
    return DIRICHLET_OK;
}

#endif
