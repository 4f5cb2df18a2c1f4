/* float weights, rows carried in float. */
#include "core/real_f32.h"
#include "dense/carry_f32.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/vector.h"
#include "dense/cholesky.h"
#include "dense/network_body.h"

#define CARRY(name) name##_f32_narrow
#include "dense/lanes_body.h"
#include "dense/multiply_body.h"
#include "dense/forward_kinks_body.h"
#include "dense/sweep_body.h"
#include "dense/ends_body.h"
#include "dense/starts_body.h"
#include "dense/meeting_body.h"
#include "dense/quadratic_body.h"
#include "dense/energies_body.h"
#include "dense/energy_sum_body.h"
#include "dense/products_body.h"
#include "dense/parameter_vjp_body.h"
#include "dense/prepare_body.h"

/* A gradient needs more of the forward pass than its kinks. */
static void forward(const dense_network *network, int64_t samples, const real *x)
{
    if (network->kinked_only && network->workspace.kept_size == 0)
        forward_in_float(network, samples, x);
    else
        dense_forward_tile_f32(network, samples, x);
}

const struct dense_chain dense_chain_f32 = {
    .carried_size = sizeof(carry),
    .begin = begin_in_float,
    .forward = forward,
    .jvp = chain_jvp,
    .vjp = chain_vjp,
    .norms = chain_norms,
    .prepare = chain_prepare,
    .energies = chain_energies,
    .add_to_total = chain_add_to_total,
    .read_total = chain_read_total,
    .parameter_vjp = chain_parameter_vjp,
};
