/* One-sided Hutch++ for ||J||_F^2; body for both precisions.
 *
 *     Y = J^T Omega (s products), Q = orth(Y),
 *     ||J||_F^2 = ||J Q||_F^2 (s products back, exact) + ||(I - Q Q^T) J^T||_F^2,
 *
 * the last term by l plain probes whose products land where Q lives, so that projecting
 * them costs no further product. Unbiased, since Q does not depend on those probes.
 * After Meyer, Musco, Musco and Woodruff, "Hutch++: optimal stochastic trace estimation",
 * SOSA 2021, on one side of A = J J^T only. The mirror image starts with J v where d < k. */
#ifndef DIRICHLET_ESTIMATOR_HUTCHPP_BODY_H
#define DIRICHLET_ESTIMATOR_HUTCHPP_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/directions/calls_body.h"
#include "estimator/engine/products_body.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

static dirichlet_status multiply(struct dirichlet_estimator *estimator, bool back, int64_t samples,
                                 int64_t count, const real *x, const real *from, real *to)
{
    const bool transposed = (estimator->plan.side == SIDE_VJP) != back;
    return transposed ? call_vjp(estimator, samples, count, x, from, to)
                      : call_jvp(estimator, samples, count, x, from, to);
}

/* Rows of the sketch of one sample, or a block of products of it. */
static real *sketch_row(const struct dirichlet_estimator *estimator, int64_t row, int64_t index)
{
    return (real *)estimator->workspace.sketch +
           (row * estimator->plan.sketch + index) * estimator->plan.product_size;
}

/* v -= Q Q^T v for the first `count` rows of Q of a sample. */
static void project_out(const struct dirichlet_estimator *estimator, int64_t row, int64_t count,
                        real *v)
{
    const int64_t size = estimator->plan.product_size;
    for (int64_t i = 0; i < count; i++) {
        const real *q = sketch_row(estimator, row, i);
        const double overlap = inner_product(q, v, size);
        add_multiple(v, (real)-overlap, q, size);
    }
}

/* Y to Q in place. A row that the rows before it span, up to rounding, becomes zero: Q
 * then has fewer directions, which costs accuracy but no bias. */
static void orthonormalize(const struct dirichlet_estimator *estimator, int64_t row)
{
    const int64_t size = estimator->plan.product_size;
    for (int64_t i = 0; i < estimator->plan.sketch; i++) {
        real *v = sketch_row(estimator, row, i);
        const double before = squared_norm(v, size);
        project_out(estimator, row, i, v);
        project_out(estimator, row, i, v);
        const double after = squared_norm(v, size);
        const double least = 100.0 * (double)REAL_EPSILON * (double)REAL_EPSILON * before;
        scale_vector(v, after > least ? 1.0 / sqrt(after) : 0.0, size);
    }
}

/* Where a block holds the whole sketch, it has the sketch's layout: no copies. */
static bool sketch_is_block(const struct dirichlet_estimator *estimator)
{
    return estimator->plan.sketch <= estimator->workspace.directions;
}

static dirichlet_status make_sketch(struct dirichlet_estimator *estimator, int64_t samples,
                                    const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t size = estimator->plan.product_size;
    const int64_t s = estimator->plan.sketch;
    const bool direct = sketch_is_block(estimator);
    real *products = direct ? w->sketch : w->products;
    for (int64_t first = 0; first < s; first += w->directions) {
        const int64_t count = s - first < w->directions ? s - first : w->directions;
        draw_block(estimator, samples, first, count);
        const dirichlet_status status =
            multiply(estimator, false, samples, count, x, w->block, products);
        if (status != DIRICHLET_OK)
            return status;
        for (int64_t row = 0; !direct && row < samples; row++)
            memcpy(sketch_row(estimator, row, first), products + row * count * size,
                   (size_t)(count * size) * sizeof(real));
    }
    for (int64_t row = 0; row < samples; row++)
        orthonormalize(estimator, row);
    return DIRICHLET_OK;
}

/* measures[row].energy = ||J Q||_F^2. */
static dirichlet_status measure_sketch(struct dirichlet_estimator *estimator, int64_t samples,
                                       const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t size = estimator->plan.product_size;
    const int64_t back_size = estimator->plan.direction_size;
    const int64_t s = estimator->plan.sketch;
    const bool direct = sketch_is_block(estimator);
    real *block = direct ? w->sketch : w->block;
    const real *products = w->products;
    for (int64_t first = 0; first < s; first += w->directions) {
        const int64_t count = s - first < w->directions ? s - first : w->directions;
        for (int64_t row = 0; !direct && row < samples; row++)
            memcpy(block + row * count * size, sketch_row(estimator, row, first),
                   (size_t)(count * size) * sizeof(real));
        const dirichlet_status status =
            multiply(estimator, true, samples, count, x, block, w->products);
        if (status != DIRICHLET_OK)
            return status;
        for (int64_t row = 0; row < samples; row++)
            for (int64_t i = 0; i < count; i++)
                w->measures[row].energy +=
                    squared_norm(products + (row * count + i) * back_size, back_size);
    }
    return DIRICHLET_OK;
}

/* norms[row][s ..] = ||(I - Q Q^T) J^T w||^2. */
static dirichlet_status measure_rest(struct dirichlet_estimator *estimator, int64_t samples,
                                     const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const struct plan *plan = &estimator->plan;
    real *products = w->products;
    for (int64_t first = plan->sketch; first < plan->directions; first += w->directions) {
        const int64_t rest = plan->directions - first;
        const int64_t count = rest < w->directions ? rest : w->directions;
        draw_block(estimator, samples, first, count);
        const dirichlet_status status =
            multiply(estimator, false, samples, count, x, w->block, products);
        if (status != DIRICHLET_OK)
            return status;
        for (int64_t row = 0; row < samples; row++)
            for (int64_t i = 0; i < count; i++)
                project_out(estimator, row, plan->sketch,
                            products + (row * count + i) * plan->product_size);
        take_norms(estimator, samples, first, count);
    }
    return DIRICHLET_OK;
}

#endif
