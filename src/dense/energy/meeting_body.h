/* Energies by rows from both sides of a hidden pivot p: J = V D_p U with the columns of V carried
 * up and the rows of U carried down,
 *
 *     ||J||_F^2 = <V^T V, D_p U U^T D_p> = sum over a, b of d_a d_b (V^T V)_ab (U U^T)_ab.
 *
 * Rows with d_a = 0 are not carried: about half of them under a relu. */
#ifndef DIRICHLET_DENSE_MEETING_BODY_H
#define DIRICHLET_DENSE_MEETING_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "dense/activation/activation.h"
#include "dense/energy/energy_workspace_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/rows/carry.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/rows/starts_body.h"
#include "dense/rows/sweep_body.h"
#include "dirichlet/dense.h"

/* Some samples, and their active rows from both sides. */
struct meeting {
    int64_t first; /* samples first, ..., last - 1 */
    int64_t last;
    struct block down;
    struct block up;
};

static bool is_constant(const struct dense_end *end, const struct block *block)
{
    return end->width > 0 && block->width == 0;
}

/* The active rows of one sample behind the others; false if they do not fit. */
static bool append_rows(const dense_network *network, int64_t sample, struct block *block)
{
    const struct dense_workspace *w = &network->workspace;
    const struct dense_layer *layer = &network->layers[network->plan.pivot - 1];
    const bool identity = dense_activation_is_identity(layer->activation);
    int64_t rows = block->rows;
    if (rows + layer->outputs > w->sizes.rows)
        return false;
    for (int64_t a = 0; a < layer->outputs; a++) {
        if (!identity && slopes_of(network, layer, sample)[a] == 0)
            continue;
        w->rows->owner[rows] = sample;
        w->rows->index[rows++] = a;
    }
    block->rows = rows;
    return true;
}

static struct meeting gather_samples(const dense_network *network, int64_t first, int64_t samples)
{
    const struct dense_workspace *w = &network->workspace;
    struct meeting m = {first, first, {0}, {0}};
    m.down = (struct block){0,
                            0,
                            w->rows->owner,
                            w->rows->index,
                            w->rows->carried[0],
                            w->rows->carried[1],
                            w->rows->weighed[0]};
    while (m.last < samples && append_rows(network, m.last, &m.down))
        m.last++;
    m.up = m.down;
    m.up.values = w->rows->carried[2];
    m.up.spare = w->rows->carried[3];
    m.up.weighed = w->rows->weighed[1];
    return m;
}

/* The products of a sample's rows with each other (lower triangle), and what their squares would
 * be without cancellation. */
static void take_products(const struct block *block, const struct dense_end *end, bool triangle,
                          int64_t begin, int64_t count, carry *out)
{
    if (is_constant(end, block)) {
        const carry *gram = end->matrix;
        for (int64_t a = 0; a < count; a++)
            for (int64_t b = 0; b <= a; b++)
                out[a * count + b] =
                    gram[block->index[begin + a] * end->width + block->index[begin + b]];
    } else {
        const carry *rows = block->values + begin * block->width;
        carry_multiply(count, count, block->width, row_major(rows, block->width),
                       (carry_matrix){rows, 1, block->width}, 0, out, count);
    }
    for (int64_t a = 0; !triangle && a < count; a++)
        block->weighed[begin + a] = (double)out[a * count + a];
}

static bool is_zero_row(const carry *row, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        if (row[i] != 0)
            return false;
    return true;
}

/* A product of rows so short that their squares underflow is no number to go by. */
static bool squares_underflow(const struct block *block, int64_t row, carry square)
{
    return (double)square < CARRY_LEAST_NORM * CARRY_LEAST_NORM &&
           !is_zero_row(block->values + row * block->width, block->width);
}

static carry slope_at(const dense_network *network, int64_t sample, int64_t a)
{
    const struct dense_layer *layer = &network->layers[network->plan.pivot - 1];
    return dense_activation_is_identity(layer->activation) ? 1
                                                           : slopes_of(network, layer, sample)[a];
}

/* Rows begin, ..., begin + count - 1 are those of the sample. */
static void meet_sample(const dense_network *network, const struct meeting *m, int64_t begin,
                        int64_t count, double *energy, double *bound)
{
    const struct dense_workspace *w = &network->workspace;
    const dirichlet_dense_plan *plan = &network->plan;
    const carry *lower = w->energy->meeting[0];
    const carry *upper = w->energy->meeting[1];
    take_products(&m->down, &w->ends->lower, plan->lower_end == DIRICHLET_DENSE_END_GRAM, begin,
                  count, w->energy->meeting[0]);
    take_products(&m->up, &w->ends->upper, plan->upper_end == DIRICHLET_DENSE_END_GRAM, begin,
                  count, w->energy->meeting[1]);
    double sum = 0.0;
    for (int64_t a = 0; a < count; a++) {
        const int64_t sample = m->down.owner[begin + a];
        const double slope = (double)slope_at(network, sample, m->down.index[begin + a]);
        double off = 0.0;
        for (int64_t b = 0; b < a; b++)
            off += (double)slope_at(network, sample, m->down.index[begin + b]) *
                   (double)lower[a * count + b] * (double)upper[a * count + b];
        sum += slope *
               (2.0 * off + slope * (double)lower[a * count + a] * (double)upper[a * count + a]);
        *bound += slope * slope * m->down.weighed[begin + a] * m->up.weighed[begin + a];
        if (squares_underflow(&m->down, begin + a, lower[a * count + a]) ||
            squares_underflow(&m->up, begin + a, upper[a * count + a]))
            *bound = INFINITY;
    }
    *energy += sum;
}

static void add_meeting(const dense_network *network, const struct meeting *m, double *energies)
{
    int64_t begin = 0;
    while (begin < m->down.rows) {
        const int64_t sample = m->down.owner[begin];
        int64_t end = begin;
        while (end < m->down.rows && m->down.owner[end] == sample)
            end++;
        meet_sample(network, m, begin, end - begin, &energies[sample],
                    &network->workspace.bounds[sample]);
        begin = end;
    }
}

static void add_meetings(const dense_network *network, int64_t samples, double *energies)
{
    const dirichlet_dense_plan *plan = &network->plan;
    for (int64_t first = 0; first < samples;) {
        struct meeting m = gather_samples(network, first, samples);
        if (m.down.rows > 0 && dense_plan_carries_down(&network->shape, plan))
            carry_down(network, plan, &m.down);
        if (m.up.rows > 0 && dense_plan_carries_up(&network->shape, plan))
            carry_up(network, plan, &m.up);
        add_meeting(network, &m, energies);
        first = m.last;
    }
}

#endif
