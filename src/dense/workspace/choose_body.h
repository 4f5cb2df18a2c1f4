/* The plan of a call: the cheapest that the workspace has room for. */
#ifndef DIRICHLET_DENSE_CHOOSE_BODY_H
#define DIRICHLET_DENSE_CHOOSE_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/blas/blas.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/needs_body.h"
#include "dense/workspace/workspace_body.h"
#include "dirichlet/dense.h"

static int64_t room_of_plan(const dirichlet_dense_plan *plan, const void *user)
{
    const dense_network *network = user;
    const struct needs needs = needs_of_plan(network, chain_of_plan(network, plan), plan);
    struct dense_sizes sizes;
    if (!leaves_room(network, &needs, workspace_bytes(network), &sizes))
        return 0;
    return counts_patterns(network, &needs) ? sizes.patterns : sizes.tile;
}

static int64_t room_of_norms(const dirichlet_dense_plan *plan, const void *user)
{
    const dense_network *network = user;
    const struct needs needs = needs_of_norms(network, chain_of_cotangents(network), plan);
    struct dense_sizes sizes;
    return leaves_room(network, &needs, workspace_bytes(network), &sizes) ? sizes.tile : 0;
}

/* Where the same bits are promised for every batch size, the plan must not depend on it. */
static int64_t samples_to_plan_for(int64_t samples)
{
    return blas_keeps_bits() ? smaller(samples, 1) : samples;
}

static dirichlet_dense_plan choose_plan(const dense_network *network, int64_t samples, bool sum)
{
    const int64_t planned = samples_to_plan_for(samples);
    dirichlet_dense_plan plan =
        dense_plan_choose(&network->shape, planned, sum, room_of_plan, network);
    if (planned != samples)
        (void)dense_plan_count(&network->shape, samples, &plan);
    return plan;
}

/* The same, remembered: for a single sample of a small network choosing takes as long as the
 * products do. */
static dirichlet_dense_plan plan_of_call(dense_network *network, int64_t samples, bool sum)
{
    dirichlet_dense_plan *last = &network->choices[sum ? 1 : 0];
    if (last->samples != samples)
        *last = choose_plan(network, samples, sum);
    return *last;
}

static dirichlet_dense_plan choose_norms_plan(const dense_network *network, int64_t samples,
                                              int64_t directions)
{
    dirichlet_dense_plan plan = dense_plan_of_norms(&network->shape, samples_to_plan_for(samples),
                                                    directions, room_of_norms, network);
    plan.samples = samples;
    return plan;
}

static const struct dense_chain *chain_of_penalty(const dense_network *network,
                                                  const dirichlet_dense_plan *plan, bool probes)
{
    return probes ? chain_of_gradient(network) : chain_of_plan(network, plan);
}

static int64_t room_for_returns(const dense_network *network, const dirichlet_dense_plan *plan,
                                bool probes)
{
    const struct needs needs =
        needs_of_energy_gradient(network, chain_of_penalty(network, plan, probes), plan);
    struct dense_sizes sizes;
    return leaves_room(network, &needs, workspace_bytes(network), &sizes) ? sizes.tile : 0;
}

static int64_t room_for_exact(const dirichlet_dense_plan *plan, const void *user)
{
    return room_for_returns(user, plan, false);
}

static int64_t room_for_probes(const dirichlet_dense_plan *plan, const void *user)
{
    return room_for_returns(user, plan, true);
}

static dirichlet_dense_plan choose_gradient_plan(const dense_network *network, int64_t samples,
                                                 int64_t probes)
{
    dirichlet_dense_plan plan =
        dense_gradient_plan_choose(&network->shape, samples_to_plan_for(samples), probes,
                                   probes > 0 ? room_for_probes : room_for_exact, network);
    plan.samples = samples;
    return plan;
}

#endif
