/* The workspace of a call: how many samples and rows it handles at a time. */
#ifndef DIRICHLET_DENSE_WORKSPACE_BODY_H
#define DIRICHLET_DENSE_WORKSPACE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/interface/arena.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/workspace/layout_body.h"
#include "dirichlet/status.h"

/* A large tile spreads the cost of converting weights, many rows that of starting a product;
 * beyond this there is nothing to gain, the rows only leave the caches (measured). The forward
 * pass goes through a tile by chunks. Tiles are what lanes share a call by: of a call with fewer
 * samples there are several, while the products stay large enough. */
#define LARGEST_TILE ((int64_t)1024)
#define USUAL_TILE ((int64_t)256)
#define TILES_OF_MANY ((int64_t)16)
#define TILES_OF_FEW ((int64_t)4)

/* Sums of tiles that are kept apart. */
#define MOST_SLOTS ((int64_t)256)
#define LARGEST_CHUNK ((int64_t)256)
#define LARGEST_ROWS ((int64_t)1024)
#define LARGEST_GATHERED ((int64_t)131072)

/* Fewer samples or rows than this make the products slow: then another plan is better. */
#define LEAST_TILE ((int64_t)32)
#define LEAST_ROWS ((int64_t)256)

/* min(a b, most) of numbers >= 0. */
static int64_t product_up_to(int64_t a, int64_t b, int64_t most)
{
    return a > 0 && b > most / a ? most : smaller(a * b, most);
}

/* Bytes of a workspace of these sizes; false where they do not fit the address space. */
static bool count_bytes(const dense_network *network, const struct needs *needs,
                        const struct dense_sizes *sizes, int64_t *bytes)
{
    struct arena counter = {0};
    struct dense_workspace workspace;
    struct dense_passes passes;
    lay_out(&counter, network, needs, sizes, NULL, &workspace, &passes);
    *bytes = counter.used;
    return !counter.overflow;
}

/* The least sizes: a product of weights gathers parts of both, a sample that meets at a hidden
 * pivot brings all its rows. */
static int64_t least_gathered(const dense_network *network, const struct needs *needs)
{
    return is_quadratic(network, needs) ? larger(2 * network->widths[1], network->extents.widest)
                                        : network->extents.widest;
}

static int64_t least_rows(const dense_network *network, const struct needs *needs)
{
    return meets(network, needs) ? needs->plan->rows : 1;
}

/* One of the sizes that are chosen, and how many numbers depend on it. */
struct shrinkable {
    int64_t *size;
    int64_t least;
    double numbers;
};

/* Halve what takes most memory and is not yet at its least; false if all are. */
static bool shrink_largest(const struct shrinkable *parts, int count)
{
    const struct shrinkable *largest = NULL;
    for (int i = 0; i < count; i++)
        if (*parts[i].size > parts[i].least &&
            (largest == NULL || parts[i].numbers > largest->numbers))
            largest = &parts[i];
    if (largest == NULL)
        return false;
    *largest->size = larger(*largest->size / 2, largest->least);
    return true;
}

static bool shrink(const dense_network *network, const struct needs *needs,
                   struct dense_sizes *sizes)
{
    const double hidden = (double)sizes->chunk * 3.0 * (double)network->extents.widest;
    const int64_t copies = needs->tangents ? 2 : 1;
    const int64_t bends = needs->bends ? network->extents.bends : 0;
    const double kept =
        (double)sizes->tile * (double)(network->extents.slopes + copies * needs->kept + bends);
    const bool chunks = sizes->chunk < sizes->tile;
    const int64_t stages = stage_widths(network, needs);
    const int64_t fewest = least_rows(network, needs);
    const struct shrinkable parts[] = {
        {&sizes->tile, 1, chunks ? kept : hidden + kept},
        {&sizes->chunk, 1, chunks ? hidden : 0.0},
        {&sizes->rows, needs->kept > 0 ? larger(fewest, sizes->tile) : fewest,
         (double)sizes->rows * (2.0 * (double)needs->carried_width + (double)stages)},
        {&sizes->gathered, least_gathered(network, needs), (double)sizes->gathered},
        {&sizes->slots, 1, 3.0 * (double)sizes->slots},
        {&sizes->patterns, DENSE_PATTERN_STEP,
         (double)(sizes->patterns / 64) * (double)network->widths[1]},
    };
    const bool shrunk = shrink_largest(parts, sizeof parts / sizeof *parts);
    sizes->chunk = smaller(sizes->chunk, sizes->tile);
    return shrunk;
}

