/* The arrays of a gradient of energies. */
#ifndef DIRICHLET_DENSE_PENALTY_WORKSPACE_BODY_H
#define DIRICHLET_DENSE_PENALTY_WORKSPACE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/interface/arena.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense/rows/rows_workspace_body.h"

struct dense_penalty_workspace {
    void *stages;         /* (rows, sum of widths), of a block: its rows on their way; see
                             side_body.h */
    void *slope_adjoints; /* in the places of the bends, of a tile: derivatives by the slopes */
    void *meeting[4];     /* (pivot, pivot) of the carried type, of a sample: products of its rows,
                             then these between slopes */
    void *scratch;        /* (pivot, widest) of the carried type, of a product */
};

/* Of the rows of all steps; both sides of a hidden pivot begin with its own. */
static inline int64_t stage_widths(const dense_network *network, const struct needs *needs)
{
    return needs->returns ? sum_of_widths(network) + needs->plan->rows : 0;
}

static inline void take_summing_end(struct arena *arena, size_t carried_size, int64_t width,
                                    struct dense_end *end)
{
    take_end(arena, carried_size, width, width, end);
    end->sum = arena_take(arena, width, width, 1, carried_size);
    end->total = arena_take(arena, width, width, 1, sizeof(double));
}

/* Ends that sum up the gradient of their matrix. */
static inline void take_summing_ends(struct arena *arena, const dense_network *network,
                                     const struct needs *needs,
                                     const struct dense_workspace *shared,
                                     struct dense_workspace *w, struct dense_ends_workspace *own)
{
    const bool lower = dense_gradient_plan_has_gram(&network->shape, needs->plan, true);
    const bool upper = dense_gradient_plan_has_gram(&network->shape, needs->plan, false);
    const int64_t last = network->layer_count - 1;
    w->ends = own;
    if (shared != NULL) {
        *own = *shared->ends;
        return;
    }
    take_summing_end(arena, needs->carried_size, lower ? network->widths[1] : 0, &own->lower);
    take_summing_end(arena, needs->carried_size, upper ? network->widths[last] : 0, &own->upper);
}

static inline void take_penalty_workspace(struct arena *arena, const dense_network *network,
                                          const struct needs *needs, struct dense_workspace *w,
                                          struct dense_penalty_workspace *own)
{
    const int64_t rows = needs->plan->rows;
    w->penalty = own;
    own->stages =
        arena_take(arena, w->sizes.rows, stage_widths(network, needs), 1, needs->carried_size);
    if (dense_plan_meets(&network->shape, needs->plan))
        own->scratch = arena_take(arena, rows, network->extents.widest, 1, needs->carried_size);
    for (int i = 0; meets(network, needs) && i < 4; i++)
        own->meeting[i] = arena_take(arena, rows, rows, 1, needs->carried_size);
    if (needs->bends)
        own->slope_adjoints =
            arena_take(arena, w->sizes.tile, network->extents.bends, 1, needs->carried_size);
}

#endif
