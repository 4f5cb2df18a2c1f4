/* The chain of each kind of call of a float network. */
#ifndef DIRICHLET_DENSE_CHAINS_F32_H
#define DIRICHLET_DENSE_CHAINS_F32_H

#include "core/arithmetic/real_f32.h"

#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dirichlet/dense.h"

/* A relative rounding error of a few FLT_EPSILON in each of n carried numbers changes a sum of
 * squares over them by about FLT_EPSILON / sqrt(n) only: the errors average out, unless the
 * chain passes through fewer numbers than this. Then rows are carried in double, at up to
 * twice the time. The energies, which are promised to 2e-6, have the wider margin; both were
 * measured by tests/accuracy. */
#define FEWEST_CARRIED_BY_ENERGIES 256.0
#define FEWEST_CARRIED_BY_PRODUCTS 64

static int64_t narrowest(const int64_t *widths, int64_t count)
{
    int64_t least = INT64_MAX;
    for (int64_t l = 0; l < count; l++)
        least = smaller(least, widths[l]);
    return least;
}

static const struct dense_chain *chain_through(const int64_t *widths, int64_t count)
{
    return narrowest(widths, count) < FEWEST_CARRIED_BY_PRODUCTS ? &dense_chain_wide_f32
                                                                 : &dense_chain_narrow_f32;
}

/* Upward a row passes through all widths but d, downward through all but k, and for the
 * parameters through the hidden ones. */
static const struct dense_chain *chain_of_tangents(const dense_network *network)
{
    return chain_through(network->widths + 1, network->layer_count);
}

static const struct dense_chain *chain_of_cotangents(const dense_network *network)
{
    return chain_through(network->widths, network->layer_count);
}

static const struct dense_chain *chain_of_gradient(const dense_network *network)
{
    return chain_through(network->widths + 1, network->layer_count - 1);
}

static const struct dense_chain *chain_of_plan(const dense_network *network,
                                               const dirichlet_dense_plan *plan)
{
    return dense_plan_narrowest(&network->shape, plan) < FEWEST_CARRIED_BY_ENERGIES
               ? &dense_chain_wide_f32
               : &dense_chain_narrow_f32;
}

static const struct dense_chain *chain_in_double(const dense_network *network)
{
    (void)network;
    return &dense_chain_wide_f32;
}

#endif
