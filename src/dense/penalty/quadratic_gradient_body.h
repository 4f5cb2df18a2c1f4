/* Gradients of the energies of two layers without a row for any sample: with P = W_2^T W_2,
 * Q = W_1 W_1^T and d the slopes between them,
 *
 *     E = d^T (P o Q) d,   sum of E = <P o Q, C>,   C = sum of d d^T over the samples,
 *
 * whose derivatives by P and Q are Q o C and P o C, and by d 2 (P o Q) d. */
#ifndef DIRICHLET_DENSE_QUADRATIC_GRADIENT_BODY_H
#define DIRICHLET_DENSE_QUADRATIC_GRADIENT_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/compensated.h"
#include "dense/network/network_body.h"
#include "dense/penalty/energy_gradient_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/rows/sweep_body.h"

/* The matrix of the quadratic form, P o Q, beside the sums of the upper end. */
static void begin_quadratic_gradient(const dense_network *network)
{
    const struct dense_workspace *w = &network->workspace;
    const int64_t count = w->ends->lower.width * w->ends->lower.width;
    copy_scaled(w->ends->lower.matrix, 1, w->ends->upper.sum, count);
    scale_row(w->ends->upper.sum, w->ends->upper.matrix, count);
}

/* C = sum of d d^T of the tile into the sum of the lower end, and E; false where digits were
 * lost. */
static bool sum_slopes(dense_network *network, int64_t samples, double *energy)
{
    const struct dense_layer *first = &network->layers[0];
    const struct dense_end *end = &network->workspace.ends->lower;
    const int64_t n = end->width;
    const carry *form = network->workspace.ends->upper.sum;
    const carry *slopes = slopes_of(network, first, 0);
    carry *sum = end->sum;
    double diagonal = 0.0;
    double off = 0.0;
    carry_gram(n, samples, (carry_matrix){slopes, 1, first->slope_stride}, 0, sum, n);
    for (int64_t i = 0; i < n; i++) {
        diagonal += (double)sum[i * n + i] * (double)form[i * n + i];
        off += dot_of_rows(sum + i * n, form + i * n, i);
    }
    *energy = diagonal + 2.0 * off;
    for (int64_t s = 0; s < samples; s++)
        *energy += network->workspace.poison[s];
    return isnan(*energy) || is_trusted(*energy, diagonal, CARRY_GRAM_LIMIT);
}

/* dE/dd = 2 (P o Q) d. */
static void add_form_adjoints(const dense_network *network, int64_t samples, double factor)
{
    const struct dense_workspace *w = &network->workspace;
    const struct dense_layer *first = &network->layers[0];
    const int64_t n = first->outputs;
    carry_multiply(samples, n, n, row_major(slopes_of(network, first, 0), first->slope_stride),
                   row_major(w->ends->upper.sum, n), 0, w->penalty->slope_adjoints, n);
    scale_all(w->penalty->slope_adjoints, (carry)(2.0 * factor), samples * n);
    for (int64_t s = 0; s < samples; s++) /* slopes may have hidden what f is poisoned by */
        for (int64_t j = 0; isnan(w->poison[s]) && j < n; j++)
            ((carry *)w->penalty->slope_adjoints)[s * n + j] = (carry)w->poison[s];
}

static void add_quadratic_gradients(dense_network *network, int64_t samples,
                                    struct dense_energy_gradient *total)
{
    struct dense_end *end = &network->workspace.ends->lower;
    double energy = 0.0;
    if (sum_slopes(network, samples, &energy)) {
        add_with_rest(&total->energy, &total->lost, energy);
        end->unfolded = true;
        if (isnan(energy))
            for (int64_t i = 0; i < end->width * end->width; i++)
                ((carry *)end->sum)[i] = (carry)energy;
        if (network->extents.bends > 0)
            add_form_adjoints(network, samples, total->factor);
        return;
    }
    add_directly(network, 0, samples, total);
}

/* S = Q o C above and P o C below, from C. */
static void finish_quadratic_gradient(const dense_network *network)
{
    const struct dense_workspace *w = &network->workspace;
    const carry *p = w->ends->upper.matrix;
    const carry *q = w->ends->lower.matrix;
    for (int64_t i = 0; i < w->ends->lower.width * w->ends->lower.width; i++) {
        w->ends->upper.total[i] = (double)q[i] * w->ends->lower.total[i];
        w->ends->lower.total[i] *= (double)p[i];
    }
}

#endif
