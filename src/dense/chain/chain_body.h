/* The rest of a chain, for whichever types: included by chain_*.c after the forward pass, with
 * CHAIN the name of the table, BEGIN what comes before the first tile, and FORWARD. */

#include "dense/rows/sweep_body.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/starts_body.h"
#include "dense/energy/meeting_body.h"
#include "dense/energy/quadratic_body.h"
#include "dense/energy/energies_body.h"
#include "dense/energy/pattern_sum_body.h"
#include "dense/energy/energy_sum_body.h"
#include "dense/energy/products_body.h"
#include "dense/loss/parameter_vjp_body.h"
#include "dense/loss/hessian_body.h"
#include "dense/penalty/gram_gradient_body.h"
#include "dense/penalty/side_body.h"
#include "dense/penalty/energy_gradient_body.h"
#include "dense/penalty/meeting_gradient_body.h"
#include "dense/penalty/quadratic_gradient_body.h"
#include "dense/penalty/gradient_chain_body.h"
#include "dense/energy/prepare_body.h"

const struct dense_chain CHAIN = {
    .carried_size = sizeof(carry),
    .begin = BEGIN,
    .forward = FORWARD,
    .jvp = chain_jvp,
    .vjp = chain_vjp,
    .norms = chain_norms,
    .prepare = chain_prepare,
    .energies = chain_energies,
    .add_to_total = chain_add_to_total,
    .read_total = chain_read_total,
    .parameter_vjp = chain_parameter_vjp,
    .parameter_jvp = chain_parameter_jvp,
    .hvp = chain_hvp,
    .outputs = chain_outputs,
    .begin_energy_gradient = chain_begin_energy_gradient,
    .add_energy_gradient = chain_add_energy_gradient,
    .finish_energy_gradient = chain_finish_energy_gradient,
};
