/* A linear model, f_j(x) = sum_i (1 + i + 2 j) x_i, a loss and an objective, with callbacks that
 * stop where the scene says; body for both precisions. */
#ifndef DIRICHLET_FUZZ_STRUCTS_MODEL_BODY_H
#define DIRICHLET_FUZZ_STRUCTS_MODEL_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dirichlet/dirichlet.h"
#include "fuzz/structs/calls.h"
#include "fuzz/structs/kinds_body.h"
#include "fuzz/structs/scene.h"

#define MOST_WIDTH 4

static int64_t inputs_now;
static int64_t outputs_now;

static real slope(int64_t i, int64_t j)
{
    return (real)(1 + i + 2 * j);
}

static int32_t forward(int64_t first, int64_t samples, int64_t points, const real *x, real *y,
                       void *user)
{
    (void)first, (void)user;
    for (int64_t n = 0; n < samples * points; n++)
        for (int64_t j = 0; j < outputs_now; j++) {
            real sum = 0;
            for (int64_t i = 0; i < inputs_now; i++)
                sum += slope(i, j) * x[n * inputs_now + i];
            y[n * outputs_now + j] = sum;
        }
    return scene_stop();
}

static int32_t jvp(int64_t first, int64_t samples, int64_t directions, const real *x, const real *v,
                   real *jv, void *user)
{
    (void)x;
    return forward(first, samples, directions, v, jv, user);
}

static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const real *x, const real *u,
                   real *jtu, void *user)
{
    (void)first, (void)x, (void)user;
    for (int64_t n = 0; n < samples * directions; n++)
        for (int64_t i = 0; i < inputs_now; i++) {
            real sum = 0;
            for (int64_t j = 0; j < outputs_now; j++)
                sum += slope(i, j) * u[n * outputs_now + j];
            jtu[n * inputs_now + i] = sum;
        }
    return scene_stop();
}

static int32_t energies(int64_t first, int64_t samples, const real *x, double *out, void *user)
{
    (void)first, (void)x, (void)user;
    double sum = 0.0;
    for (int64_t i = 0; i < inputs_now; i++)
        for (int64_t j = 0; j < outputs_now; j++)
            sum += (double)slope(i, j) * (double)slope(i, j);
    for (int64_t n = 0; n < samples; n++)
        out[n] = sum;
    return scene_stop();
}

static int32_t product_norms(int64_t first, int64_t samples, int64_t directions, const real *x,
                             const real *u, double *norms, void *user)
{
    (void)first, (void)x, (void)user;
    for (int64_t n = 0; n < samples * directions; n++) {
        norms[n] = 0.0;
        for (int64_t i = 0; i < inputs_now; i++) {
            double sum = 0.0;
            for (int64_t j = 0; j < outputs_now; j++)
                sum += (double)slope(i, j) * (double)u[n * outputs_now + j];
            norms[n] += sum * sum;
        }
    }
    return scene_stop();
}

static int32_t parameter_vjp(int64_t first, int64_t samples, int64_t points, const real *x,
                             const real *cotangents, void *user)
{
    (void)first, (void)samples, (void)points, (void)x, (void)cotangents, (void)user;
    return scene_stop();
}

static int32_t prepare(int64_t first, int64_t samples, const real *x, void *user)
{
    (void)first, (void)samples, (void)x, (void)user;
    return scene_stop();
}

static void retain(void *user)
{
    (void)user;
    scene_now->held++;
}

static void let_go(void *user)
{
    (void)user;
    scene_now->held--;
}

/* A table as an argument. */
static model_table *some_model(struct scene *scene)
{
    model_table model = {.struct_size = sizeof model,
                         .inputs = 3,
                         .outputs = 2,
                         .forward = forward,
                         .jvp = jvp,
                         .vjp = vjp,
                         .energies = energies,
                         .product_norms = product_norms,
                         .parameter_vjp = parameter_vjp,
                         .prepare = prepare,
                         .retain = retain,
                         .release = let_go,
                         .user = scene};
    scene_change(scene, &PRECISION(kind_model), &model);
    model.inputs = within(model.inputs, 1, MOST_WIDTH);
    model.outputs = within(model.outputs, 1, MOST_WIDTH);
    inputs_now = model.inputs >= 1 ? model.inputs : MOST_WIDTH;
    outputs_now = model.outputs >= 1 ? model.outputs : MOST_WIDTH;
    row_now = inputs_now;
    return scene_give(scene, scene_lay_out(scene, &PRECISION(kind_model), &model, 1, false));
}

/* Rows of data, or a number of anything else, small and not 0. */
static real *some_numbers(struct scene *scene, int64_t count)
{
    real *numbers = scene_numbers(scene, (size_t)count * sizeof *numbers, false);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = (real)(1 + (i * 5) % 7) / (real)8;
    return numbers;
}

/* Zeros that a gradient is added to. */
static real *some_gradient(struct scene *scene, int64_t count)
{
    real *numbers = scene_numbers(scene, (size_t)count * sizeof *numbers, true);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = 0;
    return numbers;
}

static int32_t loss_function(int64_t first, int64_t samples, const real *f, double *values,
                             real *cotangents, void *user)
{
    (void)first, (void)user;
    for (int64_t n = 0; n < samples; n++)
        values[n] = 1.0;
    for (int64_t i = 0; i < samples * outputs_now; i++)
        cotangents[i] = f[i];
    return 0;
}

static int32_t loss_curvature(int64_t first, int64_t samples, const real *f, const real *tangents,
                              real *products, void *user)
{
    (void)first, (void)f, (void)user;
    for (int64_t i = 0; i < samples * outputs_now; i++)
        products[i] = tangents[i];
    return 0;
}

/* Loss(theta) = 1/2 ||theta||^2, p = inputs_now. */
static int32_t objective_gradient(const real *theta, double *loss, real *gradient, void *user)
{
    (void)user;
    *loss = 0.0;
    for (int64_t i = 0; i < inputs_now; i++) {
        *loss += 0.5 * (double)theta[i] * (double)theta[i];
        gradient[i] = theta[i];
    }
    return scene_stop();
}

static int32_t objective_hvp(const real *theta, const real *v, real *hv, void *user)
{
    (void)theta, (void)user;
    for (int64_t i = 0; i < inputs_now; i++)
        hv[i] = v[i];
    return scene_stop();
}

#endif
