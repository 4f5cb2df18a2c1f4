/* The model's callbacks for rows of the tile; body for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_CALLS_BODY_H
#define DIRICHLET_ESTIMATOR_CALLS_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "estimator/state/estimator.h"
#include "model/calls/calls.h"

typedef struct PRECISION(model_caller) model_caller;

static model_caller caller_of(struct dirichlet_estimator *estimator)
{
    const model_caller caller = {&estimator->model.PRECISION(model), estimator->allocator.caller,
                                 &estimator->message, &estimator->tile.outside};
    return caller;
}

static dirichlet_status call_prepare(struct dirichlet_estimator *estimator, int64_t samples,
                                     const real *x)
{
    const model_caller caller = caller_of(estimator);
    return PRECISION(model_prepare)(&caller, tile_sample(&estimator->tile, 0), samples, x);
}

static dirichlet_status call_energies(struct dirichlet_estimator *estimator, int64_t samples,
                                      const real *x, double *energies)
{
    const model_caller caller = caller_of(estimator);
    return PRECISION(model_energies)(&caller, tile_sample(&estimator->tile, 0), samples, x,
                                     energies);
}

static dirichlet_status call_vjp(struct dirichlet_estimator *estimator, int64_t samples,
                                 int64_t count, const real *x, const real *u, real *jtu)
{
    const model_caller caller = caller_of(estimator);
    return PRECISION(model_vjp)(&caller, tile_sample(&estimator->tile, 0), samples, count, x, u,
                                jtu);
}

static dirichlet_status call_jvp(struct dirichlet_estimator *estimator, int64_t samples,
                                 int64_t count, const real *x, const real *v, real *jv)
{
    const model_caller caller = caller_of(estimator);
    return PRECISION(model_jvp)(&caller, tile_sample(&estimator->tile, 0), samples, count, x, v,
                                jv);
}

static dirichlet_status call_product_norms(struct dirichlet_estimator *estimator, int64_t samples,
                                           int64_t count, const real *x, const real *u,
                                           double *norms)
{
    const model_caller caller = caller_of(estimator);
    return PRECISION(model_product_norms)(&caller, tile_sample(&estimator->tile, 0), samples, count,
                                          x, u, norms);
}

/* f at `points` points of each of the samples in rows `row`, row + 1, ... of the tile. */
static dirichlet_status call_forward(struct dirichlet_estimator *estimator, int64_t row,
                                     int64_t samples, int64_t points, const real *x, real *y)
{
    const model_caller caller = caller_of(estimator);
    return PRECISION(model_forward)(&caller, tile_sample(&estimator->tile, row), samples, points, x,
                                    y);
}

#endif