/* Of rows that are few for each sample a product needs many samples; and gradients are added up for
 * each tile, which the products of a tile have to be worth (measured: 10 % of a loss gradient with
 * tiles of 64, 3 % with 128). */
static int64_t least_usual_tile(const struct needs *needs)
{
    const int64_t half = smaller(larger(needs->samples / 2, USUAL_TILE / 2), USUAL_TILE);
    if (needs->returns) /* there and back: several times the products */
        return USUAL_TILE / 4;
    return needs->gradients || needs->per_sample >= 4 ? half : USUAL_TILE;
}

/* By the call's samples alone, whoever shares them. */
static int64_t usual_tile(const struct needs *needs, int64_t samples)
{
    const int64_t few = larger(ceiling(samples, TILES_OF_FEW), least_usual_tile(needs));
    const int64_t many = smaller(ceiling(samples, TILES_OF_MANY), LARGEST_TILE);
    return smaller(samples, larger(smaller(few, USUAL_TILE), many));
}

static int64_t wished_tile(const dense_network *network, const struct needs *needs, int64_t samples)
{
    if (counts_patterns(network, needs))
        return smaller(samples, LARGEST_CHUNK);
    return is_quadratic(network, needs) ? smaller(samples, DENSE_QUADRATIC_TILE)
                                        : usual_tile(needs, samples);
}

/* Room for the patterns of a batch. */
static int64_t pattern_capacity(int64_t samples)
{
    int64_t capacity = DENSE_PATTERN_STEP;
    while (capacity < samples && capacity < DENSE_PATTERN_TILE)
        capacity *= 2;
    return capacity;
}

/* The largest sizes that are of use to the call. A gradient's rows are those of the tile; under a
 * quadratic form rows are carried for single samples alone. */
static void wish_sizes(const dense_network *network, const struct needs *needs,
                       struct dense_sizes *sizes)
{
    const int64_t samples = needs->samples > 0 ? needs->samples : 1;
    const int64_t tile = wished_tile(network, needs, samples);
    *sizes = (struct dense_sizes){.tile = tile,
                                  .chunk = smaller(tile, LARGEST_CHUNK),
                                  .slots = smaller(ceiling(samples, tile), MOST_SLOTS)};
    const int64_t at_once = is_quadratic(network, needs) ? 1 : sizes->tile;
    sizes->rows =
        larger(product_up_to(at_once, needs->per_sample, LARGEST_ROWS), least_rows(network, needs));
    if (counts_patterns(network, needs))
        sizes->patterns = pattern_capacity(samples);
    sizes->gathered =
        larger(least_gathered(network, needs), smaller(network->extents.largest, LARGEST_GATHERED));
}

/* Parts for half of the budget at most, if it is enough for two. */
static int64_t parts_within(const dense_network *network, const struct needs *needs,
                            const struct dense_sizes *sizes, int64_t budget)
{
    const int64_t most = smaller(ceiling(larger(needs->samples, 1), sizes->tile), MOST_PARTS);
    struct arena counter = {0};
    struct dense_workspace w;
    struct dense_passes passes;
    struct dense_part part;
    if (most < 2 || (!needs->gradients && !needs_total(network, needs)))
        return 0;
    lay_out(&counter, network, needs, sizes, NULL, &w, &passes);
    counter.used = 0;
    take_part(&counter, network, needs, &w, &part);
    const int64_t bytes = counter.overflow ? INT64_MAX : counter.used + (int64_t)sizeof part;
    const int64_t parts = smaller(most, budget / 2 / bytes);
    return parts < 2 ? 0 : parts;
}

/* Choose the largest sizes that fit into `budget` bytes; *bytes is what they take, or what the
 * least sizes would. */
static dirichlet_status choose_sizes(const dense_network *network, const struct needs *needs,
                                     int64_t budget, struct dense_sizes *sizes, int64_t *bytes)
{
    wish_sizes(network, needs, sizes);
    sizes->parts = parts_within(network, needs, sizes, budget);
    for (;;) {
        const bool fits_memory = count_bytes(network, needs, sizes, bytes);
        if (fits_memory && *bytes <= budget)
            return DIRICHLET_OK;
        if (shrink(network, needs, sizes))
            continue;
        if (sizes->parts == 0)
            return fits_memory ? DIRICHLET_E_WORKSPACE : DIRICHLET_E_OVERFLOW;
        wish_sizes(network, needs, sizes); /* without parts */
    }
}

/* Of the first lane: what there is, or while that is not yet known, what the budget leaves. */
static int64_t workspace_bytes(const dense_network *network)
{
    return network->reserved > 0 ? network->reserved : network->room;
}

