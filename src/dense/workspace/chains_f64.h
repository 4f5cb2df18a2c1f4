/* The chain of each kind of call of a double network: there is one. */
#ifndef DIRICHLET_DENSE_CHAINS_F64_H
#define DIRICHLET_DENSE_CHAINS_F64_H

#include "core/arithmetic/real_f64.h"

#include "dense/network/network_body.h"
#include "dirichlet/dense.h"

static const struct dense_chain *chain_of_tangents(const dense_network *network)
{
    (void)network;
    return &dense_chain_wide_f64;
}

static const struct dense_chain *chain_of_cotangents(const dense_network *network)
{
    (void)network;
    return &dense_chain_wide_f64;
}

static const struct dense_chain *chain_of_gradient(const dense_network *network)
{
    (void)network;
    return &dense_chain_wide_f64;
}

static const struct dense_chain *chain_of_plan(const dense_network *network,
                                               const dirichlet_dense_plan *plan)
{
    (void)network;
    (void)plan;
    return &dense_chain_wide_f64;
}

static const struct dense_chain *chain_in_double(const dense_network *network)
{
    (void)network;
    return &dense_chain_wide_f64;
}

#endif
