/* dirichlet_energy_penalty on the sine model f_j = sum_i A_ji sin x_i, whose energies and their
 * gradients are known: e = sum_ji A_ji^2 cos^2 x_i, de/dA_ji = 2 A_ji cos^2 x_i. Networks are
 * in tests/accuracy. */
#ifndef DIRICHLET_UNIT_REGULARIZER_ENERGY_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_ENERGY_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "dirichlet/memory.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer_fixture_body.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/sine_model.h"

#define ENERGY_INPUTS 6
#define ENERGY_OUTPUTS 4
#define ENERGY_SAMPLES 16
#define ENERGY_ROWS 512 /* rows that a recording holds */
#define ENERGY_PARAMETERS (ENERGY_INPUTS * ENERGY_OUTPUTS)

/* A trainer of the sine model's A. It may record what comes, or fail. */
struct energy_fixture {
    struct sine sine;
    model_table model;
    dirichlet_energy_penalty_options options;
    real x[ENERGY_SAMPLES * ENERGY_INPUTS];
    double gradient[ENERGY_PARAMETERS];
    dirichlet_penalty_result result;
    int64_t vjp_calls;
    int64_t vjp_fail_at; /* 0: never */
    int64_t rows;        /* that came */
    real points[ENERGY_ROWS * ENERGY_INPUTS];
    real cotangents[ENERGY_ROWS * ENERGY_OUTPUTS];
};

static int32_t sine_parameter_vjp(int64_t first, int64_t samples, int64_t points, const real *x,
                                  const real *cotangents, void *user)
{
    (void)first;
    samples *= points;
    struct energy_fixture *f = user; /* sine is its first member */
    f->vjp_calls++;
    if (f->vjp_calls == f->vjp_fail_at)
        return 4242;
    for (int64_t n = 0; n < samples; n++)
        for (int64_t j = 0; j < ENERGY_OUTPUTS; j++)
            for (int64_t i = 0; i < ENERGY_INPUTS; i++)
                f->gradient[j * ENERGY_INPUTS + i] += (double)cotangents[n * ENERGY_OUTPUTS + j] *
                                                      sin((double)x[n * ENERGY_INPUTS + i]);
    CHECK(f->rows + samples <= ENERGY_ROWS);
    memcpy(f->points + f->rows * ENERGY_INPUTS, x, (size_t)(samples * ENERGY_INPUTS) * sizeof *x);
    memcpy(f->cotangents + f->rows * ENERGY_OUTPUTS, cotangents,
           (size_t)(samples * ENERGY_OUTPUTS) * sizeof *x);
    f->rows += samples;
    return 0;
}

static void make_energy(struct energy_fixture *f, int64_t probes)
{
    memset(f, 0, sizeof *f);
    f->sine = sine_make(ENERGY_INPUTS, ENERGY_OUTPUTS);
    f->sine.code = 77;
    f->model = PRECISION(sine_model)(&f->sine, SINE_FORWARD);
    f->model.parameter_vjp = sine_parameter_vjp;
    f->options = (dirichlet_energy_penalty_options){
        .struct_size = sizeof f->options, .probes = probes, .seed = 11};
    f->result = (dirichlet_penalty_result){.struct_size = sizeof f->result, .value = -1.0};
    fill(f->x, ENERGY_SAMPLES * ENERGY_INPUTS, 31);
}

static dirichlet_status energy_of(struct energy_fixture *f, int64_t first, int64_t samples,
                                  double strength)
{
    return PRECISION(dirichlet_energy_penalty)(&f->model, samples, f->x + first * ENERGY_INPUTS,
                                               &f->options, strength, &f->result, &heard);
}

static double sine_mean_energy(const struct energy_fixture *f)
{
    double sum = 0.0;
    for (int64_t n = 0; n < ENERGY_SAMPLES; n++)
        sum += PRECISION(sine_energy)(&f->sine, f->x + n * ENERGY_INPUTS);
    return sum / ENERGY_SAMPLES;
}

