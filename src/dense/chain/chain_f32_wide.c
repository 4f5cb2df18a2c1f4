/* float weights, rows carried in double: for the forward pass, and for chains through so few
 * numbers that the rounding errors of float do not average out (chains_f32.h). */
#include "core/arithmetic/real_f32.h"
#include "dense/rows/carry_f64.h"

#include "dense/chain/chain_body.h"
#include "dense/forward/forward_body.h"
#include "dense/spectral/transfer_body.h"
