/* What a chain can do, for one pair of types. */
#ifndef DIRICHLET_DENSE_CHAIN_BODY_H
#define DIRICHLET_DENSE_CHAIN_BODY_H

#include "dense/energy/energies_body.h"
#include "dense/energy/energy_sum_body.h"
#include "dense/energy/prepare_body.h"
#include "dense/energy/products_body.h"
#include "dense/forward/chain_forward_body.h"
#include "dense/loss/hessian_body.h"
#include "dense/loss/parameter_vjp_body.h"
#include "dense/network/network_body.h"
#include "dense/penalty/gradient_chain_body.h"
#include "dense/rows/carry.h"

const struct dense_chain CARRY(dense_chain) = {
    .carried_size = sizeof(carry),
    .begin = chain_begin,
    .forward = chain_forward,
    .jvp = chain_jvp,
    .vjp = chain_vjp,
    .norms = chain_norms,
    .prepare = chain_prepare,
    .energies = chain_energies,
    .clear_total = chain_clear_total,
    .add_total = chain_add_total,
    .count_patterns = chain_count_patterns,
    .add_to_total = chain_add_to_total,
    .read_total = chain_read_total,
    .parameter_vjp = chain_parameter_vjp,
    .parameter_jvp = chain_parameter_jvp,
    .hvp = chain_hvp,
    .outputs = chain_outputs,
    .begin_energy_gradient = chain_begin_energy_gradient,
    .add_energy_gradient = chain_add_energy_gradient,
    .fold_energy_gradient = chain_fold_energy_gradient,
    .finish_energy_gradient = chain_finish_energy_gradient,
};

#endif
