/* The rows of a plan: filled at the pivot, carried to one side. */
#ifndef DIRICHLET_DENSE_STARTS_BODY_H
#define DIRICHLET_DENSE_STARTS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dense/activation/activation.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/sweep_body.h"
#include "dirichlet/dense.h"

/* Where the carried rows start: a matrix of weights, with no product spent. */
struct chain_start {
    struct weights_view rows; /* row j of it starts row j of every sample */
    int64_t width;
    const struct dense_layer *scaled; /* row j has the j-th slope of this layer as a factor */
};

/* The rows of W_p, for p the output with its D_L. */
static struct chain_start start_down(const dense_network *network, int64_t pivot)
{
    const struct dense_layer *layer = &network->layers[pivot - 1];
    const bool scaled =
        pivot == network->layer_count && !dense_activation_is_identity(layer->activation);
    return (struct chain_start){weights_of(layer), layer->inputs, scaled ? layer : NULL};
}

/* The columns of W_{p+1}; its factor D_{p+1} is that of the first step upward. */
static struct chain_start start_up(const dense_network *network, int64_t pivot)
{
    const struct dense_layer *layer = &network->layers[pivot];
    return (struct chain_start){transposed(weights_of(layer)), layer->outputs, NULL};
}

static void fill_row(struct weights_view rows, int64_t row, carry slope, carry *out, int64_t width)
{
    const real *from = rows.data + row * rows.row_stride;
    if (rows.column_stride == 1 && sizeof(real) == sizeof(carry))
        copy_scaled((const carry *)(const void *)from, slope, out, width);
    else
        for (int64_t i = 0; i < width; i++)
            out[i] = slope * (carry)from[i * rows.column_stride];
}

static void fill_rows(const dense_network *network, struct chain_start start, struct block *block)
{
    block->width = start.width;
    for (int64_t r = 0; r < block->rows; r++) {
        const int64_t index = block->index[r];
        const carry slope =
            start.scaled == NULL ? 1 : slopes_of(network, start.scaled, block->owner[r])[index];
        fill_row(start.rows, index, slope, block->values + r * start.width, start.width);
    }
}

static enum sweep_end sweep_end_of(dirichlet_dense_end end, const dirichlet_dense_plan *plan)
{
    if (end != DIRICHLET_DENSE_END_GRAM)
        return SWEEP_MATRIX;
    return plan->sum != 0 ? SWEEP_NOTHING : SWEEP_TRIANGLE;
}

static void carry_down(const dense_network *network, const dirichlet_dense_plan *plan,
                       struct block *block)
{
    fill_rows(network, start_down(network, plan->pivot), block);
    sweep_down(network, plan->pivot - 2, sweep_end_of(plan->lower_end, plan), block);
}

static void carry_up(const dense_network *network, const dirichlet_dense_plan *plan,
                     struct block *block)
{
    fill_rows(network, start_up(network, plan->pivot), block);
    sweep_up(network, plan->pivot, sweep_end_of(plan->upper_end, plan), block);
}

#endif
