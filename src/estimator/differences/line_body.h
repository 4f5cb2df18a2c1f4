/* What the forward pass is like along one line through a sample; body for both precisions.
 *
 * Its noise shows in a table of differences (line_noise_body.h). Then pairs of points at the step
 * and at an eighth of it show whether the step suits the function, and where it does not, or where
 * the noise is not that of the type, more pairs at other steps from which the best is taken
 * (line_steps_body.h).
 *
 * Everything depends on the sample and its index alone, so that it is the same in any batch. */
#ifndef DIRICHLET_ESTIMATOR_LINE_BODY_H
#define DIRICHLET_ESTIMATOR_LINE_BODY_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/statistics/counter.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/differences/coupling_body.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/differences/flat_places_body.h"
#include "estimator/differences/line_noise_body.h"
#include "estimator/differences/line_steps_body.h"
#include "estimator/directions/directions_body.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

/* Probe indices of the line's signs and of the choice of samples: above all others. */
#define LINE_PROBE (UINT32_C(1) << 30)
#define CHOICE_PROBE (LINE_PROBE + 1)
/* Forward evaluations of a line where all is as assumed, coupling_body.h included. */
#define LINE_COST 17.0
/* Part of the passes that lines may take, beside that of the first sample, which always has one.
 * More of the first ones find no more (tests/property/forward_noise.c with 1, 2, 4 and 8), and
 * cost a small measurement more than 2 %. */
#define LINE_SHARE 0.015

/* More noise than the type's by this factor is other noise. */
#define MUCH_NOISE 16.0
/* The long step. */
#define DISTANT_STEP 0.0625

/* One of so many samples has a line of its own. */
static int64_t line_period(const struct dirichlet_estimator *estimator)
{
    const double passes = 2.0 * (double)estimator->plan.directions;
    return (int64_t)ceil(LINE_COST / (LINE_SHARE * passes));
}

/* Noise or step are the caller's: nothing is left to be found but whether rows are coupled. */
static bool is_told(const struct dirichlet_estimator *estimator)
{
    return estimator->options.forward_noise > 0.0 || estimator->options.step > 0.0;
}

/* One of each `period` samples is drawn, and the first is taken. */
static bool has_line(const struct dirichlet_estimator *estimator, int64_t sample)
{
    const int64_t period = line_period(estimator);
    if (period <= 1 || sample == 0)
        return true;
    const struct counter_stream stream = stream_of(estimator, sample / period, CHOICE_PROBE);
    return sample % period == (int64_t)counter_below(&stream, 0, (uint64_t)period);
}

/* e is larger than it is for a function of which the step was made. */
static bool is_rough(const struct difference *difference, double odd, double even)
{
    return even > 32.0 * sqrt(difference->relative) * odd || odd == 0.0;
}

/* What the points around a sample show. */
struct sight {
    struct rung rungs[3]; /* an eighth of the step, a long one, the step itself */
    double noise;
    bool rough;    /* f at the step, */
    bool straight; /* from afar, */
    bool flat;     /* and at all of them */
};

/* An eighth of the step, a long one, and the step itself: what is not finite at the long one may
 * be out of the function's domain, what is not at the others makes the sample not finite. */
static dirichlet_status look_around(struct dirichlet_estimator *estimator, const real *x,
                                    const real *center, double step, struct rung rungs[3])
{
    rungs[0].step = step / LADDER_RATIO;
    rungs[1].step = power_of_two(DISTANT_STEP * scale_of(x, estimator->offer.inputs));
    rungs[2].step = step;
    const dirichlet_status status = climb(estimator, x, rungs, 3);
    for (int64_t i = 0; status == DIRICHLET_OK && i < 3; i++)
        read_rung(estimator, center, rungs, 0, i);
    return status;
}

/* Outputs that do not move between any of the points that were looked at: they are off, and their
 * equal values say nothing of a grid. */
static int64_t count_dead(const struct dirichlet_estimator *estimator, const real *center)
{
    const int64_t k = estimator->offer.outputs;
    const real *values = estimator->workspace.line_values;
    int64_t dead = 0;
    for (int64_t j = 0; j < k; j++) {
        bool moves = false;
        for (int64_t i = 0; i < 6; i++)
            moves = moves || values[i * k + j] != center[j];
        dead += !moves;
    }
    return dead;
}

