/* The gradient of energies by whichever plan: before the first tile, a tile, after the last one. */
#ifndef DIRICHLET_DENSE_GRADIENT_CHAIN_BODY_H
#define DIRICHLET_DENSE_GRADIENT_CHAIN_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dense/network/network_body.h"
#include "dense/penalty/energy_gradient_body.h"
#include "dense/penalty/gram_gradient_body.h"
#include "dense/penalty/meeting_gradient_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/penalty/quadratic_gradient_body.h"
#include "dense/penalty/side_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense/rows/carry.h"
#include "dense/rows/rows_workspace_body.h"
#include "dirichlet/dense.h"

static bool is_quadratic_gradient(const dense_network *network)
{
    return dense_gradient_plan_is_quadratic(&network->shape, &network->plan);
}

static bool chain_begin_energy_gradient(dense_network *network)
{
    struct dense_workspace *w = &network->workspace;
    if (!begin_gram(network, true, &w->ends->lower) || !begin_gram(network, false, &w->ends->upper))
        return false;
    if (is_quadratic_gradient(network))
        begin_quadratic_gradient(network);
    return true;
}

static void chain_add_energy_gradient(dense_network *network, int64_t samples,
                                      struct dense_energy_gradient *total)
{
    struct dense_workspace *w = &network->workspace;
    const dirichlet_dense_plan *plan = &network->plan;
    if (network->extents.bends > 0)
        memset(w->penalty->slope_adjoints, 0,
               (size_t)(w->sizes.tile * network->extents.bends) * sizeof(carry));
    if (is_quadratic_gradient(network)) {
        add_quadratic_gradients(network, samples, total);
    } else if (dense_plan_meets(&network->shape, plan)) {
        add_meeting_gradients(network, samples, total);
    } else {
        const struct side side = whole_side(network, plan, true);
        add_rows_of(network, &side, plan->rows, 0, samples, total);
    }
    if (network->extents.bends > 0)
        return_bends(network, samples);
}

/* What a tile has summed up at the ends goes into the sums of the call. */
static void chain_fold_energy_gradient(const dense_network *network)
{
    fold_sum(&network->workspace.ends->lower);
    fold_sum(&network->workspace.ends->upper);
}

static void chain_finish_energy_gradient(dense_network *network, double factor)
{
    struct dense_workspace *w = &network->workspace;
    if (is_quadratic_gradient(network))
        finish_quadratic_gradient(network);
    finish_gram(network, true, factor, &w->ends->lower);
    finish_gram(network, false, factor, &w->ends->upper);
}

#endif
