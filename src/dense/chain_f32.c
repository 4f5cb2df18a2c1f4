/* float weights, rows carried in float. */
#include "core/real_f32.h"
#include "dense/carry_f32.h"

#include <string.h>

#include "dense/network_body.h"

#include "dense/multiply_body.h"
#include "dense/sweep_body.h"
#include "dense/energies_body.h"
#include "dense/products_body.h"
#include "dense/parameter_vjp_body.h"

const struct dense_chain dense_chain_f32 = {chain_jvp, chain_vjp, chain_norms, chain_energies,
                                            chain_parameter_vjp};
