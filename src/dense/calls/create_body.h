/* Making and freeing a network. */
#ifndef DIRICHLET_DENSE_CREATE_BODY_H
#define DIRICHLET_DENSE_CREATE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "core/interface/arena.h"
#include "core/interface/environment.h"
#include "core/lent/lanes.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dense/activation/activation.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/choose_body.h"
#include "dense/workspace/layout_body.h"
#include "dense/workspace/needs_body.h"
#include "dense/workspace/reserve_body.h"
#include "dense/workspace/workspace_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"

static dirichlet_status read_options(const dirichlet_dense_options *given, int64_t layer_count,
                                     dirichlet_dense_options *out, struct allocator *allocator,
                                     struct lanes *lanes, struct message *message)
{
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status =
            versioned_struct_read(out, sizeof *out, given, given->struct_size, "options", message);
    if (status != DIRICHLET_OK)
        return status;
    if (out->layers < 0 || out->layers > layer_count)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.layers is %lld: it must be 0 to layer_count, %lld",
                            (long long)out->layers, (long long)layer_count);
    if (out->layers == 0)
        out->layers = layer_count;
    if (out->workspace_bytes == 0)
        out->workspace_bytes = DIRICHLET_DEFAULT_WORKSPACE_BYTES;
    status = lanes_read(out->parallel, lanes, message);
    return status == DIRICHLET_OK ? allocator_resolve(out->allocator, allocator, message) : status;
}

/* A network, and where its workspace points to. */
struct handle {
    dense_network network;
    struct dense_passes passes;
    struct lane lane;
};

static dense_network *lay_out_handle(struct arena *arena, int64_t layer_count)
{
    struct handle *handle = arena_take(arena, 1, 1, 1, sizeof *handle);
    dense_network *network = handle == NULL ? NULL : &handle->network;
    void *layers = arena_take(arena, layer_count, 1, 1, sizeof *network->layers);
    void *gradients = arena_take(arena, layer_count, 1, 1, sizeof *network->gradients);
    void *tangents = arena_take(arena, layer_count, 1, 1, sizeof *network->tangents);
    void *widths = arena_take(arena, layer_count + 1, 1, 1, sizeof *network->widths);
    void *products = arena_take(arena, layer_count + 1, 1, 1, sizeof *network->products);
    if (network == NULL)
        return NULL;
    memset(handle, 0, sizeof *handle);
    network->passes = &handle->passes;
    network->lane = &handle->lane;
    network->lane_count = 1;
    network->layer_count = layer_count;
    network->layers = layers;
    network->gradients = gradients;
    network->tangents = tangents;
    network->widths = widths;
    network->products = products;
    return network;
}

static dirichlet_status allocate_handle(int64_t layer_count, const struct allocator *allocator,
                                        dense_network **out, struct message *message)
{
    struct arena arena = {0};
    (void)lay_out_handle(&arena, layer_count);
    struct dense_memory memory = {NULL, arena.used};
    if (arena.overflow)
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "layer_count is %lld: too many for the address space",
                            (long long)layer_count);
    memory.block = allocator_take(allocator, (size_t)memory.bytes);
    if (memory.block == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for a handle of %lld bytes",
                            (long long)memory.bytes);
    arena = (struct arena){memory.block, 0, false};
    *out = lay_out_handle(&arena, layer_count);
    (*out)->allocator = *allocator;
    (*out)->handle_memory = memory;
    return DIRICHLET_OK;
}

/* Rows a large power of two apart fall into the same places of the caches, and a product that
 * reads them column by column takes twice as long (measured). */
static int64_t slope_stride_of(int64_t outputs)
{
    return outputs % 512 == 0 ? outputs + 16 : outputs;
}

/* Copy a view, which has been checked, and add up what the layout depends on. */
static dirichlet_status fill_layer(dense_network *network, const public_layer *layers, int64_t l,
                                   struct message *message)
{
    struct dense_layer *layer = &network->layers[l];
    const dirichlet_status status = read_layer(layers, l, layer, message);
    if (status != DIRICHLET_OK)
        return status;
    if (l > 0) {
        const struct dense_layer *below = layer - 1;
        layer->inputs_before = below->inputs_before + below->inputs;
        layer->outputs_before = below->outputs_before + below->outputs;
    }
    const enum dense_bend bend = dense_activation_bend(layer->activation);
    layer->slopes_before = network->extents.slopes;
    layer->slope_stride = slope_stride_of(layer->outputs);
    network->extents.slopes += bend == DENSE_BEND_NONE ? 0 : layer->slope_stride;
    layer->bends_before = network->extents.bends;
    network->extents.bends += bend == DENSE_BEND_SMOOTH ? layer->outputs : 0;
    network->kinked_only =
        network->kinked_only && dense_activation_is_linear_by_sides(layer->activation);
    network->widths[l] = layer->inputs;
    network->widths[l + 1] = layer->outputs;
    network->extents.widest =
        larger(network->extents.widest, larger(layer->inputs, layer->outputs));
    network->extents.widest_output = larger(network->extents.widest_output, layer->outputs);
    if (!size_add(network->extents.parameters, (layer->inputs + 1) * layer->outputs,
                  &network->extents.parameters))
        network->extents.parameters = INT64_MAX;
    network->extents.largest = larger(network->extents.largest, layer->inputs * layer->outputs);
    return DIRICHLET_OK;
}

