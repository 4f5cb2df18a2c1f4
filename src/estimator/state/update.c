/* The stream: samples in tiles through the engine into a trial state, which becomes the
 * estimator's state only once all of them have succeeded. */
#include "estimator/state/estimator.h"

#include <math.h>
#include <string.h>

#include "core/arithmetic/exact_sum.h"
#include "core/arithmetic/extremes.h"
#include "core/lent/listener.h"
#include "estimator/state/batch.h"
#include "estimator/state/crew.h"
#include "estimator/state/result.h"
#include "estimator/state/stopping.h"

static dirichlet_status not_finite(dirichlet_estimator *estimator, const struct progress *progress,
                                   int64_t row)
{
    const int64_t sample = tile_sample(&estimator->tile, row);
    return message_with_sample(&estimator->message, sample,
                               message_fail(&estimator->message, DIRICHLET_E_NOT_FINITE,
                                            "sample %lld (row %lld of this update): %s",
                                            (long long)sample, (long long)(progress->done + row),
                                            "its energy is NaN or infinite"));
}

static dirichlet_status negative(dirichlet_estimator *estimator, int64_t row)
{
    const int64_t sample = tile_sample(&estimator->tile, row);
    return message_with_sample(
        &estimator->message, sample,
        message_fail(&estimator->message, DIRICHLET_E_RANGE,
                     "sample %lld: a callback of the model wrote a negative energy or norm",
                     (long long)sample));
}

static struct moments *group_of(dirichlet_estimator *estimator, const struct progress *progress,
                                int64_t row)
{
    const int64_t *groups = progress->batch->groups;
    const int64_t group = groups == NULL ? -1 : groups[progress->done + row];
    return group < 0 ? NULL : &estimator->trial.groups[group];
}

/* Take one sample of a tile into the trial state. */
static dirichlet_status absorb_sample(dirichlet_estimator *estimator,
                                      const struct progress *progress, int64_t row,
                                      struct measure *measure)
{
    struct moments *group = group_of(estimator, progress, row);
    const double weight = batch_weight(progress, progress->done + row);
    if (!is_finite_measure(measure)) {
        if (estimator->options.on_nonfinite == DIRICHLET_NONFINITE_FAIL)
            return not_finite(estimator, progress, row);
        measure->energy = measure->deviation = NAN;
        estimator->trial.moments.skipped++;
        if (group != NULL)
            group->skipped++;
        return DIRICHLET_OK;
    }
    if (measure->energy < 0.0)
        return negative(estimator, row);
    if (!moments_add(&estimator->trial.moments, *measure, weight))
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "weights[%lld] times the sample's energy or its error is too large",
                            (long long)(progress->done + row));
    if (group != NULL)
        (void)moments_add(group, *measure, weight); /* as the sum of all can */
    return DIRICHLET_OK;
}

/* The next sample is the one after these. */
static void advance(dirichlet_estimator *estimator, int64_t samples)
{
    const struct tile *tile = &estimator->tile;
    int64_t *next = &estimator->trial.next_sample;
    if (tile->indices == NULL)
        *next = larger(*next, tile->first + samples);
    for (int64_t row = 0; tile->indices != NULL && row < samples; row++)
        *next = larger(*next, tile->indices[row] + 1);
}

static dirichlet_status absorb_samples(dirichlet_estimator *estimator, struct progress *progress,
                                       int64_t samples, struct measure *measures)
{
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++)
        status = absorb_sample(estimator, progress, row, &measures[row]);
    return status;
}

static void note_measures(const struct progress *progress, int64_t samples,
                          const struct measure *measures)
{
    for (int64_t row = 0; progress->energies != NULL && row < samples; row++)
        progress->energies[progress->done + row] = measures[row].energy;
    for (int64_t row = 0; progress->deviations != NULL && row < samples; row++)
        progress->deviations[progress->done + row] = measures[row].deviation;
}

/* The tile's samples one by one, unless their sum is there. */
static dirichlet_status absorb_tile(dirichlet_estimator *estimator, struct progress *progress,
                                    int64_t samples, struct measure *measures,
                                    const struct moments *sum)
{
    struct state *trial = &estimator->trial;
    dirichlet_status status = DIRICHLET_OK;
    if (sum == NULL || !moments_merge(&trial->moments, sum))
        status = absorb_samples(estimator, progress, samples, measures);
    if (status != DIRICHLET_OK)
        return status;
    note_measures(progress, samples, measures);
    advance(estimator, samples);
    progress->done += samples;
    if (samples > (INT64_MAX - trial->products) / estimator->plan.products)
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW, "too many products");
    trial->products += samples * estimator->plan.products;
    stopping_consider(estimator, trial);
    return DIRICHLET_OK;
}

/* What has been seen, the samples before this update included. */
static dirichlet_progress describe(const dirichlet_estimator *estimator,
                                   const struct progress *progress)
{
    const struct moments *moments = &estimator->trial.moments;
    dirichlet_result result = {.value = NAN, .standard_error = NAN};
    const int64_t most = estimator->options.max_samples;
    int64_t total = progress->before + progress->batch->samples;
    if (moments->positive > 0)
        result_estimate(estimator, moments, estimator->options.population, &result);
    if (most > 0 && total > most)
        total = most;
    const dirichlet_progress told = {.samples = moments->count,
                                     .total = total,
                                     .skipped = moments->skipped,
                                     .products = estimator->trial.products,
                                     .value = result.value,
                                     .standard_error = result.standard_error};
    return told;
}

