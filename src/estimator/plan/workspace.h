/* The arrays a tile of samples needs, laid out inside the budget. */
#ifndef DIRICHLET_ESTIMATOR_WORKSPACE_H
#define DIRICHLET_ESTIMATOR_WORKSPACE_H

#include <stddef.h>
#include <stdint.h>

#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/statistics/moments.h"
#include "dirichlet/status.h"
#include "estimator/plan/plan.h"
#include "model/model.h"

/* Rows of points that the line through a sample needs at once (line_body.h). */
#define LINE_ROWS ((int64_t)10)

/* Central differences of one sample. Sums are over its directions. */
struct difference {
    double step;        /* h */
    double relative;    /* noise of an output relative to the largest */
    double largest;     /* output at x */
    double deviation;   /* Euclidean norm over the outputs of the noise of one value */
    double truncation;  /* of the energy, relative, where a second step has shown one */
    double even;        /* sum ||e||^2 */
    double coherent;    /* sum |<o, e>| */
    int64_t dead;       /* outputs that do not move around x */
    double loss;        /* what the assumed step would have put the energy of the line off by,
                           relative, at most 1 */
    int32_t noisy;      /* more noise than the type has was measured */
    int32_t unresolved; /* no step was found at which differences mean anything */
    int32_t inspected;  /* the line has been looked at */
    int32_t again;      /* what the even part says is not what was assumed: once more */
};

/* n samples a tile, b directions a block; s, m as in the plan; D direction_size, P
 * product_size, W the larger of the two. Arrays a plan does not need are NULL. */
struct workspace {
    int64_t samples;                /* n */
    int64_t directions;             /* b */
    struct measure *measures;       /* (n) */
    double *norms;                  /* (n, m): squared norms of the products */
    double *block_norms;            /* (n, b): what product_norms writes */
    void *block;                    /* (n, b, W): directions */
    void *products;                 /* (n, b, P), hutchpp: of D too, which is not longer there */
    double *frames;                 /* orthogonal: (n, m, D) */
    int64_t *coordinates;           /* unit: (n, m) */
    void *sketch;                   /* hutchpp: (n, s, P) */
    void *points;                   /* forward: (n, b, D) */
    void *values;                   /* forward: (n, b, P) at x - h v */
    void *center;                   /* forward: (n, P) at x */
    void *line_direction;           /* forward: (D) */
    void *line_points;              /* forward: (LINE_ROWS, D) */
    void *line_values;              /* forward: (LINE_ROWS, P) */
    struct difference *differences; /* forward: (n) */
    unsigned char *memory;
    int64_t bytes;
};

/* Choose the tile and allocate it. Errors: OVERFLOW, WORKSPACE, MEMORY. */
dirichlet_status workspace_create(const struct plan *plan, const struct model_offer *offer,
                                  size_t element_size, size_t budget,
                                  const struct allocator *allocator, struct workspace *workspace,
                                  struct message *message);

/* Another one of that size, in memory of as many bytes, which stays its owner's. */
struct workspace workspace_like(const struct workspace *workspace, const struct plan *plan,
                                size_t element_size, unsigned char *memory);

void workspace_destroy(struct workspace *workspace, const struct allocator *allocator);

#endif
