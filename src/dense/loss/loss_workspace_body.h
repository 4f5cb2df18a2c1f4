/* The arrays of a loss, its gradient and products with its Hessian. */
#ifndef DIRICHLET_DENSE_LOSS_WORKSPACE_BODY_H
#define DIRICHLET_DENSE_LOSS_WORKSPACE_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"

/* Of a tile. */
struct dense_loss_workspace {
    void *kept_tangent; /* in the places of what the forward pass keeps: R h_l, their derivatives
                           along a direction of theta */
    real *outputs[4];   /* (tile, k): f(x), then cotangents, tangents and their products */
    double *losses;     /* (tile) */
};

static inline void take_loss_workspace(struct arena *arena, const dense_network *network,
                                       const struct needs *needs, struct dense_workspace *w,
                                       struct dense_loss_workspace *own)
{
    const int64_t tile = w->sizes.tile;
    w->loss = own;
    if (needs->tangents)
        own->kept_tangent = arena_take(arena, tile, needs->kept, 1, needs->carried_size);
    for (int i = 0; i < 4; i++)
        own->outputs[i] = arena_take(arena, tile, network->outputs, 1, sizeof(real));
    own->losses = arena_take(arena, tile, 1, 1, sizeof(double));
}

#endif
