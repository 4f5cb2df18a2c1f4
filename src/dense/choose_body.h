/* The plan of a call: the cheapest that the workspace has room for. */

static bool plan_fits(const dirichlet_dense_plan *plan, const void *user)
{
    const dense_network *network = user;
    const struct needs needs = needs_of_plan(network, chain_of_plan(network, plan), plan);
    return leaves_room(network, &needs, workspace_bytes(network));
}

static bool norms_plan_fits(const dirichlet_dense_plan *plan, const void *user)
{
    const dense_network *network = user;
    const struct needs needs = needs_of_norms(network, chain_of_cotangents(network), plan);
    return leaves_room(network, &needs, workspace_bytes(network));
}

/* Where the same bits are promised for every batch size, the plan must not depend on it. */
static int64_t samples_to_plan_for(int64_t samples)
{
    return blas_keeps_bits() ? smaller(samples, 1) : samples;
}

static dirichlet_dense_plan choose_plan(const dense_network *network, int64_t samples, bool sum)
{
    dirichlet_dense_plan plan =
        dense_plan_choose(&network->shape, samples_to_plan_for(samples), sum, plan_fits, network);
    (void)dense_plan_count(&network->shape, samples, &plan);
    return plan;
}

/* The same, remembered: for a single sample of a small network choosing takes as long as the
 * products do. */
static dirichlet_dense_plan plan_of_call(dense_network *network, int64_t samples, bool sum)
{
    struct dense_choice *last = &network->choices[sum ? 1 : 0];
    if (last->samples != samples)
        *last = (struct dense_choice){samples, choose_plan(network, samples, sum)};
    return last->plan;
}

static dirichlet_dense_plan choose_norms_plan(const dense_network *network, int64_t samples,
                                              int64_t directions)
{
    dirichlet_dense_plan plan = dense_plan_of_norms(&network->shape, samples_to_plan_for(samples),
                                                    directions, norms_plan_fits, network);
    plan.samples = samples;
    return plan;
}
