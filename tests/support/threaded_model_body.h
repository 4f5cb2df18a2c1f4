/* The callbacks of the threaded model; body for both precisions. */
#ifndef SUPPORT_THREADED_MODEL_BODY_H
#define SUPPORT_THREADED_MODEL_BODY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/model.h"
#include "support/threaded_model.h"

/* What this thread has prepared last. */
static _Thread_local struct {
    int64_t first;
    int64_t samples;
    const real *x;
} PRECISION(prepared);

static double PRECISION(time_of)(const struct threaded *t, int64_t index, const real *x)
{
    if ((double)x[0] < -THREADED_FAULT)
        return NAN;
    return t->ignores_first ? 0.0 : 0.125 * (double)(index % 5);
}

/* What the callback is to return: 0 if it is to do its work. */
static int32_t PRECISION(begin)(struct threaded *t, int64_t rows, const real *x)
{
    threaded_enter(t);
    for (int64_t row = 0; row < rows; row++)
        if ((double)x[row * t->inputs] > THREADED_FAULT &&
            (double)x[row * t->inputs] < 10.0 * THREADED_FAULT)
            return (int32_t)rint((double)x[row * t->inputs]);
    return 0;
}

static int32_t PRECISION(begin_product)(struct threaded *t, int64_t first, int64_t samples,
                                        const real *x)
{
    if (PRECISION(prepared).first != first || PRECISION(prepared).samples != samples ||
        PRECISION(prepared).x != x)
        atomic_fetch_add(&t->unprepared, 1);
    return PRECISION(begin)(t, samples, x);
}

/* cos(x_i + t) at a sample. */
static void PRECISION(cosines)(const struct threaded *t, const real *x, int64_t index, double *out)
{
    for (int64_t i = 0; i < t->inputs; i++)
        out[i] = cos((double)x[i] + PRECISION(time_of)(t, index, x));
}

/* sin(x_i + t) at a point of it. */
static void PRECISION(sines)(const struct threaded *t, const real *x, int64_t index, double *out)
{
    for (int64_t i = 0; i < t->inputs; i++)
        out[i] = sin((double)x[i] + PRECISION(time_of)(t, index, x));
}

static int32_t PRECISION(forward)(int64_t first, int64_t samples, int64_t points, const real *x,
                                  real *y, void *user)
{
    struct threaded *t = user;
    double sines[THREADED_WIDTH];
    const int32_t code = PRECISION(begin)(t, samples * points, x);
    for (int64_t r = 0; code == 0 && r < samples * points; r++) {
        PRECISION(sines)(t, x + r * t->inputs, first + r / points, sines);
        for (int64_t j = 0; j < t->outputs; j++) {
            double sum = 0.0;
            for (int64_t i = 0; i < t->inputs; i++)
                sum += t->matrix[j * t->inputs + i] * sines[i];
            y[r * t->outputs + j] = (real)sum;
        }
    }
    return threaded_leave(t, code);
}

static double PRECISION(along)(const struct threaded *t, const double *cosines, const real *v,
                               int64_t j)
{
    double sum = 0.0;
    for (int64_t i = 0; i < t->inputs; i++)
        sum += t->matrix[j * t->inputs + i] * cosines[i] * (double)v[i];
    return sum;
}

static int32_t PRECISION(jvp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                              const real *v, real *jv, void *user)
{
    struct threaded *t = user;
    double cosines[THREADED_WIDTH];
    const int32_t code = PRECISION(begin_product)(t, first, samples, x);
    for (int64_t n = 0; code == 0 && n < samples; n++) {
        PRECISION(cosines)(t, x + n * t->inputs, first + n, cosines);
        for (int64_t p = n * directions; p < (n + 1) * directions; p++)
            for (int64_t j = 0; j < t->outputs; j++)
                jv[p * t->outputs + j] = (real)PRECISION(along)(t, cosines, v + p * t->inputs, j);
    }
    return threaded_leave(t, code);
}

/* Entry i of J^T u. */
static double PRECISION(back)(const struct threaded *t, const double *cosines, const real *u,
                              int64_t i)
{
    double sum = 0.0;
    for (int64_t j = 0; j < t->outputs; j++)
        sum += t->matrix[j * t->inputs + i] * (double)u[j];
    return sum * cosines[i];
}

