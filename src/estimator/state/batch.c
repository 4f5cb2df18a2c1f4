#include "estimator/state/batch.h"

#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/interface/arena.h"
#include "estimator/state/crew.h"
#include "estimator/state/stopping.h"
#include "model/batch.h"

static dirichlet_status check_indices(dirichlet_estimator *estimator, const struct batch *batch)
{
    for (int64_t i = 0; batch->indices != NULL && i < batch->samples; i++)
        if (batch->indices[i] < 0 || batch->indices[i] == INT64_MAX)
            return message_fail(&estimator->message, DIRICHLET_E_RANGE,
                                "indices[%lld] is %lld: it must be in 0 .. 2^63 - 2", (long long)i,
                                (long long)batch->indices[i]);
    return DIRICHLET_OK;
}

static dirichlet_status check_groups(dirichlet_estimator *estimator, const struct batch *batch)
{
    for (int64_t i = 0; batch->groups != NULL && i < batch->samples; i++)
        if (batch->groups[i] >= estimator->options.groups)
            return message_fail(&estimator->message, DIRICHLET_E_RANGE,
                                "groups[%lld] is %lld: options.groups is %lld", (long long)i,
                                (long long)batch->groups[i], (long long)estimator->options.groups);
    return DIRICHLET_OK;
}

/* Samples until one of the counts overflows: merged states may have come near to it. */
static int64_t room_for_counts(const struct state *state)
{
    int64_t largest = state->next_sample;
    largest = state->moments.count > largest ? state->moments.count : largest;
    largest = state->moments.skipped > largest ? state->moments.skipped : largest;
    return INT64_MAX - largest;
}

static dirichlet_status check_sizes(dirichlet_estimator *estimator, const struct batch *batch)
{
    struct message *message = &estimator->message;
    const int64_t samples = batch->samples;
    int64_t bytes = 0;
    if (samples < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "samples is %lld: it must be >= 0",
                            (long long)samples);
    if (samples > 0 && batch->x == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "x is NULL");
    int64_t stride = batch->row_stride;
    const dirichlet_status status = batch_read_stride(&stride, estimator->offer.inputs, message);
    if (status != DIRICHLET_OK)
        return status;
    if (!size_of_array(samples, batch->row_stride, 1, estimator->element_size, &bytes) ||
        samples > room_for_counts(&estimator->state))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: x cannot be that large", (long long)samples);
    return DIRICHLET_OK;
}

dirichlet_status batch_check(dirichlet_estimator *estimator, const struct batch *batch)
{
    dirichlet_status status = estimator_check_free(estimator);
    if (status == DIRICHLET_OK && estimator->engine == NULL)
        status = message_fail(&estimator->message, DIRICHLET_E_MISSING_CALLBACK,
                              "a deserialized estimator has no model: merge it into one that has");
    if (status == DIRICHLET_OK)
        status = check_sizes(estimator, batch);
    if (status == DIRICHLET_OK)
        status = batch_check_weights(batch->weights, batch->samples, &estimator->message);
    if (status == DIRICHLET_OK)
        status = check_indices(estimator, batch);
    return status == DIRICHLET_OK ? check_groups(estimator, batch) : status;
}

/* A batch is cut into so many tiles where these are not too small for that: what may run at the
 * same time must not depend on how many threads there are. */
#define TILES_OF_A_BATCH 16
/* Products and samples of a call below which a model on its own thread would be slower. */
#define LEAST_ROWS 1024
#define LEAST_SAMPLES 64

/* Most samples of a tile. Energies of a model's own may cost something once a call. */
static int64_t tile_of(const dirichlet_estimator *estimator, int64_t samples)
{
    const struct plan *plan = &estimator->plan;
    const int64_t most = estimator->workspace.samples;
    if (!estimator->offer.concurrent || plan->side == SIDE_ENERGIES)
        return most;
    const int64_t share = samples / TILES_OF_A_BATCH + (samples % TILES_OF_A_BATCH != 0);
    const int64_t least = larger(LEAST_ROWS / plan->directions, LEAST_SAMPLES);
    return smaller(most, larger(share, least));
}

