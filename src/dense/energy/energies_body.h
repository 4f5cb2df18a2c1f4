/* Exact energies ||J||_F^2 of a tile: the rows of the pivot, carried to an end or to both. */
#ifndef DIRICHLET_DENSE_ENERGIES_BODY_H
#define DIRICHLET_DENSE_ENERGIES_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dense/energy/meeting_body.h"
#include "dense/energy/quadratic_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/starts_body.h"
#include "dense/rows/sweep_body.h"
#include "dirichlet/dense.h"

static bool ends_in_triangle(const dirichlet_dense_plan *plan)
{
    return plan->lower_end == DIRICHLET_DENSE_END_GRAM ||
           plan->upper_end == DIRICHLET_DENSE_END_GRAM;
}

static void carry_pivot(const dense_network *network, const void *source, struct block *block)
{
    const dirichlet_dense_plan *plan = source;
    if (plan->pivot > 0)
        carry_down(network, plan, block);
    else
        carry_up(network, plan, block);
}

static void add_squares(const dense_network *network, const struct block *block, void *energies)
{
    (void)network;
    for (int64_t r = 0; r < block->rows; r++)
        ((double *)energies)[block->owner[r]] +=
            sum_of_squares(block->values + r * block->width, block->width);
}

static void add_squares_and_terms(const dense_network *network, const struct block *block,
                                  void *energies)
{
    add_squares(network, block, energies);
    for (int64_t r = 0; r < block->rows; r++)
        network->workspace.bounds[block->owner[r]] += block->weighed[r];
}

static void clear_sums(const dense_network *network, int64_t samples, double *energies)
{
    for (int64_t s = 0; s < samples; s++)
        energies[s] = network->workspace.bounds[s] = 0.0;
}

/* Again, without ends, what is not to be trusted; then the poison. */
static void correct(dense_network *network, int64_t samples, double limit, double *energies)
{
    const struct dense_workspace *w = &network->workspace;
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, samples);
    for (int64_t s = 0; s < samples; s++) {
        if (limit > 0.0 && w->poison[s] == 0.0 && !is_trusted(energies[s], w->bounds[s], limit)) {
            network->plan.direct_samples++;
            energies[s] = 0.0;
            run_chain(network, s, s + 1, direct.rows, carry_pivot, &direct, add_squares, energies);
        }
        energies[s] += w->poison[s];
    }
}

static void chain_energies(dense_network *network, int64_t samples, int64_t directions,
                           const real *vectors, void *results)
{
    const dirichlet_dense_plan *plan = &network->plan;
    const bool triangle = ends_in_triangle(plan);
    double *energies = results;
    (void)directions;
    (void)vectors;
    clear_sums(network, samples, energies);
    if (dense_plan_is_quadratic(&network->shape, plan)) {
        add_quadratic_form(network, samples, energies);
        correct(network, samples, CARRY_GRAM_LIMIT, energies);
    } else if (dense_plan_meets(&network->shape, plan)) {
        add_meetings(network, samples, energies);
        correct(network, samples, CARRY_GRAM_LIMIT, energies);
    } else {
        run_chain(network, 0, samples, plan->rows, carry_pivot, plan,
                  triangle ? add_squares_and_terms : add_squares, energies);
        correct(network, samples, triangle ? CARRY_TRIANGLE_LIMIT : 0.0, energies);
    }
}

#endif
