/* From the squared norms of a sample's products to its energy; body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_AVERAGES_BODY_H
#define DIRICHLET_ESTIMATOR_AVERAGES_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/statistics/moments.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

/* Standard deviation of the mean of `count` numbers, without squares of numbers that have none. */
static double deviation_of_mean(const double *values, int64_t count, double mean)
{
    double largest = 0.0;
    double squares = 0.0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(values[i] - mean));
    const int exponent = ilogb(largest) < -1000 ? -1000 : ilogb(largest);
    const double factor = ldexp(1.0, -exponent);
    for (int64_t i = 0; i < count; i++) {
        const double scaled = factor * (values[i] - mean);
        squares += scaled * scaled;
    }
    const double freedom = (double)count - 1.0;
    return ldexp(sqrt(squares / freedom / (double)count), exponent);
}

/* Energy and its deviation from the norms of the directions begin .. m - 1 of one sample: their
 * mean, and the standard deviation of that mean. */
static void average_norms(const struct dirichlet_estimator *estimator, int64_t row, int64_t begin)
{
    const struct plan *plan = &estimator->plan;
    const double *norms = estimator->workspace.norms + row * plan->directions;
    struct measure *measure = &estimator->workspace.measures[row];
    const double count = (double)(plan->directions - begin);
    double sum = 0.0;
    for (int64_t i = begin; i < plan->directions; i++)
        sum += norms[i];
    const double mean = sum / count;
    measure->energy += mean;
    if (plan->exact)
        measure->deviation = 0.0;
    else if (count > 1.0)
        measure->deviation = deviation_of_mean(norms + begin, plan->directions - begin, mean) *
                             sqrt(1.0 - plan_sampled_fraction(plan));
    else
        measure->deviation = NAN;
}

/* Energy as the sum of the norms along all coordinates. */
static void add_norms(const struct dirichlet_estimator *estimator, int64_t row)
{
    const int64_t count = estimator->plan.directions;
    const double *norms = estimator->workspace.norms + row * count;
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++)
        sum += norms[i];
    estimator->workspace.measures[row].energy = sum;
}

#endif
