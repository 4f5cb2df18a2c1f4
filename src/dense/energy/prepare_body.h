/* What a plan needs before the first tile. */

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
