/* The arrays a tile of samples needs, laid out inside the budget. */
#ifndef DIRICHLET_ESTIMATOR_WORKSPACE_H
#define DIRICHLET_ESTIMATOR_WORKSPACE_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/memory.h"
#include "core/moments.h"
#include "estimator/plan.h"

/* n samples a tile, b directions a block; s, m as in the plan; D direction_size, P
 * product_size, W the larger of the two. Arrays a plan does not need are NULL. */
struct workspace {
    int64_t samples;          /* n */
    int64_t directions;       /* b */
    struct measure *measures; /* (n) */
    double *norms;            /* (n, m): squared norms of the products */
    double *block_norms;      /* (n, b): what product_norms writes */
    void *block;              /* (n, b, W): directions */
    void *products;           /* (n, b, W) */
    double *frames;           /* orthogonal: (n, m, D) */
    int64_t *coordinates;     /* unit: (n, m) */
    void *sketch;             /* hutchpp: (n, s, P) */
    void *points;             /* forward: (n, b, D) */
    void *values;             /* forward: (n, b, P) at x - h v */
    void *center;             /* forward: (n, P) at x */
    double *steps;            /* forward: (n) */
    unsigned char *memory;
    int64_t bytes;
};

/* Choose the tile and allocate it. Errors: OVERFLOW, WORKSPACE, MEMORY. */
dirichlet_status workspace_create(const struct plan *plan, const struct model_offer *offer,
                                  size_t element_size, size_t budget,
                                  const struct allocator *allocator, struct workspace *workspace,
                                  struct message *message);

void workspace_destroy(struct workspace *workspace, const struct allocator *allocator);

#endif
