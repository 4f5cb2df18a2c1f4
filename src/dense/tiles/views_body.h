/* The network as each lane of a call sees it. */
#ifndef DIRICHLET_DENSE_VIEWS_BODY_H
#define DIRICHLET_DENSE_VIEWS_BODY_H

#include <stddef.h>

#include "core/arithmetic/real.h"
#include "core/interface/lanes.h"
#include "dense/energy/energy_workspace_body.h"
#include "dense/forward/forward_workspace_body.h"
#include "dense/loss/loss_workspace_body.h"
#include "dense/network/network_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/rows/rows_workspace_body.h"

/* Of the last three a call has one at most. */
struct dense_passes {
    struct dense_forward_workspace forward;
    struct dense_rows_workspace rows;
    struct dense_ends_workspace ends;
    union {
        struct dense_energy_workspace energy;
        struct dense_loss_workspace loss;
        struct dense_penalty_workspace penalty;
    } own;
};

/* The network as a lane sees it: its own arrays, and what it finds out. */
struct dense_view {
    dense_network network;
    struct dense_passes passes;
};

static inline dense_network *view_of(dense_network *network, const struct lane *lane)
{
    return network->lanes_used == 1 ? network : &network->views[lane->index].network;
}

/* Pieces of a call that are not tiles: every lane has arrays of its own in its view. */
static inline dirichlet_status run_pieces(dense_network *network, int64_t pieces,
                                          lane_function *function, void *argument)
{
    const dirichlet_status status =
        lanes_run(&network->lanes, network->lane, network->lanes_used, pieces, function, argument,
                  network->allocator.caller, &network->message);
    if (network->pool == DIRICHLET_OK)
        network->pool = status;
    return status;
}

#endif
