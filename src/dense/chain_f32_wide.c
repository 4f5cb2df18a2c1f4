/* float weights, rows carried in double: for the forward pass, and for chains through so few
 * numbers that the rounding errors of float do not average out (chain_f32_wide.h). */
#include "dense/chain_f32_wide.h"

#include <string.h>

#include "dense/carry_f64.h"

#include "dense/multiply_body.h"
#include "dense/narrow_body.h"
#include "dense/forward_body.h"
#include "dense/sweep_body.h"
#include "dense/energies_body.h"
#include "dense/products_body.h"
#include "dense/parameter_vjp_body.h"

const struct dense_chain dense_chain_f32_wide = {chain_jvp, chain_vjp, chain_norms, chain_energies,
                                                 chain_parameter_vjp};
