/* The public functions of dense.h in double precision. */
#include "core/arithmetic/real_f64.h"

#include <math.h>
#include <string.h>

#include "core/interface/arena.h"
#include "core/blas/blas.h"
#include "core/arithmetic/compensated.h"
#include "core/matrix/operator_norm.h"
#include "core/vector/shared_bits.h"
#include "core/matrix/spectral_options.h"
#include "core/interface/versioned_struct.h"
#include "core/arithmetic/wide_product.h"
#include "dense/plan/gradient_plan.h"
#include "dense/spectral/lipschitz.h"
#include "dense/network/network_body.h"
#include "dense/network/strides.h"
#include "model/loss.h"

#include "dense/network/layers_body.h"
#include "dense/rows/narrow_body.h"
#include "dense/workspace/workspace_body.h"
#include "dense/workspace/needs_body.h"

static const struct dense_chain *chain_of_tangents(const dense_network *network)
{
    (void)network;
    return &dense_chain_f64;
}

static const struct dense_chain *chain_of_cotangents(const dense_network *network)
{
    (void)network;
    return &dense_chain_f64;
}

static const struct dense_chain *chain_of_gradient(const dense_network *network)
{
    (void)network;
    return &dense_chain_f64;
}

static const struct dense_chain *chain_of_plan(const dense_network *network,
                                               const dirichlet_dense_plan *plan)
{
    (void)network;
    (void)plan;
    return &dense_chain_f64;
}

static const struct dense_chain *chain_in_double(const dense_network *network)
{
    (void)network;
    return &dense_chain_f64;
}

#include "dense/workspace/choose_body.h"
#include "dense/calls/create_body.h"
#include "dense/calls/calls_body.h"
#include "dense/calls/energy_calls_body.h"
#include "dense/calls/loss_calls_body.h"
#include "dense/calls/flatness_calls_body.h"
#include "dense/calls/energy_penalty_calls_body.h"
#define MATRIX struct matrix_f64
#include "dense/calls/spectral_calls_body.h"
#include "dense/calls/public_body.h"
#include "dense/calls/model_body.h"