static int32_t PRECISION(vjp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                              const real *u, real *jtu, void *user)
{
    struct threaded *t = user;
    double cosines[THREADED_WIDTH];
    const int32_t code = PRECISION(begin_product)(t, first, samples, x);
    for (int64_t n = 0; code == 0 && n < samples; n++) {
        PRECISION(cosines)(t, x + n * t->inputs, first + n, cosines);
        for (int64_t p = n * directions; p < (n + 1) * directions; p++)
            for (int64_t i = 0; i < t->inputs; i++)
                jtu[p * t->inputs + i] = (real)PRECISION(back)(t, cosines, u + p * t->outputs, i);
    }
    return threaded_leave(t, code);
}

static int32_t PRECISION(norms)(int64_t first, int64_t samples, int64_t directions, const real *x,
                                const real *u, double *norms, void *user)
{
    struct threaded *t = user;
    double cosines[THREADED_WIDTH];
    const int32_t code = PRECISION(begin_product)(t, first, samples, x);
    for (int64_t p = 0; code == 0 && p < samples * directions; p++) {
        PRECISION(cosines)(t, x + p / directions * t->inputs, first + p / directions, cosines);
        norms[p] = 0.0;
        for (int64_t i = 0; i < t->inputs; i++) {
            const double entry = PRECISION(back)(t, cosines, u + p * t->outputs, i);
            norms[p] += entry * entry;
        }
    }
    return threaded_leave(t, code);
}

static int32_t PRECISION(energies)(int64_t first, int64_t samples, const real *x, double *energies,
                                   void *user)
{
    struct threaded *t = user;
    double cosines[THREADED_WIDTH];
    const int32_t code = PRECISION(begin)(t, samples, x);
    for (int64_t n = 0; code == 0 && n < samples; n++) {
        PRECISION(cosines)(t, x + n * t->inputs, first + n, cosines);
        energies[n] = 0.0;
        for (int64_t e = 0; e < t->outputs * t->inputs; e++) {
            const double entry = t->matrix[e] * cosines[e % t->inputs];
            energies[n] += entry * entry;
        }
    }
    return threaded_leave(t, code);
}

static int32_t PRECISION(parameters)(int64_t first, int64_t samples, int64_t points, const real *x,
                                     const real *cotangents, void *user)
{
    struct threaded *t = user;
    double sines[THREADED_WIDTH];
    const int32_t code = PRECISION(begin)(t, samples * points, x);
    if (!pthread_equal(pthread_self(), t->maker))
        atomic_fetch_add(&t->gradients_abroad, 1);
    for (int64_t r = 0; code == 0 && r < samples * points; r++) {
        PRECISION(sines)(t, x + r * t->inputs, first + r / points, sines);
        for (int64_t e = 0; e < t->outputs * t->inputs; e++)
            t->gradient[e] +=
                (double)cotangents[r * t->outputs + e / t->inputs] * sines[e % t->inputs];
    }
    return threaded_leave(t, code);
}

static int32_t PRECISION(prepare)(int64_t first, int64_t samples, const real *x, void *user)
{
    (void)user;
    PRECISION(prepared).first = first;
    PRECISION(prepared).samples = samples;
    PRECISION(prepared).x = x;
    return 0;
}

PRECISION(dirichlet_model) PRECISION(threaded_model)(struct threaded *t, int32_t callbacks)
{
    PRECISION(dirichlet_model) model = DIRICHLET_INIT(PRECISION(dirichlet_model));
    model.inputs = t->inputs;
    model.outputs = t->outputs;
    model.max_samples = t->max_samples;
    model.max_directions = t->max_directions;
    model.ignores_first = t->ignores_first;
    model.concurrent = t->concurrent;
    model.forward = callbacks & SINE_FORWARD ? PRECISION(forward) : NULL;
    model.jvp = callbacks & SINE_JVP ? PRECISION(jvp) : NULL;
    model.vjp = callbacks & SINE_VJP ? PRECISION(vjp) : NULL;
    model.energies = callbacks & SINE_ENERGIES ? PRECISION(energies) : NULL;
    model.product_norms = callbacks & SINE_NORMS ? PRECISION(norms) : NULL;
    model.parameter_vjp = callbacks & THREADED_PARAMETERS ? PRECISION(parameters) : NULL;
    model.prepare = callbacks & THREADED_PREPARE ? PRECISION(prepare) : NULL;
    model.user = t;
    return model;
}

#endif
