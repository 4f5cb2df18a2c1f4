/* Carrying a block of rows through the chain J = D_L W_L ... D_1 W_1: downward, row vectors
 * from the output times D_l W_l, or upward, columns of the input, kept as rows, times
 * W_l^T D_l. Rows of all samples stand below each other, so that every layer is one product.
 *
 * A block is any run of rows: it need not begin or end with a sample, so one sample with many
 * rows fits a small workspace. */
#ifndef DIRICHLET_DENSE_SWEEP_BODY_H
#define DIRICHLET_DENSE_SWEEP_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dense/activation/activation.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/rows_workspace_body.h"

struct block {
    int64_t rows;
    int64_t width;        /* (rows, width) */
    const int64_t *owner; /* (rows): sample of the tile */
    const int64_t *index; /* (rows): which of its rows */
    carry *values;
    carry *spare;
    double *weighed; /* (rows): see ends_body.h; noted where the end is a triangle */
};

/* Rows first, first + 1, ... of all, of which each sample has per_sample. */
static struct block block_at(const dense_network *network, int64_t first, int64_t total,
                             int64_t per_sample)
{
    const struct dense_workspace *w = &network->workspace;
    const int64_t rows = total - first < w->sizes.rows ? total - first : w->sizes.rows;
    for (int64_t r = 0; r < rows; r++) {
        w->rows->owner[r] = (first + r) / per_sample;
        w->rows->index[r] = (first + r) % per_sample;
    }
    return (struct block){rows,
                          0,
                          w->rows->owner,
                          w->rows->index,
                          w->rows->carried[0],
                          w->rows->carried[1],
                          w->rows->weighed[0]};
}

static const carry *slopes_of(const dense_network *network, const struct dense_layer *layer,
                              int64_t sample)
{
    const struct dense_workspace *w = &network->workspace;
    return (const carry *)w->slopes + w->sizes.tile * layer->slopes_before +
           sample * layer->slope_stride;
}

/* Times D_l, each row by that of its sample. */
static void scale_by_slopes(const dense_network *network, const struct dense_layer *layer,
                            struct block *block)
{
    if (dense_activation_is_identity(layer->activation))
        return;
    for (int64_t r = 0; r < block->rows; r++)
        scale_row(block->values + r * layer->outputs, slopes_of(network, layer, block->owner[r]),
                  layer->outputs);
}

static void swap_values(struct block *block)
{
    carry *swap = block->values;
    block->values = block->spare;
    block->spare = swap;
}

static void multiply_block(const dense_network *network, struct weights_view factor, int64_t width,
                           struct block *block)
{
    multiply_weights(&network->workspace, block->rows, width, block->width, block->values, factor,
                     block->spare);
    swap_values(block);
    block->width = width;
}

/* How a sweep ends: with the product with the outermost matrix, with the triangle in its place,
 * or before it. */
enum sweep_end { SWEEP_MATRIX, SWEEP_TRIANGLE, SWEEP_NOTHING };

/* Times a triangle of more rows than columns: its triangular part, then what is below. */
static void multiply_tall(const struct dense_end *end, struct block *block)
{
    const int64_t n = end->width;
    const int64_t columns = end->columns;
    const carry *below = (const carry *)end->matrix + columns * columns;
    for (int64_t r = 0; r < block->rows; r++)
        memcpy(block->spare + r * columns, block->values + r * n, (size_t)columns * sizeof(carry));
    carry_multiply_lower(block->rows, columns, end->matrix, block->spare);
    carry_multiply(block->rows, columns, n - columns, (carry_matrix){block->values + columns, n, 1},
                   row_major(below, columns), 1, block->spare, columns);
    swap_values(block);
    block->width = columns;
}

static void multiply_end(const struct dense_end *end, struct block *block)
{
    const carry *diagonal = end->diagonal;
    for (int64_t r = 0; r < block->rows; r++)
        block->weighed[r] = weigh_row(block->values + r * end->width, diagonal, end->width);
    if (end->columns < end->width)
        multiply_tall(end, block);
    else
        carry_multiply_lower(block->rows, end->width, end->matrix, block->values);
}

/* Times D_l W_l for l = from, ..., 0. */
static void sweep_down(const dense_network *network, int64_t from, enum sweep_end end,
                       struct block *block)
{
    for (int64_t l = from; l >= 0; l--) {
        const struct dense_layer *layer = &network->layers[l];
        scale_by_slopes(network, layer, block);
        if (l > 0 || end == SWEEP_MATRIX)
            multiply_block(network, weights_of(layer), layer->inputs, block);
        else if (end == SWEEP_TRIANGLE)
            multiply_end(&network->workspace.ends->lower, block);
    }
}

/* Times D_l, then W_{l+1}^T D_{l+1} and so on to the output, from a block that is n_l wide. An
 * end that is not the matrix is for networks whose last D is the identity. */
static void sweep_up(const dense_network *network, int64_t from, enum sweep_end end,
                     struct block *block)
{
    const int64_t last = network->layer_count - 1;
    for (int64_t l = from; l <= last; l++) {
        const struct dense_layer *next = &network->layers[l + 1];
        scale_by_slopes(network, &network->layers[l], block);
        if (l + 1 < last || (l + 1 == last && end == SWEEP_MATRIX))
            multiply_block(network, transposed(weights_of(next)), next->outputs, block);
        else if (l + 1 == last && end == SWEEP_TRIANGLE)
            multiply_end(&network->workspace.ends->upper, block);
        if (l + 1 == last && end != SWEEP_MATRIX)
            return;
    }
}

typedef void carry_function(const dense_network *network, const void *source, struct block *block);
typedef void finish_function(const dense_network *network, const struct block *block,
                             void *results);

/* Carry `per_sample` rows of the samples first, ..., last - 1 of the tile from one end to the
 * other, block by block. */
static void run_chain(const dense_network *network, int64_t first, int64_t last, int64_t per_sample,
                      carry_function *carry_rows, const void *source, finish_function *finish,
                      void *results)
{
    const int64_t end = last * per_sample;
    for (int64_t row = first * per_sample; row < end; row += network->workspace.sizes.rows) {
        struct block block = block_at(network, row, end, per_sample);
        carry_rows(network, source, &block);
        finish(network, &block, results);
    }
}

#endif
