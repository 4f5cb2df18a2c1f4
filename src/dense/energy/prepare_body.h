/* What a plan needs before the first tile. */
#ifndef DIRICHLET_DENSE_PREPARE_BODY_H
#define DIRICHLET_DENSE_PREPARE_BODY_H

#include <stdbool.h>

#include "dense/energy/energy_sum_body.h"
#include "dense/energy/pattern_sum_body.h"
#include "dense/energy/quadratic_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/rows/ends_body.h"
#include "dirichlet/dense.h"

static bool chain_prepare(dense_network *network)
{
    const dirichlet_dense_plan *plan = &network->plan;
    if (dense_plan_is_quadratic(&network->shape, plan)) {
        if (plan->sum != 0)
            begin_pattern_sum(network);
        return quadratic_in_range(network);
    }
    if (!prepare_ends(network))
        return false;
    if (plan->sum != 0)
        chain_clear_total(network);
    return true;
}

#endif
