/* Whether f is flat at a sample, or on a grid; body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_FLAT_PLACES_BODY_H
#define DIRICHLET_ESTIMATOR_FLAT_PLACES_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dirichlet/status.h"
#include "estimator/differences/coupling_body.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/differences/line_points_body.h"
#include "estimator/differences/line_steps_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

/* The values at both points are that at x: f is flat there (units that are off, outputs that are
 * cut), or on a grid. */
static bool is_flat(const struct rung *rung)
{
    return rung->odd == 0.0 && rung->even == 0.0;
}

/* What f does beyond a place where it is flat. */
struct beyond {
    int64_t places; /* at which it has another value than at x */
    int64_t steady; /* of these, where it goes on at least as steeply as it came there */
};

/* Values at `count` points a distance apart, the first of them so far from x. */
static void judge_place(const struct dirichlet_estimator *estimator, const real *center,
                        int64_t first, double far, double apart, struct beyond *beyond)
{
    const int64_t k = estimator->offer.outputs;
    const int64_t last = LADDER_STEPS - 1;
    const real *values = (const real *)estimator->workspace.line_values + first * k;
    const double came = squared_distance(values, center, k) / (far * far);
    const double goes =
        squared_distance(values + last * k, values, k) / ((double)(last * last) * apart * apart);
    bool moves = true;
    if (!(came > 0.0))
        return;
    for (int64_t i = 1; i <= last; i++)
        moves = moves && squared_distance(values + i * k, values + (i - 1) * k, k) > 0.0;
    beyond->places++;
    beyond->steady += moves && goes > 0.9 * came;
}

/* A grid is one everywhere, but for places where it happens to be finer; a function with kinks
 * goes on as steeply as it came from where it was flat. Looked at on either side, at four
 * distances. */
static dirichlet_status look_beyond(struct dirichlet_estimator *estimator, const real *x,
                                    const real *center, double step, bool *flat)
{
    const double apart = step / (LADDER_RATIO * LADDER_RATIO);
    double far = LARGEST_STEP * scale_of(x, estimator->offer.inputs);
    struct beyond beyond = {0, 0};
    dirichlet_status status = DIRICHLET_OK;
    for (int tries = 0; status == DIRICHLET_OK && tries < 4; tries++, far *= 0.5) {
        for (int64_t i = 0; i < LADDER_STEPS; i++) {
            place_on_line(estimator, x, far + (double)i * apart, i);
            place_on_line(estimator, x, -far - (double)i * apart, LADDER_STEPS + i);
        }
        status = call_line(estimator, 2 * LADDER_STEPS);
        for (int64_t side = 0; status == DIRICHLET_OK && side < 2; side++)
            judge_place(estimator, center, side * LADDER_STEPS, far, apart, &beyond);
    }
    *flat = beyond.places > 0 && beyond.steady == beyond.places;
    return status;
}

#endif
