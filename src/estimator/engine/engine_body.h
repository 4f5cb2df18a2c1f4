/* The energies of a tile of samples; body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_ENGINE_BODY_H
#define DIRICHLET_ESTIMATOR_ENGINE_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/statistics/moments.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/estimator.h"
#include "dirichlet/status.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/differences/line_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/directions/directions_body.h"
#include "estimator/engine/hutchpp_body.h"
#include "estimator/engine/products_body.h"
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

/* What product_norms wrote below zero becomes the energy, for the update to refuse. */
static void expose_negative_norms(const struct dirichlet_estimator *estimator, int64_t row)
{
    const int64_t count = estimator->plan.directions;
    const double *norms = estimator->workspace.norms + row * count;
    for (int64_t i = 0; i < count; i++)
        if (norms[i] < 0.0)
            estimator->workspace.measures[row].energy = norms[i];
}

static dirichlet_status measure_by_energies(struct dirichlet_estimator *estimator, int64_t samples,
                                            const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const dirichlet_status status = call_energies(estimator, samples, x, w->norms);
    for (int64_t row = 0; row < samples; row++)
        w->measures[row].energy = w->norms[row];
    return status;
}

static dirichlet_status measure_by_products(struct dirichlet_estimator *estimator, int64_t samples,
                                            const real *x)
{
    const struct plan *plan = &estimator->plan;
    for (int64_t row = 0; row < samples; row++)
        prepare_directions(estimator, row, tile_sample(&estimator->tile, row));
    dirichlet_status status = call_prepare(estimator, samples, x);
    if (status == DIRICHLET_OK)
        status = measure_norms(estimator, samples, x, 0, plan->directions);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++) {
        if (plan->method == DIRICHLET_METHOD_EXACT)
            add_norms(estimator, row);
        else
            average_norms(estimator, row, 0);
        if (plan->side == SIDE_NORMS)
            expose_negative_norms(estimator, row);
    }
    return status;
}

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

/* A sample whose differences do not look as they should, with its line and the step by that. It
 * takes the first place of the tile for so long. */
static dirichlet_status difference_alone(struct dirichlet_estimator *estimator, int64_t row,
                                         const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const struct measure kept = w->measures[0];
    const struct tile whole = estimator->tile;
    const struct tile alone = {tile_sample(&whole, row), NULL, 0};
    const int64_t k = estimator->offer.outputs;
    w->differences[0] = w->differences[row];
    w->differences[0].even = w->differences[0].coherent = 0.0;
    memmove(w->center, (const real *)w->center + row * k, (size_t)k * sizeof(real));
    estimator->tile = alone;
    prepare_directions(estimator, 0, alone.first);
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

static dirichlet_status measure_by_differences(struct dirichlet_estimator *estimator,
                                               int64_t samples, const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    dirichlet_status status = assume_steps(estimator, samples, x);
    if (status == DIRICHLET_OK)
        status = inspect_lines(estimator, samples, x);
    if (status == DIRICHLET_OK)
        status = measure_norms(estimator, samples, x, 0, estimator->plan.directions);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++)
        conclude(estimator, row);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++)
        if (w->differences[row].again)
            status = difference_again(estimator, row, x + row * d);
    return status;
}

static dirichlet_status measure_by_hutchpp(struct dirichlet_estimator *estimator, int64_t samples,
                                           const real *x)
{
    dirichlet_status status = call_prepare(estimator, samples, x);
    if (status == DIRICHLET_OK)
        status = make_sketch(estimator, samples, x);
    if (status == DIRICHLET_OK)
        status = measure_sketch(estimator, samples, x);
    if (status == DIRICHLET_OK)
        status = measure_rest(estimator, samples, x);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++)
        average_norms(estimator, row, estimator->plan.sketch);
    return status;
}

/* The derivative of a saturated unit can hide a NaN in x, so x is looked at itself. */
static dirichlet_status check_data(struct dirichlet_estimator *estimator, int64_t samples,
                                   const real *x)
{
    const int64_t d = estimator->offer.inputs;
    for (int64_t row = 0; row < samples; row++) {
        const int64_t sample = tile_sample(&estimator->tile, row);
        if (!is_finite_vector(x + row * d, d))
            return message_with_sample(&estimator->message, sample,
                                       message_fail(&estimator->message, DIRICHLET_E_NOT_FINITE,
                                                    "sample %lld: x holds a NaN or infinity",
                                                    (long long)sample));
    }
    return DIRICHLET_OK;
}

/* When skipping, the same samples are marked after the fact. */
static void mark_data(struct dirichlet_estimator *estimator, int64_t samples, const real *x)
{
    const int64_t d = estimator->offer.inputs;
    for (int64_t row = 0; row < samples; row++)
        if (!is_finite_vector(x + row * d, d))
            estimator->workspace.measures[row].energy = NAN;
}

static dirichlet_status measure_tile(struct dirichlet_estimator *estimator, int64_t samples,
                                     const void *data)
{
    const real *x = data;
    const bool skip = estimator->options.on_nonfinite == DIRICHLET_NONFINITE_SKIP;
    dirichlet_status status = DIRICHLET_OK;
    if (!skip)
        status = check_data(estimator, samples, x);
    if (status != DIRICHLET_OK)
        return status;
    memset(estimator->workspace.measures, 0, (size_t)samples * sizeof(struct measure));
    if (estimator->plan.side == SIDE_ENERGIES)
        status = measure_by_energies(estimator, samples, x);
    else if (estimator->plan.side == SIDE_FORWARD)
        status = measure_by_differences(estimator, samples, x);
    else if (estimator->plan.method == DIRICHLET_METHOD_HUTCHPP)
        status = measure_by_hutchpp(estimator, samples, x);
    else
        status = measure_by_products(estimator, samples, x);
    if (skip)
        mark_data(estimator, samples, x);
    return status;
}

static void retain_model(const struct dirichlet_estimator *estimator)
{
    const PRECISION(dirichlet_model) *model = &estimator->model.PRECISION(model);
    environment_leave(estimator->allocator.caller);
    if (model->retain != NULL)
        model->retain(model->user);
    environment_enter(estimator->allocator.caller);
}

static void release_model(const struct dirichlet_estimator *estimator)
{
    const PRECISION(dirichlet_model) *model = &estimator->model.PRECISION(model);
    if (model->release != NULL)
        model->release(model->user);
}

const struct engine PRECISION(estimator_engine) = {
    sizeof(real), measure_tile, sizeof(PRECISION(dirichlet_model)), retain_model, release_model};

#endif
