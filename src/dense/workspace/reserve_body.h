/* The memory of a network: what all kinds of calls can use of the budget, by as many lanes as fit.
 */
#ifndef DIRICHLET_DENSE_RESERVE_BODY_H
#define DIRICHLET_DENSE_RESERVE_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense/workspace/layout_body.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/choose_body.h"
#include "dense/workspace/needs_body.h"
#include "dense/workspace/workspace_body.h"
#include "dirichlet/status.h"

/* A call with more samples and directions than any workspace takes at a time. */
#define ANY_NUMBER (INT64_C(1) << 32)

#define MOST_LANES ((int64_t)1024)

/* What a network's calls take of its memory. */
struct reserve {
    int64_t bytes; /* of the first lane */
    int64_t lanes; /* that there are to be */
    int64_t total; /* of all of them */
};

/* Widen it to what one kind of call can use. */
static dirichlet_status reserve(const dense_network *network, const struct needs *needs,
                                struct reserve *all)
{
    struct dense_sizes sizes;
    int64_t own = 0;
    const dirichlet_status status = choose_shared_sizes(network, needs, &sizes, &own);
    all->bytes = larger(all->bytes, own);
    if (status == DIRICHLET_OK && all->lanes > 1)
        own +=
            product_up_to(all->lanes - 1, bytes_of_lane(network, needs, &sizes), PTRDIFF_MAX - own);
    all->total = larger(all->total, own);
    return status;
}

/* What all kinds of calls together can use, or need at least. */
static dirichlet_status reserve_all(const dense_network *network, struct reserve *all)
{
    const int64_t many = ANY_NUMBER;
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, many);
    const dirichlet_dense_plan norms = choose_norms_plan(network, many, many);
    const dirichlet_dense_plan best = choose_plan(network, many, false);
    const dirichlet_dense_plan sum = choose_plan(network, many, true);
    const dirichlet_dense_plan returning = dense_gradient_plan_direct(&network->shape, many, 0);
    const dirichlet_dense_plan penalty = choose_gradient_plan(network, many, 0);
    const dirichlet_dense_plan probing = dense_gradient_plan_direct(&network->shape, many, 1);
    const struct needs kinds[] = {
        needs_of_products(network, chain_of_tangents(network), many, many),
        needs_of_products(network, chain_of_cotangents(network), many, many),
        needs_of_gradient(network, chain_of_gradient(network), many),
        needs_of_loss(network, chain_of_gradient(network), many, true),
        needs_of_kept(network, chain_in_double(network), 1),
        needs_of_plan(network, chain_of_plan(network, &direct), &direct),
        needs_of_norms(network, chain_of_cotangents(network), &norms),
        needs_of_plan(network, chain_of_plan(network, &best), &best),
        needs_of_plan(network, chain_of_plan(network, &sum), &sum),
        needs_of_energy_gradient(network, chain_of_plan(network, &returning), &returning),
        needs_of_energy_gradient(network, chain_of_plan(network, &penalty), &penalty),
        needs_of_energy_gradient(network, chain_of_gradient(network), &probing),
    };
    dirichlet_status status = DIRICHLET_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const dirichlet_status own = reserve(network, &kinds[i], all);
        status = own == DIRICHLET_OK || status == DIRICHLET_E_OVERFLOW ? status : own;
    }
    return status;
}

/* Memory for the views of so many lanes; one needs none. */
static int64_t bytes_of_views(int64_t lanes)
{
    struct arena counter = {0};
    (void)arena_take(&counter, lanes, 1, 1, sizeof(dense_network));
    (void)arena_take(&counter, lanes, 1, 1, sizeof(struct dense_passes));
    (void)arena_take(&counter, lanes, 1, 1, sizeof(struct lane));
    return lanes > 1 ? counter.used : 0;
}

/* Lanes whose views leave room for the arrays of two; those of more are used where they fit. */
static int64_t lanes_within(const struct reserve *all, int64_t asked, int64_t limit)
{
    int64_t lanes = asked;
    while (lanes > 1 && bytes_of_views(lanes) > (limit - all->bytes) / 2)
        lanes /= 2;
    return lanes;
}

static void place_views(dense_network *network)
{
    struct arena arena = {network->workspace_memory.block, 0, false};
    if (network->lane_count == 1)
        return;
    network->views = arena_take(&arena, network->lane_count, 1, 1, sizeof *network->views);
    network->view_passes =
        arena_take(&arena, network->lane_count, 1, 1, sizeof *network->view_passes);
    network->lane = arena_take(&arena, network->lane_count, 1, 1, sizeof *network->lane);
}

static dirichlet_status allocate_block(dense_network *network, const struct reserve *all,
                                       int64_t limit, struct message *message)
{
    struct dense_memory *memory = &network->workspace_memory;
    const int64_t lanes = lanes_within(all, all->lanes, limit);
    const int64_t views = bytes_of_views(lanes);
    const int64_t wished = lanes > 1 ? all->total : all->bytes;
    const int64_t bytes = smaller(wished, limit - views) + views;
    memory->block = allocator_take(&network->allocator, (size_t)bytes);
    if (memory->block == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for a workspace of %lld bytes",
                            (long long)bytes);
    memory->bytes = bytes;
    network->lane_count = lanes;
    network->views_bytes = views;
    place_views(network);
    return DIRICHLET_OK;
}

static dirichlet_status allocate_workspace(dense_network *network, size_t budget,
                                           struct message *message)
{
    const int64_t limit = budget > PTRDIFF_MAX ? PTRDIFF_MAX : (int64_t)budget;
    const int64_t taken = network->handle_memory.bytes;
    struct reserve all = {.lanes = smaller(network->lanes.count, MOST_LANES)};
    network->room = larger(limit - taken, 0);
    const dirichlet_status status = reserve_all(network, &all);
    if (status == DIRICHLET_E_OVERFLOW)
        return message_fail(message, status,
                            "layers: the workspace of one sample exceeds the address space");
    if (status != DIRICHLET_OK)
        return message_with_least(
            message, all.bytes + taken,
            message_fail(message, status,
                         "options.workspace_bytes is %lld: this network needs at least %lld",
                         (long long)limit, (long long)(all.bytes + taken)));
    network->budget = limit;
    network->reserved = all.bytes;
    return allocate_block(network, &all, limit - taken, message);
}

#endif
