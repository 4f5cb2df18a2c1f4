/* The callbacks of the sine model; body for both precisions. */
#ifndef SUPPORT_SINE_MODEL_BODY_H
#define SUPPORT_SINE_MODEL_BODY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/model.h"
#include "support/sine_model.h"

/* xorshift64* (Marsaglia 2003, Vigna 2014), to (-1, 1). */
static double next_number(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    const uint64_t bits = *state * UINT64_C(0x2545f4914f6cdd1d);
    return ((double)(bits >> 12) + 0.5) * 0x1p-51 - 1.0;
}

/* What to do in this call: 0 go on, 1 write nothing, -1 fail after half of the work. */
static int PRECISION(begin)(struct sine *sine, int64_t samples, int64_t directions)
{
    sine->calls++;
    sine->most_samples = samples > sine->most_samples ? samples : sine->most_samples;
    sine->most_directions = directions > sine->most_directions ? directions : sine->most_directions;
    if (sine->inside != NULL)
        sine->inside(sine->inside_user);
    if (sine->calls == sine->silent_at)
        return 1;
    return sine->calls == sine->fail_at ? -1 : 0;
}

static int64_t PRECISION(place)(const struct sine *sine, int64_t count)
{
    return sine->place == SINE_FIRST ? 0 : sine->place == SINE_MIDDLE ? count / 2 : count - 1;
}

static int32_t PRECISION(end)(struct sine *sine, int begun, real *output, int64_t count)
{
    if (sine->calls == sine->poison_at)
        output[PRECISION(place)(sine, count)] = (real)sine->poison;
    return begun == -1 ? sine->code : 0;
}

static int32_t PRECISION(end_double)(struct sine *sine, int begun, double *output, int64_t count)
{
    if (sine->calls == sine->poison_at)
        output[PRECISION(place)(sine, count)] = sine->poison;
    return begun == -1 ? sine->code : 0;
}

static int32_t PRECISION(forward)(int64_t first, int64_t samples, int64_t points, const real *x,
                                  real *y, void *user)
{
    (void)first;
    samples *= points;
    struct sine *sine = user;
    const int64_t d = sine->inputs;
    const int64_t k = sine->outputs;
    const int begun = PRECISION(begin)(sine, samples, 1);
    if (begun == 1)
        return 0;
    for (int64_t n = 0; n < (begun < 0 ? samples / 2 : samples); n++)
        for (int64_t j = 0; j < k; j++) {
            double sum = 0.0;
            for (int64_t i = 0; i < d; i++)
                sum += sine->matrix[j * d + i] * sin((double)x[n * d + i]);
            y[n * k + j] = sine->single ? (real)(float)sum : (real)sum;
        }
    return PRECISION(end)(sine, begun, y, samples * k);
}

static int32_t PRECISION(jvp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                              const real *v, real *jv, void *user)
{
    (void)first;
    struct sine *sine = user;
    const int64_t d = sine->inputs;
    const int64_t k = sine->outputs;
    const int begun = PRECISION(begin)(sine, samples, directions);
    if (begun == 1)
        return 0;
    for (int64_t p = 0; p < (begun < 0 ? samples / 2 : samples) * directions; p++) {
        const real *point = x + p / directions * d;
        for (int64_t j = 0; j < k; j++) {
            double sum = 0.0;
            for (int64_t i = 0; i < d; i++)
                sum += sine->matrix[j * d + i] * cos((double)point[i]) * (double)v[p * d + i];
            jv[p * k + j] = (real)sum;
        }
    }
    return PRECISION(end)(sine, begun, jv, samples * directions * k);
}

static double PRECISION(back)(const struct sine *sine, const real *point, const real *u, int64_t i)
{
    double sum = 0.0;
    for (int64_t j = 0; j < sine->outputs; j++)
        sum += sine->matrix[j * sine->inputs + i] * (double)u[j];
    return sum * cos((double)point[i]);
}

static int32_t PRECISION(vjp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                              const real *u, real *jtu, void *user)
{
    (void)first;
    struct sine *sine = user;
    const int64_t d = sine->inputs;
    const int64_t k = sine->outputs;
    const int begun = PRECISION(begin)(sine, samples, directions);
    if (begun == 1)
        return 0;
    for (int64_t p = 0; p < (begun < 0 ? samples / 2 : samples) * directions; p++)
        for (int64_t i = 0; i < d; i++)
            jtu[p * d + i] = (real)PRECISION(back)(sine, x + p / directions * d, u + p * k, i);
    return PRECISION(end)(sine, begun, jtu, samples * directions * d);
}

static int32_t PRECISION(norms)(int64_t first, int64_t samples, int64_t directions, const real *x,
                                const real *u, double *norms, void *user)
{
    (void)first;
    struct sine *sine = user;
    const int64_t d = sine->inputs;
    const int64_t k = sine->outputs;
    const int begun = PRECISION(begin)(sine, samples, directions);
    if (begun == 1)
        return 0;
    for (int64_t p = 0; p < (begun < 0 ? samples / 2 : samples) * directions; p++) {
        norms[p] = 0.0;
        for (int64_t i = 0; i < d; i++) {
            const double entry = PRECISION(back)(sine, x + p / directions * d, u + p * k, i);
            norms[p] += entry * entry;
        }
    }
    return PRECISION(end_double)(sine, begun, norms, samples * directions);
}

double PRECISION(sine_energy)(const struct sine *sine, const real *x)
{
    double sum = 0.0;
    for (int64_t j = 0; j < sine->outputs; j++)
        for (int64_t i = 0; i < sine->inputs; i++) {
            const double entry = sine->matrix[j * sine->inputs + i] * cos((double)x[i]);
            sum += entry * entry;
        }
    return sum;
}

static int32_t PRECISION(energies)(int64_t first, int64_t samples, const real *x, double *energies,
                                   void *user)
{
    (void)first;
    struct sine *sine = user;
    const int begun = PRECISION(begin)(sine, samples, 1);
    if (begun == 1)
        return 0;
    for (int64_t n = 0; n < (begun < 0 ? samples / 2 : samples); n++)
        energies[n] = PRECISION(sine_energy)(sine, x + n * sine->inputs);
    return PRECISION(end_double)(sine, begun, energies, samples);
}

PRECISION(dirichlet_model) PRECISION(sine_model)(struct sine *sine, int32_t callbacks)
{
    PRECISION(dirichlet_model) model;
    memset(&model, 0, sizeof model);
    model.struct_size = sizeof model;
    model.inputs = sine->inputs;
    model.outputs = sine->outputs;
    model.max_samples = sine->max_samples;
    model.max_directions = sine->max_directions;
    model.forward = callbacks & SINE_FORWARD ? PRECISION(forward) : NULL;
    model.jvp = callbacks & SINE_JVP ? PRECISION(jvp) : NULL;
    model.vjp = callbacks & SINE_VJP ? PRECISION(vjp) : NULL;
    model.energies = callbacks & SINE_ENERGIES ? PRECISION(energies) : NULL;
    model.product_norms = callbacks & SINE_NORMS ? PRECISION(norms) : NULL;
    model.user = sine;
    return model;
}

void PRECISION(sine_data)(int64_t count, uint64_t seed, real *x)
{
    uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (int64_t i = 0; i < count; i++)
        x[i] = (real)next_number(&state);
}

#endif
