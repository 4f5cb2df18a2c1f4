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

/* A row, and what stands beside it in a call of two rows. A model that looks whose rows it has is
 * given two samples that follow each other, in their order, or a point near the row. */
struct company {
    const real *x;     /* of the tile */
    int64_t row;       /* whose outputs are looked at */
    int64_t neighbour; /* a sample of its own index; -1: none, but */
    const real *other; /* any row, behind it */
};

/* Is it the second row of the calls? */
static int64_t place_of(const struct company *company)
{
    return company->neighbour >= 0 && company->neighbour < company->row ? 1 : 0;
}

/* Two rows of the same sample to row `index` of the line's values and the one behind it. */
static dirichlet_status call_pair(struct dirichlet_estimator *estimator, int64_t row,
                                  const real *first, const real *second, int64_t index)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const size_t bytes = (size_t)d * sizeof(real);
    real *points = w->line_points;
    memcpy(points, first, bytes);
    memcpy(points + d, second, bytes);
    return call_forward(estimator, row, 1, 2, points,
                        (real *)w->line_values + index * estimator->offer.outputs);
}

static dirichlet_status call_alone(struct dirichlet_estimator *estimator,
                                   const struct company *company, int64_t index)
{
    const real *subject = company->x + company->row * estimator->offer.inputs;
    return call_pair(estimator, company->row, subject, subject, index);
}

static dirichlet_status call_together(struct dirichlet_estimator *estimator,
                                      const struct company *company, int64_t index)
{
    const int64_t d = estimator->offer.inputs;
    real *values = (real *)estimator->workspace.line_values + index * estimator->offer.outputs;
    const int64_t first = company->row - place_of(company);
    if (company->neighbour >= 0)
        return call_forward(estimator, first, 2, 1, company->x + first * d, values);
    return call_pair(estimator, company->row, company->x + company->row * d, company->other, index);
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

/* Between the outputs of two calls, squared. */
static double distance_between(const struct dirichlet_estimator *estimator,
                               const struct company *company, int64_t one, int64_t other)
{
    const int64_t k = estimator->offer.outputs;
    const real *values = (const real *)estimator->workspace.line_values + place_of(company) * k;
    return squared_distance(values + one * k, values + other * k, k);
}

/* What differs by chance does so between two calls with itself, too: the least distance to those
 * with others, and the largest among those with itself. */
static dirichlet_status repeat_company(struct dirichlet_estimator *estimator,
                                       const struct company *company, double *distance,
                                       double *repeated)
{
    dirichlet_status status = DIRICHLET_OK;
    *repeated = 0.0;
    for (int i = 0; status == DIRICHLET_OK && i < ALONE_CALLS; i++) {
        status = call_alone(estimator, company, 4);
        *repeated = fmax(*repeated, distance_between(estimator, company, 4, 2));
    }
    for (int i = 1; status == DIRICHLET_OK && i < COMPANY_CALLS; i++) {
        status = call_together(estimator, company, 0);
        *distance = fmin(*distance, distance_between(estimator, company, 0, 2));
    }
    return status;
}

/* *distance: between f of the row beside another one and beside itself, squared; *repeated: between
 * calls with itself, asked for only where the first is more than a few roundings. */
static dirichlet_status compare_company(struct dirichlet_estimator *estimator,
                                        const struct company *company, double *distance,
                                        double *repeated)
{
    const int64_t k = estimator->offer.outputs;
    const real *alone =
        (const real *)estimator->workspace.line_values + (2 + place_of(company)) * k;
    dirichlet_status status = call_together(estimator, company, 0);
    if (status == DIRICHLET_OK)
        status = call_alone(estimator, company, 2);
    if (status != DIRICHLET_OK)
        return status;
    const double rounding = 64.0 * (double)REAL_EPSILON;
    *distance = distance_between(estimator, company, 0, 2);
    *repeated = INFINITY;
    if (*distance > rounding * rounding * squared_norm(alone, k))
        status = repeat_company(estimator, company, distance, repeated);
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

/* Beside the most different row there is: the shorter of the two is looked at. */
static struct company any_company(const struct dirichlet_estimator *estimator, int64_t row,
                                  int64_t longest, const real *x)
{
    const int64_t d = estimator->offer.inputs;
    if (squared_norm(x + row * d, d) > squared_norm(x + longest * d, d))
        return (struct company){x, longest, -1, x + row * d};
    return (struct company){x, row, -1, x + longest * d};
}

/* Beside that of the samples before and behind the longest that differs most from it; without a
 * neighbour that is finite, the row alone. */
static struct company neighbours(const struct dirichlet_estimator *estimator, int64_t row,
                                 int64_t longest, int64_t samples, const real *x)
{
    const int64_t d = estimator->offer.inputs;
    struct company company = {x, row, -1, NULL};
    double shortest = INFINITY;
    for (int64_t i = longest - 1; i <= longest + 1; i += 2) {
        if (i < 0 || i >= samples || !is_usable(estimator, x + i * d))
            continue;
        if (!(squared_norm(x + i * d, d) < shortest))
            continue;
        shortest = squared_norm(x + i * d, d);
        company.row = i;
        company.neighbour = longest;
    }
    return company;
}

/* Where there is no other sample, a point of its line. */
static struct company choose_company(struct dirichlet_estimator *estimator, int64_t row,
                                     int64_t samples, const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const int64_t other = longest_other(estimator, row, samples, x);
    struct company company = {x, row, -1, NULL};
    if (other >= 0 && estimator->offer.ignores_first)
        return any_company(estimator, row, other, x);
    if (other >= 0) {
        const bool row_is_longer = squared_norm(x + row * d, d) > squared_norm(x + other * d, d);
        company = neighbours(estimator, row, row_is_longer ? row : other, samples, x);
    }
    if (company.neighbour < 0) {
        place_on_line(estimator, x + row * d, w->differences[row].step, LINE_ROWS - 1);
        company.other = (const real *)w->line_points + (LINE_ROWS - 1) * d;
    }
    return company;
}

/* Does the company that rows of the tile are in change their outputs? */
static dirichlet_status check_coupling(struct dirichlet_estimator *estimator, int64_t row,
                                       int64_t samples, const real *x)
{
    double distance = 0.0;
    double repeated = 0.0;
    if (estimator->offer.max_samples < 2 ||
        !is_usable(estimator, x + row * estimator->offer.inputs))
        return DIRICHLET_OK;
    const struct company company = choose_company(estimator, row, samples, x);
    const dirichlet_status status = compare_company(estimator, &company, &distance, &repeated);
    if (isnan(distance)) /* a finite sample without a value */
        estimator->workspace.differences[company.row].deviation = NAN;
    if (status == DIRICHLET_OK && distance > 16.0 * repeated)
        return report_coupling(estimator, tile_sample(&estimator->tile, company.row));
    return status;
}

#endif
