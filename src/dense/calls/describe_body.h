/* What a network is, and what was wrong with the last call on it. */
#ifndef DIRICHLET_DENSE_DESCRIBE_BODY_H
#define DIRICHLET_DENSE_DESCRIBE_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dense/calls/create_body.h"
#include "dense/network/network_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"

static void count_parameters(const dense_network *network, dirichlet_dense_description *out)
{
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        out->weights += layer->inputs * layer->outputs;
        out->biases += layer->bias != NULL ? layer->outputs : 0;
    }
}

/* Asked of one that has no workspace. */
static int64_t least_budget(const dense_network *network)
{
    dense_network bare = *network;
    struct reserve all = {.lanes = 1};
    bare.room = bare.reserved = 0;
    (void)reserve_all(&bare, &all);
    return all.bytes + network->handle_memory.bytes;
}

dirichlet_status PRECISION(dirichlet_dense_describe)(const dense_network *network,
                                                     dirichlet_dense_description *description)
{
    dirichlet_dense_description out = {.struct_size = sizeof out};
    struct environment caller;
    if (network == NULL || description == NULL)
        return DIRICHLET_E_NULL;
    environment_enter(&caller);
    out.inputs = network->inputs;
    out.outputs = network->outputs;
    out.layers = network->layer_count;
    out.workspace_bytes = network->budget;
    out.least_workspace_bytes = least_budget(network);
    count_parameters(network, &out);
    environment_leave(&caller);
    return versioned_struct_write(&out, sizeof out, description, description->struct_size,
                                  "description", NULL);
}

int64_t PRECISION(dirichlet_dense_inputs)(const dense_network *network)
{
    return network == NULL ? 0 : network->inputs;
}

int64_t PRECISION(dirichlet_dense_outputs)(const dense_network *network)
{
    return network == NULL ? 0 : network->outputs;
}

const char *PRECISION(dirichlet_dense_message)(const dense_network *network)
{
    return network == NULL ? "" : network->message.text;
}

dirichlet_status PRECISION(dirichlet_dense_last_error)(const dense_network *network,
                                                       dirichlet_error *error)
{
    return network == NULL ? DIRICHLET_E_NULL : message_last_error(&network->message, error);
}

#endif
