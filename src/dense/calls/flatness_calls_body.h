/* The public call that penalizes the norm of a loss's gradient. */
#ifndef DIRICHLET_DENSE_FLATNESS_CALLS_BODY_H
#define DIRICHLET_DENSE_FLATNESS_CALLS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dense/calls/calls_body.h"
#include "dense/calls/loss_calls_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dirichlet/loss.h"
#include "dirichlet/status.h"

/* A gradient of the loss in memory of its own. */
struct own_gradient {
    real *values;
    int64_t bytes;
};

/* Which parameters there are: those with a buffer to add to, or with none given, all. */
static bool counts_weights(const dense_network *network, bool all, int64_t l)
{
    return all || network->gradients[l].weights != NULL;
}

static bool counts_bias(const dense_network *network, bool all, int64_t l)
{
    return network->layers[l].bias != NULL && (all || network->gradients[l].bias != NULL);
}

/* Lay the parameters out in `values` as network->tangents (NULL: only count them); how many. */
static int64_t lay_out_parameters(dense_network *network, bool all, real *values)
{
    int64_t count = 0;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        struct dense_gradient own = {NULL, layer->inputs, 1, NULL, 1, NULL};
        if (layer->outputs == 1)
            own.output_stride = 1;
        if (counts_weights(network, all, l)) {
            own.weights = values == NULL ? NULL : values + count;
            count += layer->inputs * layer->outputs;
        }
        if (counts_bias(network, all, l)) {
            own.bias = values == NULL ? NULL : values + count;
            count += layer->outputs;
        }
        network->tangents[l] = own;
    }
    return count;
}

static void swap_views(dense_network *network)
{
    struct dense_gradient *swap = network->gradients;
    network->gradients = network->tangents;
    network->tangents = swap;
}

static double sum_of_own_squares(const real *values, int64_t count)
{
    struct running_sum sum = {0};
    for (int64_t i = 0; i < count; i++)
        add_term(&sum, (double)values[i] * (double)values[i]);
    return total_of(&sum);
}

/* ||g||^2 of the mean loss, and with a strength its gradient 2 H g. */
static dirichlet_status run_flatness(dense_network *network, int64_t samples, const real *x,
                                     const loss_table *loss, double strength, bool all,
                                     struct own_gradient own, dirichlet_flatness *result)
{
    const double each = 1.0 / (double)samples;
    const int64_t count = lay_out_parameters(network, all, own.values);
    double sum = 0.0;
    memset(own.values, 0, (size_t)own.bytes);
    swap_views(network);
    dirichlet_status status = add_loss_gradient(network, samples, x, loss, each, &sum);
    swap_views(network);
    if (status != DIRICHLET_OK)
        return status;
    result->loss = sum * each;
    result->squared_gradient_norm = sum_of_own_squares(own.values, count);
    if (all || strength == 0.0)
        return DIRICHLET_OK;
    return add_loss_hvp(network, samples, x, loss, 2.0 * strength * each);
}

static dirichlet_status allocate_own(dense_network *network, bool all, struct own_gradient *own)
{
    const int64_t count = lay_out_parameters(network, all, NULL);
    if (!size_of_array(count > 0 ? count : 1, 1, 1, sizeof(real), &own->bytes))
        return message_fail(&network->message, DIRICHLET_E_OVERFLOW,
                            "layers: the parameters exceed the address space");
    own->values = allocator_take(&network->allocator, (size_t)own->bytes);
    if (own->values == NULL)
        return message_fail(&network->message, DIRICHLET_E_MEMORY,
                            "no memory for a gradient of %lld bytes", (long long)own->bytes);
    return DIRICHLET_OK;
}

static dirichlet_status check_flatness(dense_network *network, int64_t samples,
                                       double learning_rate, double strength,
                                       const public_gradient *gradients, int64_t gradient_count)
{
    if (samples == 0)
        return message_fail(&network->message, DIRICHLET_E_NO_DATA, "samples is 0");
    dirichlet_status status = check_scale(network, "strength", strength);
    if (status == DIRICHLET_OK)
        status = check_scale(network, "learning_rate", learning_rate);
    if (status == DIRICHLET_OK && learning_rate < 0.0)
        status = message_fail(&network->message, DIRICHLET_E_RANGE,
                              "learning_rate is %g: it must be >= 0", learning_rate);
    if (status != DIRICHLET_OK || (gradients == NULL && gradient_count == 0))
        return status;
    return read_gradients(network, gradients, gradient_count);
}

static dirichlet_status call_flatness_penalty(dense_network *network, int64_t samples,
                                              const real *x, const loss_table *loss,
                                              double learning_rate, double strength,
                                              const public_gradient *gradients,
                                              int64_t gradient_count, dirichlet_flatness *result)
{
    const bool all = gradients == NULL;
    loss_table table;
    struct own_gradient own = {NULL, 0};
    dirichlet_flatness flatness = {.struct_size = sizeof flatness, .exact = 1};
    dirichlet_status status = check_loss(network, samples, x, loss, !all, &table);
    if (status == DIRICHLET_OK)
        status =
            check_flatness(network, samples, learning_rate, strength, gradients, gradient_count);
    if (status == DIRICHLET_OK && result != NULL)
        status = versioned_struct_check(result->struct_size, "result", &network->message);
    if (status == DIRICHLET_OK)
        status = allocate_own(network, all, &own);
    if (status == DIRICHLET_OK)
        status = run_flatness(network, samples, x, &table, strength, all, own, &flatness);
    allocator_give(&network->allocator, own.values, (size_t)own.bytes);
    flatness.implicit_regularizer = 0.25 * learning_rate * flatness.squared_gradient_norm;
    if (status != DIRICHLET_OK || result == NULL)
        return status;
    return versioned_struct_write(&flatness, sizeof flatness, result, result->struct_size, "result",
                                  &network->message);
}

#endif
