/* The energy penalty's batch: deviations against their definition, and what it refuses. Values and
 * gradients against those of single samples are in the tests of conditional models. */
#ifndef DIRICHLET_UNIT_REGULARIZER_BATCH_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_BATCH_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "dirichlet/regularizer.h"
#include "regularizer_energy_body.h"
#include "regularizer_fixture_body.h"
#include "support/check.h"
#include "support/sine_model.h"

typedef PRECISION(dirichlet_batch) batch_view;

/* ||(f(above) - f(below)) / 2h||^2 of a pair of points that the trainer has seen. */
static double energy_of_pair(const struct energy_fixture *f, const real *above)
{
    const real *below = above + ENERGY_INPUTS;
    const double twice = fabs((double)above[0] - (double)below[0]);
    double energy = 0.0;
    for (int64_t j = 0; j < ENERGY_OUTPUTS; j++) {
        double difference = 0.0;
        for (int64_t i = 0; i < ENERGY_INPUTS; i++)
            difference += f->sine.matrix[j * ENERGY_INPUTS + i] *
                          (sin((double)above[i]) - sin((double)below[i]));
        energy += difference / twice * (difference / twice);
    }
    return energy;
}

/* Standard deviation of the mean of the energies of m pairs. */
static double deviation_of_pairs(const struct energy_fixture *f, int64_t sample, int64_t m)
{
    double mean = 0.0;
    double squares = 0.0;
    for (int64_t p = 0; p < m; p++)
        mean += energy_of_pair(f, f->points + 2 * (sample * m + p) * ENERGY_INPUTS) / (double)m;
    for (int64_t p = 0; p < m; p++) {
        const real *above = f->points + 2 * (sample * m + p) * ENERGY_INPUTS;
        squares += pow(energy_of_pair(f, above) - mean, 2.0);
    }
    return sqrt(squares / (double)((m - 1) * m));
}

static void test_batch_deviations(void **state)
{
    static struct energy_fixture f;
    const double bound = sizeof(real) == sizeof(float) ? 3e-3 : 1e-8;
    double energies[ENERGY_SAMPLES];
    double deviations[ENERGY_SAMPLES];
    double weights[ENERGY_SAMPLES];
    (void)state;
    for (int64_t m = DIRICHLET_PROBES_ALL; m < ENERGY_INPUTS; m++) {
        double squares = 0.0;
        double sum = 0.0;
        make_energy(&f, m);
        for (int i = 0; i < ENERGY_SAMPLES; i++)
            sum += weights[i] = 1.0 + (double)(i % 3);
        const batch_view batch = {.struct_size = sizeof batch,
                                  .samples = ENERGY_SAMPLES,
                                  .x = f.x,
                                  .weights = weights,
                                  .energies = energies,
                                  .deviations = deviations};
        expect_success(PRECISION(dirichlet_energy_penalty_batch)(&f.model, &batch, &f.options, 1.0,
                                                                 &f.result, &heard));
        for (int64_t i = 0; i < ENERGY_SAMPLES; i++) {
            const double wanted = m > 1 ? deviation_of_pairs(&f, i, m) : NAN;
            CHECK_IN(m <= 0   ? deviations[i] == 0.0
                     : m == 1 ? isnan(deviations[i])
                              : off_by(deviations[i], wanted, energies[i]) <= bound,
                     "m %d: %.17g, not %.17g", (int)m, deviations[i], wanted);
            squares += pow(weights[i] * deviations[i] / sum, 2.0);
        }
        const double error = f.result.standard_error;
        CHECK_IN(m == 1 ? isnan(error) : off_by(error, sqrt(squares), f.result.value) <= 1e-14,
                 "m %d: error %.17g, not %.17g", (int)m, error, sqrt(squares));
    }
}

/* Without weights and indices it is the short call. */
static void expect_short_call(void)
{
    static struct energy_fixture f[2];
    for (int i = 0; i < 2; i++) {
        make_energy(&f[i], 3);
        f[i].options.first_sample = 40;
    }
    const batch_view batch = {.struct_size = sizeof batch, .samples = ENERGY_SAMPLES, .x = f[0].x};
    expect_success(PRECISION(dirichlet_energy_penalty_batch)(&f[0].model, &batch, &f[0].options,
                                                             0.5, &f[0].result, &heard));
    expect_success(energy_of(&f[1], 0, ENERGY_SAMPLES, 0.5));
    CHECK(f[0].result.value == f[1].result.value && f[0].rows == f[1].rows);
    CHECK(f[0].result.standard_error == f[1].result.standard_error);
    CHECK(memcmp(f[0].points, f[1].points, sizeof f[0].points) == 0);
    CHECK(memcmp(f[0].cotangents, f[1].cotangents, sizeof f[0].cotangents) == 0);
}

static void test_batch_arguments(void **state)
{
    static struct energy_fixture f;
    double weights[ENERGY_SAMPLES];
    int64_t indices[ENERGY_SAMPLES];
    double out[ENERGY_SAMPLES];
    batch_view batch = {.struct_size = sizeof batch};
    (void)state;
    expect_short_call();
#define REFUSED(change, status, text)                                                              \
    make_energy(&f, 3);                                                                            \
    for (int i = 0; i < ENERGY_SAMPLES; i++)                                                       \
        weights[i] = 1.0, indices[i] = i, out[i] = -1.0;                                           \
    batch = (batch_view){.struct_size = sizeof batch,                                              \
                         .samples = ENERGY_SAMPLES,                                                \
                         .x = f.x,                                                                 \
                         .weights = weights,                                                       \
                         .indices = indices,                                                       \
                         .energies = out,                                                          \
                         .deviations = out};                                                       \
    change;                                                                                        \
    expect(PRECISION(dirichlet_energy_penalty_batch)(&f.model, &batch, &f.options, 1.0, &f.result, \
                                                     &heard),                                      \
           status, text);                                                                          \
    CHECK(f.sine.calls == 0 && f.vjp_calls == 0 && f.result.value == -1.0);                        \
    for (int i = 0; i < ENERGY_SAMPLES; i++)                                                       \
    CHECK(out[i] == -1.0)
    REFUSED(batch.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "batch.struct_size is 3");
    REFUSED(batch.samples = -2, DIRICHLET_E_RANGE, "samples is -2");
    REFUSED(batch.samples = 0, DIRICHLET_E_NO_DATA, "samples is 0");
    REFUSED(batch.x = NULL, DIRICHLET_E_NULL, "x is NULL");
    REFUSED(batch.row_stride = ENERGY_INPUTS - 1, DIRICHLET_E_SHAPE, "row_stride is 5");
    REFUSED(batch.row_stride = INT64_MAX / 2, DIRICHLET_E_OVERFLOW, "");
    REFUSED(weights[3] = -1.0, DIRICHLET_E_RANGE, "weights[3] is negative");
    REFUSED(weights[3] = (double)NAN, DIRICHLET_E_NOT_FINITE, "weights[3] is not finite");
    REFUSED(memset(weights, 0, sizeof weights), DIRICHLET_E_NO_DATA, "weight");
    REFUSED(indices[5] = -4, DIRICHLET_E_RANGE, "indices[5] is -4");
    REFUSED(batch.groups = indices, DIRICHLET_E_RANGE, "batch.groups");
#undef REFUSED
    expect(PRECISION(dirichlet_energy_penalty_batch)(&f.model, NULL, &f.options, 1.0, NULL, &heard),
           DIRICHLET_E_NULL, "batch is NULL");
}

#endif