/* Several lanes are to have room, if that leaves products large enough. */
#define LANES_TO_LEAVE_ROOM_FOR 4

static bool are_large(const struct dense_sizes *wished, const struct dense_sizes *sizes,
                      int64_t parts)
{
    return sizes->tile >= smaller(wished->tile, USUAL_TILE / 2) &&
           sizes->chunk >= smaller(wished->chunk, USUAL_TILE / 2) &&
           sizes->rows >= smaller(wished->rows, LARGEST_ROWS / 2) &&
           sizes->patterns == wished->patterns && sizes->parts >= parts;
}

/* The same where room is left for lanes, whether there are any or not: results must not depend on
 * it. */
static dirichlet_status choose_shared_sizes(const dense_network *network, const struct needs *needs,
                                            struct dense_sizes *sizes, int64_t *bytes)
{
    const int64_t most = workspace_bytes(network);
    struct dense_sizes wished;
    wish_sizes(network, needs, &wished);
    const int64_t parts = smaller(parts_within(network, needs, &wished, most), TILES_OF_FEW);
    for (int64_t share = LANES_TO_LEAVE_ROOM_FOR; share > 1; share /= 2)
        if (choose_sizes(network, needs, smaller(network->room / share, most), sizes, bytes) ==
                DIRICHLET_OK &&
            are_large(&wished, sizes, parts))
            return DIRICHLET_OK;
    return choose_sizes(network, needs, most, sizes, bytes);
}

/* Bytes of one more lane beside the first. */
static int64_t bytes_of_lane(const dense_network *network, const struct needs *needs,
                             const struct dense_sizes *sizes)
{
    struct arena counter = {0};
    struct dense_workspace first;
    struct dense_workspace workspace;
    struct dense_passes of_first;
    struct dense_passes passes;
    lay_out(&counter, network, needs, sizes, NULL, &first, &of_first);
    counter.used = 0;
    lay_out(&counter, network, needs, sizes, &first, &workspace, &passes);
    return counter.used;
}

/* Operations that are worth a lane: to send out a task takes as long as some 10^5 of them. */
#define WORTH_A_LANE 2e6

static int64_t lanes_worth(const dense_network *network, const struct needs *needs)
{
    const double rows = (double)needs->samples * (double)(1 + needs->per_sample);
    const double work = 2.0 * rows * network->products[network->layer_count];
    return work >= WORTH_A_LANE * (double)network->lane_count ? network->lane_count
                                                              : 1 + (int64_t)(work / WORTH_A_LANE);
}

/* Those of the lanes after the first that there is memory for. */
static void lay_out_lanes(dense_network *network, const struct needs *needs,
                          const struct dense_sizes *sizes, struct arena *arena)
{
    const int64_t end = network->workspace_memory.bytes;
    int64_t *used = &network->lanes_used;
    const int64_t most = network->lane_count == 1 ? 1 : lanes_worth(network, needs);
    *used = 1;
    if (most == 1)
        return;
    const int64_t bytes = bytes_of_lane(network, needs, sizes);
    network->views[0].workspace = network->workspace;
    for (; *used < most && bytes <= end - arena->used; ++*used)
        lay_out(arena, network, needs, sizes, &network->workspace, &network->views[*used].workspace,
                &network->view_passes[*used]);
}

/* Lay the workspace out for a call; it has been seen to fit when the network was made. */
static void begin_call(dense_network *network, const struct needs *needs)
{
    struct dense_sizes sizes;
    int64_t bytes = 0;
    (void)choose_shared_sizes(network, needs, &sizes, &bytes);
    struct arena arena = {network->workspace_memory.block, network->views_bytes, false};
    lay_out(&arena, network, needs, &sizes, NULL, &network->workspace, network->passes);
    lay_out_lanes(network, needs, &sizes, &arena);
    network->pool = DIRICHLET_OK;
    if (needs->plan != NULL)
        network->plan.bytes = bytes;
}

/* Does a plan leave room for tiles that make it worth while? */
static bool leaves_room(const dense_network *network, const struct needs *needs, int64_t budget,
                        struct dense_sizes *sizes)
{
    int64_t bytes = 0;
    if (choose_sizes(network, needs, budget, sizes, &bytes) != DIRICHLET_OK)
        return false;
    const int64_t at_once = is_quadratic(network, needs) ? 1 : needs->samples;
    return sizes->tile >= smaller(LEAST_TILE, needs->samples) &&
           sizes->rows >= product_up_to(at_once, needs->per_sample, LEAST_ROWS);
}

#endif
