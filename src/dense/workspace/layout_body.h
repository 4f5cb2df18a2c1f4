/* The arrays of a call in its workspace, pass by pass. */
#ifndef DIRICHLET_DENSE_LAYOUT_BODY_H
#define DIRICHLET_DENSE_LAYOUT_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/interface/arena.h"
#include "dense/energy/energy_workspace_body.h"
#include "dense/forward/forward_workspace_body.h"
#include "dense/loss/loss_workspace_body.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/penalty/penalty_workspace_body.h"
#include "dense/rows/rows_workspace_body.h"
#include "dense/workspace/parts_workspace_body.h"

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

/* What no pass owns. */
static void lay_out_common(struct arena *arena, const struct dense_workspace *shared,
                           struct dense_workspace *w)
{
    w->sums =
        shared != NULL ? shared->sums : arena_take(arena, w->sizes.slots, 1, 1, sizeof *w->sums);
    w->direct_rows = shared != NULL
                         ? shared->direct_rows
                         : arena_take(arena, w->sizes.slots, 1, 1, sizeof *w->direct_rows);
    w->doubtful = arena_take(arena, w->sizes.tile, 1, 1, sizeof(int64_t));
    w->energies = arena_take(arena, w->sizes.tile, 1, 1, sizeof(double));
    w->bounds = arena_take(arena, w->sizes.tile, 1, 1, sizeof(double));
    w->gathered = arena_take(arena, w->sizes.gathered, 1, 1, sizeof(double));
}

/* The arrays of a lane; `shared`: those of the first, with which it has some in common. NULL: it is
 * the first. */
static void lay_out(struct arena *arena, const dense_network *network, const struct needs *needs,
                    const struct dense_sizes *sizes, const struct dense_workspace *shared,
                    struct dense_workspace *w, struct dense_passes *passes)
{
    memset(passes, 0, sizeof *passes);
    *w = (struct dense_workspace){.sizes = *sizes, .carried_size = needs->carried_size};
    lay_out_common(arena, shared, w);
    take_forward_workspace(arena, network, needs, shared, w, &passes->forward);
    take_rows_workspace(arena, network, needs, w, &passes->rows);
    if (needs->losses)
        take_loss_workspace(arena, network, needs, w, &passes->own.loss);
    if (needs->plan != NULL && needs->returns) {
        take_summing_ends(arena, network, needs, shared, w, &passes->ends);
        take_penalty_workspace(arena, network, needs, w, &passes->own.penalty);
    } else if (needs->plan != NULL) {
        take_ends_workspace(arena, network, needs, shared, w, &passes->ends);
        take_energy_workspace(arena, network, needs, shared, w, &passes->own.energy);
    }
    take_parts(arena, network, needs, shared, w);
}

#endif
