/* Rows on their way from the pivot of an energy gradient to one end of the chain, kept at every
 * step, and back again as derivatives of the energy.
 *
 * With u_i the rows before step i, D_i the slopes that scale them there and F_i its matrix,
 *
 *     u_{i+1} = u_i D_i F_i,   ||J||_F^2 = sum of squares of the last rows,
 *
 * so that with v_i the derivatives by u_i, and d_i those by the diagonal of D_i,
 *
 *     dE/dF_i = (u_i D_i)^T v_{i+1},   d_i = diag(u_i^T v_{i+1} F_i^T),   v_i = v_{i+1} F_i^T D_i.
 *
 * Downward F_i is W_l, upward W_l^T. */
#ifndef DIRICHLET_DENSE_SIDE_BODY_H
#define DIRICHLET_DENSE_SIDE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/statistics/counter.h"
#include "dense/activation/activation.h"
#include "dense/loss/hessian_body.h"
#include "dense/loss/parameter_vjp_body.h"
#include "dense/network/network_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/rows/sweep_body.h"

struct side {
    bool down;
    int64_t pivot;
    int64_t steps;
    carry *rows;           /* of all steps: (capacity, sum of widths) */
    struct dense_end *end; /* NULL: the outermost matrix itself */
};

struct step {
    const struct dense_layer *layer;  /* whose matrix it multiplies with */
    const struct dense_layer *scaled; /* whose slopes come before; NULL: none */
    struct weights_view factor;       /* (width, next) */
    int64_t width;
    int64_t next;
    carry *rows; /* (rows, width); of smooth slopes as they were before these, else after */
};

static const struct dense_layer *unless_flat(const struct dense_layer *layer)
{
    return dense_activation_is_identity(layer->activation) ? NULL : layer;
}

/* Step i without its rows. At a hidden pivot the slopes are left to the meeting. */
static struct step step_of_side(const dense_network *network, const struct side *side, int64_t i)
{
    const int64_t l = side->down ? side->pivot - 1 - i : side->pivot + i;
    const struct dense_layer *layer = &network->layers[l];
    struct step step = {.layer = layer};
    if (side->down) {
        step.scaled = i > 0 || side->pivot == network->layer_count ? unless_flat(layer) : NULL;
        step.factor = weights_of(layer);
        step.width = layer->outputs;
        step.next = layer->inputs;
    } else {
        step.scaled = i > 0 ? unless_flat(layer - 1) : NULL;
        step.factor = transposed(weights_of(layer));
        step.width = layer->inputs;
        step.next = layer->outputs;
    }
    return step;
}

static struct step step_at(const dense_network *network, const struct side *side, int64_t i)
{
    int64_t before = 0;
    for (int64_t j = 0; j < i; j++)
        before += step_of_side(network, side, j).width;
    struct step step = step_of_side(network, side, i);
    step.rows = side->rows + network->workspace.sizes.rows * before;
    return step;
}

static bool bends_at(const struct step *step)
{
    return step->scaled != NULL && is_smooth(step->scaled);
}

/* The rows of a step times its slopes: in place, or where they are needed without, in `copy`. */
static const carry *scaled_rows(const dense_network *network, const struct step *step,
                                const struct block *block, carry *copy)
{
    const bool keeps = bends_at(step);
    carry *out = keeps ? copy : step->rows;
    for (int64_t r = 0; step->scaled != NULL && r < block->rows; r++) {
        const carry *slopes = slopes_of(network, step->scaled, block->owner[r]);
        carry *row = out + r * step->width;
        if (keeps)
            memcpy(row, step->rows + r * step->width, (size_t)step->width * sizeof(carry));
        scale_row(row, slopes, step->width);
    }
    return out;
}

static void add_signs(const struct counter_stream *stream, int64_t width, carry *row)
{
    for (int64_t first = 0; first < width; first += 128) {
        const struct counter_block bits = counter_bits(stream, (uint32_t)(first / 128));
        for (int64_t i = 0; i < smaller(width - first, 128); i++)
            row[first + i] += (carry)counter_sign(&bits, i);
    }
}

