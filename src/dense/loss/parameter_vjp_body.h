/* Gradients with respect to the parameters, for a tile whose layer inputs h_l were kept:
 * backpropagation of delta_L = scale D_L c, delta_{l-1} = D_{l-1} W_l^T delta_l,
 *
 *     gradient of W_l += sum over samples of delta_l h_l^T,   of b_l += sum of delta_l. */
#ifndef DIRICHLET_DENSE_PARAMETER_VJP_BODY_H
#define DIRICHLET_DENSE_PARAMETER_VJP_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/sweep_body.h"

static carry_matrix column_major(const carry *data, int64_t stride)
{
    return (carry_matrix){data, 1, stride};
}

/* Are these the first numbers of a buffer? Then it is theirs. */
static bool takes_first(const struct dense_gradient *gradient, int which)
{
    const bool first = gradient->unwritten != NULL && gradient->unwritten[which];
    if (first)
        gradient->unwritten[which] = false;
    return first;
}

/* The product goes straight into a buffer of its type with a unit stride, either way round. */
static void add_to_unit_stride(const struct dense_layer *layer,
                               const struct dense_gradient *gradient, int64_t samples,
                               const carry *delta, const carry *h)
{
    const int64_t outputs = layer->outputs;
    const int64_t inputs = layer->inputs;
    carry *sum = (carry *)(void *)gradient->weights;
    const carry kept = takes_first(gradient, 0) ? 0 : 1;
    if (gradient->input_stride == 1)
        carry_multiply(outputs, inputs, samples, column_major(delta, outputs), row_major(h, inputs),
                       kept, sum, outputs == 1 ? inputs : gradient->output_stride);
    else
        carry_multiply(inputs, outputs, samples, column_major(h, inputs), row_major(delta, outputs),
                       kept, sum, gradient->input_stride);
}

/* Any other buffer receives it from the workspace, some rows at a time. */
static void add_gathered(const struct dense_workspace *workspace, const struct dense_layer *layer,
                         const struct dense_gradient *gradient, int64_t samples, const carry *delta,
                         const carry *h)
{
    carry *product = workspace->gathered;
    const int64_t inputs = layer->inputs;
    const int64_t room = workspace->sizes.gathered / inputs;
    if (takes_first(gradient, 0)) /* a buffer of ours, without gaps */
        memset(gradient->weights, 0, (size_t)(layer->outputs * inputs) * sizeof(real));
    for (int64_t first = 0; first < layer->outputs; first += room) {
        const int64_t rows = smaller(layer->outputs - first, room);
        carry_multiply(rows, inputs, samples, column_major(delta + first, layer->outputs),
                       row_major(h, inputs), 0, product, inputs);
        for (int64_t o = 0; o < rows; o++)
            for (int64_t i = 0; i < inputs; i++) {
                const int64_t at =
                    (first + o) * gradient->output_stride + i * gradient->input_stride;
                gradient->weights[at] += (real)product[o * inputs + i];
            }
    }
}

/* gradient of W_l += sum over rows of delta h^T, delta (rows, outputs) and h (rows, inputs). */
static void add_outer_products(const struct dense_workspace *workspace,
                               const struct dense_layer *layer,
                               const struct dense_gradient *gradient, int64_t rows,
                               const carry *delta, const carry *h)
{
    if (gradient->weights == NULL)
        return;
    if (sizeof(real) == sizeof(carry) &&
        (gradient->input_stride == 1 || gradient->output_stride == 1))
        add_to_unit_stride(layer, gradient, rows, delta, h);
    else
        add_gathered(workspace, layer, gradient, rows, delta, h);
}

#define SUMS_TOGETHER 64 /* along the rows, as the memory has them */

static void add_bias_gradient(const struct dense_layer *layer,
                              const struct dense_gradient *gradient, int64_t samples,
                              const carry *delta)
{
    if (gradient->bias == NULL)
        return;
    if (takes_first(gradient, 1))
        memset(gradient->bias, 0, (size_t)layer->outputs * sizeof(real));
    for (int64_t first = 0; first < layer->outputs; first += SUMS_TOGETHER) {
        const int64_t count = smaller(layer->outputs - first, SUMS_TOGETHER);
        double sums[SUMS_TOGETHER] = {0};
        for (int64_t s = 0; s < samples; s++)
            for (int64_t o = 0; o < count; o++)
                sums[o] += (double)delta[s * layer->outputs + first + o];
        for (int64_t o = 0; o < count; o++)
            gradient->bias[(first + o) * gradient->bias_stride] += (real)sums[o];
    }
}

/* What was kept of layer `l`: its inputs h_l, or with l = L the outputs of the network. */
static carry *kept_of(const dense_network *network, void *array, int64_t l)
{
    const struct dense_workspace *w = &network->workspace;
    const struct dense_layer *last = &network->layers[network->layer_count - 1];
    const int64_t before = l < network->layer_count ? network->layers[l].inputs_before
                                                    : last->inputs_before + last->inputs;
    return (carry *)array + w->sizes.tile * before;
}

static void load_cotangents(const dense_network *network, const real *cotangents, double scale,
                            struct block *block)
{
    block->width = network->outputs;
    for (int64_t s = 0; s < block->rows; s++)
        for (int64_t o = 0; o < block->width; o++)
            block->values[s * block->width + o] =
                (carry)(scale * (double)cotangents[s * block->width + o] +
                        network->workspace.poison[s]);
}

static void chain_parameter_vjp(const dense_network *network, int64_t samples,
                                const real *cotangents, double scale)
{
    const struct dense_workspace *w = &network->workspace;
    struct block block = block_at(network, 0, samples, 1);
    load_cotangents(network, cotangents, scale, &block);
    for (int64_t l = network->layer_count - 1; l >= 0; l--) {
        const struct dense_layer *layer = &network->layers[l];
        const struct dense_gradient *gradient = &network->gradients[l];
        scale_by_slopes(network, layer, &block);
        add_outer_products(w, layer, gradient, samples, block.values, kept_of(network, w->kept, l));
        add_bias_gradient(layer, gradient, samples, block.values);
        if (l > 0)
            multiply_block(network, weights_of(layer), layer->inputs, &block);
    }
}

#endif
