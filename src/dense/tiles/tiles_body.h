/* The tiles of a call, shared by the caller's lanes: each has arrays of its own, and sees the
 * network through a view that differs in nothing else. */
#ifndef DIRICHLET_DENSE_TILES_BODY_H
#define DIRICHLET_DENSE_TILES_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "core/interface/message.h"
#include "dense/network/network_body.h"
#include "dense/network/views_body.h"
#include "dirichlet/status.h"

/* Samples first, ..., first + samples - 1 of the call are a tile, for which the network is seen by
 * `view`; what it adds up apart has the place `slot`. */
typedef dirichlet_status tile_function(dense_network *view, int64_t slot, int64_t first,
                                       int64_t samples, void *call);

/* After tiles with the slots 0, ..., slots - 1, on the calling thread. */
typedef dirichlet_status tiles_function(dense_network *network, int64_t slots, void *call);

struct tiles {
    int64_t samples; /* of the call */
    tile_function *function;
    tiles_function *add_up; /* NULL: nothing is */
    void *call;
    int64_t slots; /* tiles before add_up; 0: all of them */
    bool serial;   /* one after the other, as where all add to the same numbers */
};

/* A round of them. */
struct tile_round {
    const struct tiles *tiles;
    dense_network *network;
    int64_t first; /* tile */
};

static dirichlet_status run_tile(struct lane *lane, int64_t piece, void *argument)
{
    const struct tile_round *round = argument;
    const struct tiles *tiles = round->tiles;
    dense_network *view = tiles->serial ? round->network : view_of(round->network, lane);
    const int64_t tile = view->workspace.sizes.tile;
    const int64_t first = (round->first + piece) * tile;
    struct environment *caller = view->allocator.caller;
    view->allocator.caller = lane->environment;
    const dirichlet_status status =
        tiles->function(view, piece, first, smaller(tiles->samples - first, tile), tiles->call);
    view->allocator.caller = caller;
    if (status != DIRICHLET_OK)
        lane->message = view->message;
    return status;
}

/* Each lane's view becomes the network as it is now, but for the arrays. */
static void refresh_views(dense_network *network)
{
    for (int64_t i = 0; network->lanes_used > 1 && i < network->lanes_used; i++) {
        const struct dense_workspace own =
            i == 0 ? network->workspace : network->views[i].workspace;
        network->views[i] = *network;
        network->views[i].workspace = own;
        network->views[i].plan.direct_samples = 0;
    }
}

/* What the views have counted. */
static void gather_views(dense_network *network)
{
    for (int64_t i = 0; network->lanes_used > 1 && i < network->lanes_used; i++)
        network->plan.direct_samples += network->views[i].plan.direct_samples;
}

/* Tiles one after the other may share their pieces out among the lanes, so they have one apart. */
static dirichlet_status run_round(struct tile_round *round, int64_t count)
{
    dense_network *network = round->network;
    const bool serial = round->tiles->serial;
    struct lane apart;
    return run_on_lanes(network, serial ? &apart : network->lane, serial ? 1 : network->lanes_used,
                        count, run_tile, round);
}

/* In the arrays of the call that has begun. */
static dirichlet_status for_tiles(dense_network *network, const struct tiles *tiles)
{
    const int64_t count = ceiling(tiles->samples, network->workspace.sizes.tile);
    const int64_t most = tiles->slots > 0 ? tiles->slots : LANES_MOST_PIECES;
    struct tile_round round = {tiles, network, 0};
    dirichlet_status status = network->pool;
    refresh_views(network);
    for (; status == DIRICHLET_OK && round.first < count; round.first += most) {
        const int64_t pieces = smaller(count - round.first, most);
        status = run_round(&round, pieces);
        if (status == DIRICHLET_OK && tiles->add_up != NULL)
            status = tiles->add_up(network, pieces, tiles->call);
    }
    gather_views(network);
    return status == DIRICHLET_OK ? network->pool : status;
}

#endif
