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

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/directions/calls_body.h"
#include "estimator/engine/products_body.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/crew.h"
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

/* Rows of a block of products to their places in the sketch. */
static void keep_row(struct dirichlet_estimator *estimator, int64_t row, const void *argument)
{
    const struct span *span = argument;
    const int64_t size = span->count * estimator->plan.product_size;
    memcpy(sketch_row(estimator, row, span->first),
           (const real *)estimator->workspace.products + row * size, (size_t)size * sizeof(real));
}

/* Rows of the sketch to a block of directions. */
static void fetch_row(struct dirichlet_estimator *estimator, int64_t row, const void *argument)
{
    const struct span *span = argument;
    const int64_t size = span->count * estimator->plan.product_size;
    memcpy((real *)estimator->workspace.block + row * size, sketch_row(estimator, row, span->first),
           (size_t)size * sizeof(real));
}

static void orthonormalize_row(struct dirichlet_estimator *estimator, int64_t row,
                               const void *unused)
{
    (void)unused;
    orthonormalize(estimator, row);
}

/* What a copy of a block's rows takes for each sample. */
static double copy_time(const struct dirichlet_estimator *estimator, const struct span *span)
{
    return COPY_TIME * (double)span->count * (double)estimator->plan.product_size;
}

/* The sums over the entries of a row in all of the sketch's directions. */
static double sketch_time(const struct dirichlet_estimator *estimator)
{
    return 2.0 * ADD_TIME * (double)estimator->plan.sketch * (double)estimator->plan.product_size;
}

static dirichlet_status make_sketch(struct dirichlet_estimator *estimator, int64_t samples,
                                    const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t s = estimator->plan.sketch;
    const bool direct = sketch_is_block(estimator);
    real *products = direct ? w->sketch : w->products;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t first = 0; status == DIRICHLET_OK && first < s; first += w->directions) {
        const struct span span = {first, smaller(s - first, w->directions)};
        status = draw_block(estimator, samples, span);
        if (status == DIRICHLET_OK)
            status = multiply(estimator, false, samples, span.count, x, w->block, products);
        if (status == DIRICHLET_OK && !direct)
            status = crew_rows(estimator, samples, copy_time(estimator, &span), keep_row, &span);
    }
    return status == DIRICHLET_OK
               ? crew_rows(estimator, samples, (double)s * sketch_time(estimator),
                           orthonormalize_row, NULL)
               : status;
}

/* ||J q||^2 of a block's q to the energy. */
static void add_squares(struct dirichlet_estimator *estimator, int64_t row, const void *argument)
{
    const struct span *span = argument;
    const struct workspace *w = &estimator->workspace;
    const int64_t size = estimator->plan.direction_size;
    const real *products = (const real *)w->products + row * span->count * size;
    for (int64_t i = 0; i < span->count; i++)
        w->measures[row].energy += squared_norm(products + i * size, size);
}

/* measures[row].energy = ||J Q||_F^2. */
static dirichlet_status measure_sketch(struct dirichlet_estimator *estimator, int64_t samples,
                                       const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t s = estimator->plan.sketch;
    const bool direct = sketch_is_block(estimator);
    const real *block = direct ? w->sketch : w->block;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t first = 0; status == DIRICHLET_OK && first < s; first += w->directions) {
        const struct span span = {first, smaller(s - first, w->directions)};
        const double entries = (double)span.count * (double)estimator->plan.direction_size;
        if (!direct)
            status = crew_rows(estimator, samples, copy_time(estimator, &span), fetch_row, &span);
        if (status == DIRICHLET_OK)
            status = multiply(estimator, true, samples, span.count, x, block, w->products);
        if (status == DIRICHLET_OK)
            status = crew_rows(estimator, samples, ADD_TIME * entries, add_squares, &span);
    }
    return status;
}

static void project_row(struct dirichlet_estimator *estimator, int64_t row, const void *argument)
{
    const struct span *span = argument;
    const int64_t size = estimator->plan.product_size;
    real *products = (real *)estimator->workspace.products + row * span->count * size;
    for (int64_t i = 0; i < span->count; i++)
        project_out(estimator, row, estimator->plan.sketch, products + i * size);
}

/* norms[row][s ..] = ||(I - Q Q^T) J^T w||^2. */
static dirichlet_status measure_rest(struct dirichlet_estimator *estimator, int64_t samples,
                                     const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t end = estimator->plan.directions;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t first = estimator->plan.sketch; status == DIRICHLET_OK && first < end;
         first += w->directions) {
        const struct span span = {first, smaller(end - first, w->directions)};
        status = draw_block(estimator, samples, span);
        if (status == DIRICHLET_OK)
            status = multiply(estimator, false, samples, span.count, x, w->block, w->products);
        if (status == DIRICHLET_OK)
            status = crew_rows(estimator, samples, (double)span.count * sketch_time(estimator),
                               project_row, &span);
        if (status == DIRICHLET_OK)
            status = take_norms(estimator, samples, span);
    }
    return status;
}

#endif
