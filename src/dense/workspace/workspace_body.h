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
 * pass goes through a tile by chunks. */
#define LARGEST_TILE ((int64_t)1024)
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
    lay_out(&counter, network, needs, sizes, &workspace, &passes);
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
        {&sizes->patterns, DENSE_PATTERN_STEP,
         (double)(sizes->patterns / 64) * (double)network->widths[1]},
    };
    const bool shrunk = shrink_largest(parts, sizeof parts / sizeof *parts);
    sizes->chunk = smaller(sizes->chunk, sizes->tile);
    return shrunk;
}

static int64_t largest_tile(const dense_network *network, const struct needs *needs)
{
    if (counts_patterns(network, needs))
        return LARGEST_CHUNK;
    return is_quadratic(network, needs) ? DENSE_QUADRATIC_TILE : LARGEST_TILE;
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
    *sizes = (struct dense_sizes){.tile = smaller(samples, largest_tile(network, needs)),
                                  .chunk = smaller(samples, LARGEST_CHUNK)};
    const int64_t at_once = is_quadratic(network, needs) ? 1 : sizes->tile;
    sizes->rows =
        larger(product_up_to(at_once, needs->per_sample, LARGEST_ROWS), least_rows(network, needs));
    if (counts_patterns(network, needs))
        sizes->patterns = pattern_capacity(samples);
    sizes->gathered =
        larger(least_gathered(network, needs), smaller(network->extents.largest, LARGEST_GATHERED));
}

/* Choose the largest sizes that fit into `budget` bytes; *bytes is what they take, or what the
 * least sizes would. */
static dirichlet_status choose_sizes(const dense_network *network, const struct needs *needs,
                                     int64_t budget, struct dense_sizes *sizes, int64_t *bytes)
{
    wish_sizes(network, needs, sizes);
    for (;;) {
        const bool fits_memory = count_bytes(network, needs, sizes, bytes);
        if (fits_memory && *bytes <= budget)
            return DIRICHLET_OK;
        if (!shrink(network, needs, sizes))
            return fits_memory ? DIRICHLET_E_WORKSPACE : DIRICHLET_E_OVERFLOW;
    }
}

static int64_t workspace_bytes(const dense_network *network)
{
    return network->workspace_memory.bytes;
}

/* Lay the workspace out for a call; it has been seen to fit when the network was made. */
static void begin_call(dense_network *network, const struct needs *needs)
{
    struct dense_sizes sizes;
    int64_t bytes = 0;
    (void)choose_sizes(network, needs, workspace_bytes(network), &sizes, &bytes);
    struct arena arena = {network->workspace_memory.block, 0, false};
    lay_out(&arena, network, needs, &sizes, &network->workspace, network->passes);
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
