/* The sum of the energies of a tile, and its derivatives by all parameters.
 *
 * Rows are sent from the pivot to an end, where E is the sum of their squares, and come back as
 * derivatives. With the Gram matrix G = F F^T of the outermost matrix, E = sum <u, u G> over the
 * rows u that arrive there: one product u G gives the energy and, doubled, the way back, and
 *
 *     dE/dF = 2 S F,   S = sum of u^T u over all rows of all samples,
 *
 * takes a single product a call. Derivatives by slopes are gathered sample by sample; where the
 * activations are smooth, they go on to the parameters below through a''(z_l), in one
 * backpropagation for the tile. */
#ifndef DIRICHLET_DENSE_ENERGY_GRADIENT_BODY_H
#define DIRICHLET_DENSE_ENERGY_GRADIENT_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/compensated.h"
#include "dense/energy/meeting_body.h"
#include "dense/loss/hessian_body.h"
#include "dense/loss/parameter_vjp_body.h"
#include "dense/network/network_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/penalty/side_body.h"
#include "dense/plan/gradient_plan.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/rows/sweep_body.h"
#include "dirichlet/dense.h"

/* Rows u (rows, n) to u G, and sum <u, u G>; false where digits were lost. */
static bool multiply_gram(const struct dense_end *end, const carry *rows, struct block *block,
                          double *energy)
{
    const int64_t n = end->width;
    double sum = 0.0;
    double terms = 0.0;
    carry_multiply(block->rows, n, n, row_major(rows, n), row_major(end->matrix, n), 0,
                   block->values, n);
    for (int64_t r = 0; r < block->rows; r++) {
        sum += dot_of_rows(rows + r * n, block->values + r * n, n);
        terms += weigh_row(rows + r * n, end->diagonal, n);
    }
    *energy = sum;
    return isnan(sum) || (is_trusted(sum, terms, CARRY_GRAM_LIMIT) &&
                          (terms > 0.0 || is_zero_row(rows, block->rows * n)));
}

/* The last rows z of a sample before the slopes D of the output, to z D^2, which is half of the
 * derivatives of E = ||z D||^2; returns E. What it means for D is noted. */
static double square_through_slopes(const dense_network *network, const struct dense_layer *after,
                                    int64_t sample, double factor, carry *row, carry *scaled)
{
    const carry *slopes = slopes_of(network, after, sample);
    const int64_t width = after->outputs;
    copy_scaled(row, 1, scaled, width);
    scale_row(scaled, slopes, width);
    const double energy = sum_of_squares(scaled, width);
    if (is_smooth(after)) {
        scale_all(row, (carry)(2.0 * factor), width);
        add_product(row, scaled,
                    bends_of(network, network->workspace.penalty->slope_adjoints, after, sample),
                    width);
    }
    copy_scaled(scaled, 1, row, width);
    scale_row(row, slopes, width);
    return energy;
}

/* Rows u (rows, n) to the last ones, by the matrix itself, as half of the derivatives of their
 * squares, whose sum is returned. */
static double multiply_outermost(const dense_network *network, const struct side *side,
                                 const struct step *step, const carry *rows, double factor,
                                 struct block *block)
{
    const struct dense_layer *after = side->down ? NULL : unless_flat(step->layer);
    double energy = 0.0;
    multiply_weights(&network->workspace, block->rows, step->next, step->width, rows, step->factor,
                     block->values);
    for (int64_t r = 0; r < block->rows; r++) {
        carry *row = block->values + r * step->next;
        if (after == NULL)
            energy += sum_of_squares(row, step->next);
        else /* `rows` may be in block->spare: they are not needed any more */
            energy +=
                square_through_slopes(network, after, block->owner[r], factor, row, block->spare);
    }
    return energy;
}

/* S += u^T u, in the carried type; see fold_sum. */
static void add_to_sum(struct dense_end *end, int64_t rows, const carry *u)
{
    const int64_t n = end->width;
    carry_gram(n, rows, (carry_matrix){u, 1, n}, end->unfolded ? 1 : 0, end->sum, n);
    end->unfolded = true;
}

