/* The ends of a plan: the triangle L of an outermost matrix W, L L^T = W W^T, by which
 * ||u W|| = ||u L||, and the Gram matrix W W^T of a side that carries no rows. Both are formed in
 * double; what is kept is of the carried type.
 *
 * Accuracy. With r = sum_j u_j^2 ||w_j||^2, the square that ||u W|| would have if no two terms of
 * it cancelled, the Gram matrix brings an error of about epsilon r into ||u W||^2, epsilon that of
 * the type it is kept in. So the result of a sample stands only while r is at most a limit times
 * as large; otherwise the sample is done again with the matrices themselves, whose error is
 * epsilon r^(1/2) ||u W||. */
#ifndef DIRICHLET_DENSE_ENDS_BODY_H
#define DIRICHLET_DENSE_ENDS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/cholesky.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/slices_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dirichlet/dense.h"

/* Rows of zeros are fine: they stay zeros whatever the type. */
static bool norm_in_range(double square)
{
    return square == 0.0 || (square >= CARRY_LEAST_NORM * CARRY_LEAST_NORM &&
                             square <= CARRY_LARGEST_NORM * CARRY_LARGEST_NORM);
}

static bool row_is_zero(struct weights_view view, int64_t row, int64_t depth)
{
    for (int64_t i = 0; i < depth; i++)
        if (view.data[row * view.row_stride + i * view.column_stride] != 0)
            return false;
    return true;
}

/* The squared norm of a row; where it underflowed to 0 the row is not 0. */
static bool square_in_range(double square, struct weights_view view, int64_t row, int64_t depth)
{
    return norm_in_range(square) && (square != 0.0 || row_is_zero(view, row, depth));
}

static bool diagonal_in_range(const double *g, int64_t n, struct weights_view view, int64_t depth)
{
    for (int64_t j = 0; j < n; j++)
        if (!square_in_range(g[j * n + j], view, j, depth))
            return false;
    return true;
}

/* The lower triangle of rows of n, of which `columns` are kept, into rows of that length. */
static void keep_lower(const double *g, int64_t n, int64_t columns, carry *out)
{
    for (int64_t i = 0; i < n; i++)
        keep_row(g + i * n, out + i * columns, i < columns ? i + 1 : columns);
}

/* The end of rows `view`; with `triangle` L, which has no more columns than the view, else the
 * Gram matrix. */
static bool make_end(dense_network *network, struct weights_view view, int64_t depth, bool triangle,
                     const struct dense_end *end)
{
    const struct dense_workspace *workspace = &network->workspace;
    const int64_t n = end->width;
    double *g = workspace->ends->gram;
    carry *diagonal = end->diagonal;
    gram_in_double(network, n, depth, view, g);
    if (!diagonal_in_range(g, n, view, depth))
        return false;
    for (int64_t j = 0; j < n; j++)
        diagonal[j] = (carry)g[j * n + j];
    if (triangle && !(dense_cholesky(n, end->columns, CARRY_LEAST_PIVOT, g,
                                     workspace->ends->gram_diagonal) <= CARRY_LARGEST_DIFFERENCE))
        return false;
    keep_lower(g, n, triangle ? end->columns : n, end->matrix);
    return true;
}

static bool prepare_ends(dense_network *network)
{
    const struct dense_workspace *w = &network->workspace;
    const dirichlet_dense_plan *plan = &network->plan;
    const struct dense_layer *first = &network->layers[0];
    const struct dense_layer *last = &network->layers[network->layer_count - 1];
    const bool lower = plan->lower_end == DIRICHLET_DENSE_END_GRAM && plan->sum == 0;
    const bool upper = plan->upper_end == DIRICHLET_DENSE_END_GRAM && plan->sum == 0;
    if (w->ends->lower.width > 0 &&
        !make_end(network, weights_of(first), first->inputs, lower, &w->ends->lower))
        return false;
    return w->ends->upper.width == 0 ||
           make_end(network, transposed(weights_of(last)), last->outputs, upper, &w->ends->upper);
}

/* Whether a squared norm and the sum of its terms, taken as if none cancelled, allow to trust the
 * former. Terms that small may have underflowed, and what is infinite overflowed on the way. */
static bool is_trusted(double square, double terms, double limit)
{
    const double least = CARRY_LEAST_NORM * CARRY_LEAST_NORM;
    return isfinite(square) && square * limit >= terms && (terms >= least || square == 0.0);
}

#endif