static double sine_energy_slope(const struct energy_fixture *f, int64_t j, int64_t i)
{
    double sum = 0.0;
    for (int64_t n = 0; n < ENERGY_SAMPLES; n++)
        sum += pow(cos((double)f->x[n * ENERGY_INPUTS + i]), 2.0);
    return 2.0 * f->sine.matrix[j * ENERGY_INPUTS + i] * sum / ENERGY_SAMPLES;
}

/* Largest error of f->gradient relative to `strength` times that of the energy. */
static double energy_gradient_error(const struct energy_fixture *f, double strength)
{
    double worst = 0.0;
    for (int64_t j = 0; j < ENERGY_OUTPUTS; j++)
        for (int64_t i = 0; i < ENERGY_INPUTS; i++) {
            const double wanted = strength * sine_energy_slope(f, j, i);
            worst = fmax(worst, off_by(f->gradient[j * ENERGY_INPUTS + i], wanted, strength));
        }
    return worst;
}

static void test_energy_exact(void **state)
{
    static struct energy_fixture f;
    const bool single = sizeof(real) == sizeof(float);
    (void)state;
    make_energy(&f, ENERGY_INPUTS);
    expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 0.5));
    const double energy = sine_mean_energy(&f);
    const double error = off_by(f.result.value, energy, energy);
    const double gradient = energy_gradient_error(&f, 0.5);
    printf("energy penalty, exact: value off by %.2e, gradient by %.2e\n", error, gradient);
    CHECK(error <= (single ? 1e-5 : 1e-10));
    CHECK(gradient <= (single ? 1e-4 : 1e-9));
    CHECK(f.rows == 2 * ENERGY_SAMPLES * ENERGY_INPUTS);
    /* More probes than inputs are the same, as are all of them and, these being few, the default;
     * the value alone is the same. */
    const double value = f.result.value;
    f.rows = 0;
    f.options.probes = INT64_MAX;
    expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 0.5));
    CHECK(f.result.value == value);
    const int64_t calls = f.vjp_calls;
    f.model.parameter_vjp = NULL;
    expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 2.0));
    CHECK(f.result.value == value && f.vjp_calls == calls);
    f.model.parameter_vjp = sine_parameter_vjp;
    for (int64_t probes = DIRICHLET_PROBES_ALL; probes <= 1; probes++) {
        f.rows = 0;
        f.options.probes = probes;
        expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 0.5));
        CHECK(f.rows == 2 * ENERGY_SAMPLES * (probes == 1 ? 1 : ENERGY_INPUTS));
        CHECK((f.result.value == value) == (probes != 1));
        CHECK(f.result.exact == (probes != 1) && f.result.samples == ENERGY_SAMPLES);
        CHECK(f.result.products == f.rows / 2);
    }
}

/* Over many seeds the mean of value and gradient is that of the exact ones. */
static void test_energy_unbiased(void **state)
{
    static struct energy_fixture f;
    const int draws = 4000;
    double sum = 0.0;
    double squares = 0.0;
    double slopes[ENERGY_PARAMETERS] = {0};
    double slope_squares[ENERGY_PARAMETERS] = {0};
    double worst = 0.0;
    (void)state;
    make_energy(&f, 2);
    for (int i = 0; i < draws; i++) {
        f.options.seed = (uint64_t)i;
        f.rows = 0;
        memset(f.gradient, 0, sizeof f.gradient);
        expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 1.0));
        sum += f.result.value / draws;
        squares += f.result.value * f.result.value / draws;
        for (int p = 0; p < ENERGY_PARAMETERS; p++) {
            slopes[p] += f.gradient[p] / draws;
            slope_squares[p] += f.gradient[p] * f.gradient[p] / draws;
        }
    }
    const double error = sqrt((squares - sum * sum) / draws);
    const double z = off_by(sum, sine_mean_energy(&f), error);
    for (int p = 0; p < ENERGY_PARAMETERS; p++) {
        const double slope = sine_energy_slope(&f, p / ENERGY_INPUTS, p % ENERGY_INPUTS);
        const double spread = sqrt((slope_squares[p] - slopes[p] * slopes[p]) / draws);
        worst = fmax(worst, off_by(slopes[p], slope, spread));
    }
    printf("energy penalty, %d draws: value off by %.2f standard errors, gradient by at most "
           "%.2f\n",
           draws, z, worst);
    CHECK(z <= 4.0 && worst <= 4.5);
}

