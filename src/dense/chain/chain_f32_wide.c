/* float weights, rows carried in double: for the forward pass, and for chains through so few
 * numbers that the rounding errors of float do not average out (dense_f32.c). */
#include "dense/chain/chain_f32_wide.h"

#include "dense/network/carry_f64.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/arithmetic/compensated.h"
#include "core/statistics/counter.h"
#include "core/matrix/operator_norm.h"
#include "core/vector/shared_bits.h"
#include "core/arithmetic/vector.h"
#include "dense/rows/cholesky.h"
#include "dense/plan/gradient_plan.h"
#include "dense/spectral/lipschitz.h"
#include "dense/network/network_body.h"

#define CARRY(name) name##_f32_wide
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/narrow_body.h"
#include "dense/forward/forward_body.h"

#define CHAIN dense_chain_f32_wide
#define BEGIN NULL
#define FORWARD PRECISION(dense_forward_tile)
#include "dense/chain/chain_body.h"
#include "dense/spectral/transfer_body.h"
