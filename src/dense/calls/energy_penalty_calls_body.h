/* The public call that penalizes the energy: its value and its gradient. */
#ifndef DIRICHLET_DENSE_ENERGY_PENALTY_CALLS_BODY_H
#define DIRICHLET_DENSE_ENERGY_PENALTY_CALLS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dense/calls/calls_body.h"
#include "dense/calls/loss_calls_body.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/gradient_plan.h"
#include "dense/workspace/choose_body.h"
#include "dense/workspace/needs_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "model/probes.h"

/* Begin by a plan; where its Gram matrix cannot be made, by the direct one. */
static const struct dense_chain *begin_penalty(dense_network *network,
                                               const dirichlet_dense_plan *plan, bool probes)
{
    const struct dense_chain *chain = chain_of_penalty(network, plan, probes);
    const struct needs needs = needs_of_energy_gradient(network, chain, plan);
    network->plan = *plan;
    network->plan.direct_samples = 0;
    begin_chain(network, chain, &needs);
    if (chain->begin_energy_gradient(network))
        return chain;
    const dirichlet_dense_plan direct =
        dense_gradient_plan_direct(&network->shape, plan->samples, probes ? plan->rows : 0);
    chain = begin_penalty(network, &direct, probes);
    network->plan.direct_samples = plan->samples;
    return chain;
}

/* Samples of a tile count by their weights where the slopes of a layer, and so J, are multiplied by
 * their roots: those of the last layer that has any, since what second derivatives of a layer above
 * send down goes through the slopes themselves. Where none has, J is the same at all samples, and
 * only the directions differ: they are multiplied. */
static const struct dense_layer *last_with_slopes(const dense_network *network)
{
    for (int64_t l = network->layer_count - 1; l >= 0; l--)
        if (!dense_activation_is_identity(network->layers[l].activation))
            return &network->layers[l];
    return NULL;
}

static void scale_numbers(void *numbers, size_t size, int64_t first, int64_t count, double factor)
{
    for (int64_t i = first; i < first + count; i++) {
        if (size == sizeof(float))
            ((float *)numbers)[i] = (float)(factor * (double)((float *)numbers)[i]);
        else
            ((double *)numbers)[i] *= factor;
    }
}

static void weigh_tile(const dense_network *network, const struct dense_layer *layer,
                       const double *roots, int64_t samples)
{
    const struct dense_workspace *w = &network->workspace;
    for (int64_t s = 0; s < samples; s++) {
        scale_numbers(w->slopes, w->carried_size,
                      w->sizes.tile * layer->slopes_before + s * layer->slope_stride,
                      layer->outputs, roots[s]);
        if (w->bends != NULL && is_smooth(layer))
            scale_numbers(w->bends, w->carried_size,
                          w->sizes.tile * layer->bends_before + s * layer->outputs, layer->outputs,
                          roots[s]);
    }
}

/* A call in progress, and what its tiles add up. */
struct penalty_call {
    const struct dense_chain *chain;
    const real *x;
    const struct dense_layer *weighed; /* NULL: directions are */
    struct dense_energy_gradient *total;
};

/* What a tile is given of the call's. */
static struct dense_energy_gradient tile_of_total(const struct penalty_call *call, int64_t first)
{
    struct dense_energy_gradient own = *call->total;
    own.first_sample += first;
    own.indices = own.indices == NULL ? NULL : own.indices + first;
    if (own.roots != NULL && call->weighed == NULL)
        own.starts = own.roots + first;
    own.energy = own.lost = 0.0;
    own.direct_rows = 0;
    return own;
}

static dirichlet_status penalty_of_tile(dense_network *view, int64_t slot, int64_t first,
                                        int64_t samples, void *argument)
{
    const struct penalty_call *call = argument;
    struct dense_energy_gradient own = tile_of_total(call, first);
    const struct part_before before = enter_part(view, slot);
    call->chain->forward(view, samples, call->x + first * view->inputs);
    if (own.roots != NULL && call->weighed != NULL)
        weigh_tile(view, call->weighed, own.roots + first, samples);
    call->chain->add_energy_gradient(view, samples, &own);
    if (view->workspace.sizes.parts == 0)
        call->chain->fold_energy_gradient(view);
    leave_part(view, slot, &before);
    view->workspace.sums[slot] = (struct running_sum){own.energy, own.lost};
    view->workspace.direct_rows[slot] = own.direct_rows;
    return DIRICHLET_OK;
}

static dirichlet_status add_up_penalty(dense_network *network, int64_t slots, void *argument)
{
    const struct penalty_call *call = argument;
    struct dense_energy_gradient *total = call->total;
    for (int64_t i = 0; i < slots; i++) {
        add_with_rest(&total->energy, &total->lost, network->workspace.sums[i].sum);
        total->lost += network->workspace.sums[i].lost;
        total->direct_rows += network->workspace.direct_rows[i];
    }
    fold_sums_of_parts(network, call->chain, slots);
    return add_gradients_of_parts(network, slots);
}

/* `total` says by what; *mean: of the energies. */
dirichlet_status PRECISION(dense_penalty_by)(dense_network *network,
                                             const dirichlet_dense_plan *plan, int64_t samples,
                                             const real *x, double strength,
                                             struct dense_energy_gradient *total, double *mean)
{
    const double weight = total->roots != NULL ? total->weight : (double)samples;
    const double terms = weight * (total->probes ? (double)plan->rows : 1.0);
    struct penalty_call call = {begin_penalty(network, plan, total->probes), x,
                                last_with_slopes(network), total};
    const struct tiles tiles =
        tiles_with_parts(network, samples, penalty_of_tile, add_up_penalty, &call);
    total->factor = strength / terms;
    const dirichlet_status status = for_tiles(network, &tiles);
    if (status != DIRICHLET_OK)
        return status;
    call.chain->finish_energy_gradient(network, total->factor);
    network->plan.direct_samples += (total->direct_rows + plan->rows - 1) / plan->rows;
    const struct running_sum sum = {total->energy, total->lost};
    *mean = total_of(&sum) / terms;
    return network->pool; /* of the product at the end */
}

