#include "estimator/state/crew.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/interface/arena.h"
#include "core/lent/lanes.h"
#include "estimator/plan/workspace.h"

/* More lanes than this are not prepared for. */
#define MOST_LANES 256
/* Tiles of a round for each lane: so that lanes wait less for the last of them, and more where
 * tiles are of few samples. */
#define TILES_A_LANE 4
#define MOST_TILES_A_LANE 64
#define SAMPLES_A_LANE 256

static int64_t tiles_a_lane(const dirichlet_estimator *estimator)
{
    const int64_t tiles = SAMPLES_A_LANE / estimator->workspace.samples;
    return smaller(larger(tiles, TILES_A_LANE), MOST_TILES_A_LANE);
}

/* On an arena without memory: how much it takes. */
static void lay_out(const dirichlet_estimator *estimator, struct arena *arena, struct crew *crew)
{
    const struct workspace *w = &estimator->workspace;
    crew->lanes = arena_take(arena, crew->count, 1, 1, sizeof *crew->lanes);
    if (!estimator->offer.concurrent)
        return;
    crew->most = crew->count * tiles_a_lane(estimator);
    crew->views = arena_take(arena, crew->count, 1, 1, sizeof *crew->views);
    crew->placed = arena_take(arena, crew->count, 1, 1, sizeof *crew->placed);
    crew->tiles = arena_take(arena, crew->most, 1, 1, sizeof *crew->tiles);
    crew->measures = arena_take(arena, crew->most, w->samples, 1, sizeof *crew->measures);
    crew->workspaces = arena_take(arena, crew->count - 1, w->bytes, 1, 1);
}

/* INT64_MAX where they do not fit the address space. */
static int64_t crew_bytes(const dirichlet_estimator *estimator, int64_t count)
{
    struct crew trial = {.count = count};
    struct arena counting = {0};
    lay_out(estimator, &counting, &trial);
    return counting.overflow ? INT64_MAX : counting.used;
}

/* Lanes that fit into what the workspace leaves. */
static int64_t choose_count(const dirichlet_estimator *estimator)
{
    const size_t budget = estimator->options.workspace_bytes;
    const int64_t whole = budget > (size_t)PTRDIFF_MAX ? PTRDIFF_MAX : (int64_t)budget;
    const int64_t room = whole - estimator->workspace.bytes;
    int64_t count = smaller(estimator->lanes.count, MOST_LANES);
    while (count > 1 && crew_bytes(estimator, count) > room)
        count--;
    return count;
}

dirichlet_status crew_create(dirichlet_estimator *estimator, struct message *message)
{
    struct crew crew = {.count = choose_count(estimator)};
    if (estimator->lanes.parallel_for == NULL || crew.count == 1)
        return DIRICHLET_OK;
    crew.bytes = crew_bytes(estimator, crew.count);
    crew.memory = allocator_take(&estimator->allocator, (size_t)crew.bytes);
    if (crew.memory == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for a workspace of %lld bytes",
                            (long long)crew.bytes);
    struct arena arena = {.base = crew.memory};
    lay_out(estimator, &arena, &crew);
    if (crew.placed != NULL)
        memset(crew.placed, 0, (size_t)crew.count * sizeof *crew.placed);
    estimator->crew = crew;
    return DIRICHLET_OK;
}

void crew_destroy(dirichlet_estimator *estimator)
{
    struct crew *crew = &estimator->crew;
    allocator_give(&estimator->allocator, crew->memory, (size_t)crew->bytes);
    crew->memory = NULL;
}

bool crew_measures(const dirichlet_estimator *estimator)
{
    return estimator->crew.views != NULL;
}

int64_t crew_first_round(const dirichlet_estimator *estimator)
{
    const dirichlet_estimator_options *options = &estimator->options;
    const bool awaited = options->tolerance > 0.0 || options->progress != NULL;
    return awaited ? estimator->crew.count : estimator->crew.most;
}

int64_t crew_next_round(const dirichlet_estimator *estimator, int64_t round)
{
    return smaller(2 * round, estimator->crew.most);
}

/* Cut the tiles of a round off the batch; their number. */
static int64_t cut_tiles(dirichlet_estimator *estimator, const struct progress *progress)
{
    const struct state *trial = &estimator->trial;
    struct place place = {progress->done, trial->moments.count, trial->next_sample};
    int64_t tiles = 0;
    while (tiles < progress->round && place.row < progress->batch->samples) {
        struct attempt *attempt = &estimator->crew.tiles[tiles];
        attempt->cut = batch_cut(estimator, progress, place);
        attempt->measures = estimator->crew.measures + tiles * estimator->workspace.samples;
        if (attempt->cut.samples == 0)
            break;
        place.row += attempt->cut.samples;
        place.count += attempt->cut.samples;
        place.next_sample += attempt->cut.samples;
        tiles++;
    }
    return tiles;
}

