#include "callback.h"

#include "_cgo_export.h"

/* Exported Go functions know neither const nor a void pointer that holds a number. */

static int32_t call_forward(int64_t samples, const double *x, double *y, void *user)
{
    return godirichletForward(samples, (double *)x, y, (uintptr_t)user);
}

static int32_t call_jvp(int64_t samples, int64_t directions, const double *x, const double *v,
                        double *jv, void *user)
{
    return godirichletJVP(samples, directions, (double *)x, (double *)v, jv, (uintptr_t)user);
}

static int32_t call_vjp(int64_t samples, int64_t directions, const double *x, const double *u,
                        double *jtu, void *user)
{
    return godirichletVJP(samples, directions, (double *)x, (double *)u, jtu, (uintptr_t)user);
}

void godirichlet_set_callbacks(dirichlet_model_f64 *table, int forward, int jvp, int vjp,
                               uintptr_t user)
{
    table->forward = forward ? call_forward : 0;
    table->jvp = jvp ? call_jvp : 0;
    table->vjp = vjp ? call_vjp : 0;
    table->user = (void *)user;
}