/* On an arena without memory: how much it takes. */
static void lay_out(const dirichlet_estimator *estimator, const struct batch *batch,
                    struct arena *arena, struct progress *progress)
{
    const int64_t tile = smaller(batch->samples, progress->tile);
    const int64_t lanes = crew_measures(estimator) ? estimator->crew.count : 1;
    if (batch->energies != NULL)
        progress->energies = arena_take(arena, batch->samples, 1, 1, sizeof(double));
    if (batch->deviations != NULL)
        progress->deviations = arena_take(arena, batch->samples, 1, 1, sizeof(double));
    if (batch->row_stride != estimator->offer.inputs)
        progress->rows =
            arena_take(arena, lanes, tile, estimator->offer.inputs, estimator->element_size);
}

dirichlet_status batch_begin(dirichlet_estimator *estimator, const struct batch *batch,
                             struct progress *progress)
{
    struct arena arena = {0};
    progress->batch = batch;
    progress->before = estimator->state.moments.count;
    progress->tile = tile_of(estimator, batch->samples);
    progress->round = crew_first_round(estimator);
    if (batch->samples == 0)
        return DIRICHLET_OK;
    lay_out(estimator, batch, &arena, progress);
    if (arena.overflow)
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: energies cannot be that many",
                            (long long)batch->samples);
    if (arena.used == 0)
        return DIRICHLET_OK;
    progress->bytes = arena.used;
    progress->memory = allocator_take(&estimator->allocator, (size_t)arena.used);
    if (progress->memory == NULL)
        return message_fail(&estimator->message, DIRICHLET_E_MEMORY,
                            "no memory for what is to be told of %lld samples",
                            (long long)batch->samples);
    arena = (struct arena){.base = progress->memory};
    lay_out(estimator, batch, &arena, progress);
    return DIRICHLET_OK;
}

void batch_end(dirichlet_estimator *estimator, struct progress *progress)
{
    allocator_give(&estimator->allocator, progress->memory, (size_t)progress->bytes);
}

/* Of consecutive indices. */
static int64_t run_length(const int64_t *indices, int64_t most)
{
    int64_t length = 1;
    while (length < most && indices[length] == indices[length - 1] + 1)
        length++;
    return length;
}

struct cut batch_cut(const dirichlet_estimator *estimator, const struct progress *progress,
                     struct place place)
{
    const int64_t left = progress->batch->samples - place.row;
    const int64_t room = stopping_room(estimator, place.count);
    struct cut cut = {.tile = {.first = place.next_sample},
                      .row = place.row,
                      .samples = smaller(smaller(left, room), progress->tile)};
    if (progress->batch->indices == NULL || cut.samples == 0)
        return cut;
    const int64_t *indices = progress->batch->indices + place.row;
    cut.tile.first = indices[0];
    if (estimator->offer.ignores_first)
        cut.tile.indices = indices;
    else
        cut.samples = run_length(indices, cut.samples);
    return cut;
}

const void *batch_rows(const dirichlet_estimator *estimator, const struct progress *progress,
                       const struct cut *cut, int64_t lane)
{
    const size_t row_bytes = (size_t)estimator->offer.inputs * estimator->element_size;
    const size_t step = (size_t)progress->batch->row_stride * estimator->element_size;
    const unsigned char *x = progress->batch->x + (size_t)cut->row * step;
    if (step == row_bytes)
        return x;
    const int64_t tile = smaller(progress->batch->samples, progress->tile);
    unsigned char *rows = progress->rows + (size_t)(lane * tile) * row_bytes;
    for (int64_t i = 0; i < cut->samples; i++)
        memcpy(rows + (size_t)i * row_bytes, x + (size_t)i * step, row_bytes);
    return rows;
}
