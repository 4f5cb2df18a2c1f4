/* The forward pass of a chain: in double, but where a float network is carried in float one in
 * float, if that is enough. */
#ifndef DIRICHLET_DENSE_CHAIN_FORWARD_BODY_H
#define DIRICHLET_DENSE_CHAIN_FORWARD_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"

#ifdef DIRICHLET_DENSE_CARRY_F32_H
#include "dense/forward/forward_kinks_body.h"

static void chain_begin(const dense_network *network)
{
    if (is_for_float(network))
        begin_in_float(network);
}

static void chain_forward(const dense_network *network, int64_t samples, const real *x)
{
    if (is_for_float(network))
        forward_in_float(network, samples, x);
    else
        PRECISION(dense_forward_tile)(network, samples, x);
}

#else

static void chain_begin(const dense_network *network)
{
    (void)network;
}

static void chain_forward(const dense_network *network, int64_t samples, const real *x)
{
    PRECISION(dense_forward_tile)(network, samples, x);
}

#endif
#endif
