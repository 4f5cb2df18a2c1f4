/* Samples that are not independent; body for both precisions.
 *
 * Where rows of a call share something, the largest value of all for int8 or the mean of a
 * batch normalization, a row's output depends on its neighbours. The same row is given twice
 * in calls of the same size, in the same place, once beside the most different row there is
 * and once beside itself: products then run on the same kernels, in the same order, so that
 * what differs is not rounding. Where the forward pass itself does not repeat, that is its
 * noise. */
#ifndef DIRICHLET_ESTIMATOR_COUPLING_BODY_H
#define DIRICHLET_ESTIMATOR_COUPLING_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/differences/line_points_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

static bool is_usable(const struct dirichlet_estimator *estimator, const real *x)
{
    return is_finite_vector(x, estimator->offer.inputs);
}

/* The longest of the tile's other rows; -1 if there is none that is finite. */
static int64_t longest_other(const struct dirichlet_estimator *estimator, int64_t row,
                             int64_t samples, const real *x)
{
    const int64_t d = estimator->offer.inputs;
    double length = -1.0;
    int64_t longest = -1;
    for (int64_t i = 0; i < samples; i++) {
        if (i == row || !is_usable(estimator, x + i * d))
            continue;
        const double squared = squared_norm(x + i * d, d);
        if (squared > length) {
            length = squared;
            longest = i;
        }
    }
    return longest;
}

/* f of the sample in row `row`, `subject`, in a call with `other`, to row `index` of the line's
 * values. To a model that looks whose rows they are `other` is a point of the same sample. */
static dirichlet_status call_together(struct dirichlet_estimator *estimator, int64_t row,
                                      const real *subject, const real *other, int64_t index)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const size_t bytes = (size_t)d * sizeof(real);
    real *points = w->line_points;
    memcpy(points, subject, bytes);
    memcpy(points + d, other, bytes);
    return call_forward(estimator, row, 1, 2, points,
                        (real *)w->line_values + index * estimator->offer.outputs);
}

static double squared_distance(const real *a, const real *b, int64_t size)
{
    double sum = 0.0;
    for (int64_t i = 0; i < size; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

/* Calls with others and with itself where the first of them differ. */
#define COMPANY_CALLS 3
#define ALONE_CALLS 6

/* What differs by chance does so between two calls with itself, too: the least distance to those
 * with others, and the largest among those with itself. */
static dirichlet_status repeat_company(struct dirichlet_estimator *estimator, int64_t row,
                                       const real *subject, const real *other, double *distance,
                                       double *repeated)
{
    const int64_t k = estimator->offer.outputs;
    const real *values = estimator->workspace.line_values;
    dirichlet_status status = DIRICHLET_OK;
    *repeated = 0.0;
    for (int i = 0; status == DIRICHLET_OK && i < ALONE_CALLS; i++) {
        status = call_together(estimator, row, subject, subject, 4);
        *repeated = fmax(*repeated, squared_distance(values + 4 * k, values + 2 * k, k));
    }
    for (int i = 1; status == DIRICHLET_OK && i < COMPANY_CALLS; i++) {
        status = call_together(estimator, row, subject, other, 0);
        *distance = fmin(*distance, squared_distance(values, values + 2 * k, k));
    }
    return status;
}

/* *distance: between f(subject) beside `other` and beside itself, squared; *repeated: between
 * calls with itself, asked for only where the first is more than a few roundings. */
static dirichlet_status compare_company(struct dirichlet_estimator *estimator, int64_t row,
                                        const real *subject, const real *other, double *distance,
                                        double *repeated)
{
    const int64_t k = estimator->offer.outputs;
    const real *values = estimator->workspace.line_values;
    dirichlet_status status = call_together(estimator, row, subject, other, 0);
    if (status == DIRICHLET_OK)
        status = call_together(estimator, row, subject, subject, 2);
    if (status != DIRICHLET_OK)
        return status;
    const double rounding = 64.0 * (double)REAL_EPSILON;
    *distance = squared_distance(values, values + 2 * k, k);
    *repeated = INFINITY;
    if (*distance > rounding * rounding * squared_norm(values + 2 * k, k))
        status = repeat_company(estimator, row, subject, other, distance, repeated);
    return status;
}

static dirichlet_status report_coupling(struct dirichlet_estimator *estimator, int64_t sample)
{
    struct message *message = &estimator->message;
    return message_with_sample(
        message, sample,
        message_fail(message, DIRICHLET_E_COUPLED,
                     "sample %lld: model.forward gives other outputs beside other samples, so they "
                     "are not independent: say max_samples = 1",
                     (long long)sample));
}

/* How far a sample's company is from it, where that is a point of its line: for a model that looks
 * whose rows it has as far as points are ever taken, since no other sample's may be given for it.
 */
static double distance_of_company(const struct dirichlet_estimator *estimator, int64_t row,
                                  const real *x)
{
    return estimator->offer.ignores_first
               ? estimator->workspace.differences[row].step
               : power_of_two(0.5 * LARGEST_STEP * scale_of(x, estimator->offer.inputs));
}

/* Does the company that row `row` of the tile is in change its output? With a tile of one
 * sample the company is a point of its line. */
static dirichlet_status check_coupling(struct dirichlet_estimator *estimator, int64_t row,
                                       int64_t samples, const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const int64_t place = (LINE_ROWS - 1) * d;
    const int64_t longest =
        estimator->offer.ignores_first ? longest_other(estimator, row, samples, x) : -1;
    const real *subject = x + row * d;
    const real *other = (const real *)w->line_points + place;
    double distance = 0.0;
    double repeated = 0.0;
    if (estimator->offer.max_samples < 2 || !is_usable(estimator, subject))
        return DIRICHLET_OK;
    if (longest >= 0)
        other = x + longest * d;
    else
        place_on_line(estimator, subject, distance_of_company(estimator, row, subject),
                      LINE_ROWS - 1);
    if (longest >= 0 && squared_norm(subject, d) > squared_norm(other, d)) {
        other = subject;
        subject = x + longest * d;
        row = longest;
    }
    const dirichlet_status status =
        compare_company(estimator, row, subject, other, &distance, &repeated);
    if (isnan(distance)) /* a finite sample without a value */
        w->differences[row].deviation = NAN;
    if (status == DIRICHLET_OK && distance > 16.0 * repeated)
        return report_coupling(estimator, tile_sample(&estimator->tile, row));
    return status;
}

#endif
