/* The network as each lane of a call sees it. */
#ifndef DIRICHLET_DENSE_VIEWS_BODY_H
#define DIRICHLET_DENSE_VIEWS_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "dense/network/network_body.h"

static inline dense_network *view_of(dense_network *network, const struct lane *lane)
{
    return network->lanes_used == 1 ? network : &network->views[lane->index];
}

/* Pieces on lanes. The pool is the caller's: it must not call the network in the meantime. */
static inline dirichlet_status run_on_lanes(dense_network *network, struct lane *own, int64_t lanes,
                                            int64_t pieces, lane_function *function, void *argument)
{
    const bool busy = network->busy;
    network->busy = true;
    const dirichlet_status status =
        lanes_run(&network->lanes, own, lanes, pieces, function, argument,
                  network->allocator.caller, &network->message);
    network->busy = busy;
    return status;
}

/* Pieces of a call that are not tiles: every lane has arrays of its own in its view. */
static inline dirichlet_status run_pieces(dense_network *network, int64_t pieces,
                                          lane_function *function, void *argument)
{
    const dirichlet_status status =
        run_on_lanes(network, network->lane, network->lanes_used, pieces, function, argument);
    if (network->pool == DIRICHLET_OK)
        network->pool = status;
    return status;
}

#endif
