/* double weights, rows carried in double. */
#include "core/real_f64.h"
#include "dense/carry_f64.h"

#include <string.h>

#include "dense/network_body.h"

#include "dense/multiply_body.h"
#include "dense/narrow_body.h"
#include "dense/forward_body.h"
#include "dense/sweep_body.h"
#include "dense/energies_body.h"
#include "dense/products_body.h"
#include "dense/parameter_vjp_body.h"

const struct dense_chain dense_chain_f64 = {chain_jvp, chain_vjp, chain_norms, chain_energies,
                                            chain_parameter_vjp};
