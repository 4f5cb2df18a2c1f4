/* Points on the line through a sample; body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_LINE_POINTS_BODY_H
#define DIRICHLET_ESTIMATOR_LINE_POINTS_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/directions/calls_body.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

/* Steps beyond a quarter of the inputs' scale leave the data. */
#define LARGEST_STEP 0.25

/* x + t v for row `index` of the line's points. */
static void place_on_line(const struct dirichlet_estimator *estimator, const real *x, double t,
                          int64_t index)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    place_point(x, (real)t, w->line_direction, d, (real *)w->line_points + index * d);
}

/* f at `count` of these points. */
static dirichlet_status call_line(struct dirichlet_estimator *estimator, int64_t count)
{
    const struct workspace *w = &estimator->workspace;
    return call_forward(estimator, estimator->tile.line, 1, count, w->line_points, w->line_values);
}

#endif
