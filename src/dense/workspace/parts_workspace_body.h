/* The arrays of parts: sums over tiles whose bits must not depend on who added up what. Each tile
 * of a round has numbers of its own to add to, a part, and the parts are added up in order. */
#ifndef DIRICHLET_DENSE_PARTS_WORKSPACE_BODY_H
#define DIRICHLET_DENSE_PARTS_WORKSPACE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense/rows/rows_workspace_body.h"

/* Parts at a time: more keep no more lanes busy than there are, and cost memory. */
#define MOST_PARTS ((int64_t)16)

static bool needs_total(const dense_network *network, const struct needs *needs)
{
    return needs->plan != NULL && needs->plan->sum != 0 && !needs->returns &&
           !is_quadratic(network, needs);
}

static void take_gradients(struct arena *arena, const dense_network *network,
                           struct dense_part *part)
{
    const int64_t layers = network->layer_count;
    part->gradients = arena_take(arena, layers, 1, 1, sizeof *part->gradients);
    part->unwritten = arena_take(arena, layers, 2, 1, sizeof *part->unwritten);
    part->buffer = arena_take(arena, network->extents.parameters, 1, 1, sizeof *part->buffer);
}

/* Of an energy gradient's ends; that of a quadratic form keeps the form at the upper one. */
static void take_sums(struct arena *arena, const dense_network *network, const struct needs *needs,
                      const struct dense_workspace *w, struct dense_part *part)
{
    const struct dense_end *ends[2] = {&w->ends->lower, &w->ends->upper};
    const int count = dense_gradient_plan_is_quadratic(&network->shape, needs->plan) ? 1 : 2;
    for (int i = 0; i < count; i++)
        part->sums[i] = arena_take(arena, ends[i]->width, ends[i]->width, 1, needs->carried_size);
}

/* The ends of the call have been laid out. */
static void take_part(struct arena *arena, const dense_network *network, const struct needs *needs,
                      const struct dense_workspace *w, struct dense_part *part)
{
    memset(part, 0, sizeof *part);
    if (needs->gradients)
        take_gradients(arena, network, part);
    if (needs->returns)
        take_sums(arena, network, needs, w, part);
    if (!needs_total(network, needs))
        return;
    const int64_t width = larger(w->ends->lower.width, w->ends->upper.width);
    part->total = arena_take(arena, width, width, 1, sizeof(double));
}

static void take_parts(struct arena *arena, const dense_network *network, const struct needs *needs,
                       const struct dense_workspace *shared, struct dense_workspace *w)
{
    struct dense_part counted;
    if (shared != NULL) {
        w->parts = shared->parts;
        return;
    }
    w->parts = arena_take(arena, w->sizes.parts, 1, 1, sizeof *w->parts);
    for (int64_t i = 0; i < w->sizes.parts; i++)
        take_part(arena, network, needs, w, w->parts == NULL ? &counted : &w->parts[i]);
}

#endif
