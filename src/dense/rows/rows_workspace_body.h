/* The arrays that rows on their way take. */
#ifndef DIRICHLET_DENSE_ROWS_WORKSPACE_BODY_H
#define DIRICHLET_DENSE_ROWS_WORKSPACE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/interface/arena.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dirichlet/dense.h"

/* Of a block of rows; each block writes all of it anew. */
struct dense_rows_workspace {
    void *carried[4];   /* (rows, widest carried): the chain's rows; the last two for the
                           other side of a hidden pivot, and for tangents */
    int64_t *owner;     /* (rows): the sample of the tile that a row belongs to */
    int64_t *index;     /* (rows): which of the pivot's rows it is */
    double *weighed[2]; /* (rows) of each side: what a row's squared norm would be if no two
                           terms of it cancelled */
};

static inline void take_rows_workspace(struct arena *arena, const dense_network *network,
                                       const struct needs *needs, struct dense_workspace *w,
                                       struct dense_rows_workspace *own)
{
    const int64_t rows = w->sizes.rows;
    w->rows = own;
    for (int i = 0; i < (meets(network, needs) || needs->tangents ? 4 : 2); i++)
        own->carried[i] = arena_take(arena, rows, needs->carried_width, 1, needs->carried_size);
    own->owner = arena_take(arena, rows, 1, 1, sizeof(int64_t));
    own->index = arena_take(arena, rows, 1, 1, sizeof(int64_t));
    for (int i = 0; i < 2; i++)
        own->weighed[i] = arena_take(arena, rows, 1, 1, sizeof(double));
}

/* An end of the chain whose last factor is not the matrix itself. */
struct dense_end {
    void *matrix;    /* (width, columns) of the carried type: the triangle L; or (width, width),
                        the Gram matrix of a side that carries no rows */
    void *diagonal;  /* (width) of the carried type: that of the Gram matrix */
    int64_t width;   /* 0: none */
    int64_t columns; /* min(width, rank that the Gram matrix has at most) */
    /* Of an energy gradient, whose matrix is the whole Gram matrix; see gram_gradient_body.h. */
    void *sum;     /* (width, width) of the carried type: S of a tile */
    double *total; /* (width, width): that of the tiles before */
    bool unfolded; /* there is something in `sum` */
};

/* Made before the first tile and there until the last one. */
struct dense_ends_workspace {
    struct dense_end lower;
    struct dense_end upper;
    double *gram;          /* (end, end): Gram matrix that an end is made from */
    double *gram_diagonal; /* (end) */
};

static inline void take_end(struct arena *arena, size_t carried_size, int64_t width, int64_t depth,
                            struct dense_end *end)
{
    end->width = width;
    end->columns = smaller(width, depth);
    end->matrix = arena_take(arena, width, width, 1, carried_size);
    end->diagonal = arena_take(arena, width, 1, 1, carried_size);
}

/* A side that carries no rows to a hidden pivot has its Gram matrix for an end. */
static inline void take_ends_workspace(struct arena *arena, const dense_network *network,
                                       const struct needs *needs,
                                       const struct dense_workspace *shared,
                                       struct dense_workspace *w, struct dense_ends_workspace *own)
{
    const dirichlet_dense_plan *plan = needs->plan;
    const bool both = meets(network, needs);
    const bool lower = plan->lower_end == DIRICHLET_DENSE_END_GRAM ||
                       (both && !dense_plan_carries_down(&network->shape, plan));
    const bool upper = plan->upper_end == DIRICHLET_DENSE_END_GRAM ||
                       (both && !dense_plan_carries_up(&network->shape, plan));
    w->ends = own;
    if (shared != NULL) {
        *own = *shared->ends;
        return;
    }
    take_end(arena, needs->carried_size, lower ? network->widths[1] : 0, network->inputs,
             &own->lower);
    take_end(arena, needs->carried_size, upper ? network->widths[network->layer_count - 1] : 0,
             network->outputs, &own->upper);
    const int64_t width = larger(own->lower.width, own->upper.width);
    own->gram = arena_take(arena, width, width, 1, sizeof(double));
    own->gram_diagonal = arena_take(arena, width, 1, 1, sizeof(double));
}

#endif