/* The noise that was found in the place of the one that was assumed, if it is more. */
static void take_noise(const struct dirichlet_estimator *estimator, double noise,
                       struct difference *difference)
{
    const double whole = sqrt((double)estimator->offer.outputs) * difference->largest;
    difference->noisy = noise > MUCH_NOISE * difference->deviation;
    if (noise <= difference->deviation)
        return;
    difference->deviation = noise; /* NaN, too, which makes the sample not finite */
    if (whole > 0.0 && !isnan(noise))
        difference->relative = fmin(noise / whole, DBL_MAX);
}

static void draw_line(const struct dirichlet_estimator *estimator, int64_t sample)
{
    const struct counter_stream stream = stream_of(estimator, sample, LINE_PROBE);
    draw_signs(&stream, estimator->offer.inputs, estimator->workspace.line_direction);
}

/* The noise of the line, and what is not noise but the function: flat where it is looked at. */
static dirichlet_status find_noise(struct dirichlet_estimator *estimator, const real *x,
                                   const real *center, const struct difference *difference,
                                   struct sight *sight)
{
    const struct rung *rungs = sight->rungs;
    dirichlet_status status = measure_noise(estimator, x, center, difference, 1.0, &sight->noise);
    sight->rough = is_rough(difference, rungs[2].odd, rungs[2].even);
    sight->straight = is_straight(&rungs[2], &rungs[1]);
    if (status == DIRICHLET_OK && sight->rough && sight->straight)
        /* no function, but noise that the points were too near for */
        status = measure_noise(estimator, x, center, difference, TABLE_GROWTH * TABLE_GROWTH,
                               &sight->noise);
    sight->flat = is_flat(&rungs[0]) && is_flat(&rungs[2]);
    if (status == DIRICHLET_OK && sight->flat && (sight->noise > 0.0 || !is_flat(&rungs[1])))
        status = look_beyond(estimator, x, center, difference->step, &sight->flat);
    if (sight->flat)
        sight->noise = 0.0; /* a kink in its table */
    sight->noise += 0.0 * (rungs[0].odd + rungs[0].even + rungs[2].odd + rungs[2].even);
    return status;
}

/* The step, if it has to be another one, and what it leaves. */
static dirichlet_status settle_step(struct dirichlet_estimator *estimator, const real *x,
                                    const real *center, const struct sight *sight,
                                    struct difference *difference)
{
    const struct rung *rungs = sight->rungs;
    double silent = truncation_of(&rungs[0], &rungs[2], difference->deviation);
    dirichlet_status status = DIRICHLET_OK;
    if (!sight->flat && (difference->noisy || sight->rough || silent > 0.0))
        status = choose_step(estimator, x, center, rungs[2].odd, 4.0 * rungs[1].odd,
                             sight->rough && !sight->straight && !difference->noisy, difference);
    else
        silent = difference->truncation = distant_loss(&rungs[2], &rungs[1]);
    /* What shows in e shows in all other samples, too. */
    if (!difference->noisy)
        difference->loss = silent;
    return status;
}

/* Look at the line through the sample in row `row` of the tile: its noise, and its step if it
 * has to be another one. */
static dirichlet_status inspect_line(struct dirichlet_estimator *estimator, int64_t row,
                                     const real *x)
{
    const struct workspace *w = &estimator->workspace;
    struct difference *difference = &w->differences[row];
    const real *center = (const real *)w->center + row * estimator->offer.outputs;
    struct sight sight = {.noise = 0.0};
    difference->inspected = 1;
    estimator->tile.line = row;
    if (isnan(difference->largest))
        return DIRICHLET_OK; /* the sample will be refused or skipped */
    draw_line(estimator, tile_sample(&estimator->tile, row));
    dirichlet_status status = look_around(estimator, x, center, difference->step, sight.rungs);
    if (status != DIRICHLET_OK)
        return status;
    difference->dead = count_dead(estimator, center);
    status = find_noise(estimator, x, center, difference, &sight);
    if (status != DIRICHLET_OK)
        return status;
    take_noise(estimator, sight.noise, difference);
    return settle_step(estimator, x, center, &sight, difference);
}

/* Lines of the tile's samples whose turn it is. */
static dirichlet_status inspect_lines(struct dirichlet_estimator *estimator, int64_t samples,
                                      const real *x)
{
    const int64_t d = estimator->offer.inputs;
    bool met = false;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++) {
        const int64_t sample = tile_sample(&estimator->tile, row);
        if (!has_line(estimator, sample))
            continue;
        if (is_told(estimator))
            draw_line(estimator, sample);
        else
            status = inspect_line(estimator, row, x + row * d);
        if (status == DIRICHLET_OK && !met)
            status = check_coupling(estimator, row, samples, x);
        met = true;
    }
    return status;
}

#endif