static void add_weighted_signs(const struct counter_stream *stream,
                               const struct dense_energy_gradient *total, int64_t sample,
                               int64_t width, carry *row)
{
    add_signs(stream, width, row);
    for (int64_t j = 0; total->starts != NULL && j < width; j++)
        row[j] *= (carry)total->starts[sample];
}

/* The rows of the first step: unit vectors, or random signs. */
static void start_rows(const dense_network *network, const struct step *step,
                       const struct dense_energy_gradient *total, const struct block *block)
{
    for (int64_t r = 0; r < block->rows; r++) {
        const carry poison = (carry)network->workspace.poison[block->owner[r]];
        const struct counter_stream stream = {total->seed,
                                              (uint64_t)sample_of_row(total, block->owner[r]),
                                              (uint32_t)block->index[r]};
        carry *row = step->rows + r * step->width;
        for (int64_t j = 0; j < step->width; j++)
            row[j] = poison;
        if (total->probes)
            add_weighted_signs(&stream, total, block->owner[r], step->width, row);
        else
            row[block->index[r]] += 1;
    }
}

/* To the last step; returns its rows times their slopes. block->spare is used. */
static const carry *send_rows(const dense_network *network, const struct side *side,
                              const struct dense_energy_gradient *total, struct block *block)
{
    struct step step = step_at(network, side, 0);
    start_rows(network, &step, total, block);
    const carry *rows = scaled_rows(network, &step, block, block->spare);
    for (int64_t i = 1; i < side->steps; i++) {
        const struct step next = step_at(network, side, i);
        multiply_weights(&network->workspace, block->rows, step.next, step.width, rows, step.factor,
                         next.rows);
        step = next;
        rows = scaled_rows(network, &step, block, block->spare);
    }
    return rows;
}

/* d_i += the derivatives by a sample's slopes, from the rows before them and those after. */
static void add_slope_adjoints(const dense_network *network, const struct dense_layer *scaled,
                               const struct block *block, const carry *before, const carry *after)
{
    carry *adjoints = network->workspace.penalty->slope_adjoints;
    for (int64_t r = 0; r < block->rows; r++)
        add_product(before + r * scaled->outputs, after + r * scaled->outputs,
                    bends_of(network, adjoints, scaled, block->owner[r]), scaled->outputs);
}

/* At a step whose v_{i+1} F_i^T is in block->values: note what it means for the slopes, and turn
 * it into v_i. Afterwards the rows of the step are u_i D_i. */
static void return_through_slopes(const dense_network *network, const struct step *step,
                                  struct block *block)
{
    if (bends_at(step)) {
        add_slope_adjoints(network, step->scaled, block, step->rows, block->values);
        for (int64_t r = 0; r < block->rows; r++)
            scale_row(step->rows + r * step->width,
                      slopes_of(network, step->scaled, block->owner[r]), step->width);
    }
    if (step->scaled != NULL)
        scale_by_slopes(network, step->scaled, block);
}

/* dE/dF_i, to where the caller wants it; v is v_{i+1}. */
static void add_step_gradient(const dense_network *network, const struct side *side,
                              const struct step *step, int64_t rows, const carry *v)
{
    const struct dense_gradient *gradient = &network->gradients[step->layer - network->layers];
    if (side->down)
        add_outer_products(&network->workspace, step->layer, gradient, rows, step->rows, v);
    else
        add_outer_products(&network->workspace, step->layer, gradient, rows, v, step->rows);
}

/* From v_{i+1} in block->values to v_i. */
static void return_step(const dense_network *network, const struct side *side, int64_t i,
                        struct block *block)
{
    const struct step step = step_at(network, side, i);
    const bool goes_on = i > 0 || bends_at(&step);
    if (goes_on)
        multiply_weights(&network->workspace, block->rows, step.width, step.next, block->values,
                         transposed(step.factor), block->spare);
    swap_values(block);
    block->width = step.width;
    if (goes_on)
        return_through_slopes(network, &step, block);
    add_step_gradient(network, side, &step, block->rows, block->spare);
}

#endif
