/* The stream: samples in tiles through the engine into a trial state, which becomes the
 * estimator's state only once all of them have succeeded. */
#include "estimator/state/estimator.h"

#include <math.h>
#include <string.h>

#include "core/arithmetic/exact_sum.h"
#include "estimator/state/result.h"
#include "estimator/state/stopping.h"

/* One update in progress. */
struct batch {
    int64_t samples;
    int64_t done;
    const unsigned char *x;
    const double *weights; /* NULL: 1 each */
    double *energies;      /* ours, (n); NULL: not wanted */
};

static dirichlet_status check_weights(dirichlet_estimator *estimator, int64_t samples,
                                      const double *weights)
{
    for (int64_t i = 0; weights != NULL && i < samples; i++) {
        if (!isfinite(weights[i]))
            return message_fail(&estimator->message, DIRICHLET_E_NOT_FINITE,
                                "weights[%lld] is not finite", (long long)i);
        if (weights[i] < 0.0)
            return message_fail(&estimator->message, DIRICHLET_E_RANGE, "weights[%lld] is negative",
                                (long long)i);
    }
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

static dirichlet_status check_arguments(dirichlet_estimator *estimator, int64_t samples,
                                        const void *x, const double *weights)
{
    struct message *message = &estimator->message;
    int64_t bytes = 0;
    const dirichlet_status status = estimator_check_free(estimator);
    if (status != DIRICHLET_OK)
        return status;
    if (estimator->engine == NULL)
        return message_fail(message, DIRICHLET_E_MISSING_CALLBACK,
                            "a deserialized estimator has no model: merge it into one that has");
    if (samples < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "samples is %lld: it must be >= 0",
                            (long long)samples);
    if (samples > 0 && x == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "x is NULL");
    if (!size_of_array(samples, estimator->offer.inputs, 1, estimator->element_size, &bytes) ||
        samples > room_for_counts(&estimator->state))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: x cannot be that large", (long long)samples);
    return check_weights(estimator, samples, weights);
}

static dirichlet_status not_finite(dirichlet_estimator *estimator, const struct batch *batch,
                                   int64_t row)
{
    return message_fail(&estimator->message, DIRICHLET_E_NOT_FINITE,
                        "sample %lld (row %lld of this update): %s",
                        (long long)(estimator->trial.next_sample + row),
                        (long long)(batch->done + row), "its energy is NaN or infinite");
}

/* Take one sample of a tile into the trial state. */
static dirichlet_status absorb_sample(dirichlet_estimator *estimator, const struct batch *batch,
                                      int64_t row)
{
    struct moments *moments = &estimator->trial.moments;
    const struct measure measure = estimator->workspace.measures[row];
    const double weight = batch->weights == NULL ? 1.0 : batch->weights[batch->done + row];
    if (!isfinite(measure.energy) || !isfinite(measure.noise) || !isfinite(measure.step_error) ||
        !isfinite(measure.difference_deviation)) {
        if (estimator->options.on_nonfinite == DIRICHLET_NONFINITE_FAIL)
            return not_finite(estimator, batch, row);
        estimator->workspace.measures[row].energy = NAN;
        moments->skipped++;
        return DIRICHLET_OK;
    }
    if (measure.energy < 0.0)
        return message_fail(&estimator->message, DIRICHLET_E_RANGE,
                            "sample %lld: a callback of the model wrote a negative energy or norm",
                            (long long)(estimator->trial.next_sample + row));
    if (!moments_add(moments, measure, weight))
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "weights[%lld] times the sample's energy or its error is too large",
                            (long long)(batch->done + row));
    return DIRICHLET_OK;
}

static dirichlet_status absorb_tile(dirichlet_estimator *estimator, struct batch *batch,
                                    int64_t samples)
{
    struct state *trial = &estimator->trial;
    for (int64_t row = 0; row < samples; row++) {
        const dirichlet_status status = absorb_sample(estimator, batch, row);
        if (status != DIRICHLET_OK)
            return status;
        if (batch->energies != NULL)
            batch->energies[batch->done + row] = estimator->workspace.measures[row].energy;
    }
    trial->next_sample += samples;
    batch->done += samples;
    if (samples > (INT64_MAX - trial->products) / estimator->plan.products)
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW, "too many products");
    trial->products += samples * estimator->plan.products;
    stopping_consider(estimator, trial);
    return DIRICHLET_OK;
}

