/* The public functions of dense.h in single precision. */
#include "dense/chain_f32_wide.h"

#include <math.h>
#include <string.h>

#include "core/arena.h"
#include "core/blas.h"
#include "core/versioned_struct.h"
#include "dense/network_body.h"
#include "dense/strides.h"

#include "dense/layers_body.h"
#include "dense/narrow_body.h"
#include "dense/workspace_body.h"

/* A relative rounding error of a few FLT_EPSILON in each of n carried numbers changes a sum of
 * squares over them by about FLT_EPSILON / sqrt(n) only: the errors average out, unless the
 * chain passes through fewer numbers than this. Then rows are carried in double, at up to
 * twice the time. The energies, which are promised to 2e-6, have the wider margin; both were
 * measured by tests/accuracy. */
#define FEWEST_CARRIED_BY_ENERGIES 256.0
#define FEWEST_CARRIED_BY_PRODUCTS 64

static const struct dense_chain *chain_for(bool narrow_chain)
{
    return narrow_chain ? &dense_chain_f32_wide : &dense_chain_f32;
}

static int64_t narrowest(const int64_t *widths, int64_t count)
{
    int64_t least = INT64_MAX;
    for (int64_t l = 0; l < count; l++)
        least = smaller(least, widths[l]);
    return least;
}

/* Upward a row passes through all widths but d, downward through all but k, and for the
 * parameters through the hidden ones. */
static void choose_chains(dense_network *network, struct workspace_shape *shape)
{
    const int64_t count = network->layer_count;
    const struct dense_energy_plan *plan = &network->plan;
    const bool up = narrowest(network->widths + 1, count) < FEWEST_CARRIED_BY_PRODUCTS;
    const bool down = narrowest(network->widths, count) < FEWEST_CARRIED_BY_PRODUCTS;
    const bool hidden = narrowest(network->widths + 1, count - 1) < FEWEST_CARRIED_BY_PRODUCTS;
    const bool energies = (double)plan->rows * (double)plan->narrowest < FEWEST_CARRIED_BY_ENERGIES;
    network->chain = (struct dense_chain){
        .jvp = chain_for(up)->jvp,
        .vjp = chain_for(down)->vjp,
        .norms = chain_for(down)->norms,
        .energies = chain_for(energies)->energies,
        .parameter_vjp = chain_for(hidden)->parameter_vjp,
    };
    network->workspace.kept_size = hidden ? sizeof(double) : sizeof(float);
    shape->carried_size = up || down || hidden || energies ? sizeof(double) : sizeof(float);
}

#include "dense/create_body.h"
#include "dense/calls_body.h"
#include "dense/model_body.h"
