/* The callbacks of the conditional model; body for both precisions. */
#ifndef SUPPORT_CONDITIONAL_MODEL_BODY_H
#define SUPPORT_CONDITIONAL_MODEL_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/model.h"
#include "support/conditional_model.h"

static const real *PRECISION(row_of)(const struct conditional *c, int64_t index)
{
    const void *data = sizeof(real) == sizeof(double) ? (const void *)c->wide : c->narrow;
    return (const real *)data + index * c->inputs;
}

/* How far a point of a sample may lie from it: a quarter of the inputs' scale. */
static double PRECISION(reach_of)(const struct conditional *c, const real *row)
{
    double squares = 0.0;
    for (int64_t i = 0; i < c->inputs; i++)
        squares += (double)row[i] * (double)row[i];
    return 0.25 * fmax(1.0, sqrt(squares / (double)c->inputs)) * (1.0 + 1e-6);
}

static bool PRECISION(is_near)(const struct conditional *c, int64_t index, const real *x,
                               bool moved)
{
    const real *row = PRECISION(row_of)(c, index);
    const double reach = moved ? PRECISION(reach_of)(c, row) : 0.0;
    if (!isfinite(reach)) /* nothing is near a row that is not finite */
        return true;
    for (int64_t i = 0; i < c->inputs; i++) {
        const double distance = fabs((double)x[i] - (double)row[i]);
        if (!(distance <= reach) && x[i] != row[i] && !(isnan(x[i]) && isnan(row[i])))
            return false;
    }
    return true;
}

static void PRECISION(see)(struct conditional *c, int64_t index, int64_t points, const real *x,
                           bool moved)
{
    if (index < 0 || index >= CONDITIONAL_INDICES) {
        c->strays++;
        return;
    }
    c->seen[index] += points;
    for (int64_t p = 0; p < points; p++)
        c->strays += !PRECISION(is_near)(c, index, x + p * c->inputs, moved);
}

/* What the callback is to return: 0 if it is to do its work. */
static int32_t PRECISION(enter)(struct conditional *c, int32_t callback, int64_t first,
                                int64_t samples, int64_t points, const real *x)
{
    const bool moved = callback == SINE_FORWARD || callback == CONDITIONAL_PARAMETERS;
    const bool covers = first <= c->undefined && c->undefined < first + samples;
    c->calls++;
    if (samples * points > c->most_rows)
        c->most_rows = samples * points;
    for (int64_t n = 0; n < samples && c->frozen < 0; n++)
        PRECISION(see)(c, first + n, points, x + n * points * c->inputs, moved);
    if ((c->faulty & callback) == 0)
        return 0;
    if (c->undefined >= 0)
        return covers ? DIRICHLET_CALLBACK_OUT_OF_DOMAIN : 0;
    c->fail_at--;
    return c->fail_at == 0 ? c->code : 0;
}

static void PRECISION(count_product)(struct conditional *c, int64_t first, int64_t samples,
                                     int64_t directions, const real *x)
{
    if (directions > c->most_directions)
        c->most_directions = directions;
    c->unprepared += first != c->prepared_first || samples != c->prepared_samples ||
                     (const void *)x != c->prepared_x;
}

static double PRECISION(time_of)(const struct conditional *c, int64_t index)
{
    if (c->frozen >= 0)
        return c->times[c->frozen];
    return index >= 0 && index < CONDITIONAL_INDICES ? c->times[index] : (double)NAN;
}

static int32_t PRECISION(forward)(int64_t first, int64_t samples, int64_t points, const real *x,
                                  real *y, void *user)
{
    struct conditional *c = user;
    const int32_t code = PRECISION(enter)(c, SINE_FORWARD, first, samples, points, x);
    for (int64_t r = 0; code == 0 && r < samples * points; r++)
        for (int64_t j = 0; j < c->outputs; j++) {
            const double time = PRECISION(time_of)(c, first + r / points);
            double sum = 0.0;
            for (int64_t i = 0; i < c->inputs; i++)
                sum += c->matrix[j * c->inputs + i] * sin((double)x[r * c->inputs + i] + time);
            y[r * c->outputs + j] = (real)sum;
        }
    return code;
}

static int32_t PRECISION(jvp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                              const real *v, real *jv, void *user)
{
    struct conditional *c = user;
    const int64_t d = c->inputs;
    const int32_t code = PRECISION(enter)(c, SINE_JVP, first, samples, 1, x);
    PRECISION(count_product)(c, first, samples, directions, x);
    for (int64_t p = 0; code == 0 && p < samples * directions; p++)
        for (int64_t j = 0; j < c->outputs; j++) {
            const double time = PRECISION(time_of)(c, first + p / directions);
            const real *point = x + p / directions * d;
            double sum = 0.0;
            for (int64_t i = 0; i < d; i++)
                sum += c->matrix[j * d + i] * cos((double)point[i] + time) * (double)v[p * d + i];
            jv[p * c->outputs + j] = (real)sum;
        }
    return code;
}

