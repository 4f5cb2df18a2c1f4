/* The sum of the energies over a batch, sum_n ||U_n W||_F^2 = <S, W W^T> with S = sum_n U_n^T U_n
 * over the rows that arrive at the outermost matrix W. What S loses to rounding is of the order
 * of the Gram matrix's own errors. */
#ifndef DIRICHLET_DENSE_ENERGY_SUM_BODY_H
#define DIRICHLET_DENSE_ENERGY_SUM_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dense/energy/energies_body.h"
#include "dense/energy/energy_workspace_body.h"
#include "dense/energy/meeting_body.h"
#include "dense/energy/pattern_sum_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/rows/sweep_body.h"
#include "dirichlet/dense.h"

static const struct dense_end *end_of_sum(const dense_network *network)
{
    const struct dense_workspace *w = &network->workspace;
    return w->ends->lower.width > 0 ? &w->ends->lower : &w->ends->upper;
}

/* Rows so short that their squares underflow are not in the sum: then there is none. */
static bool partial_underflows(const struct block *block, const carry *partial)
{
    double trace = 0.0;
    for (int64_t i = 0; i < block->width; i++)
        trace += (double)partial[i * block->width + i];
    return trace < CARRY_LEAST_NORM * CARRY_LEAST_NORM &&
           !is_zero_row(block->values, block->rows * block->width);
}

static void add_products(const dense_network *network, const struct block *block, void *total)
{
    carry *partial = network->workspace.energy->partial;
    double *sum = total;
    const int64_t n = block->width;
    carry_gram(n, block->rows, (carry_matrix){block->values, 1, n}, 0, partial, n);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++)
            sum[i * n + j] += (double)partial[i * n + j];
    if (partial_underflows(block, partial))
        sum[0] = NAN;
}

static void chain_clear_total(const dense_network *network)
{
    const int64_t n = end_of_sum(network)->width;
    memset(network->workspace.energy->total, 0, (size_t)(n * n) * sizeof(double));
}

/* What a part has: the lower triangle. */
static void chain_add_total(const dense_network *network, const double *part)
{
    const int64_t n = end_of_sum(network)->width;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++)
            network->workspace.energy->total[i * n + j] += part[i * n + j];
}

static void chain_add_to_total(dense_network *view, int64_t place, int64_t samples)
{
    const dirichlet_dense_plan *plan = &view->plan;
    if (dense_plan_is_quadratic(&view->shape, plan))
        note_patterns(view, place, samples);
    else
        run_chain(view, 0, samples, plan->rows, carry_pivot, plan, add_products,
                  view->workspace.energy->total);
}

static bool read_gram_sum(const dense_network *network, double *sum)
{
    const struct dense_workspace *w = &network->workspace;
    const int64_t n = end_of_sum(network)->width;
    double diagonal = 0.0;
    double off = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double *total = w->energy->total + i * n;
        const double *gram = w->ends->gram + i * n;
        diagonal += total[i] * gram[i];
        for (int64_t j = 0; j < i; j++)
            off += total[j] * gram[j];
    }
    *sum = diagonal + 2.0 * off;
    return is_trusted(*sum, diagonal, CARRY_GRAM_LIMIT);
}

/* False where digits were lost. */
static bool chain_read_total(dense_network *network, double *sum)
{
    return dense_plan_is_quadratic(&network->shape, &network->plan) ? read_pattern_sum(network, sum)
                                                                    : read_gram_sum(network, sum);
}

#endif
