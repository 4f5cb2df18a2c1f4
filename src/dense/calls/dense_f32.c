/* The public functions of dense.h in single precision. */
#include "dense/chain/chain_f32_wide.h"

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
    return narrowest(widths, count) < FEWEST_CARRIED_BY_PRODUCTS ? &dense_chain_f32_wide
                                                                 : &dense_chain_f32;
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
               ? &dense_chain_f32_wide
               : &dense_chain_f32;
}

static const struct dense_chain *chain_in_double(const dense_network *network)
{
    (void)network;
    return &dense_chain_f32_wide;
}

#include "dense/workspace/choose_body.h"
#include "dense/calls/create_body.h"
#include "dense/calls/calls_body.h"
#include "dense/calls/energy_calls_body.h"
#include "dense/calls/loss_calls_body.h"
#include "dense/calls/flatness_calls_body.h"
#include "dense/calls/energy_penalty_calls_body.h"
#define MATRIX struct matrix_f32
#include "dense/calls/spectral_calls_body.h"
#include "dense/calls/public_body.h"
#include "dense/calls/model_body.h"