/* The same bits for all workspaces, limits of the model, and cuts into batches: a batch of half
 * the size has twice the cotangents. */
static void test_energy_bits(void **state)
{
    static struct energy_fixture whole;
    static struct energy_fixture f;
    const int64_t limits[] = {0, 1, 2, 3, 7, 64};
    (void)state;
    for (int64_t probes = 3; probes <= ENERGY_INPUTS; probes += 3) {
        make_energy(&whole, probes);
        expect_success(energy_of(&whole, 0, ENERGY_SAMPLES, 1.0));
        for (int i = 0; i < 6; i++)
            for (size_t budget = 1000; budget < 30000; budget += 5800) {
                make_energy(&f, probes);
                f.sine.max_samples = limits[i];
                f.model.max_samples = limits[i];
                f.options.workspace_bytes = budget;
                expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 1.0));
                CHECK(limits[i] == 0 || f.sine.most_samples <= limits[i]);
                CHECK(f.rows == whole.rows && f.result.value == whole.result.value);
                CHECK(memcmp(f.points, whole.points, sizeof f.points) == 0);
                CHECK(memcmp(f.cotangents, whole.cotangents, sizeof f.cotangents) == 0);
            }
        make_energy(&f, probes);
        expect_success(energy_of(&f, 0, ENERGY_SAMPLES / 2, 0.5));
        f.options.first_sample = ENERGY_SAMPLES / 2;
        expect_success(energy_of(&f, ENERGY_SAMPLES / 2, ENERGY_SAMPLES / 2, 0.5));
        CHECK(memcmp(f.points, whole.points, sizeof f.points) == 0);
        CHECK(memcmp(f.cotangents, whole.cotangents, sizeof f.cotangents) == 0);
    }
}

/* Points differ by 2 h v exactly, with one power of two h for all coordinates of a sample. */
static void test_energy_points(void **state)
{
    static struct energy_fixture f;
    (void)state;
    make_energy(&f, 1);
    for (int64_t n = 0; n < ENERGY_SAMPLES; n++)
        f.x[n * ENERGY_INPUTS] *= (real)(1 << n);
    for (int64_t i = 0; i < ENERGY_INPUTS; i++) /* beyond 1 numbers lie further apart */
        f.x[i] = (real)((i % 2 == 0 ? 1.0 : -1.0) * (1.0 - 0.5 * (double)REAL_EPSILON));
    f.x[2] = (real)0;
    expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 1.0));
    for (int64_t n = 0; n < ENERGY_SAMPLES; n++) {
        const real *above = f.points + 2 * n * ENERGY_INPUTS;
        const real *below = above + ENERGY_INPUTS;
        const real move = real_abs(above[0] - below[0]);
        int exponent = 0;
        CHECK(frexp((double)move, &exponent) == 0.5);
        for (int64_t i = 0; i < ENERGY_INPUTS; i++) {
            const double x = (double)f.x[n * ENERGY_INPUTS + i];
            CHECK(real_abs(above[i] - below[i]) == move);
            CHECK(off_by(0.5 * ((double)above[i] + (double)below[i]), x,
                         fmax(fabs(x), (double)move)) <= (double)REAL_EPSILON);
        }
    }
    const double first = (double)real_abs(f.points[0] - f.points[ENERGY_INPUTS]);
    f.options.step = 0x1p-6;
    f.rows = 0;
    expect_success(energy_of(&f, 0, 1, 1.0));
    CHECK(real_abs(f.points[0] - f.points[ENERGY_INPUTS]) == (real)0x1p-5);
    CHECK(first > cbrt((double)REAL_EPSILON) && first < 3.0 * cbrt((double)REAL_EPSILON));
}