static double PRECISION(back)(const struct conditional *c, double time, const real *point,
                              const real *u, int64_t i)
{
    double sum = 0.0;
    for (int64_t j = 0; j < c->outputs; j++)
        sum += c->matrix[j * c->inputs + i] * (double)u[j];
    return sum * cos((double)point[i] + time);
}

static int32_t PRECISION(vjp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                              const real *u, real *jtu, void *user)
{
    struct conditional *c = user;
    const int64_t d = c->inputs;
    const int32_t code = PRECISION(enter)(c, SINE_VJP, first, samples, 1, x);
    PRECISION(count_product)(c, first, samples, directions, x);
    for (int64_t p = 0; code == 0 && p < samples * directions; p++)
        for (int64_t i = 0; i < d; i++)
            jtu[p * d + i] = (real)PRECISION(back)(c, PRECISION(time_of)(c, first + p / directions),
                                                   x + p / directions * d, u + p * c->outputs, i);
    return code;
}

static int32_t PRECISION(norms)(int64_t first, int64_t samples, int64_t directions, const real *x,
                                const real *u, double *norms, void *user)
{
    struct conditional *c = user;
    const int32_t code = PRECISION(enter)(c, SINE_NORMS, first, samples, 1, x);
    PRECISION(count_product)(c, first, samples, directions, x);
    for (int64_t p = 0; code == 0 && p < samples * directions; p++) {
        norms[p] = 0.0;
        for (int64_t i = 0; i < c->inputs; i++) {
            const double entry =
                PRECISION(back)(c, PRECISION(time_of)(c, first + p / directions),
                                x + p / directions * c->inputs, u + p * c->outputs, i);
            norms[p] += entry * entry;
        }
    }
    return code;
}

static int32_t PRECISION(energies)(int64_t first, int64_t samples, const real *x, double *energies,
                                   void *user)
{
    struct conditional *c = user;
    const int64_t d = c->inputs;
    const int32_t code = PRECISION(enter)(c, SINE_ENERGIES, first, samples, 1, x);
    for (int64_t n = 0; code == 0 && n < samples; n++) {
        energies[n] = 0.0;
        for (int64_t e = 0; e < c->outputs * d; e++) {
            const double time = PRECISION(time_of)(c, first + n);
            const double entry = c->matrix[e] * cos((double)x[n * d + e % d] + time);
            energies[n] += entry * entry;
        }
    }
    return code;
}

static int32_t PRECISION(parameters)(int64_t first, int64_t samples, int64_t points, const real *x,
                                     const real *cotangents, void *user)
{
    struct conditional *c = user;
    const int32_t code = PRECISION(enter)(c, CONDITIONAL_PARAMETERS, first, samples, points, x);
    for (int64_t r = 0; code == 0 && r < samples * points; r++)
        for (int64_t j = 0; j < c->outputs; j++)
            for (int64_t i = 0; i < c->inputs; i++)
                c->gradient[j * c->inputs + i] +=
                    (double)cotangents[r * c->outputs + j] *
                    sin((double)x[r * c->inputs + i] + PRECISION(time_of)(c, first + r / points));
    return code;
}

static int32_t PRECISION(prepare)(int64_t first, int64_t samples, const real *x, void *user)
{
    struct conditional *c = user;
    const int32_t code = PRECISION(enter)(c, CONDITIONAL_PREPARE, first, samples, 1, x);
    c->prepares++;
    c->repeated += first == c->prepared_first && samples == c->prepared_samples &&
                   (const void *)x == c->prepared_x;
    c->prepared_first = first;
    c->prepared_samples = samples;
    c->prepared_x = x;
    return code;
}

static void PRECISION(retain)(void *user)
{
    struct conditional *c = user;
    c->retained++;
}

static void PRECISION(release)(void *user)
{
    struct conditional *c = user;
    c->released++;
}

PRECISION(dirichlet_model) PRECISION(conditional_model)(struct conditional *c, int32_t callbacks)
{
    PRECISION(dirichlet_model) model = DIRICHLET_INIT(PRECISION(dirichlet_model));
    model.inputs = c->inputs;
    model.outputs = c->outputs;
    model.max_samples = c->max_samples;
    model.max_directions = c->max_directions;
    model.ignores_first = c->frozen >= 0;
    model.forward = callbacks & SINE_FORWARD ? PRECISION(forward) : NULL;
    model.jvp = callbacks & SINE_JVP ? PRECISION(jvp) : NULL;
    model.vjp = callbacks & SINE_VJP ? PRECISION(vjp) : NULL;
    model.energies = callbacks & SINE_ENERGIES ? PRECISION(energies) : NULL;
    model.product_norms = callbacks & SINE_NORMS ? PRECISION(norms) : NULL;
    model.parameter_vjp = callbacks & CONDITIONAL_PARAMETERS ? PRECISION(parameters) : NULL;
    model.prepare = callbacks & CONDITIONAL_PREPARE ? PRECISION(prepare) : NULL;
    model.retain = callbacks & CONDITIONAL_OWNERS ? PRECISION(retain) : NULL;
    model.release = callbacks & CONDITIONAL_OWNERS ? PRECISION(release) : NULL;
    model.user = c;
    return model;
}

#endif
