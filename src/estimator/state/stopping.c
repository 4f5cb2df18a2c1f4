#include "estimator/state/stopping.h"

#include <stdbool.h>

#include "estimator/state/result.h"

/* Sample counts at which the interval is looked at: every look is a chance to stop on a
 * spread that happens to be too small, so they grow further apart. They depend on the
 * count alone, so that batches do not matter. */
static int64_t next_look(int64_t first, int64_t count)
{
    int64_t look = first;
    while (look <= count && look < INT64_MAX / 2)
        look += look / 8 > 0 ? look / 8 : 1;
    return look > count ? look : INT64_MAX;
}

int64_t stopping_room(const dirichlet_estimator *estimator, int64_t count)
{
    const dirichlet_estimator_options *options = &estimator->options;
    int64_t room = INT64_MAX - count;
    if (options->max_samples > 0)
        room = count < options->max_samples ? options->max_samples - count : 0;
    if (options->tolerance > 0.0) {
        const int64_t until_look = next_look(options->min_samples, count) - count;
        room = until_look < room ? until_look : room;
    }
    return room;
}

static bool narrow_enough(const dirichlet_estimator *estimator, const struct state *state)
{
    const int64_t count = state->moments.count;
    const int64_t first = estimator->options.min_samples;
    dirichlet_result estimate = {0};
    if (next_look(first, count - 1) != count || state->moments.positive < 2)
        return false;
    result_estimate(estimator, &state->moments, estimator->options.population, &estimate);
    return estimate.upper - estimate.value <= estimator->options.tolerance * estimate.value;
}

void stopping_consider(const dirichlet_estimator *estimator, struct state *state)
{
    const dirichlet_estimator_options *options = &estimator->options;
    if (options->tolerance > 0.0 && narrow_enough(estimator, state))
        state->stopped = DIRICHLET_STOP_TOLERANCE;
    else if (options->max_samples > 0 && state->moments.count >= options->max_samples)
        state->stopped = DIRICHLET_STOP_SAMPLES;
}
