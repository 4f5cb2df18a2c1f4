/* The public functions of dense.h in double precision. */
#include "core/real_f64.h"

#include <math.h>
#include <string.h>

#include "core/arena.h"
#include "core/blas.h"
#include "core/compensated.h"
#include "core/operator_norm.h"
#include "core/shared_bits.h"
#include "core/spectral_options.h"
#include "core/versioned_struct.h"
#include "core/wide_product.h"
#include "dense/gradient_plan.h"
#include "dense/lipschitz.h"
#include "dense/network_body.h"
#include "dense/strides.h"
#include "model/loss.h"

#include "dense/layers_body.h"
#include "dense/narrow_body.h"
#include "dense/workspace_body.h"
#include "dense/needs_body.h"

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

#include "dense/choose_body.h"
#include "dense/create_body.h"
#include "dense/calls_body.h"
#include "dense/energy_calls_body.h"
#include "dense/loss_calls_body.h"
#include "dense/flatness_calls_body.h"
#include "dense/energy_penalty_calls_body.h"
#define MATRIX struct matrix_f64
#include "dense/spectral_body.h"
#include "dense/public_body.h"
#include "dense/model_body.h"
