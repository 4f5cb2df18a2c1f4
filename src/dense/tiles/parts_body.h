/* Parts (parts_workspace_body.h): added to by tiles, and added up in their order. */
#ifndef DIRICHLET_DENSE_PARTS_BODY_H
#define DIRICHLET_DENSE_PARTS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "dense/energy/energy_workspace_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/tiles/tiles_body.h"
#include "dirichlet/status.h"

/* Where the caller's buffers are, and with strides in the same order. */
static void begin_gradients(const dense_network *network, const struct dense_gradient *wanted,
                            struct dense_part *part)
{
    real *buffer = part->buffer;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        struct dense_gradient *own = &part->gradients[l];
        const bool by_inputs = wanted[l].output_stride == 1 && wanted[l].input_stride != 1;
        own->weights = wanted[l].weights == NULL ? NULL : buffer;
        own->bias = wanted[l].bias == NULL ? NULL : buffer + layer->inputs * layer->outputs;
        own->input_stride = by_inputs ? layer->outputs : 1;
        own->output_stride = by_inputs || layer->outputs == 1 ? 1 : layer->inputs;
        own->bias_stride = 1;
        own->unwritten = part->unwritten + 2 * l;
        own->unwritten[0] = own->unwritten[1] = true;
        buffer += (layer->inputs + 1) * layer->outputs;
    }
}

/* What a view adds to where there is no part. */
struct part_before {
    struct dense_gradient *gradients;
    void *sums[2];
    double *total;
};

static struct dense_end *end_of_view(const dense_network *view, int which)
{
    return which == 0 ? &view->workspace.ends->lower : &view->workspace.ends->upper;
}

/* Let a view add to the part `slot`, if there are parts. */
static struct part_before enter_part(dense_network *view, int64_t slot)
{
    struct dense_workspace *w = &view->workspace;
    struct dense_part *part = w->sizes.parts > 0 ? &w->parts[slot] : NULL;
    struct part_before before = {.gradients = view->gradients};
    if (part != NULL && part->gradients != NULL) {
        begin_gradients(view, view->gradients, part);
        view->gradients = part->gradients;
    }
    for (int i = 0; i < 2; i++)
        if (part != NULL && part->sums[i] != NULL) {
            before.sums[i] = end_of_view(view, i)->sum;
            end_of_view(view, i)->sum = part->sums[i];
            end_of_view(view, i)->unfolded = false;
        }
    if (part != NULL && part->total != NULL) {
        before.total = w->energy->total;
        w->energy->total = part->total;
    }
    return before;
}

static void leave_part(dense_network *view, int64_t slot, const struct part_before *before)
{
    struct dense_workspace *w = &view->workspace;
    struct dense_part *part = w->sizes.parts > 0 ? &w->parts[slot] : NULL;
    view->gradients = before->gradients;
    for (int i = 0; i < 2; i++)
        if (before->sums[i] != NULL) {
            part->unfolded[i] = end_of_view(view, i)->unfolded;
            end_of_view(view, i)->sum = before->sums[i];
            end_of_view(view, i)->unfolded = false;
        }
    if (before->total != NULL)
        w->energy->total = before->total;
}

/* to += what a part has, element by element of the caller's strides. */
static void add_elements(int64_t rows, int64_t columns, const real *from, real *to,
                         int64_t row_stride, int64_t column_stride)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            to[i * row_stride + j * column_stride] += from[i * columns + j];
}

static void add_weights_of_part(const struct dense_layer *layer, const struct dense_gradient *from,
                                const struct dense_gradient *to)
{
    if (from->input_stride == 1)
        add_elements(layer->outputs, layer->inputs, from->weights, to->weights, to->output_stride,
                     to->input_stride);
    else
        add_elements(layer->inputs, layer->outputs, from->weights, to->weights, to->input_stride,
                     to->output_stride);
}

/* What the first `slots` parts have of a layer, in order. */
static void add_layer_of_parts(const dense_network *network, int64_t l, int64_t slots)
{
    const struct dense_layer *layer = &network->layers[l];
    const struct dense_gradient *to = &network->gradients[l];
    for (int64_t i = 0; i < slots; i++) {
        const struct dense_part *part = &network->workspace.parts[i];
        const struct dense_gradient *from = &part->gradients[l];
        if (to->weights != NULL && !from->unwritten[0])
            add_weights_of_part(layer, from, to);
        if (to->bias != NULL && !from->unwritten[1])
            add_elements(layer->outputs, 1, from->bias, to->bias, to->bias_stride, 1);
    }
}

static dirichlet_status add_layer_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct tile_round *round = argument;
    (void)lane;
    add_layer_of_parts(round->network, piece, round->first);
    return DIRICHLET_OK;
}

/* The gradients of parts to the caller's, layer by layer. */
static dirichlet_status add_gradients_of_parts(dense_network *network, int64_t slots)
{
    struct tile_round round = {NULL, network, slots};
    if (network->workspace.sizes.parts == 0)
        return DIRICHLET_OK;
    return run_on_lanes(network, network->lane, network->lanes_used, network->layer_count,
                        add_layer_piece, &round);
}

/* What they have at the ends, by `chain`. */
static void fold_sums_of_parts(dense_network *network, const struct dense_chain *chain,
                               int64_t slots)
{
    for (int64_t s = 0; network->workspace.sizes.parts > 0 && s < slots; s++) {
        const struct dense_part *part = &network->workspace.parts[s];
        void *before[2];
        for (int i = 0; i < 2; i++) {
            before[i] = end_of_view(network, i)->sum;
            if (part->sums[i] != NULL)
                end_of_view(network, i)->sum = part->sums[i];
            end_of_view(network, i)->unfolded = part->unfolded[i];
        }
        chain->fold_energy_gradient(network);
        for (int i = 0; i < 2; i++)
            end_of_view(network, i)->sum = before[i];
    }
}

/* Tiles that add to parts, a round of as many as there are; without any, one after the other to the
 * caller's numbers. */
static struct tiles tiles_with_parts(const dense_network *network, int64_t samples,
                                     tile_function *function, tiles_function *add_up, void *call)
{
    const struct dense_sizes *sizes = &network->workspace.sizes;
    return (struct tiles){.samples = samples,
                          .function = function,
                          .add_up = add_up,
                          .call = call,
                          .slots = sizes->parts > 0 ? sizes->parts : sizes->slots,
                          .serial = sizes->parts == 0};
}

#endif
