/* The public call about gradients from given cotangents. */
#ifndef DIRICHLET_DENSE_BACKWARD_CALLS_BODY_H
#define DIRICHLET_DENSE_BACKWARD_CALLS_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "dense/calls/calls_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dense/tiles/parts_body.h"
#include "dense/tiles/tiles_body.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/needs_body.h"
#include "dirichlet/status.h"

struct backward_call {
    const struct dense_chain *chain;
    const real *x;
    const real *cotangents;
    double scale;
};

static dirichlet_status backward_of_tile(dense_network *view, int64_t slot, int64_t first,
                                         int64_t samples, void *argument)
{
    const struct backward_call *call = argument;
    const struct part_before before = enter_part(view, slot);
    call->chain->forward(view, samples, call->x + first * view->inputs);
    call->chain->parameter_vjp(view, samples, call->cotangents + first * view->outputs,
                               call->scale);
    leave_part(view, slot, &before);
    return DIRICHLET_OK;
}

static dirichlet_status add_up_backward(dense_network *network, int64_t slots, void *call)
{
    (void)call;
    return add_gradients_of_parts(network, slots);
}

static dirichlet_status call_parameter_vjp(dense_network *network, int64_t samples, const real *x,
                                           const real *cotangents, double scale,
                                           const public_gradient *gradients, int64_t gradient_count)
{
    const int64_t d = network->inputs;
    const int64_t k = network->outputs;
    const struct array_argument arrays[] = {{"x", x, 1, d, sizeof *x},
                                            {"cotangents", cotangents, 1, k, sizeof *cotangents}};
    dirichlet_status status = check_call(network, samples, 1, arrays, 2);
    if (status == DIRICHLET_OK && !isfinite(scale))
        status = message_fail(&network->message, DIRICHLET_E_RANGE,
                              "scale is %g: it must be finite", scale);
    if (status == DIRICHLET_OK)
        status = read_gradients(network, gradients, gradient_count);
    if (status != DIRICHLET_OK || samples == 0)
        return status;
    const struct dense_chain *chain = chain_of_gradient(network);
    const struct needs needs = needs_of_gradient(network, chain, samples);
    begin_chain(network, chain, &needs);
    struct backward_call call = {chain, x, cotangents, scale};
    const struct tiles tiles =
        tiles_with_parts(network, samples, backward_of_tile, add_up_backward, &call);
    return for_tiles(network, &tiles);
}

#endif
