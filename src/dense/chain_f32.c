/* float weights, rows carried in float. */
#include "core/real_f32.h"
#include "dense/carry_f32.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/compensated.h"
#include "core/counter.h"
#include "core/shared_bits.h"
#include "core/vector.h"
#include "dense/cholesky.h"
#include "dense/gradient_plan.h"
#include "dense/network_body.h"

#define CARRY(name) name##_f32_narrow
#include "dense/lanes_body.h"
#include "dense/multiply_body.h"
#include "dense/forward_kinks_body.h"

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
#include "dense/chain_body.h"
