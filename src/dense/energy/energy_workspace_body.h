/* The arrays of exact energies, of their sum and of norms of products. */
#ifndef DIRICHLET_DENSE_ENERGY_WORKSPACE_BODY_H
#define DIRICHLET_DENSE_ENERGY_WORKSPACE_BODY_H

#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/interface/arena.h"
#include "core/vector/shared_bits.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/rows_workspace_body.h"

/* Columns of a quadratic form at a time, and rows and columns of its sum (measured). */
#define PANEL ((int64_t)128)
#define BLOCK ((int64_t)512)
#define PATTERN_BLOCKS ((int64_t)64)

/* Which units of the first layer are on, sample by sample; see pattern_sum_body.h. */
struct dense_patterns {
    uint64_t *bits; /* (capacity / 64, stride), and a group more: sample s is bit s % 64 of word
                       s / 64 */
    int64_t stride;
    int64_t capacity;           /* samples there is room for, a multiple of 128 */
    int64_t samples;            /* noted and not yet in the sum */
    struct running_sum *blocks; /* (PATTERN_BLOCKS): of blocks of M their part of both sums */
    double *active;             /* (n_1): in how many of them a unit is on */
    int32_t *counts;            /* (panel_width, and a group more) */
    double sum;
    double terms; /* what it would be if no two terms of it cancelled */
};

struct dense_energy_workspace {
    void *meeting[2]; /* (pivot, pivot) of the carried type, of a sample: products of its rows */
    double *total;    /* (end, end), of the call: with `sum`, the sum of U^T U */
    void *partial;    /* (end, end) of the carried type: that of a block */
    void *panel[3];   /* quadratic form: (n_1, panel_width) twice, (tile, panel_width); for
                         the sum (panel_width, panel_width) twice */
    void *diagonal;   /* (n_1), of a tile: that of the form's matrix */
    int64_t panel_width;
    struct dense_patterns patterns; /* quadratic form with `sum` */
};

/* An odd number of cache lines (8 words), so that the words of a unit do not fall into the same
 * places of the caches. */
static inline int64_t bit_stride_of(int64_t hidden)
{
    return 8 * ((hidden + 7) / 8 | 1);
}

static inline void take_panels(struct arena *arena, const dense_network *network,
                               const struct needs *needs, int64_t tile,
                               struct dense_energy_workspace *own)
{
    const int64_t hidden = network->widths[1];
    own->panel_width = smaller(hidden, PANEL);
    own->diagonal = arena_take(arena, hidden, 1, 1, needs->carried_size);
    for (int i = 0; i < 2; i++)
        own->panel[i] = arena_take(arena, hidden, own->panel_width, 1, needs->carried_size);
    own->panel[2] = arena_take(arena, tile, own->panel_width, 1, needs->carried_size);
}

static inline void take_patterns(struct arena *arena, const dense_network *network,
                                 const struct needs *needs, const struct dense_workspace *shared,
                                 int64_t capacity, struct dense_energy_workspace *own)
{
    const int64_t hidden = network->widths[1];
    struct dense_patterns *patterns = &own->patterns;
    if (shared != NULL)
        *patterns = shared->energy->patterns;
    own->panel_width = smaller(hidden, BLOCK);
    for (int i = 0; i < 2; i++)
        own->panel[i] =
            arena_take(arena, own->panel_width, own->panel_width, 1, needs->carried_size);
    patterns->counts =
        arena_take(arena, own->panel_width + SHARED_BITS_GROUP, 1, 1, sizeof(int32_t));
    if (shared != NULL)
        return;
    patterns->capacity = capacity;
    patterns->stride = bit_stride_of(hidden);
    patterns->bits = arena_take(arena, capacity / 64 + SHARED_BITS_GROUP / 8, patterns->stride, 1,
                                sizeof *patterns->bits);
    patterns->blocks = arena_take(arena, PATTERN_BLOCKS, 1, 1, sizeof *patterns->blocks);
    patterns->active = arena_take(arena, hidden, 1, 1, sizeof(double));
}

/* After the ends. */
static inline void take_energy_workspace(struct arena *arena, const dense_network *network,
                                         const struct needs *needs,
                                         const struct dense_workspace *shared,
                                         struct dense_workspace *w,
                                         struct dense_energy_workspace *own)
{
    const int64_t width = larger(w->ends->lower.width, w->ends->upper.width);
    const int64_t rows = needs->plan->rows;
    w->energy = own;
    if (needs->plan->sum != 0) {
        own->total = shared != NULL ? shared->energy->total
                                    : arena_take(arena, width, width, 1, sizeof(double));
        own->partial = arena_take(arena, width, width, 1, needs->carried_size);
    }
    for (int i = 0; meets(network, needs) && i < 2; i++)
        own->meeting[i] = arena_take(arena, rows, rows, 1, needs->carried_size);
    if (counts_patterns(network, needs))
        take_patterns(arena, network, needs, shared, w->sizes.patterns, own);
    else if (is_quadratic(network, needs) && shared != NULL)
        *own = *shared->energy;
    else if (is_quadratic(network, needs))
        take_panels(arena, network, needs, w->sizes.tile, own);
}

#endif
