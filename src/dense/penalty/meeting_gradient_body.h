/* Gradients of energies by rows from both sides of a hidden pivot p,
 *
 *     E = sum over a, b of d_a d_b P_ab Q_ab,   P = V^T V,   Q = U U^T,
 *
 * with the columns of V sent up and the rows of U sent down. With M = D P D the derivatives are
 * dE/dU = 2 M U, at the Gram matrix of W_1 (Q = U G U^T) 2 M U G and S += U^T M U, likewise with
 * N = D Q D for V, and dE/dd_a = 2 sum over b of d_b P_ab Q_ab.
 *
 * A side with a single matrix has no rows: Q = G for all samples, and S += M. */
#ifndef DIRICHLET_DENSE_MEETING_GRADIENT_BODY_H
#define DIRICHLET_DENSE_MEETING_GRADIENT_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/compensated.h"
#include "core/arithmetic/extremes.h"
#include "dense/energy/meeting_body.h"
#include "dense/loss/hessian_body.h"
#include "dense/network/network_body.h"
#include "dense/penalty/energy_gradient_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/penalty/side_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/rows/sweep_body.h"
#include "dirichlet/dense.h"

/* Rows of both sides for the samples first, ..., last - 1. */
struct meeting_block {
    int64_t first;
    int64_t last;
    struct side down;
    struct side up;
    struct block lower;
    struct block upper;
    const carry *lower_rows; /* as they arrived, before the outermost matrix; NULL: none */
    const carry *upper_rows;
};

static struct side side_from_pivot(dense_network *network, bool down)
{
    struct dense_workspace *w = &network->workspace;
    const dirichlet_dense_plan *plan = &network->plan;
    const int64_t steps = down ? plan->pivot : network->layer_count - plan->pivot;
    carry *rows = w->penalty->stages;
    int64_t lower_widths = 0;
    for (int64_t l = plan->pivot; l >= 1; l--)
        lower_widths += network->widths[l];
    return (struct side){down, plan->pivot, steps,
                         down ? rows : rows + w->sizes.rows * lower_widths,
                         end_unless_empty(down ? &w->ends->lower : &w->ends->upper)};
}

static bool stands_still(const struct side *side)
{
    return side->steps == 1 && side->end != NULL;
}

/* To the end of a side: the rows there times the Gram matrix or by the matrix itself, in
 * block->values; returns what they were before. */
static const carry *send_to_meeting(dense_network *network, const struct side *side,
                                    const struct dense_energy_gradient *total, struct block *block)
{
    const struct step last = step_at(network, side, side->steps - 1);
    const carry *rows = send_rows(network, side, total, block);
    if (side->end != NULL) {
        const int64_t n = last.width;
        carry_multiply(block->rows, n, n, row_major(rows, n), row_major(side->end->matrix, n), 0,
                       block->values, n);
        for (int64_t r = 0; r < block->rows; r++)
            block->weighed[r] = weigh_row(rows + r * n, side->end->diagonal, n);
        block->width = n;
    } else {
        multiply_weights(&network->workspace, block->rows, last.next, last.width, rows, last.factor,
                         block->values);
        block->width = last.next;
        for (int64_t r = 0; r < block->rows; r++)
            block->weighed[r] = sum_of_squares(block->values + r * block->width, block->width);
    }
    return rows;
}

static struct meeting_block meeting_at(dense_network *network, int64_t first, int64_t samples)
{
    const struct dense_workspace *w = &network->workspace;
    const int64_t p = network->plan.rows;
    struct meeting_block m = {.first = first,
                              .last = first + smaller(samples - first, w->sizes.rows / p)};
    m.down = side_from_pivot(network, true);
    m.up = side_from_pivot(network, false);
    m.lower = block_at(network, first * p, m.last * p, p);
    m.upper = m.lower;
    m.upper.values = w->rows->carried[2];
    m.upper.spare = w->rows->carried[3];
    m.upper.weighed = w->rows->weighed[1];
    return m;
}

/* The products of a sample's rows with each other, (p, p): rows `before` times what they became. */
static const carry *products_of_rows(const struct side *side, const struct block *block,
                                     const carry *before, int64_t begin, int64_t p, carry *out)
{
    const int64_t n = block->width;
    const carry *after = block->values + begin * n;
    if (stands_still(side))
        return side->end->matrix;
    const carry *rows = side->end != NULL ? before + begin * n : after;
    carry_multiply(p, p, n, row_major(after, n), (carry_matrix){rows, 1, n}, 0, out, p);
    return out;
}

static double weight_of_row(const struct side *side, const struct block *block, int64_t begin,
                            int64_t a)
{
    return stands_still(side) ? (double)((const carry *)side->end->diagonal)[a]
                              : block->weighed[begin + a];
}

/* E of a sample and what it would be without cancellation; slopes NULL: all are 1. */
static double meet_products(const struct meeting_block *m, int64_t begin, int64_t p,
                            const carry *slopes, const carry *lower, const carry *upper,
                            double *terms)
{
    double sum = 0.0;
    for (int64_t a = 0; a < p; a++) {
        const double slope = slopes == NULL ? 1.0 : (double)slopes[a];
        double row = 0.0;
        for (int64_t b = 0; b < p; b++)
            row += (slopes == NULL ? 1.0 : (double)slopes[b]) * (double)lower[a * p + b] *
                   (double)upper[a * p + b];
        sum += slope * row;
        *terms += slope * slope * weight_of_row(&m->down, &m->lower, begin, a) *
                  weight_of_row(&m->up, &m->upper, begin, a);
    }
    return sum;
}

