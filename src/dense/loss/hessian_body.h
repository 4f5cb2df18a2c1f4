/* Products with the Hessian of a loss in the parameters, for a tile whose h_l, slopes and bends
 * were kept, by the R-operator (Pearlmutter 1994), R = d/dt at theta + t v:
 *
 *     R z_l = W_l R h_l + V_l h_l + v_l,   R h_{l+1} = D_l R z_l,   R h_1 = 0
 *
 * forward, with V_l and v_l the parts of v, and backward, with eps_l the cotangent of h_{l+1},
 *
 *     R delta_l = D_l R eps_l + a_l''(z_l) R z_l eps_l,   R eps_{l-1} = W_l^T R delta_l + V_l^T
 * delta_l, H v in W_l = sum over samples of R delta_l h_l^T + delta_l R h_l^T,   in b_l sum of R
 * delta_l. */
#ifndef DIRICHLET_DENSE_HESSIAN_BODY_H
#define DIRICHLET_DENSE_HESSIAN_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense/activation/activation.h"
#include "dense/loss/loss_workspace_body.h"
#include "dense/loss/parameter_vjp_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/rows/sweep_body.h"

static struct weights_view tangent_weights(const dense_network *network, int64_t l)
{
    const struct dense_gradient *tangent = &network->tangents[l];
    return (struct weights_view){tangent->weights, tangent->output_stride, tangent->input_stride};
}

static carry *bends_of(const dense_network *network, void *array, const struct dense_layer *layer,
                       int64_t sample)
{
    const int64_t tile = network->workspace.sizes.tile;
    return (carry *)array + tile * layer->bends_before + sample * layer->outputs;
}

static void add_tangent_of_bias(const struct dense_layer *layer,
                                const struct dense_gradient *tangent, int64_t samples, carry *rz)
{
    if (layer->bias == NULL || tangent->bias == NULL)
        return;
    for (int64_t s = 0; s < samples; s++)
        for (int64_t o = 0; o < layer->outputs; o++)
            rz[s * layer->outputs + o] += (carry)tangent->bias[o * tangent->bias_stride];
}

/* R z_l (samples, outputs) into `rz`, by way of `spare`. */
static void tangent_of_sums(const dense_network *network, int64_t l, int64_t samples, carry *rz,
                            carry *spare)
{
    const struct dense_workspace *w = &network->workspace;
    const struct dense_layer *layer = &network->layers[l];
    const int64_t count = samples * layer->outputs;
    if (network->tangents[l].weights != NULL)
        multiply_weights(w, samples, layer->outputs, layer->inputs, kept_of(network, w->kept, l),
                         transposed(tangent_weights(network, l)), rz);
    else
        memset(rz, 0, (size_t)count * sizeof *rz);
    add_tangent_of_bias(layer, &network->tangents[l], samples, rz);
    if (l == 0)
        return;
    multiply_weights(w, samples, layer->outputs, layer->inputs,
                     kept_of(network, w->loss->kept_tangent, l), transposed(weights_of(layer)),
                     spare);
    add_row(spare, rz, count);
}

/* R h_l of all layers and R f; bends are multiplied by R z_l. */
static void chain_parameter_jvp(const dense_network *network, int64_t samples)
{
    const struct dense_workspace *w = &network->workspace;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        carry *rz = kept_of(network, w->loss->kept_tangent, l + 1);
        tangent_of_sums(network, l, samples, rz, w->rows->carried[0]);
        for (int64_t s = 0; s < samples; s++) {
            carry *row = rz + s * layer->outputs;
            if (is_smooth(layer))
                scale_row(bends_of(network, w->bends, layer, s), row, layer->outputs);
            if (!dense_activation_is_identity(layer->activation))
                scale_row(row, slopes_of(network, layer, s), layer->outputs);
        }
    }
}

/* f(x), or with `tangents` R f. */
static void chain_outputs(const dense_network *network, int64_t samples, bool tangents, real *out)
{
    const struct dense_workspace *w = &network->workspace;
    const carry *kept =
        kept_of(network, tangents ? w->loss->kept_tangent : w->kept, network->layer_count);
    for (int64_t i = 0; i < samples * network->outputs; i++)
        out[i] = (real)kept[i];
}

/* From eps_l and R eps_l to delta_l and R delta_l. */
static void scale_adjoints(const dense_network *network, const struct dense_layer *layer,
                           struct block *delta, struct block *r_delta)
{
    const struct dense_workspace *w = &network->workspace;
    scale_by_slopes(network, layer, r_delta);
    for (int64_t s = 0; is_smooth(layer) && s < delta->rows; s++)
        add_product(bends_of(network, w->bends, layer, s), delta->values + s * layer->outputs,
                    r_delta->values + s * layer->outputs, layer->outputs);
    scale_by_slopes(network, layer, delta);
}

/* To the layer below. */
static void pass_adjoints(const dense_network *network, int64_t l, struct block *delta,
                          struct block *r_delta)
{
    const struct dense_layer *layer = &network->layers[l];
    const bool moves = network->tangents[l].weights != NULL;
    if (moves)
        multiply_weights(&network->workspace, delta->rows, layer->inputs, layer->outputs,
                         delta->values, tangent_weights(network, l), delta->spare);
    multiply_block(network, weights_of(layer), layer->inputs, r_delta);
    if (moves)
        add_row(delta->spare, r_delta->values, delta->rows * layer->inputs);
    multiply_block(network, weights_of(layer), layer->inputs, delta);
}

/* network->gradients += scale H v, with the cotangents of f and their own R. */
static void chain_hvp(const dense_network *network, int64_t samples, const real *cotangents,
                      const real *r_cotangents, double scale)
{
    const struct dense_workspace *w = &network->workspace;
    struct block delta = block_at(network, 0, samples, 1);
    struct block r_delta = delta;
    r_delta.values = w->rows->carried[2];
    r_delta.spare = w->rows->carried[3];
    load_cotangents(network, cotangents, scale, &delta);
    load_cotangents(network, r_cotangents, scale, &r_delta);
    for (int64_t l = network->layer_count - 1; l >= 0; l--) {
        const struct dense_layer *layer = &network->layers[l];
        const struct dense_gradient *gradient = &network->gradients[l];
        scale_adjoints(network, layer, &delta, &r_delta);
        add_outer_products(w, layer, gradient, samples, r_delta.values,
                           kept_of(network, w->kept, l));
        if (l > 0)
            add_outer_products(w, layer, gradient, samples, delta.values,
                               kept_of(network, w->loss->kept_tangent, l));
        add_bias_gradient(layer, gradient, samples, r_delta.values);
        if (l > 0)
            pass_adjoints(network, l, &delta, &r_delta);
    }
}

#endif
