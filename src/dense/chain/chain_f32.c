/* float weights, rows carried in float. */
#include "core/arithmetic/real_f32.h"
#include "dense/network/carry_f32.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/arithmetic/compensated.h"
#include "core/statistics/counter.h"
#include "core/vector/shared_bits.h"
#include "core/arithmetic/vector.h"
#include "dense/rows/cholesky.h"
#include "dense/plan/gradient_plan.h"
#include "dense/network/network_body.h"

#define CARRY(name) name##_f32_narrow
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/forward/forward_kinks_body.h"

static void forward(const dense_network *network, int64_t samples, const real *x)
{
    if (is_for_float(network))
        forward_in_float(network, samples, x);
    else
        dense_forward_tile_f32(network, samples, x);
}

#define CHAIN dense_chain_f32
#define BEGIN begin_in_float
#define FORWARD forward
#include "dense/chain/chain_body.h"
