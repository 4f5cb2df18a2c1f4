/* The public calls about losses: their gradients and Hessian products. */
#ifndef DIRICHLET_DENSE_LOSS_CALLS_BODY_H
#define DIRICHLET_DENSE_LOSS_CALLS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "dense/calls/calls_body.h"
#include "dense/loss/loss_workspace_body.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/needs_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "dirichlet/status.h"
#include "model/calls/answer.h"
#include "model/loss.h"

typedef PRECISION(dirichlet_loss) loss_table;

static dirichlet_status check_scale(dense_network *network, const char *name, double scale)
{
    if (!isfinite(scale))
        return message_fail(&network->message, DIRICHLET_E_RANGE, "%s is %g: it must be finite",
                            name, scale);
    return DIRICHLET_OK;
}

/* What every call with a loss is given; `loss` receives the copy. */
static dirichlet_status check_loss(dense_network *network, int64_t samples, const real *x,
                                   const loss_table *given, bool curvature, loss_table *loss)
{
    const struct array_argument arrays[] = {{"x", x, 1, network->inputs, sizeof *x}};
    const dirichlet_status status = check_call(network, samples, 1, arrays, 1);
    if (status != DIRICHLET_OK)
        return status;
    return PRECISION(loss_read)(given, samples, network->outputs, curvature, loss,
                                &network->message);
}

/* The loss of a tile whose forward pass has been done; its cotangents are
 * workspace.loss->outputs[1]. */
static dirichlet_status evaluate_tile(dense_network *network, const struct dense_chain *chain,
                                      const loss_table *loss, int64_t first, int64_t tile,
                                      struct running_sum *sum)
{
    const struct dense_workspace *w = &network->workspace;
    chain->outputs(network, tile, false, w->loss->outputs[0]);
    network->busy = true;
    const int32_t code =
        PRECISION(loss_evaluate)(loss, network->allocator.caller, first, tile, network->outputs,
                                 w->loss->outputs[0], w->loss->losses, w->loss->outputs[1]);
    network->busy = false;
    if (code != 0)
        return answer_status(code, "loss.function", &network->message);
    for (int64_t s = 0; s < tile; s++)
        add_term(sum, w->loss->losses[s]);
    return DIRICHLET_OK;
}

/* Where `network->gradients` says: += scale times the gradient of the sum of the losses. */
static dirichlet_status add_loss_gradient(dense_network *network, int64_t samples, const real *x,
                                          const loss_table *loss, double scale, double *sum)
{
    const struct dense_chain *chain = chain_of_gradient(network);
    const struct needs needs = needs_of_loss(network, chain, samples, false);
    struct running_sum losses = {0};
    begin_chain(network, chain, &needs);
    for (int64_t first = 0; first < samples; first += network->workspace.sizes.tile) {
        const int64_t tile = tile_at(network, first, samples);
        chain->forward(network, tile, x + first * network->inputs);
        const dirichlet_status status = evaluate_tile(network, chain, loss, first, tile, &losses);
        if (status != DIRICHLET_OK)
            return status;
        chain->parameter_vjp(network, tile, network->workspace.loss->outputs[1], scale);
    }
    *sum = total_of(&losses);
    return DIRICHLET_OK;
}

/* The same with the Hessian of the sum, times `network->tangents`. */
static dirichlet_status add_loss_hvp(dense_network *network, int64_t samples, const real *x,
                                     const loss_table *loss, double scale)
{
    const struct dense_chain *chain = chain_of_gradient(network);
    const struct needs needs = needs_of_loss(network, chain, samples, true);
    struct running_sum ignored = {0};
    begin_chain(network, chain, &needs);
    for (int64_t first = 0; first < samples; first += network->workspace.sizes.tile) {
        const struct dense_workspace *w = &network->workspace;
        const int64_t tile = tile_at(network, first, samples);
        chain->forward(network, tile, x + first * network->inputs);
        chain->parameter_jvp(network, tile);
        const dirichlet_status status = evaluate_tile(network, chain, loss, first, tile, &ignored);
        if (status != DIRICHLET_OK)
            return status;
        chain->outputs(network, tile, true, w->loss->outputs[2]);
        network->busy = true;
        const int32_t code =
            PRECISION(loss_curve)(loss, network->allocator.caller, first, tile, network->outputs,
                                  w->loss->outputs[0], w->loss->outputs[2], w->loss->outputs[3]);
        network->busy = false;
        if (code != 0)
            return answer_status(code, "loss.curvature", &network->message);
        chain->hvp(network, tile, w->loss->outputs[1], w->loss->outputs[3], scale);
    }
    return DIRICHLET_OK;
}

static dirichlet_status call_loss_gradient(dense_network *network, int64_t samples, const real *x,
                                           const loss_table *loss, double scale,
                                           const public_gradient *gradients, int64_t gradient_count,
                                           double *value)
{
    loss_table table;
    double sum = 0.0;
    dirichlet_status status = check_loss(network, samples, x, loss, false, &table);
    if (status == DIRICHLET_OK)
        status = check_scale(network, "scale", scale);
    if (status == DIRICHLET_OK)
        status = read_gradients(network, gradients, gradient_count);
    if (status == DIRICHLET_OK && samples > 0)
        status = add_loss_gradient(network, samples, x, &table, scale / (double)samples, &sum);
    if (status == DIRICHLET_OK && value != NULL)
        *value = samples > 0 ? sum / (double)samples : 0.0;
    return status;
}

static dirichlet_status call_loss_hvp(dense_network *network, int64_t samples, const real *x,
                                      const loss_table *loss, const public_tangent *tangents,
                                      double scale, const public_gradient *gradients,
                                      int64_t gradient_count)
{
    loss_table table;
    dirichlet_status status = check_loss(network, samples, x, loss, true, &table);
    if (status == DIRICHLET_OK)
        status = check_scale(network, "scale", scale);
    if (status == DIRICHLET_OK)
        status = read_views(network, "tangents", tangents, gradient_count, network->tangents);
    if (status == DIRICHLET_OK)
        status = read_gradients(network, gradients, gradient_count);
    if (status == DIRICHLET_OK && samples > 0)
        status = add_loss_hvp(network, samples, x, &table, scale / (double)samples);
    return status;
}

#endif
