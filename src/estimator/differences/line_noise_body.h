/* The noise of f near a sample; body for both precisions.
 *
 * It is had from a table of differences of values at equally spaced points: for
 * independent errors of variance s^2 the l-th differences have the mean square (2l)!/(l!)^2 s^2,
 * while those of the function itself fall with every l (R. W. Hamming, Numerical Methods for
 * Scientists and Engineers, 2nd ed. 1973, ch. 10; J. J. More and S. M. Wild, Estimating
 * computational noise, SIAM J. Sci. Comput. 33 (2011) 1292: ECnoise). All outputs go into
 * one figure, the norm of their noise, since that is what an energy sees. */
#ifndef DIRICHLET_ESTIMATOR_LINE_NOISE_BODY_H
#define DIRICHLET_ESTIMATOR_LINE_NOISE_BODY_H

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

#define TABLE_LEVELS 6
/* From one try to the next, where values do not differ. */
#define TABLE_GROWTH 64.0
/* Estimates of three levels agree within this factor where they are of noise (More and Wild). */
#define TABLE_AGREEMENT 4.0

/* Squares of one output's differences to the sums of their levels; its equal neighbours. */
static int take_column(const real *first, const real *others, int64_t stride, double *sums)
{
    double column[TABLE_LEVELS + 1];
    int equal = 0;
    column[0] = (double)*first;
    for (int i = 0; i < TABLE_LEVELS; i++) {
        column[i + 1] = (double)others[i * stride];
        equal += column[i + 1] == column[i];
    }
    for (int level = 1; level <= TABLE_LEVELS; level++)
        for (int i = 0; i + level <= TABLE_LEVELS; i++) {
            column[i] = column[i + 1] - column[i];
            sums[level - 1] += column[i] * column[i];
        }
    return equal;
}

/* The noise from the sums of squares of every level's differences. */
static double noise_of_levels(const double *sums)
{
    double estimates[TABLE_LEVELS];
    double factor = 1.0; /* (l!)^2 / (2l)! */
    for (int level = 1; level <= TABLE_LEVELS; level++) {
        factor *= (double)level / (4.0 * (double)level - 2.0);
        estimates[level - 1] = sqrt(factor * sums[level - 1] / (double)(TABLE_LEVELS + 1 - level));
    }
    for (int i = 0; i + 2 < TABLE_LEVELS; i++) {
        const double least = fmin(estimates[i], fmin(estimates[i + 1], estimates[i + 2]));
        const double most = fmax(estimates[i], fmax(estimates[i + 1], estimates[i + 2]));
        if (most <= TABLE_AGREEMENT * least)
            return estimates[i];
    }
    return estimates[TABLE_LEVELS - 1]; /* the function still shows: no more than that */
}

/* One table with spacing t. `equal`: at least half of the neighbours do not differ, so that
 * the noise is coarser than the points; what is returned is then less than it. */
static dirichlet_status make_table(struct dirichlet_estimator *estimator, const real *x,
                                   const real *center, int64_t dead, double t, double *noise,
                                   bool *equal)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t k = estimator->offer.outputs;
    const real *values = w->line_values;
    double sums[TABLE_LEVELS] = {0};
    int64_t neighbours = 0;
    for (int64_t i = 0; i < TABLE_LEVELS; i++)
        place_on_line(estimator, x, (double)(i + 1) * t, i);
    const dirichlet_status status = call_line(estimator, TABLE_LEVELS);
    for (int64_t j = 0; status == DIRICHLET_OK && j < k; j++)
        neighbours += take_column(center + j, values + j, k, sums);
    *equal = 2 * (neighbours - TABLE_LEVELS * dead) >= TABLE_LEVELS * (k - dead);
    *noise = noise_of_levels(sums);
    return status;
}

/* The noise of one value of f near x, with points as near as they can be told apart, or at
 * `coarse` times that. Never less than what *noise already is. */
static dirichlet_status measure_noise(struct dirichlet_estimator *estimator, const real *x,
                                      const real *center, const struct difference *difference,
                                      double coarse, double *noise)
{
    const double scale = scale_of(x, estimator->offer.inputs);
    const double first = power_of_two(coarse * sqrt(difference->relative) / 16.0 * scale);
    double t = first;
    dirichlet_status status = DIRICHLET_OK;
    bool equal = true;
    for (; status == DIRICHLET_OK && equal && TABLE_LEVELS * t <= LARGEST_STEP * scale;
         t *= TABLE_GROWTH) {
        double found = 0.0;
        status = make_table(estimator, x, center, difference->dead, t, &found, &equal);
        if (!isfinite(found) && t > first)
            break; /* f ends there */
        if (!(found < *noise))
            *noise = found;
    }
    return status;
}

#endif