static void expect_energy_refused(struct energy_fixture *f, dirichlet_status wanted,
                                  const char *text)
{
    expect(energy_of(f, 0, ENERGY_SAMPLES, 1.0), wanted, text);
    CHECK(f->sine.calls == 0 && f->vjp_calls == 0 && f->result.value == -1.0);
}

static void test_energy_arguments(void **state)
{
    static struct energy_fixture f;
    (void)state;
#define REFUSED(change, status, text)                                                              \
    make_energy(&f, 3);                                                                            \
    change;                                                                                        \
    expect_energy_refused(&f, status, text)
    REFUSED(f.model.forward = NULL, DIRICHLET_E_MISSING_CALLBACK, "model.forward is NULL");
    REFUSED(f.model.inputs = 0, DIRICHLET_E_RANGE, "model.inputs is 0");
    REFUSED(f.model.outputs = -1, DIRICHLET_E_RANGE, "model.outputs is -1");
    REFUSED(f.model.outputs = INT64_MAX, DIRICHLET_E_OVERFLOW, "model.outputs are too large");
    REFUSED(f.model.max_samples = -1, DIRICHLET_E_RANGE, "model.max_samples is -1");
    REFUSED(f.model.struct_size = 1, DIRICHLET_E_STRUCT_SIZE, "model.struct_size is 1");
    REFUSED(f.options.struct_size = 2, DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 2");
    REFUSED(f.options.probes = -2, DIRICHLET_E_RANGE, "options.probes is -2");
    REFUSED(f.options.first_sample = -1, DIRICHLET_E_RANGE, "options.first_sample is -1");
    REFUSED(f.options.first_sample = INT64_MAX, DIRICHLET_E_OVERFLOW, "options.first_sample is 9");
    REFUSED(f.options.step = -1.0, DIRICHLET_E_RANGE, "options.step is -1");
    REFUSED(f.options.step = (double)NAN, DIRICHLET_E_RANGE, "options.step is ");
    REFUSED(f.options.step = cbrt((double)REAL_EPSILON * (double)REAL_EPSILON) / 2,
            DIRICHLET_E_RANGE, "it must be 0 or at ");
    REFUSED(f.options.step = 1e307; f.x[7] = (real)1e30, DIRICHLET_E_NOT_FINITE, "no step of its");
    REFUSED(f.options.workspace_bytes = 1, DIRICHLET_E_WORKSPACE, "workspace_bytes is 1: at least");
    REFUSED(f.x[3 * ENERGY_INPUTS + 5] = (real)NAN, DIRICHLET_E_NOT_FINITE, "sample 3 (row 3");
    REFUSED(f.options.first_sample = 90; f.x[ENERGY_SAMPLES * ENERGY_INPUTS - 1] = (real)INFINITY,
                                         DIRICHLET_E_NOT_FINITE, "sample 105 (row 15 of x)");
#undef REFUSED
    make_energy(&f, 1);
    expect(PRECISION(dirichlet_energy_penalty)(NULL, 1, f.x, NULL, 1.0, NULL, &heard),
           DIRICHLET_E_NULL, "model is NULL");
    expect(PRECISION(dirichlet_energy_penalty)(&f.model, 1, NULL, NULL, 1.0, NULL, &heard),
           DIRICHLET_E_NULL, "x is NULL");
    expect(energy_of(&f, 0, 0, 1.0), DIRICHLET_E_NO_DATA, "samples is 0");
    expect(energy_of(&f, 0, -5, 1.0), DIRICHLET_E_RANGE, "samples is -5");
    expect(energy_of(&f, 0, INT64_MAX, 1.0), DIRICHLET_E_OVERFLOW, "samples is 9");
    expect(energy_of(&f, 0, 1, (double)-INFINITY), DIRICHLET_E_RANGE, "strength is -inf");
    f.model.inputs = INT64_C(1) << 30;
    f.options.probes = INT64_C(1) << 29;
    if (sizeof(size_t) == sizeof(int64_t))
        expect(energy_of(&f, 0, 1, 1.0), DIRICHLET_E_RANGE, "options.probes is 536870912");
    else
        expect(energy_of(&f, 0, 1, 1.0), DIRICHLET_E_OVERFLOW, "samples is 1");
    CHECK(f.sine.calls == 0 && f.vjp_calls == 0 && f.result.value == -1.0);
}

/* Every callback fails in turn; a trainer's gradient may then hold part, the value is not set.
 * Calls of a model that looks whose rows it has hold those of a sample, all others a whole tile. */
static void fail_callbacks(int32_t ignores_first)
{
    static struct energy_fixture f;
    int64_t forwards = 1;
    int64_t backwards = 1;
    for (;; forwards++) {
        make_energy(&f, 3);
        f.model.ignores_first = ignores_first;
        f.options.workspace_bytes = 2000;
        f.sine.fail_at = forwards;
        if (energy_of(&f, 0, ENERGY_SAMPLES, 1.0) == DIRICHLET_OK)
            break;
        CHECK(strstr(heard.message, "model.forward returned 77") != NULL);
        CHECK(heard.callback_code == 77 && heard.sample == -1);
        CHECK(f.result.value == -1.0 && f.sine.calls == forwards && f.vjp_calls < forwards);
        CHECK(!ignores_first || f.vjp_calls == forwards - 1);
    }
    for (;; backwards++) {
        make_energy(&f, 3);
        f.model.ignores_first = ignores_first;
        f.options.workspace_bytes = 2000;
        f.vjp_fail_at = backwards;
        if (energy_of(&f, 0, ENERGY_SAMPLES, 1.0) == DIRICHLET_OK)
            break;
        CHECK(strstr(heard.message, "model.parameter_vjp returned 4242") != NULL);
        CHECK(heard.callback_code == 4242 && heard.sample == -1);
        CHECK(f.result.value == -1.0 && f.vjp_calls == backwards && f.sine.calls > 0);
        CHECK(!ignores_first || f.sine.calls == backwards);
    }
    printf("energy penalty: %d and %d calls failed in turn\n", (int)forwards - 1,
           (int)backwards - 1);
    CHECK(forwards > 3 && backwards > 3 && (!ignores_first || forwards == backwards));
}

static void test_energy_callbacks(void **state)
{
    (void)state;
    fail_callbacks(0);
    fail_callbacks(1);
}

/* What forward leaves unwritten or writes as NaN stops the call before the trainer sees it. */
static void test_energy_poison(void **state)
{
    static struct energy_fixture f;
    (void)state;
    for (int64_t at = 1; at <= 4; at++)
        for (int kind = 0; kind < 3; kind++) {
            make_energy(&f, 3);
            f.model.ignores_first = 1; /* one call a tile */
            f.options.workspace_bytes = 2000;
            f.options.first_sample = 1000;
            f.sine.place = (enum sine_place)kind;
            f.sine.poison = kind == 1 ? (double)NAN : (double)INFINITY;
            f.sine.poison_at = at;
            expect(energy_of(&f, 0, ENERGY_SAMPLES, 1.0), DIRICHLET_E_NOT_FINITE, "sample 10");
            CHECK(heard.sample >= 1000 && heard.sample < 1000 + ENERGY_SAMPLES);
            CHECK(f.result.value == -1.0 && f.vjp_calls == at - 1);
        }
    make_energy(&f, 3);
    f.sine.silent_at = 1;
    expect(energy_of(&f, 0, ENERGY_SAMPLES, 1.0), DIRICHLET_E_NOT_FINITE, "sample 0 (row 0 of x)");
    make_energy(&f, 3);
    expect(energy_of(&f, 0, ENERGY_SAMPLES, 1e308), DIRICHLET_E_NOT_FINITE, "cotangent");
    CHECK(f.vjp_calls == 0 && f.result.value == -1.0);
}

static void test_energy_memory(void **state)
{
    static struct energy_fixture f;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    (void)state;
    make_energy(&f, 3);
    f.options.allocator = &hooks;
    counting_arm(&counts, 1, 1);
    expect_energy_refused(&f, DIRICHLET_E_MEMORY, "no memory for a workspace of ");
    counting_arm(&counts, 0, 0);
    f.options.workspace_bytes = 4000;
    expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 1.0));
    CHECK(counts.calls == 1 && counts.live == 0 && counts.damaged == 0);
    /* The least budget that a refusal names is enough. */
    f.options.workspace_bytes = 1;
    CHECK(energy_of(&f, 0, ENERGY_SAMPLES, 1.0) == DIRICHLET_E_WORKSPACE);
    f.options.workspace_bytes = (size_t)heard.least_bytes;
    f.rows = 0;
    expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 1.0));
    CHECK(f.sine.most_samples > 2);
}

