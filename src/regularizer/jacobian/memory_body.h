/* The arrays of a call, tile by tile, and those of its lanes; body for both precisions. */
#ifndef DIRICHLET_REGULARIZER_JACOBIAN_MEMORY_BODY_H
#define DIRICHLET_REGULARIZER_JACOBIAN_MEMORY_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/lent/lanes.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/matrix/operator_norm.h"
#include "dirichlet/status.h"
#include "regularizer/checks.h"
#include "regularizer/jacobian/tile_body.h"

/* Samples of a tile, and bytes beyond which a larger one is no faster. */
#define JACOBIAN_MOST_SAMPLES ((int64_t)1024)
#define JACOBIAN_TILE_BYTES (INT64_C(4) << 20)

/* Tiles of a model that takes several at the same time, and the rows of its calls, below which
 * these would be slower: the batch alone may tell how many there are. */
#define JACOBIAN_TILES 16
#define JACOBIAN_LEAST_ROWS ((int64_t)1024)
#define JACOBIAN_LEAST_SAMPLES ((int64_t)16)
/* More lanes than this are not prepared for. */
#define JACOBIAN_MOST_LANES 256
/* Tiles of a round for each lane, where nobody waits for what is told of them. */
#define JACOBIAN_TILES_A_LANE 4

/* The arrays for the norm of one sample. */
static void lay_out_norm(struct jacobian_call *call, struct arena *arena)
{
    int64_t work = INT64_MAX;
    (void)operator_norm_work(call->count, call->width, &work);
    call->vector = arena_take(arena, smaller(call->count, call->width), 1, 1, sizeof(double));
    call->work = arena_take(arena, work, 1, 1, sizeof(double));
}

/* On an arena without memory: how much it takes. The norms of all samples are beside the
 * budget. */
static void lay_out_jacobians(struct jacobian_call *call, struct arena *arena)
{
    const int64_t n = call->tile;
    const int64_t m = call->block;
    call->vectors = arena_take(arena, n, m, call->count, sizeof(real));
    call->products = arena_take(arena, n, m, call->width, sizeof(real));
    call->jacobians = arena_take(arena, n, call->count, call->width, sizeof(double));
    lay_out_norm(call, arena);
}

/* Bytes of a tile; INT64_MAX where they do not fit the address space: with 64 bits the work of the
 * norm, 16 n^2 bytes, does not from n = 7.6e8 on, of which x alone has gigabytes. */
static int64_t jacobian_bytes(struct jacobian_call *call, int64_t samples, int64_t block)
{
    struct arena counting = {0};
    call->tile = samples;
    call->block = block;
    lay_out_jacobians(call, &counting);
    return counting.overflow ? INT64_MAX : counting.used;
}

/* Samples of a tile where memory does not limit them. */
static int64_t most_jacobian_samples(const struct jacobian_call *call)
{
    const int64_t most =
        smaller(smaller(call->samples, JACOBIAN_MOST_SAMPLES), call->offer.max_samples);
    if (!call->offer.concurrent)
        return most;
    const int64_t least = larger(JACOBIAN_LEAST_ROWS / call->count, JACOBIAN_LEAST_SAMPLES);
    return smaller(most, larger(least, (call->samples - 1) / JACOBIAN_TILES + 1));
}

/* All unit vectors of as many samples as fit; if one sample is too much, some of them. */
static dirichlet_status choose_jacobian_tile(struct jacobian_call *call, int64_t *bytes)
{
    const int64_t budget = regularizer_budget(call->options.workspace_bytes);
    const int64_t limit = smaller(budget, JACOBIAN_TILE_BYTES);
    int64_t samples = most_jacobian_samples(call);
    int64_t block = smaller(call->count, call->offer.max_directions);
    while (samples > 1 && jacobian_bytes(call, samples, block) > limit)
        samples -= samples / 2;
    while (block > 1 && jacobian_bytes(call, samples, block) > budget)
        block -= block / 2;
    *bytes = jacobian_bytes(call, samples, block);
    return regularizer_check_workspace(*bytes, budget, call->message);
}

/* What a call has in all for lanes: on an arena without memory, how much it takes. */
static void lay_out_crew(struct jacobian_call *call, struct arena *arena, int64_t count)
{
    struct jacobian_crew *crew = &call->crew;
    const int64_t tiles = call->options.progress == NULL ? JACOBIAN_TILES_A_LANE : 1;
    crew->count = count;
    crew->round = call->offer.concurrent ? tiles * count : 1;
    crew->lanes = arena_take(arena, count, 1, 1, sizeof *crew->lanes);
    crew->views = arena_take(arena, count, 1, 1, sizeof *crew->views);
    crew->found = arena_take(arena, crew->round, call->tile, 1, sizeof *crew->found);
    for (int64_t i = 1; i < count; i++) {
        struct jacobian_call view = *call;
        if (call->offer.concurrent)
            lay_out_jacobians(&view, arena);
        else
            lay_out_norm(&view, arena);
        if (crew->views != NULL)
            crew->views[i] = view;
    }
    if (crew->views != NULL)
        crew->views[0] = *call;
}

static int64_t jacobian_crew_bytes(struct jacobian_call *call, int64_t count)
{
    struct arena counting = {0};
    lay_out_crew(call, &counting, count);
    return counting.overflow ? INT64_MAX : counting.used;
}

/* As many lanes as there is room for in what a tile leaves; with one alone it takes nothing. */
static int64_t choose_jacobian_lanes(struct jacobian_call *call, int64_t room)
{
    const int64_t pieces =
        call->offer.concurrent ? (call->samples - 1) / call->tile + 1 : call->samples;
    const int64_t asked = smaller(pieces, JACOBIAN_MOST_LANES);
    if (call->lanes.parallel_for == NULL)
        return 1;
    const int64_t another = jacobian_crew_bytes(call, 2) - jacobian_crew_bytes(call, 1);
    int64_t count = smaller(smaller(call->lanes.count, asked), 1 + room / larger(another, 1));
    while (count > 1 && jacobian_crew_bytes(call, count) > room)
        count--;
    return count;
}

#endif
