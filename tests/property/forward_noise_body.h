/* body for both precisions. */
#ifndef DIRICHLET_PROPERTY_FORWARD_NOISE_BODY_H
#define DIRICHLET_PROPERTY_FORWARD_NOISE_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "forward_noise.h"
#include "models.h"

static int32_t forward(int64_t first, int64_t samples, int64_t points, const real *x, real *y,
                       void *user)
{
    (void)first;
    samples *= points;
    struct spoilt *f = user;
    double *wide = take(f->inputs, sizeof *wide);
    double values[MOST_OUTPUTS];
    f->rows += samples;
    for (int64_t i = 0; i < samples; i++) {
        for (int64_t j = 0; j < f->inputs; j++)
            wide[j] = (double)x[i * f->inputs + j];
        spoilt_forward(f, wide, values);
        for (int64_t j = 0; j < f->outputs; j++)
            y[i * f->outputs + j] = (real)values[j];
    }
    free(wide);
    return 0;
}

static PRECISION(dirichlet_model) model_of(struct spoilt *f)
{
    const PRECISION(dirichlet_model) model = {.struct_size = sizeof model,
                                              .inputs = f->inputs,
                                              .outputs = f->outputs,
                                              .forward = forward,
                                              .user = f};
    return model;
}

static real *points_of(const struct spoilt *f, int64_t samples, const double *x)
{
    real *points = take(samples * f->inputs, sizeof *points);
    for (int64_t i = 0; i < samples * f->inputs; i++)
        points[i] = (real)x[i];
    return points;
}

dirichlet_status PRECISION(measure_spoilt)(struct spoilt *f, int64_t samples, const double *x,
                                           const dirichlet_estimator_options *options,
                                           dirichlet_result *result, dirichlet_error *error)
{
    const PRECISION(dirichlet_model) model = model_of(f);
    real *points = points_of(f, samples, x);
    const dirichlet_status status =
        PRECISION(dirichlet_measure)(&model, samples, points, NULL, options, result, NULL, error);
    free(points);
    return status;
}

dirichlet_status PRECISION(penalize_spoilt)(struct spoilt *f, int64_t samples, const double *x,
                                            double *value, double *noise)
{
    const PRECISION(dirichlet_model) model = model_of(f);
    const dirichlet_energy_penalty_options options = {.struct_size = sizeof options,
                                                      .probes = f->inputs};
    dirichlet_penalty_result result = DIRICHLET_INIT(dirichlet_penalty_result);
    real *points = points_of(f, samples, x);
    const dirichlet_status status =
        PRECISION(dirichlet_energy_penalty)(&model, samples, points, &options, 1.0, &result, NULL);
    *value = result.value;
    *noise = result.noise;
    free(points);
    return status;
}

#endif