/* Whether products of a sample's rows with themselves are too small to go by. */
static bool loses_squares(const struct side *side, const struct block *block, int64_t begin,
                          int64_t p, const carry *slopes, const carry *products)
{
    for (int64_t a = 0; !stands_still(side) && a < p; a++)
        if ((slopes == NULL || slopes[a] != 0) &&
            squares_underflow(block, begin + a, products[a * p + a]))
            return true;
    return false;
}

/* dE/dd_a of the pivot's slopes. */
static void add_pivot_adjoints(const dense_network *network, int64_t sample, int64_t p,
                               const carry *slopes, const carry *lower, const carry *upper,
                               double factor)
{
    const struct dense_layer *pivot = &network->layers[network->plan.pivot - 1];
    carry *adjoints = bends_of(network, network->workspace.penalty->slope_adjoints, pivot, sample);
    for (int64_t a = 0; a < p; a++) {
        double sum = 0.0;
        for (int64_t b = 0; b < p; b++)
            sum += (double)slopes[b] * (double)lower[a * p + b] * (double)upper[a * p + b];
        adjoints[a] += (carry)(2.0 * factor * sum);
    }
}

/* products = D products D; with `drop` 0. */
static void scale_both_sides(int64_t p, const carry *slopes, bool drop, const carry *products,
                             carry *out)
{
    for (int64_t a = 0; a < p; a++)
        for (int64_t b = 0; b < p; b++)
            out[a * p + b] =
                drop ? 0 : products[a * p + b] * (slopes == NULL ? 1 : slopes[a] * slopes[b]);
}

/* The other side's M for a sample: its rows become half of their derivatives, and S gets its
 * part. */
static void weigh_side(const dense_network *network, const struct side *side, struct block *block,
                       const carry *before, int64_t begin, int64_t p, const carry *m)
{
    carry *scratch = network->workspace.penalty->scratch;
    const int64_t n = block->width;
    if (side->end != NULL && !side->end->unfolded) {
        memset(side->end->sum, 0, (size_t)(side->end->width * side->end->width) * sizeof(carry));
        side->end->unfolded = true;
    }
    if (stands_still(side)) {
        add_row(m, side->end->sum, p * p);
        return;
    }
    if (side->end != NULL) {
        const carry *u = before + begin * n;
        carry_multiply(p, n, p, row_major(m, p), row_major(u, n), 0, scratch, n);
        carry_multiply(n, n, p, (carry_matrix){u, 1, n}, row_major(scratch, n), 1, side->end->sum,
                       n);
    }
    carry *rows = block->values + begin * n;
    carry_multiply(p, n, p, row_major(m, p), row_major(rows, n), 0, scratch, n);
    copy_scaled(scratch, 1, rows, p * n);
}

/* One sample of a block; false, its rows 0, where digits were lost. */
static bool meet(const dense_network *network, struct meeting_block *m, int64_t sample,
                 struct dense_energy_gradient *total)
{
    const struct dense_workspace *w = &network->workspace;
    const struct dense_layer *pivot = &network->layers[network->plan.pivot - 1];
    const int64_t p = network->plan.rows;
    const int64_t begin = (sample - m->first) * p;
    const carry *slopes = unless_flat(pivot) == NULL ? NULL : slopes_of(network, pivot, sample);
    const carry *lower =
        products_of_rows(&m->down, &m->lower, m->lower_rows, begin, p, w->penalty->meeting[0]);
    const carry *upper =
        products_of_rows(&m->up, &m->upper, m->upper_rows, begin, p, w->penalty->meeting[1]);
    double terms = 0.0;
    const double energy = meet_products(m, begin, p, slopes, lower, upper, &terms);
    const bool trusted =
        isnan(energy) || (is_trusted(energy, terms, CARRY_GRAM_LIMIT) &&
                          !loses_squares(&m->down, &m->lower, begin, p, slopes, lower) &&
                          !loses_squares(&m->up, &m->upper, begin, p, slopes, upper));
    if (trusted)
        add_with_rest(&total->energy, &total->lost, energy);
    if (trusted && is_smooth(pivot))
        add_pivot_adjoints(network, sample, p, slopes, lower, upper, total->factor);
    scale_both_sides(p, slopes, !trusted, lower, w->penalty->meeting[2]);
    scale_both_sides(p, slopes, !trusted, upper, w->penalty->meeting[3]);
    weigh_side(network, &m->down, &m->lower, m->lower_rows, begin, p, w->penalty->meeting[3]);
    weigh_side(network, &m->up, &m->upper, m->upper_rows, begin, p, w->penalty->meeting[2]);
    return trusted;
}

/* Both sides of some samples there and back; those in doubt again, one by one. */
static void return_meeting(dense_network *network, struct meeting_block *m,
                           struct dense_energy_gradient *total)
{
    int64_t *doubtful = network->workspace.doubtful;
    int64_t count = 0;
    if (!stands_still(&m->down))
        m->lower_rows = send_to_meeting(network, &m->down, total, &m->lower);
    if (!stands_still(&m->up))
        m->upper_rows = send_to_meeting(network, &m->up, total, &m->upper);
    for (int64_t s = m->first; s < m->last; s++)
        if (!meet(network, m, s, total))
            doubtful[count++] = s;
    if (!stands_still(&m->down))
        return_rows(network, &m->down, m->down.end != NULL, total->factor, &m->lower);
    if (!stands_still(&m->up))
        return_rows(network, &m->up, m->up.end != NULL, total->factor, &m->upper);
    for (int64_t i = 0; i < count; i++)
        add_directly(network, doubtful[i], doubtful[i] + 1, total);
}

static void add_meeting_gradients(dense_network *network, int64_t samples,
                                  struct dense_energy_gradient *total)
{
    for (int64_t first = 0; first < samples;) {
        struct meeting_block m = meeting_at(network, first, samples);
        return_meeting(network, &m, total);
        first = m.last;
    }
}

#endif