static dirichlet_status report_progress(dirichlet_estimator *estimator)
{
    const dirichlet_estimator_options *options = &estimator->options;
    if (options->progress == NULL)
        return DIRICHLET_OK;
    environment_leave(estimator->allocator.caller);
    const int32_t code = options->progress(estimator->trial.moments.count, options->progress_user);
    environment_enter(estimator->allocator.caller);
    if (code == 0)
        return DIRICHLET_OK;
    estimator->callback_code = code;
    return message_fail(&estimator->message, DIRICHLET_E_CANCELLED,
                        "options.progress asked to stop");
}

static int64_t smallest(int64_t a, int64_t b, int64_t c)
{
    const int64_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static dirichlet_status run_tiles(dirichlet_estimator *estimator, struct batch *batch)
{
    const size_t row_bytes = (size_t)estimator->offer.inputs * estimator->element_size;
    while (batch->done < batch->samples) {
        const int64_t room = stopping_room(estimator, &estimator->trial);
        const int64_t samples =
            smallest(batch->samples - batch->done, room, estimator->workspace.samples);
        if (samples == 0) { /* it has stopped, or a merge has led past the cap */
            if (estimator->trial.stopped == DIRICHLET_STOP_NONE)
                stopping_consider(estimator, &estimator->trial);
            return DIRICHLET_OK;
        }
        dirichlet_status status =
            estimator->engine->measure_tile(estimator, estimator->trial.next_sample, samples,
                                            batch->x + (size_t)batch->done * row_bytes);
        if (status == DIRICHLET_OK)
            status = absorb_tile(estimator, batch, samples);
        if (status == DIRICHLET_OK)
            status = report_progress(estimator);
        if (status != DIRICHLET_OK)
            return status;
    }
    return DIRICHLET_OK;
}

/* Energies go to a buffer of ours first: the caller's stays untouched on error. */
static dirichlet_status take_energies(dirichlet_estimator *estimator, int64_t samples,
                                      struct batch *batch)
{
    int64_t bytes = 0;
    if (!size_of_array(samples, 1, 1, sizeof(double), &bytes))
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: energies cannot be that many", (long long)samples);
    batch->energies = allocator_take(&estimator->allocator, (size_t)bytes);
    if (batch->energies == NULL)
        return message_fail(&estimator->message, DIRICHLET_E_MEMORY, "no memory for %lld energies",
                            (long long)samples);
    return DIRICHLET_OK;
}

/* Everything has succeeded: the trial becomes the state, and what was asked for goes out. */
static dirichlet_status commit(dirichlet_estimator *estimator, const struct batch *batch,
                               double *energies, dirichlet_result *result)
{
    dirichlet_status status = DIRICHLET_OK;
    if (!isfinite(exact_sum_value(&estimator->trial.moments.sums[MOMENT_WEIGHT])))
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "weights: the sum of all so far is too large");
    estimator->state = estimator->trial;
    if (result != NULL)
        status = result_read(estimator, result);
    if (status != DIRICHLET_OK)
        return message_fail(&estimator->message, status, "%s", dirichlet_status_string(status));
    if (energies != NULL && batch->done > 0)
        memcpy(energies, batch->energies, (size_t)batch->done * sizeof(double));
    return DIRICHLET_OK;
}

dirichlet_status estimator_update(dirichlet_estimator *estimator, int64_t samples, const void *x,
                                  const double *weights, double *energies, dirichlet_result *result)
{
    dirichlet_status status = check_arguments(estimator, samples, x, weights);
    struct batch batch = {.samples = samples, .x = x, .weights = weights};
    if (status == DIRICHLET_OK && energies != NULL && samples > 0)
        status = take_energies(estimator, samples, &batch);
    if (status != DIRICHLET_OK)
        return status;
    estimator->trial = estimator->state;
    estimator->busy = true;
    status = run_tiles(estimator, &batch);
    estimator->busy = false;
    if (status == DIRICHLET_OK)
        status = commit(estimator, &batch, energies, result);
    allocator_give(&estimator->allocator, batch.energies, (size_t)samples * sizeof(double));
    return status;
}
