/* The chain of a float network, carried in double. */
#ifndef DIRICHLET_DENSE_CHAIN_F32_WIDE_H
#define DIRICHLET_DENSE_CHAIN_F32_WIDE_H

#include "core/arithmetic/real_f32.h"

#include "dense/network/network_body.h"

extern const struct dense_chain dense_chain_f32_wide;

#endif
