/* The Gram matrix by which an energy gradient ends, and the gradient of the outermost matrix that
 * comes with it: dE/dF = 2 S F, S a sum over all rows of a call. */
#ifndef DIRICHLET_DENSE_GRAM_GRADIENT_BODY_H
#define DIRICHLET_DENSE_GRAM_GRADIENT_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/slices_body.h"
#include "dense/rows/rows_workspace_body.h"

/* The upper triangle from the lower. */
static void mirror_lower(int64_t n, carry *g)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++)
            g[j * n + i] = g[i * n + j];
}

static struct weights_view outermost(const dense_network *network, bool lower, int64_t *depth)
{
    const struct dense_layer *layer =
        lower ? &network->layers[0] : &network->layers[network->layer_count - 1];
    *depth = lower ? layer->inputs : layer->outputs;
    return lower ? weights_of(layer) : transposed(weights_of(layer));
}

/* False where squares of the rows' norms leave the range of the carried type. */
static bool begin_gram(dense_network *network, bool lower, struct dense_end *end)
{
    const int64_t n = end->width;
    carry *g = end->matrix;
    carry *diagonal = end->diagonal;
    int64_t depth = 0;
    const struct weights_view view = outermost(network, lower, &depth);
    if (n == 0)
        return true;
    gram_in_carried(network, n, depth, view, g);
    mirror_lower(n, g);
    for (int64_t j = 0; j < n; j++) {
        diagonal[j] = g[j * n + j];
        if (!square_in_range((double)diagonal[j], view, j, depth))
            return false;
    }
    end->unfolded = false;
    memset(end->total, 0, (size_t)(n * n) * sizeof *end->total);
    return true;
}

/* What a tile has summed up in the carried type goes into the sum in double. */
static void fold_sum(struct dense_end *end)
{
    const carry *sum = end->sum;
    const int64_t n = end->width;
    for (int64_t i = 0; end->unfolded && i < n; i++)
        for (int64_t j = 0; j <= i; j++)
            end->total[i * n + j] += (double)sum[i * n + j];
    end->unfolded = false;
}

/* gradient += S F of an outermost matrix whose buffer has a stride of 1, either way round. */
static void add_by_blas(dense_network *network, const struct dense_layer *layer,
                        const struct dense_gradient *gradient, bool lower, const carry *s)
{
    const int64_t outputs = layer->outputs;
    const int64_t inputs = layer->inputs;
    const int64_t n = lower ? outputs : inputs;
    const bool rows_of_outputs = gradient->input_stride == 1;
    const carry_matrix sums = row_major(s, n);
    const carry_matrix weights =
        as_matrix(rows_of_outputs ? weights_of(layer) : transposed(weights_of(layer)));
    const bool sums_first = lower == rows_of_outputs;
    struct product_job job = {.rows = rows_of_outputs ? outputs : inputs,
                              .columns = rows_of_outputs ? inputs : outputs,
                              .depth = n,
                              .a = sums_first ? sums : weights,
                              .b = sums_first ? weights : sums,
                              .out = (carry *)(void *)gradient->weights,
                              .stride = rows_of_outputs ? gradient->output_stride
                                                        : gradient->input_stride};
    if (job.rows == 1)
        job.stride = job.columns;
    add_product_of_matrices(network, job);
}

/* The same for any buffer and any weights, a few rows of S at a time. */
static void add_by_rows(const dense_network *network, const struct dense_layer *layer,
                        const struct dense_gradient *gradient, bool lower, const carry *s)
{
    const struct dense_workspace *w = &network->workspace;
    const struct weights_view factor = lower ? weights_of(layer) : transposed(weights_of(layer));
    const int64_t n = lower ? layer->outputs : layer->inputs;
    const int64_t depth = lower ? layer->inputs : layer->outputs;
    const int64_t row_stride = lower ? gradient->output_stride : gradient->input_stride;
    const int64_t column_stride = lower ? gradient->input_stride : gradient->output_stride;
    carry *product = w->rows->carried[0];
    for (int64_t first = 0; first < n; first += w->sizes.rows) {
        const int64_t rows = smaller(n - first, w->sizes.rows);
        multiply_weights(w, rows, depth, n, s + first * n, factor, product);
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < depth; j++)
                gradient->weights[(first + i) * row_stride + j * column_stride] +=
                    (real)product[i * depth + j];
    }
}

/* The gradient of the outermost matrix: += 2 factor S F. */
static void finish_gram(dense_network *network, bool lower, double factor, struct dense_end *end)
{
    const int64_t l = lower ? 0 : network->layer_count - 1;
    const struct dense_layer *layer = &network->layers[l];
    const struct dense_gradient *gradient = &network->gradients[l];
    const int64_t n = end->width;
    carry *s = end->sum;
    if (n == 0 || gradient->weights == NULL)
        return;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++)
            s[i * n + j] = (carry)(2.0 * factor * end->total[i * n + j]);
    mirror_lower(n, s);
    if (readable_by_blas(weights_of(layer)) &&
        (gradient->input_stride == 1 || gradient->output_stride == 1))
        add_by_blas(network, layer, gradient, lower, s);
    else
        add_by_rows(network, layer, gradient, lower, s);
}

#endif