/* Back from the end, with half of the derivatives of the energy in block->values: by the last
 * rows, or with `gram` by those before the outermost matrix. */
static void return_rows(const dense_network *network, const struct side *side, bool gram,
                        double factor, struct block *block)
{
    const int64_t last = side->steps - 1;
    const struct step step = step_at(network, side, last);
    block->width = gram ? step.width : step.next;
    scale_all(block->values, (carry)(2.0 * factor), block->rows * block->width);
    if (gram)
        return_through_slopes(network, &step, block);
    else
        return_step(network, side, last, block);
    for (int64_t i = last - 1; i >= 0; i--)
        return_step(network, side, i, block);
}

/* A block of rows there and back. */
static void return_block(dense_network *network, const struct side *side,
                         struct dense_energy_gradient *total, struct block *block)
{
    const struct step last = step_at(network, side, side->steps - 1);
    const carry *rows = send_rows(network, side, total, block);
    double energy = 0.0;
    bool gram = side->end != NULL;
    if (gram && !multiply_gram(side->end, rows, block, &energy)) {
        total->direct_rows += block->rows;
        gram = false;
    }
    if (!gram)
        energy = multiply_outermost(network, side, &last, rows, total->factor, block);
    add_with_rest(&total->energy, &total->lost, energy);
    return_rows(network, side, gram, total->factor, block);
    if (gram)
        add_to_sum(side->end, block->rows, last.rows);
}

/* The rows of the samples first, ..., last - 1 from one end of the network to the other. */
static void add_rows_of(dense_network *network, const struct side *side, int64_t per_sample,
                        int64_t first, int64_t last, struct dense_energy_gradient *total)
{
    const int64_t end = last * per_sample;
    for (int64_t row = first * per_sample; row < end; row += network->workspace.sizes.rows) {
        struct block block = block_at(network, row, end, per_sample);
        return_block(network, side, total, &block);
    }
}

static struct dense_end *end_unless_empty(struct dense_end *end)
{
    return end->width > 0 ? end : NULL;
}

/* The side of a plan whose rows go from one end of the network to the other. */
static struct side whole_side(dense_network *network, const dirichlet_dense_plan *plan, bool gram)
{
    struct dense_workspace *w = &network->workspace;
    const bool down = plan->pivot > 0;
    return (struct side){down, plan->pivot, network->layer_count, w->penalty->stages,
                         gram ? end_unless_empty(down ? &w->ends->lower : &w->ends->upper) : NULL};
}

/* Samples first, ..., last - 1, whose energy by Gram matrices lost digits. */
static void add_directly(dense_network *network, int64_t first, int64_t last,
                         struct dense_energy_gradient *total)
{
    const dirichlet_dense_plan direct = dense_gradient_plan_direct(&network->shape, 1, 0);
    const struct side side = whole_side(network, &direct, false);
    network->plan.direct_samples += last - first;
    add_rows_of(network, &side, direct.rows, first, last, total);
}

/* What the slopes mean for the parameters: backpropagation from every smooth layer at once. */
static void return_bends(const dense_network *network, int64_t samples)
{
    const struct dense_workspace *w = &network->workspace;
    struct block block = block_at(network, 0, samples, 1);
    int64_t l = network->layer_count - 1;
    while (!is_smooth(&network->layers[l]))
        l--;
    memset(block.values, 0, (size_t)(samples * network->layers[l].outputs) * sizeof *block.values);
    for (; l >= 0; l--) {
        const struct dense_layer *layer = &network->layers[l];
        const struct dense_gradient *gradient = &network->gradients[l];
        block.width = layer->outputs;
        scale_by_slopes(network, layer, &block);
        for (int64_t s = 0; is_smooth(layer) && s < samples; s++)
            add_product(bends_of(network, w->bends, layer, s),
                        bends_of(network, w->penalty->slope_adjoints, layer, s),
                        block.values + s * layer->outputs, layer->outputs);
        add_outer_products(w, layer, gradient, samples, block.values, kept_of(network, w->kept, l));
        add_bias_gradient(layer, gradient, samples, block.values);
        if (l > 0)
            multiply_block(network, weights_of(layer), layer->inputs, &block);
    }
}

#endif
