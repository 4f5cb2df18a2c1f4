/* double weights, rows carried in double. */
#include "core/real_f64.h"
#include "dense/carry_f64.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/vector.h"
#include "dense/cholesky.h"
#include "dense/network_body.h"

#define CARRY(name) name##_f64
#include "dense/lanes_body.h"
#include "dense/multiply_body.h"
#include "dense/narrow_body.h"
#include "dense/forward_body.h"
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

static void forward(const dense_network *network, int64_t samples, const real *x)
{
    PRECISION(dense_forward_tile)(network, samples, x);
}

const struct dense_chain dense_chain_f64 = {
    .carried_size = sizeof(carry),
    .begin = NULL,
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
