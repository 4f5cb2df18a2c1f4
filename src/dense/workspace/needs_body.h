/* What each kind of call needs of the workspace. */
#ifndef DIRICHLET_DENSE_NEEDS_BODY_H
#define DIRICHLET_DENSE_NEEDS_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dirichlet/dense.h"

static struct needs needs_of_products(const dense_network *network, const struct dense_chain *chain,
                                      int64_t samples, int64_t directions)
{
    return (struct needs){.samples = samples,
                          .per_sample = directions,
                          .carried_width = network->extents.widest,
                          .carried_size = chain->carried_size};
}

/* What the forward pass leaves of every layer. */
static struct needs needs_of_kept(const dense_network *network, const struct dense_chain *chain,
                                  int64_t samples)
{
    struct needs needs = needs_of_products(network, chain, samples, 1);
    needs.kept = sum_of_widths(network);
    return needs;
}

static struct needs needs_of_gradient(const dense_network *network, const struct dense_chain *chain,
                                      int64_t samples)
{
    struct needs needs = needs_of_kept(network, chain, samples);
    needs.gradients = true;
    return needs;
}

/* A loss, and with `hessian` what products with its second derivative take. */
static struct needs needs_of_loss(const dense_network *network, const struct dense_chain *chain,
                                  int64_t samples, bool hessian)
{
    struct needs needs = needs_of_gradient(network, chain, samples);
    needs.losses = true;
    needs.tangents = hessian;
    needs.bends = hessian;
    return needs;
}

/* The gradient of the energies; through smooth activations with one backpropagation more. A
 * quadratic form has rows for single samples alone. */
static struct needs needs_of_energy_gradient(const dense_network *network,
                                             const struct dense_chain *chain,
                                             const dirichlet_dense_plan *plan)
{
    const bool quadratic = dense_gradient_plan_is_quadratic(&network->shape, plan);
    const int64_t rows =
        quadratic ? dense_gradient_plan_direct(&network->shape, 1, 0).rows : plan->rows;
    struct needs needs = needs_of_products(network, chain, plan->samples, rows);
    needs.plan = plan;
    needs.returns = needs.gradients = true;
    needs.bends = network->extents.bends > 0;
    needs.kept = needs.bends ? sum_of_widths(network) : 0;
    return needs;
}

/* With room for the rows of the direct plan, which may have to stand in for single samples, but
 * not for a sum. */
static struct needs needs_of_plan(const dense_network *network, const struct dense_chain *chain,
                                  const dirichlet_dense_plan *plan)
{
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, plan->samples);
    const int64_t own = dense_plan_widest(&network->shape, plan);
    const bool quadratic = dense_plan_is_quadratic(&network->shape, plan);
    struct needs needs = {.samples = plan->samples,
                          .per_sample = quadratic ? direct.rows : larger(plan->rows, direct.rows),
                          .carried_width = larger(own, dense_plan_widest(&network->shape, &direct)),
                          .carried_size = chain->carried_size,
                          .plan = plan};
    if (quadratic && plan->sum != 0)
        needs.per_sample = needs.carried_width = 0;
    return needs;
}

/* The same for norms of products, whose rows come from the output with the whole of W_L. */
static struct needs needs_of_norms(const dense_network *network, const struct dense_chain *chain,
                                   const dirichlet_dense_plan *plan)
{
    struct needs needs = needs_of_products(network, chain, plan->samples, plan->rows);
    needs.plan = plan;
    return needs;
}

#endif
