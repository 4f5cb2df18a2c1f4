/* What the differences of a sample say of its energy, and those that have to be taken once more;
 * body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_CONCLUSION_BODY_H
#define DIRICHLET_ESTIMATOR_CONCLUSION_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/statistics/moments.h"
#include "dirichlet/status.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/differences/line_body.h"
#include "estimator/directions/directions_body.h"
#include "estimator/engine/averages_body.h"
#include "estimator/engine/products_body.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/estimator.h"

/* What noise of its type adds to a flat function is bounded by e, but where noise that was
 * measured, or something that is no noise, is as large as the differences, the function may be
 * anything: sin x at steps of a thousand. */
static bool is_unresolved(const struct difference *difference, const struct measure *measure,
                          double even)
{
    const double most = 0.25 * measure->energy;
    return difference->unresolved || even - 3.0 * measure->noise > most ||
           (difference->noisy && measure->noise > most);
}

/* The energy of a sample from its differences, and how wrong it may be: noise and steps add to
 * it, each direction's e is the error of its o. Those of noise are independent, but a kink draws
 * the o of all directions that cross it towards the same other slope, and it may be hidden in
 * the noise: their sizes add up. */
static void conclude(struct dirichlet_estimator *estimator, int64_t row)
{
    const struct plan *plan = &estimator->plan;
    struct difference *difference = &estimator->workspace.differences[row];
    struct measure *measure = &estimator->workspace.measures[row];
    const double count = (double)plan->directions;
    const bool coordinates = plan->directions == plan->direction_size;
    const double share = coordinates ? 1.0 : 1.0 / count; /* of a direction in the energy */
    const double one = noise_at(difference->step, difference->deviation);
    const double known = share * count * one;
    const double even = share * difference->even;
    memset(measure, 0, sizeof *measure);
    if (coordinates)
        add_norms(estimator, row);
    else
        average_norms(estimator, row, 0);
    const double crossed =
        fmax(share * difference->coherent, sqrt(measure->energy) * sqrt(share * one));
    measure->noise = isnan(known) ? known : fmax(known, fmin(even / 3.0, 4.0 * known));
    measure->step_error = 4.0 / 3.0 * fmax(0.0, even - 3.0 * measure->noise) +
                          difference->truncation * measure->energy;
    measure->difference_deviation = 2.0 * crossed;
    measure->unresolved = is_unresolved(difference, measure, even);
    measure->relative_noise = difference->relative;
    measure->step = difference->step;
    measure->inspected = difference->inspected;
    measure->loss = difference->loss;
    difference->again = !difference->inspected && !is_told(estimator) &&
                        is_rough(difference, measure->energy, even);
}

/* The differences of one sample once more. It takes the first place of the tile for so long, whose
 * own sample has to be done by then. */
static dirichlet_status difference_alone(struct dirichlet_estimator *estimator, int64_t row,
                                         const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const struct measure kept = w->measures[0];
    const struct tile whole = estimator->tile;
    const struct tile alone = {.first = tile_sample(&whole, row)};
    const int64_t k = estimator->offer.outputs;
    w->differences[0] = w->differences[row];
    w->differences[0].even = w->differences[0].coherent = 0.0;
    memmove(w->center, (const real *)w->center + row * k, (size_t)k * sizeof(real));
    estimator->tile = alone;
    prepare_directions(estimator, 0, NULL);
    const dirichlet_status status = measure_norms(estimator, 1, x, 0, estimator->plan.directions);
    estimator->tile = whole;
    if (status != DIRICHLET_OK)
        return status;
    conclude(estimator, 0);
    w->measures[row] = w->measures[0];
    if (row > 0)
        w->measures[0] = kept;
    return status;
}

/* A sample whose differences do not look as they should, with its line and the step by that. */
static dirichlet_status difference_again(struct dirichlet_estimator *estimator, int64_t row,
                                         const real *x)
{
    const struct difference *difference = &estimator->workspace.differences[row];
    const double before = difference->step;
    const double known = difference->deviation;
    const dirichlet_status status = inspect_line(estimator, row, x);
    if (status != DIRICHLET_OK)
        return status;
    if (difference->step != before || difference->deviation != known)
        return difference_alone(estimator, row, x);
    conclude(estimator, row); /* with what the line says of the same differences */
    return DIRICHLET_OK;
}

/* From one try to the next, and how many: down to a step of rounding errors alone. */
#define SHORTER 8.0
#define SHORTER_TRIES 8

/* A sample at which f is defined, but not at the step from it: a shorter one may do, with more
 * noise, which is reckoned as that of the type. What the caller has said of the step stands. */
static dirichlet_status difference_inside(struct dirichlet_estimator *estimator, int64_t row,
                                          const real *x)
{
    const struct workspace *w = &estimator->workspace;
    struct difference *difference = &w->differences[row];
    const double k = (double)estimator->offer.outputs;
    dirichlet_status status = DIRICHLET_OK;
    if (estimator->options.step > 0.0 || !isfinite(difference->largest))
        return DIRICHLET_OK;
    for (int tries = 0; status == DIRICHLET_OK && tries < SHORTER_TRIES; tries++) {
        if (isfinite(w->measures[row].energy))
            return DIRICHLET_OK;
        difference->step /= SHORTER;
        difference->deviation = difference->relative * difference->largest * sqrt(k);
        difference->truncation = 0.0;
        difference->unresolved = difference->noisy = 0;
        status = difference_alone(estimator, row, x);
    }
    return status;
}

#endif
