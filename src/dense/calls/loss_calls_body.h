/* The public calls about gradients from given cotangents, and about losses: their gradients and
 * Hessian products. */
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

/* A call in progress: += scale times the gradient of the sum of the losses, or times its Hessian
 * and network->tangents. */
struct loss_call {
    const struct dense_chain *chain;
    const real *x;
    const loss_table *loss;
    double scale;
    struct running_sum sum;
};

/* The loss of a tile whose forward pass has been done; its cotangents are
 * workspace.loss->outputs[1]. */
static dirichlet_status evaluate_tile(dense_network *view, const struct loss_call *call,
                                      int64_t slot, int64_t first, int64_t tile)
{
    const struct dense_workspace *w = &view->workspace;
    struct running_sum sum = {0};
    call->chain->outputs(view, tile, false, w->loss->outputs[0]);
    const int32_t code =
        PRECISION(loss_evaluate)(call->loss, view->allocator.caller, first, tile, view->outputs,
                                 w->loss->outputs[0], w->loss->losses, w->loss->outputs[1]);
    if (code != 0)
        return answer_status(code, "loss.function", &view->message);
    for (int64_t s = 0; s < tile; s++)
        add_term(&sum, w->loss->losses[s]);
    w->sums[slot] = sum;
    return DIRICHLET_OK;
}

static dirichlet_status gradient_of_tile(dense_network *view, int64_t slot, int64_t first,
                                         int64_t samples, void *argument)
{
    const struct loss_call *call = argument;
    call->chain->forward(view, samples, call->x + first * view->inputs);
    const dirichlet_status status = evaluate_tile(view, call, slot, first, samples);
    if (status != DIRICHLET_OK)
        return status;
    const struct part_before before = enter_part(view, slot);
    call->chain->parameter_vjp(view, samples, view->workspace.loss->outputs[1], call->scale);
    leave_part(view, slot, &before);
    return DIRICHLET_OK;
}

static dirichlet_status curve_tile(dense_network *view, const struct loss_call *call, int64_t first,
                                   int64_t samples)
{
    const struct dense_workspace *w = &view->workspace;
    call->chain->outputs(view, samples, true, w->loss->outputs[2]);
    const int32_t code =
        PRECISION(loss_curve)(call->loss, view->allocator.caller, first, samples, view->outputs,
                              w->loss->outputs[0], w->loss->outputs[2], w->loss->outputs[3]);
    return answer_status(code, "loss.curvature", &view->message);
}

static dirichlet_status hvp_of_tile(dense_network *view, int64_t slot, int64_t first,
                                    int64_t samples, void *argument)
{
    const struct loss_call *call = argument;
    const struct dense_loss_workspace *own = view->workspace.loss;
    call->chain->forward(view, samples, call->x + first * view->inputs);
    call->chain->parameter_jvp(view, samples);
    dirichlet_status status = evaluate_tile(view, call, slot, first, samples);
    if (status == DIRICHLET_OK)
        status = curve_tile(view, call, first, samples);
    if (status != DIRICHLET_OK)
        return status;
    const struct part_before before = enter_part(view, slot);
    call->chain->hvp(view, samples, own->outputs[1], own->outputs[3], call->scale);
    leave_part(view, slot, &before);
    return DIRICHLET_OK;
}

static dirichlet_status add_up_losses(dense_network *network, int64_t slots, void *argument)
{
    struct loss_call *call = argument;
    for (int64_t i = 0; i < slots; i++) {
        add_term(&call->sum, network->workspace.sums[i].sum);
        call->sum.lost += network->workspace.sums[i].lost;
    }
    return add_gradients_of_parts(network, slots);
}

/* A callback of the loss must not take the workspace away, and unless it says otherwise it is
 * called from one thread at a time. */
static dirichlet_status run_loss(dense_network *network, int64_t samples, tile_function *function,
                                 struct loss_call *call)
{
    struct tiles tiles = tiles_with_parts(network, samples, function, add_up_losses, call);
    if (call->loss->kind == DIRICHLET_LOSS_CUSTOM && call->loss->concurrent == 0)
        tiles.serial = true;
    network->busy = true;
    const dirichlet_status status = for_tiles(network, &tiles);
    network->busy = false;
    return status;
}

/* Where `network->gradients` says: += scale times the gradient of the sum of the losses. */
static dirichlet_status add_loss_gradient(dense_network *network, int64_t samples, const real *x,
                                          const loss_table *loss, double scale, double *sum)
{
    struct loss_call call = {chain_of_gradient(network), x, loss, scale, {0.0, 0.0}};
    const struct needs needs = needs_of_loss(network, call.chain, samples, false);
    begin_chain(network, call.chain, &needs);
    const dirichlet_status status = run_loss(network, samples, gradient_of_tile, &call);
    *sum = total_of(&call.sum);
    return status;
}

/* The same with the Hessian of the sum, times `network->tangents`. */
static dirichlet_status add_loss_hvp(dense_network *network, int64_t samples, const real *x,
                                     const loss_table *loss, double scale)
{
    struct loss_call call = {chain_of_gradient(network), x, loss, scale, {0.0, 0.0}};
    const struct needs needs = needs_of_loss(network, call.chain, samples, true);
    begin_chain(network, call.chain, &needs);
    return run_loss(network, samples, hvp_of_tile, &call);
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
