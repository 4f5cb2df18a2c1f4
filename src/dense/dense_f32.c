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

/* A relative rounding error of a few FLT_EPSILON in each of n carried numbers changes the sum
 * of their squares by about FLT_EPSILON / sqrt(n) only: the errors average out, unless the
 * chain passes through fewer numbers than this. Then rows are carried in double, which costs
 * little there. Measured by tests/accuracy. */
#define FEWEST_CARRIED 64.0

static const struct dense_chain *chain_for(struct workspace_shape *shape, double carried)
{
    const bool wide = carried < FEWEST_CARRIED;
    if (wide)
        shape->carried_size = sizeof(double);
    return wide ? &dense_chain_f32_wide : &dense_chain_f32;
}

static int64_t narrowest(const int64_t *widths, int64_t count)
{
    int64_t least = widths[0];
    for (int64_t l = 1; l < count; l++)
        least = smaller(least, widths[l]);
    return least;
}

/* Upward a row passes through all widths but d, downward through all but k. */
static void choose_chains(dense_network *network, struct workspace_shape *shape)
{
    const struct dense_energy_plan *plan = &network->plan;
    const int64_t up = narrowest(network->widths + 1, network->layer_count);
    const int64_t down = narrowest(network->widths, network->layer_count);
    shape->carried_size = sizeof(float);
    network->chain.jvp = chain_for(shape, (double)up)->jvp;
    network->chain.vjp = chain_for(shape, (double)down)->vjp;
    network->chain.norms = chain_for(shape, (double)down)->norms;
    network->chain.energies =
        chain_for(shape, (double)plan->rows * (double)plan->narrowest)->energies;
}

#include "dense/create_body.h"
#include "dense/calls_body.h"
#include "dense/model_body.h"
