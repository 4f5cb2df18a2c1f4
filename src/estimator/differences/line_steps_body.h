/* Pairs of points on the line at several steps, and the best of these; body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_LINE_STEPS_BODY_H
#define DIRICHLET_ESTIMATOR_LINE_STEPS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dirichlet/status.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/differences/line_points_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

/* Where no step promises less than this, none resolves the function. */
#define HOPELESS 0.5
/* Error that kinks leave for each part of the scale that a step is long, where none was met on
 * the one line: the longest step without one is not the best. */
#define KINK_PRIOR 0.1
#define LADDER_STEPS 5
#define LADDER_RATIO 8.0
/* What is a gross difference to a long step, squared. */
#define GROSS 0.1

/* Pairs of points on the line: squared norms of o and e, and how far o is from that of the
 * step before. */
struct rung {
    double step;
    double odd;
    double even;
    double drift;
};

/* Rung `index` of those whose values are there, compared with rung `before`; that may be itself. */
static void read_rung(const struct dirichlet_estimator *estimator, const real *center,
                      struct rung *rungs, int64_t before, int64_t index)
{
    const int64_t k = estimator->offer.outputs;
    const real *values = estimator->workspace.line_values;
    const real *above = values + 2 * index * k;
    const real *others = values + 2 * before * k;
    const double scale = 0.5 / rungs[index].step;
    const double other_scale = 0.5 / rungs[before].step;
    struct rung *rung = &rungs[index];
    rung->odd = rung->even = rung->drift = 0.0;
    for (int64_t j = 0; j < k; j++) {
        const double high = (double)above[j] - (double)center[j];
        const double low = (double)above[k + j] - (double)center[j];
        const double odd = scale * (high - low);
        const double even = scale * (high + low);
        const double drift = odd - other_scale * ((double)others[j] - (double)others[k + j]);
        rung->odd += odd * odd;
        rung->even += even * even;
        rung->drift += drift * drift;
    }
}

/* The values of `count` rungs, whose steps are given. */
static dirichlet_status climb(struct dirichlet_estimator *estimator, const real *x,
                              const struct rung *rungs, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        place_on_line(estimator, x, rungs[i].step, 2 * i);
        place_on_line(estimator, x, -rungs[i].step, 2 * i + 1);
    }
    return call_line(estimator, 2 * count);
}

/* Truncation of ||o||^2, relative, by the difference to the step before: 0 where noise, kinks
 * or curvature that show in e explain it, since they are counted there. */
static double truncation_of(const struct rung *before, const struct rung *rung, double deviation)
{
    const double noise = noise_at(before->step, deviation);
    const double explained = 4.0 * (before->even + rung->even + 2.0 * noise);
    if (!(rung->drift > explained))
        return 0.0;
    return fmin(1.0, 2.0 * sqrt(rung->drift / rung->odd));
}

/* f at the long step looks like a straight line, and not because it has long been through all of
 * its values. */
static bool is_straight(const struct rung *near, const struct rung *far)
{
    return far->even < GROSS * far->odd && 4.0 * far->odd > near->odd;
}

/* A function may be smooth at the steps and another one seen from afar: numbers on an int8 grid
 * whose scale follows the largest input change smoothly with that until one of them jumps. Which
 * is meant cannot be known: what a long step gives is then the error. Only where they differ
 * grossly and f seems straight from afar. */
static double distant_loss(const struct rung *near, const struct rung *far)
{
    const double odd = fmax(near->odd, far->odd);
    if (!(is_straight(near, far) && far->drift > GROSS * odd))
        return 0.0;
    return fmin(1.0, 2.0 * sqrt(far->drift / odd));
}

/* The error of the energy that a step is likely to leave, relative: noise in o, to the first
 * power in a single product and squared in the sum over all directions; truncation by e; and
 * what noise does not explain of the way from the o of the step before, since e may be small by
 * chance. */
static double predicted_error(const struct dirichlet_estimator *estimator, const struct rung *rung,
                              double deviation, double scale)
{
    const double noise = noise_at(rung->step, deviation) / rung->odd;
    const double curvature = fmax(0.0, rung->even / rung->odd - 3.0 * noise);
    const double directions =
        estimator->plan.directions == estimator->offer.inputs ? (double)estimator->offer.inputs : 1;
    const double both = (LADDER_RATIO * LADDER_RATIO + 1.0) * noise;
    const double drift = fmax(0.0, rung->drift / rung->odd - 2.0 * both);
    return sqrt(noise) + directions * noise + 2.0 * curvature + sqrt(drift) +
           KINK_PRIOR * rung->step / scale;
}

/* The part by which two energies differ, of the second. */
static double relative_loss(double odd, double chosen)
{
    if (odd == chosen)
        return 0.0;
    return chosen > 0.0 ? fmin(1.0, fabs(odd / chosen - 1.0)) : 1.0;
}

/* Steps from `first` on, which is there to be compared with, and the best of them if it is
 * better than `least`. Below a step that is too long o is no less: a function of which nearly
 * nothing is left there is on a grid. */
static dirichlet_status try_steps(struct dirichlet_estimator *estimator, const real *x,
                                  const real *center, double first, double assumed,
                                  double least_odd, double *least, struct difference *difference)
{
    const double scale = scale_of(x, estimator->offer.inputs);
    struct rung rungs[LADDER_STEPS] = {{0}};
    for (int64_t i = 0; i < LADDER_STEPS; i++)
        rungs[i].step = i == 0 ? power_of_two(first) : LADDER_RATIO * rungs[i - 1].step;
    const dirichlet_status status = climb(estimator, x, rungs, LADDER_STEPS);
    if (status == DIRICHLET_OK)
        read_rung(estimator, center, rungs, 0, 0);
    for (int64_t i = 1; status == DIRICHLET_OK && i < LADDER_STEPS; i++) {
        read_rung(estimator, center, rungs, i - 1, i);
        const double error = predicted_error(estimator, &rungs[i], difference->deviation, scale);
        if (!(error < *least) || rungs[i].odd < least_odd)
            continue;
        *least = error;
        difference->step = rungs[i].step;
        difference->loss = relative_loss(assumed, rungs[i].odd);
        difference->truncation = truncation_of(&rungs[i - 1], &rungs[i], difference->deviation);
    }
    return status;
}

/* Best of the steps around that by the formula with the noise that was found and, where it is
 * the function that is too rough for the step that was assumed, of those below it, which then
 * show more of it than is seen from afar. */
static dirichlet_status choose_step(struct dirichlet_estimator *estimator, const real *x,
                                    const real *center, double assumed, double afar,
                                    bool short_steps, struct difference *difference)
{
    const double scale = scale_of(x, estimator->offer.inputs);
    const double middle = STEP_FACTOR * cbrt(difference->relative) * scale;
    const double reach = LADDER_RATIO * LADDER_RATIO;
    const double first = fmin(middle / reach, LARGEST_STEP * scale / (reach * reach));
    const double below = difference->step / (LADDER_RATIO * reach * reach);
    double least = INFINITY;
    dirichlet_status status =
        try_steps(estimator, x, center, first, assumed, 0.0, &least, difference);
    if (status == DIRICHLET_OK && short_steps)
        status = try_steps(estimator, x, center, below, assumed, fmax(0.25 * assumed, afar), &least,
                           difference);
    if (least < HOPELESS)
        return status;
    difference->unresolved = 1;
    difference->step = power_of_two(LARGEST_STEP * scale); /* what noise adds is least there */
    return status;
}

#endif
