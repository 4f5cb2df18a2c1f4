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
#include "estimator/engine/averages_body.h"
#include "estimator/engine/conclusion_body.h"
#include "estimator/engine/hutchpp_body.h"
#include "estimator/engine/products_body.h"
#include "estimator/plan/plan.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/crew.h"
#include "estimator/state/estimator.h"

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
    dirichlet_status status =
        crew_rows(estimator, samples, frame_time(plan), prepare_directions, NULL);
    if (status == DIRICHLET_OK)
        status = call_prepare(estimator, samples, x);
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
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++) {
        if (w->differences[row].again)
            status = difference_again(estimator, row, x + row * d);
        if (status == DIRICHLET_OK && estimator->tile.outside)
            status = difference_inside(estimator, row, x + row * d);
    }
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
    estimator->tile.outside = false;
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
    environment_leave(estimator->allocator.caller);
    if (model->release != NULL)
        model->release(model->user);
    environment_enter(estimator->allocator.caller);
}

const struct engine PRECISION(estimator_engine) = {
    sizeof(real), measure_tile, sizeof(PRECISION(dirichlet_model)), retain_model, release_model};

#endif