struct round {
    dirichlet_estimator *estimator;
    const struct progress *progress;
};

/* Sums are exact, so that they are the same in parts. */
static bool sum_up(const struct progress *progress, struct attempt *attempt)
{
    const struct cut *cut = &attempt->cut;
    if (progress->batch->groups != NULL)
        return false;
    moments_clear(&attempt->moments);
    for (int64_t row = 0; row < cut->samples; row++) {
        const struct measure *measure = &attempt->measures[row];
        if (!is_finite_measure(measure) || measure->energy < 0.0 ||
            !moments_add(&attempt->moments, *measure, batch_weight(progress, cut->row + row)))
            return false;
    }
    return true;
}

/* The estimator as a lane sees it. It is large, and an update may need few of them. */
static struct dirichlet_estimator *view_of(const dirichlet_estimator *estimator, int64_t lane)
{
    const struct crew *crew = &estimator->crew;
    struct dirichlet_estimator *view = &crew->views[lane];
    if (crew->placed[lane])
        return view;
    *view = *estimator;
    view->crew = (struct crew){0};
    if (lane > 0)
        view->workspace =
            workspace_like(&estimator->workspace, &estimator->plan, estimator->element_size,
                           crew->workspaces + (lane - 1) * estimator->workspace.bytes);
    crew->placed[lane] = true;
    return view;
}

static dirichlet_status measure_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct round *round = argument;
    struct attempt *attempt = &round->estimator->crew.tiles[piece];
    struct dirichlet_estimator *view = view_of(round->estimator, lane->index);
    const void *x = batch_rows(view, round->progress, &attempt->cut, lane->index);
    view->allocator.caller = lane->environment;
    view->tile = attempt->cut.tile;
    view->workspace.measures = attempt->measures;
    const dirichlet_status status = view->engine->measure_tile(view, attempt->cut.samples, x);
    if (status != DIRICHLET_OK)
        lane->message = view->message;
    else
        attempt->summed = sum_up(round->progress, attempt);
    return status;
}

dirichlet_status crew_measure(dirichlet_estimator *estimator, const struct progress *progress,
                              struct measured *measured)
{
    const struct crew *crew = &estimator->crew;
    const int64_t tiles = cut_tiles(estimator, progress);
    struct round round = {estimator, progress};
    const dirichlet_status status =
        lanes_attempt(&estimator->lanes, crew->lanes, crew->count, tiles, measure_piece, &round,
                      estimator->allocator.caller, &measured->failed, &estimator->message);
    measured->tiles = measured->failed == NULL ? tiles : measured->failed->failed;
    return status;
}

/* Work that takes longer than this is sent out, in pieces that do not take less than that. */
#define WORTH_SENDING 5e4
#define LEAST_PIECE 1e4

struct sharing {
    dirichlet_estimator *estimator;
    int64_t rows;
    int64_t piece; /* rows */
    crew_row *function;
    const void *argument;
};

static void do_rows(const struct sharing *sharing, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        sharing->function(sharing->estimator, row, sharing->argument);
}

static dirichlet_status rows_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct sharing *sharing = argument;
    const int64_t begin = piece * sharing->piece;
    (void)lane;
    do_rows(sharing, begin, smaller(begin + sharing->piece, sharing->rows));
    return DIRICHLET_OK;
}

dirichlet_status crew_rows(dirichlet_estimator *estimator, int64_t rows, double nanoseconds,
                           crew_row *function, const void *argument)
{
    struct crew *crew = &estimator->crew;
    struct sharing sharing = {estimator, rows, rows, function, argument};
    if (crew->count == 0 || (double)rows * nanoseconds < WORTH_SENDING) {
        do_rows(&sharing, 0, rows);
        return DIRICHLET_OK;
    }
    sharing.piece = (int64_t)ceil(fmin(LEAST_PIECE / nanoseconds, (double)rows));
    return lanes_run(&estimator->lanes, crew->lanes, crew->count, (rows - 1) / sharing.piece + 1,
                     rows_piece, &sharing, estimator->allocator.caller, &estimator->message);
}