static dirichlet_status check_penalty_options(dense_network *network, int64_t samples,
                                              const dirichlet_dense_penalty_options *options)
{
    struct message *message = &network->message;
    if (options->probes < DIRICHLET_PROBES_ALL || options->probes > UINT32_MAX)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.probes is %lld: it must be 0 to %lld, or DIRICHLET_PROBES_ALL",
                            (long long)options->probes, (long long)UINT32_MAX);
    if (options->method != DIRICHLET_METHOD_AUTO && options->method != DIRICHLET_METHOD_EXACT &&
        options->method != DIRICHLET_METHOD_RADEMACHER)
        return message_fail(message, DIRICHLET_E_CONSTANT,
                            "options.method is %d: it must be auto, exact or rademacher",
                            (int)options->method);
    if (options->reserved != 0)
        return message_fail(message, DIRICHLET_E_RANGE, "options.reserved is %d: it must be 0",
                            (int)options->reserved);
    if (options->first_sample < 0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.first_sample is %lld: it must be >= 0",
                            (long long)options->first_sample);
    if (options->first_sample > INT64_MAX - samples)
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "options.first_sample is %lld: with %lld samples the indices overflow",
                            (long long)options->first_sample, (long long)samples);
    return DIRICHLET_OK;
}

/* 0: the exact energy; as many products as it takes are spent on it. */
static int64_t probes_of_penalty(const dense_network *network,
                                 const dirichlet_dense_penalty_options *options)
{
    const int64_t all = smaller(network->inputs, network->outputs);
    const int64_t probes = probes_asked(options->probes, all);
    if (options->method == DIRICHLET_METHOD_EXACT ||
        (options->method == DIRICHLET_METHOD_AUTO && options->probes == 0))
        return 0;
    return probes >= all ? 0 : probes;
}

static dirichlet_status read_penalty(dense_network *network, int64_t samples,
                                     const dirichlet_dense_penalty_options *given, double strength,
                                     int64_t *probes, struct dense_energy_gradient *total)
{
    dirichlet_dense_penalty_options options = {0};
    dirichlet_status status = check_scale(network, "strength", strength);
    if (status == DIRICHLET_OK && given != NULL)
        status = versioned_struct_read(&options, sizeof options, given, given->struct_size,
                                       "options", &network->message);
    if (status == DIRICHLET_OK)
        status = check_penalty_options(network, samples, &options);
    *probes = probes_of_penalty(network, &options);
    total->probes = *probes > 0;
    total->seed = options.seed;
    total->first_sample = options.first_sample;
    return status;
}

static dirichlet_status check_penalty(dense_network *network, int64_t samples, const real *x,
                                      const dirichlet_penalty_result *result)
{
    const struct array_argument arrays[] = {{"x", x, 1, network->inputs, sizeof *x}};
    const dirichlet_status status = check_call(network, samples, 1, arrays, 1);
    if (status == DIRICHLET_OK && samples == 0)
        return message_fail(&network->message, DIRICHLET_E_NO_DATA, "samples is 0");
    return status == DIRICHLET_OK && result != NULL
               ? versioned_struct_check(result->struct_size, "result", &network->message)
               : status;
}

static dirichlet_dense_plan plan_of_penalty(dense_network *network, int64_t samples, int64_t probes)
{
    dirichlet_dense_plan *last = &network->choices[2];
    if (probes > 0)
        return choose_gradient_plan(network, samples, probes);
    if (last->samples != samples)
        *last = choose_gradient_plan(network, samples, 0);
    return *last;
}

/* Everything has been checked. */
static dirichlet_status run_penalty(dense_network *network, int64_t samples, const real *x,
                                    int64_t probes, double strength,
                                    struct dense_energy_gradient *total,
                                    dirichlet_penalty_result *result)
{
    const dirichlet_dense_plan plan = plan_of_penalty(network, samples, probes);
    const int64_t all = smaller(network->inputs, network->outputs);
    dirichlet_penalty_result out = {.struct_size = sizeof out,
                                    .standard_error = probes > 0 ? NAN : 0.0,
                                    .samples = samples,
                                    .products = samples * (probes > 0 ? probes : all),
                                    .exact = probes == 0};
    const dirichlet_status status =
        PRECISION(dense_penalty_by)(network, &plan, samples, x, strength, total, &out.value);
    if (status == DIRICHLET_OK && result != NULL)
        (void)versioned_struct_write(&out, sizeof out, result, result->struct_size, "result", NULL);
    return status;
}

static dirichlet_status call_energy_penalty(dense_network *network, int64_t samples, const real *x,
                                            const dirichlet_dense_penalty_options *options,
                                            double strength, const public_gradient *gradients,
                                            int64_t gradient_count,
                                            dirichlet_penalty_result *result)
{
    struct dense_energy_gradient total = {.probes = false};
    int64_t probes = 0;
    dirichlet_status status = check_penalty(network, samples, x, result);
    if (status == DIRICHLET_OK)
        status = read_penalty(network, samples, options, strength, &probes, &total);
    if (status == DIRICHLET_OK)
        status = read_gradients(network, gradients, gradient_count);
    if (status == DIRICHLET_OK)
        status = run_penalty(network, samples, x, probes, strength, &total, result);
    return status;
}

#endif