static dirichlet_status report_progress(dirichlet_estimator *estimator,
                                        const struct progress *progress)
{
    const struct listener listener = {estimator->options.progress, estimator->options.progress_user,
                                      estimator->allocator.caller, &estimator->message};
    if (listener.progress == NULL)
        return DIRICHLET_OK;
    return listener_tell(&listener, describe(estimator, progress));
}

/* What a tile has shown, to the trial state and to who listens. */
static dirichlet_status take_tile(dirichlet_estimator *estimator, struct progress *progress,
                                  const struct cut *cut, struct measure *measures,
                                  const struct moments *sum)
{
    estimator->tile = cut->tile;
    const dirichlet_status status = absorb_tile(estimator, progress, cut->samples, measures, sum);
    return status == DIRICHLET_OK ? report_progress(estimator, progress) : status;
}

/* The tile that comes next; none where the estimator has stopped. */
static struct cut next_cut(const dirichlet_estimator *estimator, const struct progress *progress)
{
    const struct state *trial = &estimator->trial;
    const struct place place = {progress->done, trial->moments.count, trial->next_sample};
    const struct cut none = {.row = progress->done};
    return trial->stopped == DIRICHLET_STOP_NONE ? batch_cut(estimator, progress, place) : none;
}

/* It begins where that does. */
static bool is_next(const dirichlet_estimator *estimator, const struct progress *progress,
                    const struct attempt *attempt)
{
    return next_cut(estimator, progress).samples == attempt->cut.samples;
}

static dirichlet_status run_tile(dirichlet_estimator *estimator, struct progress *progress,
                                 const struct cut *cut)
{
    estimator->tile = cut->tile;
    const dirichlet_status status = estimator->engine->measure_tile(
        estimator, cut->samples, batch_rows(estimator, progress, cut, 0));
    return status == DIRICHLET_OK
               ? take_tile(estimator, progress, cut, estimator->workspace.measures, NULL)
               : status;
}

/* Several tiles at the same time, taken in their order as long as each is the one that comes next:
 * after one that stops the estimator none does, and one that skips samples may move the next. What
 * fails behind that has never been. */
static dirichlet_status run_round(dirichlet_estimator *estimator, struct progress *progress)
{
    struct measured measured = {0, NULL};
    dirichlet_status status = crew_measure(estimator, progress, &measured);
    const struct attempt *attempt = estimator->crew.tiles;
    const struct attempt *end = attempt + measured.tiles;
    while (status == DIRICHLET_OK && attempt < end && is_next(estimator, progress, attempt)) {
        status = take_tile(estimator, progress, &attempt->cut, attempt->measures,
                           attempt->summed ? &attempt->moments : NULL);
        attempt++;
    }
    progress->round = crew_next_round(estimator, progress->round);
    if (status != DIRICHLET_OK || attempt < end || measured.failed == NULL ||
        !is_next(estimator, progress, attempt))
        return status;
    estimator->message = measured.failed->message;
    return measured.failed->status;
}

static dirichlet_status run_tiles(dirichlet_estimator *estimator, struct progress *progress)
{
    dirichlet_status status = DIRICHLET_OK;
    while (status == DIRICHLET_OK && progress->done < progress->batch->samples) {
        const struct cut cut = next_cut(estimator, progress);
        if (cut.samples == 0) { /* it has stopped, or a merge has led past the cap */
            if (estimator->trial.stopped == DIRICHLET_STOP_NONE)
                stopping_consider(estimator, &estimator->trial);
            return DIRICHLET_OK;
        }
        status = crew_measures(estimator) ? run_round(estimator, progress)
                                          : run_tile(estimator, progress, &cut);
    }
    return status;
}

static void hand_out(double *to, const double *from, int64_t count)
{
    if (to != NULL && count > 0)
        memcpy(to, from, (size_t)count * sizeof *to);
}

/* Everything has succeeded: the trial becomes the state, and what was asked for goes out. */
static dirichlet_status commit(dirichlet_estimator *estimator, const struct progress *progress,
                               dirichlet_result *result)
{
    dirichlet_status status = DIRICHLET_OK;
    if (!isfinite(exact_sum_value(&estimator->trial.moments.sums[MOMENT_WEIGHT])))
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "weights: the sum of all so far is too large");
    state_copy(&estimator->state, &estimator->trial, estimator->options.groups);
    if (result != NULL)
        status = result_read(estimator, result);
    if (status != DIRICHLET_OK)
        return message_fail(&estimator->message, status, "%s", dirichlet_status_string(status));
    hand_out(progress->batch->energies, progress->energies, progress->done);
    hand_out(progress->batch->deviations, progress->deviations, progress->done);
    return DIRICHLET_OK;
}

dirichlet_status estimator_update(dirichlet_estimator *estimator, const struct batch *batch,
                                  dirichlet_result *result)
{
    struct progress progress = {0};
    dirichlet_status status = batch_check(estimator, batch);
    if (status == DIRICHLET_OK)
        status = batch_begin(estimator, batch, &progress);
    if (status != DIRICHLET_OK)
        return status;
    state_copy(&estimator->trial, &estimator->state, estimator->options.groups);
    estimator->busy = true;
    status = run_tiles(estimator, &progress);
    estimator->busy = false;
    if (status == DIRICHLET_OK)
        status = commit(estimator, &progress, result);
    batch_end(estimator, &progress);
    return status;
}
