/* The work on the pairs of a tile, in pieces that may run on the caller's threads; body for both
 * precisions. How long they are depends on the tile alone, since a model's rounding may depend on
 * the rows of a call. */
#ifndef DIRICHLET_REGULARIZER_PIECES_BODY_H
#define DIRICHLET_REGULARIZER_PIECES_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "regularizer/energy/pairs_body.h"
#include "regularizer/energy/rows_body.h"
#include "regularizer/loops_body.h"

/* A forward call of a tile is cut into so many where the model takes several at the same time, of
 * no fewer rows than this. */
#define PENALTY_FORWARD_CALLS 16
#define PENALTY_LEAST_ROWS ((int64_t)256)
/* Pairs of a piece of our own work, and the nanoseconds from which on sending it out pays. */
#define PENALTY_PAIRS_A_PIECE 32
#define PENALTY_WORTH_SENDING 5e4
/* About what an input of a pair takes to be drawn and placed, and an output to become a
 * cotangent. */
#define PLACE_TIME 0.6
#define COTANGENT_TIME 1.0

/* Of the pairs, `count` from `first` on; `size` in a piece. */
struct penalty_pieces {
    const struct penalty *penalty;
    int64_t first;
    int64_t count;
    int64_t centers;
    int64_t size;
};

static int64_t pieces_of(int64_t count, int64_t size)
{
    return (count - 1) / size + 1;
}

/* The call as a lane sees it; NULL: as it is. */
static const struct penalty *penalty_view(const struct penalty *penalty, struct lane *lane)
{
    if (lane == NULL)
        return penalty;
    struct penalty *view = &penalty->crew.views[lane->index];
    view->message = &lane->message;
    view->allocator.caller = lane->environment;
    return view;
}

static dirichlet_status run_pieces(struct penalty_pieces *work, bool shared, int64_t pieces,
                                   lane_function *function)
{
    const struct penalty *penalty = work->penalty;
    const struct penalty_crew *crew = &penalty->crew;
    dirichlet_status status = DIRICHLET_OK;
    if (shared && crew->count > 1)
        return lanes_run(&penalty->lanes, crew->lanes, crew->count, pieces, function, work,
                         penalty->allocator.caller, penalty->message);
    for (int64_t i = 0; status == DIRICHLET_OK && i < pieces; i++)
        status = function(NULL, i, work);
    return status;
}

/* Our own work on each of the pairs. */
static dirichlet_status share_pairs(const struct penalty *penalty, int64_t first, int64_t count,
                                    double nanoseconds, lane_function *function)
{
    struct penalty_pieces work = {penalty, first, count, 0, PENALTY_PAIRS_A_PIECE};
    const bool pays = (double)count * nanoseconds > PENALTY_WORTH_SENDING;
    return run_pieces(&work, pays, pieces_of(count, work.size), function);
}

static dirichlet_status place_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct penalty_pieces *work = argument;
    const int64_t begin = piece * work->size;
    place_pairs(penalty_view(work->penalty, lane), work->first, begin,
                smaller(begin + work->size, work->count));
    return DIRICHLET_OK;
}

static dirichlet_status place_tile(const struct penalty *penalty, int64_t first, int64_t count)
{
    return share_pairs(penalty, first, count, PLACE_TIME * (double)penalty->offer.inputs,
                       place_piece);
}

/* Energy of pair q of a tile, whose outputs are replaced by cotangents. */
static struct pair measure_pair(const struct penalty *penalty, int64_t first, int64_t q)
{
    const int64_t k = penalty->offer.outputs;
    const int64_t sample = (first + q) / penalty->probes;
    const double weight = weight_of(penalty, sample);
    const double step = pair_step(penalty, row_of(penalty, sample));
    real *above = penalty->values + 2 * q * k;
    if (!is_finite_vector(above, 2 * k))
        return (struct pair){NAN, PAIR_NO_OUTPUTS};
    const double energy = make_cotangents(above, above + k, 0.5 / step,
                                          weight * penalty->strength / penalty->weight / step, k);
    if (!isfinite(energy))
        return (struct pair){energy, PAIR_LARGE_ENERGY};
    if (penalty->offer.parameter_vjp && !is_finite_vector(above, k))
        return (struct pair){energy, PAIR_LARGE_COTANGENT};
    return (struct pair){energy, isfinite(weight * energy) ? PAIR_SOUND : PAIR_LARGE_SHARE};
}

static dirichlet_status measure_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct penalty_pieces *work = argument;
    const int64_t begin = piece * work->size;
    (void)lane;
    for (int64_t q = begin; q < smaller(begin + work->size, work->count); q++)
        work->penalty->found[q] = measure_pair(work->penalty, work->first, q);
    return DIRICHLET_OK;
}

/* penalty->found of the tile's pairs. */
static dirichlet_status measure_pairs(const struct penalty *penalty, int64_t first, int64_t count)
{
    const double entries = (double)penalty->offer.outputs + (double)penalty->offer.inputs / 8.0;
    return share_pairs(penalty, first, count, COTANGENT_TIME * entries, measure_piece);
}

/* Rows of a model that is given rows. */
static dirichlet_status rows_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct penalty_pieces *work = argument;
    const int64_t begin = piece * work->size;
    const int64_t rows = 2 * (work->count + work->centers) - begin;
    return call_points(penalty_view(work->penalty, lane), false,
                       work->first / work->penalty->probes, smaller(rows, work->size), 1, begin);
}

/* Pairs, and behind these the centers one by one. */
static dirichlet_status pairs_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct penalty_pieces *work = argument;
    const struct penalty *view = penalty_view(work->penalty, lane);
    const int64_t begin = piece * work->size;
    const int64_t center = piece - pieces_of(work->count, work->size);
    if (center < 0)
        return call_pairs(view, false, work->first, begin,
                          smaller(begin + work->size, work->count));
    const int64_t before = centers_before(view, work->first / view->probes);
    return call_points(view, false, (before + center) * view->period, 1, 2,
                       2 * (work->count + center));
}

/* Of the rows of a call. */
static int64_t forward_rows(const struct penalty *penalty, int64_t rows)
{
    return penalty->offer.concurrent
               ? larger(PENALTY_LEAST_ROWS, pieces_of(rows, PENALTY_FORWARD_CALLS))
               : rows;
}

static dirichlet_status call_forward(const struct penalty *penalty, int64_t first, int64_t count,
                                     int64_t centers)
{
    const bool shared = penalty->offer.concurrent;
    const int64_t rows = 2 * (penalty->offer.ignores_first ? count + centers : count);
    struct penalty_pieces work = {penalty, first, count, centers, forward_rows(penalty, rows)};
    if (penalty->offer.ignores_first)
        return run_pieces(&work, shared, pieces_of(rows, work.size), rows_piece);
    work.size = (work.size + 1) / 2;
    return run_pieces(&work, shared, pieces_of(count, work.size) + centers, pairs_piece);
}

#endif
