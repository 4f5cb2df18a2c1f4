/* float weights, rows carried in double: for the forward pass, and for chains through so few
 * numbers that the rounding errors of float do not average out (dense_f32.c). */
#include "dense/chain_f32_wide.h"

#include "dense/carry_f64.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/compensated.h"
#include "core/counter.h"
#include "core/operator_norm.h"
#include "core/shared_bits.h"
#include "core/vector.h"
#include "dense/cholesky.h"
#include "dense/gradient_plan.h"
#include "dense/lipschitz.h"
#include "dense/network_body.h"

#define CARRY(name) name##_f32_wide
#include "dense/lanes_body.h"
#include "dense/multiply_body.h"
#include "dense/narrow_body.h"
#include "dense/forward_body.h"

#define CHAIN dense_chain_f32_wide
#define BEGIN NULL
#define FORWARD PRECISION(dense_forward_tile)
#include "dense/chain_body.h"
#include "dense/transfer_body.h"
