/* The public call that penalizes the energy: its value and its gradient. */
#ifndef DIRICHLET_DENSE_ENERGY_PENALTY_CALLS_BODY_H
#define DIRICHLET_DENSE_ENERGY_PENALTY_CALLS_BODY_H

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

/* `total` says by what; the mean energy. */
double PRECISION(dense_penalty_by)(dense_network *network, const dirichlet_dense_plan *plan,
                                   int64_t samples, const real *x, double strength,
                                   struct dense_energy_gradient *total)
{
    const double terms = (double)samples * (total->probes ? (double)plan->rows : 1.0);
    const int64_t before = total->first_sample;
    const struct dense_chain *chain = begin_penalty(network, plan, total->probes);
    total->factor = strength / terms;
    for (int64_t first = 0; first < samples; first += network->workspace.sizes.tile) {
        const int64_t tile = tile_at(network, first, samples);
        chain->forward(network, tile, x + first * network->inputs);
        total->first_sample = before + first;
        chain->add_energy_gradient(network, tile, total);
    }
    chain->finish_energy_gradient(network, total->factor);
    network->plan.direct_samples += (total->direct_rows + plan->rows - 1) / plan->rows;
    const struct running_sum sum = {total->energy, total->lost};
    return total_of(&sum) / terms;
}

/* As many products as the exact energy takes are spent on it. */
static dirichlet_status read_penalty(dense_network *network, int64_t samples,
                                     const dirichlet_dense_penalty_options *given, double strength,
                                     int64_t *probes, struct dense_energy_gradient *total)
{
    dirichlet_dense_penalty_options options = {0};
    struct message *message = &network->message;
    dirichlet_status status = check_scale(network, "strength", strength);
    if (status == DIRICHLET_OK && given != NULL)
        status = versioned_struct_read(&options, sizeof options, given, given->struct_size,
                                       "options", message);
    if (status != DIRICHLET_OK)
        return status;
    if (options.probes < 0 || options.probes > UINT32_MAX)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.probes is %lld: it must be 0 to %lld",
                            (long long)options.probes, (long long)UINT32_MAX);
    if (options.first_sample < 0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.first_sample is %lld: it must be >= 0",
                            (long long)options.first_sample);
    if (options.first_sample > INT64_MAX - samples)
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "options.first_sample is %lld: with %lld samples the indices overflow",
                            (long long)options.first_sample, (long long)samples);
    const bool exact =
        options.probes == 0 || options.probes >= smaller(network->inputs, network->outputs);
    *probes = exact ? 0 : options.probes;
    *total = (struct dense_energy_gradient){
        .probes = *probes > 0, .seed = options.seed, .first_sample = options.first_sample};
    return DIRICHLET_OK;
}

static dirichlet_status check_penalty(dense_network *network, int64_t samples, const real *x)
{
    const struct array_argument arrays[] = {{"x", x, 1, network->inputs, sizeof *x}};
    const dirichlet_status status = check_call(network, samples, 1, arrays, 1);
    if (status == DIRICHLET_OK && samples == 0)
        return message_fail(&network->message, DIRICHLET_E_NO_DATA, "samples is 0");
    return status;
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

static dirichlet_status call_energy_penalty(dense_network *network, int64_t samples, const real *x,
                                            const dirichlet_dense_penalty_options *options,
                                            double strength, const public_gradient *gradients,
                                            int64_t gradient_count, double *value)
{
    struct dense_energy_gradient total;
    int64_t probes = 0;
    dirichlet_status status = check_penalty(network, samples, x);
    if (status == DIRICHLET_OK)
        status = read_penalty(network, samples, options, strength, &probes, &total);
    if (status == DIRICHLET_OK)
        status = read_gradients(network, "gradients", gradients, gradient_count);
    if (status != DIRICHLET_OK)
        return status;
    const dirichlet_dense_plan plan = plan_of_penalty(network, samples, probes);
    const double mean = PRECISION(dense_penalty_by)(network, &plan, samples, x, strength, &total);
    if (value != NULL)
        *value = mean;
    return DIRICHLET_OK;
}

#endif
