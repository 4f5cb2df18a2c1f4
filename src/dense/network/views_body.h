/* The network as each lane of a call sees it. */
#ifndef DIRICHLET_DENSE_VIEWS_BODY_H
#define DIRICHLET_DENSE_VIEWS_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "dense/network/network_body.h"

static inline dense_network *view_of(dense_network *network, const struct lane *lane)
{
    return network->lanes_used == 1 ? network : &network->views[lane->index];
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