/* user: a factor. */
static int32_t steep_forward(int64_t first, int64_t samples, int64_t points, const real *x, real *y,
                             void *user)
{
    (void)first;
    samples *= points;
    const double *factor = user;
    for (int64_t n = 0; n < samples; n++)
        for (int64_t j = 0; j < ENERGY_OUTPUTS; j++)
            y[n * ENERGY_OUTPUTS + j] =
                (real)(*factor * (double)x[n * ENERGY_INPUTS + j % ENERGY_INPUTS]);
    return 0;
}

/* Energies, and sums of them, that no double holds; no float is so large. */
static void test_energy_too_large(void **state)
{
    static struct energy_fixture f;
    double factor = sizeof(real) == sizeof(float) ? 1e30 : 1e200;
    (void)state;
    for (int64_t probes = 1; probes <= ENERGY_INPUTS; probes += ENERGY_INPUTS - 1) {
        make_energy(&f, probes);
        f.model.forward = steep_forward;
        f.model.parameter_vjp = NULL;
        f.model.user = &factor;
        const dirichlet_status status = PRECISION(dirichlet_energy_penalty)(
            &f.model, ENERGY_SAMPLES, f.x, &f.options, 1.0, &f.result, &heard);
        if (sizeof(real) == sizeof(float)) {
            CHECK(status == DIRICHLET_OK);
            CHECK(probes == 1 || fabs(f.result.value - ENERGY_OUTPUTS * 1e60) <= 1e57);
            continue;
        }
        expect(status, DIRICHLET_E_NOT_FINITE, "its energy is too large for a double");
        factor = sqrt(0.4 * DBL_MAX / ENERGY_OUTPUTS); /* and 16 samples */
        expect(PRECISION(dirichlet_energy_penalty)(&f.model, ENERGY_SAMPLES, f.x, &f.options, 1.0,
                                                   &f.result, &heard),
               DIRICHLET_E_OVERFLOW, "the sum of the energies is too large");
        CHECK(f.result.value == -1.0);
        factor = 1e200;
    }
}

/* Outputs that hang on one input each: along most coordinates they do not move, and are not stuck.
 */
static void test_energy_of_single_inputs(void **state)
{
    static struct energy_fixture f;
    double factor = 3.0;
    (void)state;
    make_energy(&f, ENERGY_INPUTS);
    f.model.forward = steep_forward;
    f.model.parameter_vjp = NULL;
    f.model.user = &factor;
    CHECK(PRECISION(dirichlet_energy_penalty)(&f.model, ENERGY_SAMPLES, f.x, &f.options, 1.0,
                                              &f.result, &heard) == DIRICHLET_OK);
    CHECK_IN(fabs(f.result.value - 9.0 * ENERGY_OUTPUTS) <= 1e-3 * f.result.value, "%.17g",
             f.result.value);
}

#endif
