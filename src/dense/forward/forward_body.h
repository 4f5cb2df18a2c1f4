/* The forward pass in double, for both precisions: an error of float size in z_l would be
 * amplified where a' is small, and would flip relus. */
#ifndef DIRICHLET_DENSE_FORWARD_BODY_H
#define DIRICHLET_DENSE_FORWARD_BODY_H

#include "dense/rows/carry_f64.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "dense/activation/activation.h"
#include "dense/activation/jet.h"
#include "dense/forward/forward_workspace_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/narrow_body.h"

static int64_t place_of(struct dense_batch batch, int64_t sample)
{
    return batch.places == NULL ? sample : batch.places[sample];
}

static void widen_inputs(const dense_network *network, struct dense_batch batch, const real *x,
                         double *out)
{
    const int64_t d = network->inputs;
    for (int64_t s = 0; s < batch.samples; s++)
        for (int64_t i = 0; i < d; i++)
            out[s * d + i] = (double)x[place_of(batch, s) * d + i];
}

static void add_bias(const struct dense_layer *layer, int64_t samples, double *z)
{
    if (layer->bias == NULL)
        return;
    for (int64_t s = 0; s < samples; s++)
        for (int64_t o = 0; o < layer->outputs; o++)
            z[s * layer->outputs + o] += (double)layer->bias[o * layer->bias_stride];
}

/* 0 y is 0 for every finite y and NaN otherwise. A NaN or infinity anywhere in the data, the
 * weights or between reaches every output that depends on it. */
static void note_poison(const dense_network *network, struct dense_batch batch, const double *y)
{
    for (int64_t s = 0; s < batch.samples; s++) {
        double poison = 0.0;
        for (int64_t o = 0; o < network->outputs; o++)
            poison += 0.0 * y[s * network->outputs + o];
        network->workspace.poison[batch.first + place_of(batch, s)] = poison;
    }
}

/* Rows of doubles into an array of (tile, stride) of doubles or of `real`. */
static void store_places(struct dense_batch batch, int64_t width, const double *rows,
                         size_t element_size, int64_t stride, void *out)
{
    for (int64_t s = 0; s < batch.samples; s++) {
        const int64_t place = batch.first + place_of(batch, s);
        if (element_size == sizeof(double))
            memcpy((double *)out + place * stride, rows + s * width,
                   (size_t)width * sizeof(double));
        else
            narrow(width, rows + s * width, (real *)out + place * stride);
    }
}

static void *element_at(void *array, int64_t index, size_t element_size)
{
    return (unsigned char *)array + (size_t)index * element_size;
}

/* h_l, or for l = L the outputs, where they are kept. */
static void keep(const dense_network *network, struct dense_batch batch, int64_t l, int64_t before,
                 const double *h)
{
    const struct dense_workspace *w = &network->workspace;
    if (w->kept != NULL)
        store_places(batch, network->widths[l], h, w->carried_size, network->widths[l],
                     element_at(w->kept, w->sizes.tile * before, w->carried_size));
}

/* prelu with a slope for each unit; a NaN or infinite one shows on either side of the kink. */
static void apply_unit_slopes(const struct dense_layer *layer, int64_t samples, double *z,
                              double *derivatives)
{
    for (int64_t o = 0; o < layer->outputs; o++) {
        const struct dense_activation activation = activation_of(layer, o);
        for (int64_t i = o; i < samples * layer->outputs; i += layer->outputs) {
            const struct dense_jet jet = dense_activation_at(&activation, z[i]);
            z[i] = jet.value + 0.0 * activation.parameter;
            derivatives[i] = jet.derivative;
        }
    }
}

static void forward_layer(const dense_network *network, const struct dense_layer *layer,
                          struct dense_batch batch, const double *h, double *z)
{
    const struct dense_workspace *w = &network->workspace;
    const int64_t count = batch.samples * layer->outputs;
    multiply_weights(w, batch.samples, layer->outputs, layer->inputs, h,
                     transposed(weights_of(layer)), z);
    add_bias(layer, batch.samples, z);
    if (dense_activation_is_identity(layer->activation))
        return;
    const bool bends = w->bends != NULL && is_smooth(layer);
    double *second = bends ? w->forward->second_derivatives : NULL;
    if (layer->activation.by_unit)
        apply_unit_slopes(layer, batch.samples, z, w->forward->derivatives);
    else
        dense_activation_apply(layer->activation, count, z, w->forward->derivatives, second);
    store_places(batch, layer->outputs, w->forward->derivatives, w->carried_size,
                 layer->slope_stride,
                 element_at(w->slopes, w->sizes.tile * layer->slopes_before, w->carried_size));
    if (bends)
        store_places(batch, layer->outputs, second, w->carried_size, layer->outputs,
                     element_at(w->bends, w->sizes.tile * layer->bends_before, w->carried_size));
}

const double *PRECISION(dense_forward_batch)(const dense_network *network, struct dense_batch batch,
                                             const real *x)
{
    const struct dense_workspace *w = &network->workspace;
    double *h = w->forward->hidden[0];
    double *next = w->forward->hidden[1];
    int64_t before = 0;
    widen_inputs(network, batch, x, h);
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        keep(network, batch, l, before, h);
        before += layer->inputs;
        forward_layer(network, layer, batch, h, next);
        double *swap = h;
        h = next;
        next = swap;
    }
    keep(network, batch, network->layer_count, before, h);
    note_poison(network, batch, h);
    return h;
}

void PRECISION(dense_forward_tile)(const dense_network *network, int64_t samples, const real *x)
{
    const int64_t most = network->workspace.sizes.chunk;
    for (int64_t first = 0; first < samples; first += most) {
        const struct dense_batch batch = {first, smaller(samples - first, most), NULL};
        (void)PRECISION(dense_forward_batch)(network, batch, x + first * network->inputs);
    }
}

#endif
