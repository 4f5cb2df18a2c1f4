/* The tiles of a call, or the norms of one, on the caller's threads, and what is told of them in
 * order; body for both precisions. */
#ifndef DIRICHLET_REGULARIZER_JACOBIAN_ROUNDS_BODY_H
#define DIRICHLET_REGULARIZER_JACOBIAN_ROUNDS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "core/lent/listener.h"
#include "core/interface/message.h"
#include "core/matrix/operator_norm.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer/checks.h"
#include "regularizer/jacobian/tile_body.h"

/* Norms that take longer than this, in nanoseconds, are sent out. */
#define NORMS_WORTH_SENDING 5e4

/* What has been found so far. */
struct jacobian_summary {
    double norm;
    double lower;
    int64_t sample;
    int64_t converged;
};

static dirichlet_status jacobian_not_finite(const struct jacobian_call *call, int64_t row,
                                            const char *what)
{
    return regularizer_not_finite(call->options.first_sample + row, row, what, call->message);
}

/* That of row `index` of x. */
static dirichlet_status take_norm(const struct jacobian_call *call, struct operator_norm norm,
                                  int64_t index, struct jacobian_summary *summary)
{
    if (!isfinite(norm.value))
        return jacobian_not_finite(call, index, "its Jacobian is not finite");
    call->norms[index] = norm.value;
    if (norm.value > summary->norm) {
        summary->norm = norm.value;
        summary->sample = index;
    }
    summary->lower = fmax(summary->lower, norm.lower);
    summary->converged += norm.converged;
    return DIRICHLET_OK;
}

static dirichlet_status tell_of_norms(const struct jacobian_call *call, int64_t done,
                                      const struct jacobian_summary *summary)
{
    const struct listener listener = {call->options.progress, call->options.progress_user,
                                      call->allocator.caller, call->message};
    const dirichlet_progress progress = {.samples = done,
                                         .total = call->samples,
                                         .products = done * call->count,
                                         .value = summary->norm};
    return listener_tell(&listener, progress);
}

/* What was found of rows first, first + 1, ... of x, one after the other. */
static dirichlet_status take_norms(const struct jacobian_call *call, int64_t first, int64_t rows,
                                   struct jacobian_summary *summary)
{
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t row = 0; status == DIRICHLET_OK && row < rows; row++) {
        status = take_norm(call, call->crew.found[row], first + row, summary);
        if (status == DIRICHLET_OK)
            status = tell_of_norms(call, first + row + 1, summary);
    }
    return status;
}

/* Rows of x from `first` on that pieces are of. */
struct jacobian_rows {
    const struct jacobian_call *call;
    int64_t first;
    int64_t row; /* of the tile */
};

/* The call as a lane sees it; NULL: as it is. */
static const struct jacobian_call *jacobian_view(const struct jacobian_call *call,
                                                 struct lane *lane)
{
    if (lane == NULL)
        return call;
    struct jacobian_call *view = &call->crew.views[lane->index];
    view->message = &lane->message;
    view->allocator.caller = lane->environment;
    return view;
}

static dirichlet_status norm_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct jacobian_rows *rows = argument;
    rows->call->crew.found[piece] = norm_of_row(jacobian_view(rows->call, lane), rows->row + piece);
    return DIRICHLET_OK;
}

static dirichlet_status tile_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct jacobian_rows *rows = argument;
    const struct jacobian_call *view = jacobian_view(rows->call, lane);
    const int64_t first = rows->first + piece * view->tile;
    const int64_t samples = smaller(view->samples - first, view->tile);
    const dirichlet_status status = measure_jacobians(view, first, samples);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++)
        rows->call->crew.found[piece * view->tile + row] = norm_of_row(view, row);
    return status;
}

/* Some tiles from row `first` of x on, all of `samples` samples. */
static dirichlet_status run_jacobian_tiles(const struct jacobian_call *call, int64_t first,
                                           int64_t samples, struct jacobian_summary *summary)
{
    const struct jacobian_crew *crew = &call->crew;
    struct jacobian_rows rows = {call, first, 0};
    const struct lane *failed = NULL;
    dirichlet_status status =
        lanes_attempt(&call->lanes, crew->lanes, crew->count, (samples - 1) / call->tile + 1,
                      tile_piece, &rows, call->allocator.caller, &failed, call->message);
    if (status == DIRICHLET_OK)
        status = take_norms(call, first, failed == NULL ? samples : failed->failed * call->tile,
                            summary);
    if (status != DIRICHLET_OK || failed == NULL)
        return status;
    *call->message = failed->message;
    return failed->status;
}

/* A norm's: the products of the Gram matrix and of some factorizations, which are the cheaper the
 * more of them there are; not that it matters there. */
static double norm_time(const struct jacobian_call *call)
{
    const double small = (double)smaller(call->count, call->width);
    const double large = (double)larger(call->count, call->width);
    return small * small * (0.2 * large + small);
}

/* Norms of a tile at the same time: few where somebody waits for each of them. */
static int64_t rows_at_once(const struct jacobian_call *call)
{
    const struct jacobian_crew *crew = &call->crew;
    if (crew->count == 1)
        return 1;
    return call->options.progress == NULL ? call->tile : smaller(4 * crew->count, call->tile);
}

/* Norms of some rows of a tile. */
static dirichlet_status find_norms(struct jacobian_rows *rows, int64_t count)
{
    const struct jacobian_call *call = rows->call;
    const struct jacobian_crew *crew = &call->crew;
    if (crew->count > 1 && (double)count * norm_time(call) > NORMS_WORTH_SENDING)
        return lanes_run(&call->lanes, crew->lanes, crew->count, count, norm_piece, rows,
                         call->allocator.caller, call->message);
    for (int64_t i = 0; i < count; i++)
        (void)norm_piece(NULL, i, rows);
    return DIRICHLET_OK;
}

/* One tile, from row `first` of x on. */
static dirichlet_status run_jacobian_tile(const struct jacobian_call *call, int64_t first,
                                          int64_t samples, struct jacobian_summary *summary)
{
    const int64_t most = rows_at_once(call);
    dirichlet_status status = measure_jacobians(call, first, samples);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row += most) {
        const int64_t count = smaller(samples - row, most);
        struct jacobian_rows rows = {call, first, row};
        status = find_norms(&rows, count);
        if (status == DIRICHLET_OK)
            status = take_norms(call, first + row, count, summary);
    }
    return status;
}

static dirichlet_status run_jacobians(const struct jacobian_call *call,
                                      struct jacobian_summary *summary)
{
    const bool tiles = call->offer.concurrent && call->crew.count > 1;
    const int64_t step = tiles ? call->crew.round * call->tile : call->tile;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t first = 0; status == DIRICHLET_OK && first < call->samples; first += step) {
        const int64_t samples = smaller(call->samples - first, step);
        status = tiles ? run_jacobian_tiles(call, first, samples, summary)
                       : run_jacobian_tile(call, first, samples, summary);
    }
    return status;
}

#endif
