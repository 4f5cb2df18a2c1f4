/* The arrays of the forward pass. */
#ifndef DIRICHLET_DENSE_FORWARD_WORKSPACE_BODY_H
#define DIRICHLET_DENSE_FORWARD_WORKSPACE_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/interface/arena.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"

/* Of a chunk; what is left of it for the tile is in struct dense_workspace. */
struct dense_forward_workspace {
    double *hidden[2];          /* (chunk, widest): h_l and z_l */
    double *derivatives;        /* (chunk, widest output): a'(z_l) */
    double *second_derivatives; /* likewise, with bends: a''(z_l) */
    void *reaches;              /* (chunk) of three numbers; see forward_kinks_body.h */
    float *norms; /* (outputs of all layers), of the call, shared by its lanes: ||row of W_l||;
                     likewise */
};

static inline void take_forward_workspace(struct arena *arena, const dense_network *network,
                                          const struct needs *needs,
                                          const struct dense_workspace *shared,
                                          struct dense_workspace *w,
                                          struct dense_forward_workspace *own)
{
    const struct dense_layer *last = &network->layers[network->layer_count - 1];
    const int64_t tile = w->sizes.tile;
    const int64_t chunk = w->sizes.chunk;
    w->forward = own;
    for (int i = 0; i < 2; i++)
        own->hidden[i] = arena_take(arena, chunk, network->extents.widest, 1, sizeof(double));
    own->derivatives = arena_take(arena, chunk, network->extents.widest_output, 1, sizeof(double));
    own->norms = shared != NULL
                     ? shared->forward->norms
                     : arena_take(arena, last->outputs_before + last->outputs, 1, 1, sizeof(float));
    own->reaches = arena_take(arena, chunk, 3, 1, sizeof(double));
    const bool common = shared != NULL && has_common_tiles(network, needs);
    w->slopes = common ? shared->slopes
                       : arena_take(arena, tile, network->extents.slopes, 1, needs->carried_size);
    w->poison = common ? shared->poison : arena_take(arena, tile, 1, 1, sizeof(double));
    void *kept = arena_take(arena, tile, needs->kept, 1, needs->carried_size);
    w->kept = needs->kept > 0 ? kept : NULL;
    if (!needs->bends)
        return;
    own->second_derivatives =
        arena_take(arena, chunk, network->extents.widest_output, 1, sizeof(double));
    w->bends = arena_take(arena, tile, network->extents.bends, 1, needs->carried_size);
}

#endif
