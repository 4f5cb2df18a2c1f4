/* The model's callbacks, their failures turned into statuses; body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_CALLS_BODY_H
#define DIRICHLET_ESTIMATOR_CALLS_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "estimator/state/estimator.h"
#include "model/spoil_body.h"

static const PRECISION(dirichlet_model) * model_of(const struct dirichlet_estimator *estimator)
{
    return &estimator->model.PRECISION(model);
}

/* A callback runs in the caller's environment: from here to called(). */
static void leave_for(const struct dirichlet_estimator *estimator)
{
    environment_leave(estimator->allocator.caller);
}

static dirichlet_status called(struct dirichlet_estimator *estimator, const char *name,
                               int32_t code)
{
    environment_enter(estimator->allocator.caller);
    return code == 0 ? DIRICHLET_OK : estimator_callback_failed(estimator, name, code);
}

static void spoil_numbers(double *output, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        output[i] = NAN;
}

static dirichlet_status call_energies(struct dirichlet_estimator *estimator, int64_t samples,
                                      const real *x, double *energies)
{
    const PRECISION(dirichlet_model) *model = model_of(estimator);
    spoil_numbers(energies, samples);
    leave_for(estimator);
    return called(estimator, "energies", model->energies(samples, x, energies, model->user));
}

static dirichlet_status call_vjp(struct dirichlet_estimator *estimator, int64_t samples,
                                 int64_t count, const real *x, const real *u, real *jtu)
{
    const PRECISION(dirichlet_model) *model = model_of(estimator);
    spoil_rows(jtu, samples * count, model->inputs);
    leave_for(estimator);
    return called(estimator, "vjp", model->vjp(samples, count, x, u, jtu, model->user));
}

static dirichlet_status call_jvp(struct dirichlet_estimator *estimator, int64_t samples,
                                 int64_t count, const real *x, const real *v, real *jv)
{
    const PRECISION(dirichlet_model) *model = model_of(estimator);
    spoil_rows(jv, samples * count, model->outputs);
    leave_for(estimator);
    return called(estimator, "jvp", model->jvp(samples, count, x, v, jv, model->user));
}

static dirichlet_status call_product_norms(struct dirichlet_estimator *estimator, int64_t samples,
                                           int64_t count, const real *x, const real *u,
                                           double *norms)
{
    const PRECISION(dirichlet_model) *model = model_of(estimator);
    spoil_numbers(norms, samples * count);
    leave_for(estimator);
    return called(estimator, "product_norms",
                  model->product_norms(samples, count, x, u, norms, model->user));
}

/* A tile of finite differences has more points than samples: the model's largest batch
 * cuts it. */
static dirichlet_status call_forward(struct dirichlet_estimator *estimator, int64_t points,
                                     const real *x, real *y)
{
    const PRECISION(dirichlet_model) *model = model_of(estimator);
    const int64_t most = estimator->offer.max_samples;
    spoil_rows(y, points, model->outputs);
    dirichlet_status status = DIRICHLET_OK;
    int64_t done = 0;
    while (status == DIRICHLET_OK && done < points) {
        const int64_t count = points - done < most ? points - done : most;
        const real *from = x + done * model->inputs;
        leave_for(estimator);
        status = called(estimator, "forward",
                        model->forward(count, from, y + done * model->outputs, model->user));
        done += count;
    }
    return status;
}

#endif
