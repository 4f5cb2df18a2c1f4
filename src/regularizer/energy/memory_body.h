/* The arrays of an energy penalty: those of a tile, and those of the lanes; body for both
 * precisions. */
#ifndef DIRICHLET_REGULARIZER_MEMORY_BODY_H
#define DIRICHLET_REGULARIZER_MEMORY_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/lent/lanes.h"
#include "dirichlet/status.h"
#include "regularizer/checks.h"
#include "regularizer/energy/pairs_body.h"

/* Rows of a call: enough for the trainer to run at full speed. */
#define PENALTY_MOST_ROWS ((int64_t)1024)

/* On an arena without memory: how much it takes. */
static void lay_out_penalty(struct penalty *penalty, struct arena *arena)
{
    const int64_t samples = (penalty->tile - 1) / penalty->probes + 2; /* at most, in part */
    const int64_t rows = 2 * (penalty->tile + samples / penalty->period + 1);
    penalty->points = arena_take(arena, rows, penalty->offer.inputs, 1, sizeof(real));
    penalty->values = arena_take(arena, rows, penalty->offer.outputs, 1, sizeof(real));
    penalty->direction = arena_take(arena, penalty->offer.inputs, 1, 1, sizeof(real));
    penalty->still = arena_take(arena, penalty->offer.outputs, 1, 1, sizeof *penalty->still);
    penalty->found = arena_take(arena, penalty->tile, 1, 1, sizeof *penalty->found);
}

/* Bytes of so many pairs; INT64_MAX where they do not fit the address space. */
static int64_t tile_bytes(struct penalty *penalty, int64_t pairs)
{
    struct arena counting = {0};
    penalty->tile = pairs;
    lay_out_penalty(penalty, &counting);
    return counting.overflow ? INT64_MAX : counting.used;
}

/* Whole calls of as many pairs as the budget has room for. */
static dirichlet_status choose_tile(struct penalty *penalty, int64_t *bytes)
{
    const int64_t budget = regularizer_budget(penalty->options.workspace_bytes);
    const int64_t most = smaller(PENALTY_MOST_ROWS, penalty->offer.max_samples) / 2;
    int64_t pairs = smaller(penalty->pairs, larger(most, 1));
    while (pairs > 1 && tile_bytes(penalty, pairs) > budget)
        pairs /= 2;
    *bytes = tile_bytes(penalty, pairs);
    return regularizer_check_workspace(*bytes, budget, penalty->message);
}

/* More lanes than this are not prepared for. */
#define PENALTY_MOST_LANES 256

/* On an arena without memory: how much it takes. The direction of the first is that of the call. */
static void lay_out_crew_of(struct penalty *penalty, struct arena *arena, int64_t count)
{
    struct penalty_crew *crew = &penalty->crew;
    crew->count = count;
    crew->lanes = arena_take(arena, count, 1, 1, sizeof *crew->lanes);
    crew->views = arena_take(arena, count, 1, 1, sizeof *crew->views);
    real *directions = arena_take(arena, count, penalty->offer.inputs, 1, sizeof(real));
    for (int64_t i = 0; crew->views != NULL && i < count; i++) {
        crew->views[i] = *penalty;
        crew->views[i].direction = directions + i * penalty->offer.inputs;
    }
}

static int64_t crew_bytes_of(struct penalty *penalty, int64_t count)
{
    struct arena counting = {0};
    lay_out_crew_of(penalty, &counting, count);
    return counting.overflow ? INT64_MAX : counting.used;
}

/* As many lanes as there is room for in what a tile leaves. */
static int64_t choose_penalty_lanes(struct penalty *penalty, int64_t room)
{
    int64_t count = smaller(penalty->lanes.count, PENALTY_MOST_LANES);
    if (penalty->lanes.parallel_for == NULL)
        return 1;
    while (count > 1 && crew_bytes_of(penalty, count) > room)
        count--;
    return count;
}

#endif