static bool is_flat(const struct dense_layer *layer)
{
    return dense_activation_is_identity(layer->activation);
}

static bool is_kinked(const struct dense_layer *layer)
{
    return dense_activation_bend(layer->activation) == DENSE_BEND_KINK;
}

static void add_up_products(dense_network *network)
{
    const int64_t *n = network->widths;
    network->products[0] = 0.0;
    for (int64_t l = 1; l <= network->layer_count; l++)
        network->products[l] = network->products[l - 1] + product(1, n[l], n[l - 1]);
}

static dirichlet_status fill_layers(dense_network *network, const public_layer *layers,
                                    struct message *message)
{
    network->kinked_only = true;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const dirichlet_status status = fill_layer(network, layers, l, message);
        if (status != DIRICHLET_OK)
            return status;
    }
    add_up_products(network);
    network->inputs = network->widths[0];
    network->outputs = network->widths[network->layer_count];
    network->shape =
        (struct dense_shape){.widths = network->widths,
                             .products = network->products,
                             .layer_count = network->layer_count,
                             .scaled_output = !is_flat(&network->layers[network->layer_count - 1]),
                             .kinked_first = is_kinked(&network->layers[0]),
                             .flat_first = is_flat(&network->layers[0]),
                             .single = sizeof(real) < sizeof(double)};
    return DIRICHLET_OK;
}

/* The array of views itself, before an element of it is read. */
static dirichlet_status check_array_of_layers(const public_layer *layers, int64_t count,
                                              struct message *message)
{
    int64_t bytes = 0;
    size_t step = 0;
    if (layers == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "layers is NULL");
    if (count < 1)
        return message_fail(message, DIRICHLET_E_RANGE, "layer_count is %lld: it must be >= 1",
                            (long long)count);
    memcpy(&step, layers, sizeof step);
    if (!size_of_array(count, 1, 1, step > 0 ? step : 1, &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "layer_count is %lld: too many for the address space",
                            (long long)count);
    return DIRICHLET_OK;
}

static dirichlet_status create(const public_layer *layers, int64_t layer_count,
                               const dirichlet_dense_options *given, struct environment *caller,
                               dense_network **out, struct message *message)
{
    dirichlet_dense_options options = {0};
    struct allocator allocator = {.caller = caller};
    struct lanes lanes = {.count = 1};
    dirichlet_status status = check_array_of_layers(layers, layer_count, message);
    if (status != DIRICHLET_OK)
        return status;
    if (blas_fault() != NULL)
        return message_fail(message, DIRICHLET_E_BLAS_WIDTH, "%s", blas_fault());
    status = read_options(given, layer_count, &options, &allocator, &lanes, message);
    if (status == DIRICHLET_OK)
        status = check_layers(layers, layer_count, message);
    if (status == DIRICHLET_OK)
        status = allocate_handle(options.layers, &allocator, out, message);
    if (status == DIRICHLET_OK) {
        (*out)->lanes = lanes;
        status = fill_layers(*out, layers, message);
    }
    if (status == DIRICHLET_OK)
        status = allocate_workspace(*out, options.workspace_bytes, message);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_create)(const public_layer *layers, int64_t layer_count,
                                                   const dirichlet_dense_options *options,
                                                   dense_network **out, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    dirichlet_status status = DIRICHLET_OK;
    dense_network *network = NULL;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    if (out == NULL) {
        status = message_fail(&text, DIRICHLET_E_NULL, "out is NULL");
    } else {
        *out = NULL;
        status = create(layers, layer_count, options, &caller, &network, &text);
    }
    if (status == DIRICHLET_OK) {
        network->allocator.caller = NULL;
        *out = network;
    } else {
        PRECISION(dirichlet_dense_destroy)(network);
    }
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

void PRECISION(dirichlet_dense_destroy)(dense_network *network)
{
    if (network == NULL)
        return;
    const struct allocator allocator = network->allocator;
    const struct dense_memory workspace = network->workspace_memory;
    const struct dense_memory handle = network->handle_memory;
    allocator_give(&allocator, workspace.block, (size_t)workspace.bytes);
    allocator_give(&allocator, handle.block, (size_t)handle.bytes);
}

#endif
