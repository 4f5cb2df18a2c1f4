/* A model whose callbacks give the same bits in every environment: f_j(x) = s x_j, s a power of
 * two. Every callback looks at its environment first. */
#ifndef DIRICHLET_ENVIRONMENT_SHIFT_BODY_H
#define DIRICHLET_ENVIRONMENT_SHIFT_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dirichlet/model.h"
#include "run.h"

#define INPUTS 5
#define OUTPUTS 3

struct shift {
    struct run *run;
    real scale;
};

static int32_t shift_forward(int64_t first, int64_t samples, int64_t points, const real *x, real *y,
                             void *user)
{
    const struct shift *shift = user;
    (void)first;
    run_inside(shift->run);
    for (int64_t i = 0; i < samples * points; i++)
        for (int64_t j = 0; j < OUTPUTS; j++)
            y[i * OUTPUTS + j] = shift->scale * x[i * INPUTS + j];
    return 0;
}

static int32_t shift_jvp(int64_t first, int64_t samples, int64_t directions, const real *x,
                         const real *v, real *jv, void *user)
{
    (void)x;
    return shift_forward(first, samples, directions, v, jv, user);
}

static int32_t shift_vjp(int64_t first, int64_t samples, int64_t directions, const real *x,
                         const real *u, real *jtu, void *user)
{
    const struct shift *shift = user;
    (void)first;
    (void)x;
    run_inside(shift->run);
    for (int64_t i = 0; i < samples * directions; i++)
        for (int64_t j = 0; j < INPUTS; j++)
            jtu[i * INPUTS + j] = j < OUTPUTS ? shift->scale * u[i * OUTPUTS + j] : (real)0;
    return 0;
}

static int32_t shift_energies(int64_t first, int64_t samples, const real *x, double *energies,
                              void *user)
{
    const struct shift *shift = user;
    (void)first;
    (void)x;
    run_inside(shift->run);
    for (int64_t i = 0; i < samples; i++)
        energies[i] = (double)shift->scale * (double)(i + 1);
    return 0;
}

static int32_t shift_product_norms(int64_t first, int64_t samples, int64_t directions,
                                   const real *x, const real *u, double *norms, void *user)
{
    const struct shift *shift = user;
    (void)first;
    (void)x;
    run_inside(shift->run);
    for (int64_t i = 0; i < samples * directions; i++)
        norms[i] = fabs((double)u[i * OUTPUTS]);
    return 0;
}

static int32_t shift_prepare(int64_t first, int64_t samples, const real *x, void *user)
{
    const struct shift *shift = user;
    (void)first;
    run_inside(shift->run);
    run_keep(shift->run, x, (size_t)(samples * INPUTS) * sizeof *x);
    return 0;
}

static int32_t shift_parameter_vjp(int64_t first, int64_t samples, int64_t points, const real *x,
                                   const real *cotangents, void *user)
{
    const struct shift *shift = user;
    (void)first;
    run_inside(shift->run);
    run_keep(shift->run, x, (size_t)(samples * points * INPUTS) * sizeof *x);
    run_keep(shift->run, cotangents, (size_t)(samples * points * OUTPUTS) * sizeof *cotangents);
    return 0;
}

static void shift_hold(void *user)
{
    struct shift *shift = user;
    run_inside(shift->run);
    shift->run->held++;
}

static void shift_let_go(void *user)
{
    struct shift *shift = user;
    run_inside(shift->run);
    shift->run->held--;
}

static PRECISION(dirichlet_model) model_of_shift(struct shift *shift)
{
    return (PRECISION(dirichlet_model)){.struct_size = sizeof(PRECISION(dirichlet_model)),
                                        .inputs = INPUTS,
                                        .outputs = OUTPUTS,
                                        .forward = shift_forward,
                                        .jvp = shift_jvp,
                                        .vjp = shift_vjp,
                                        .energies = shift_energies,
                                        .product_norms = shift_product_norms,
                                        .parameter_vjp = shift_parameter_vjp,
                                        .prepare = shift_prepare,
                                        .retain = shift_hold,
                                        .release = shift_let_go,
                                        .user = shift};
}

/* Loss(theta) = theta_0, its gradient theta and its Hessian 1, whether or not that fits. */
static int32_t shift_gradient(const real *theta, double *loss, real *gradient, void *user)
{
    const struct shift *shift = user;
    run_inside(shift->run);
    *loss = (double)theta[0];
    for (int64_t i = 0; i < INPUTS; i++)
        gradient[i] = theta[i];
    return 0;
}

static int32_t shift_hvp(const real *theta, const real *v, real *hv, void *user)
{
    double ignored = 0.0;
    (void)theta;
    return shift_gradient(v, &ignored, hv, user);
}

static int32_t shift_loss(int64_t first, int64_t samples, const real *f, double *values,
                          real *cotangents, void *user)
{
    const struct shift *shift = user;
    (void)first;
    run_inside(shift->run);
    for (int64_t i = 0; i < samples * OUTPUTS; i++)
        cotangents[i] = f[i];
    for (int64_t i = 0; i < samples; i++)
        values[i] = (double)f[i * OUTPUTS];
    return 0;
}

static int32_t shift_curvature(int64_t first, int64_t samples, const real *f, const real *tangents,
                               real *products, void *user)
{
    const struct shift *shift = user;
    (void)first;
    (void)f;
    run_inside(shift->run);
    for (int64_t i = 0; i < samples * OUTPUTS; i++)
        products[i] = tangents[i];
    return 0;
}

#endif
