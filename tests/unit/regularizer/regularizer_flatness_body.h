/* dirichlet_flatness_penalty on losses whose Hessians are known:
 *
 *     Loss(theta) = 1/n sum_i 1/2 (s(x_i . theta) - t_i)^2
 *
 * with s(z) = z, where H = X^T X / n, or s(z) = sin z. */
#ifndef DIRICHLET_UNIT_REGULARIZER_FLATNESS_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_FLATNESS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer_fixture_body.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/sine_model.h"

#define FLAT_PARAMETERS 9
#define FLAT_SAMPLES 12

struct flatness_fixture {
    objective_table objective;
    dirichlet_flatness_options options;
    dirichlet_flatness result;
    double x[FLAT_SAMPLES][FLAT_PARAMETERS];
    double targets[FLAT_SAMPLES];
    real theta[FLAT_PARAMETERS];
    real gradient[FLAT_PARAMETERS];
    bool curved; /* s = sin */
    int64_t calls;
    int64_t fail_at;   /* return 31 or -31 */
    int64_t poison_at; /* write a NaN */
    int64_t silent_at; /* write nothing, or no */
    enum { FLAT_NOTHING, FLAT_NO_LOSS, FLAT_NO_GRADIENT } silence;
};

/* What to do in this call. */
static int32_t flat_call(struct flatness_fixture *f, real *out)
{
    f->calls++;
    if (f->calls == f->poison_at)
        out[FLAT_PARAMETERS / 2] = (real)NAN;
    return f->calls != f->fail_at ? 0 : f->fail_at % 2 == 0 ? -31 : 31;
}

static double flat_product(const struct flatness_fixture *f, int i, const real *theta)
{
    double z = 0.0;
    for (int j = 0; j < FLAT_PARAMETERS; j++)
        z += f->x[i][j] * (double)theta[j];
    return z;
}

/* out = grad Loss in double; the loss. */
static double flat_gradient(const struct flatness_fixture *f, const real *theta, double *out)
{
    double loss = 0.0;
    memset(out, 0, FLAT_PARAMETERS * sizeof *out);
    for (int i = 0; i < FLAT_SAMPLES; i++) {
        const double z = flat_product(f, i, theta);
        const double rest = (f->curved ? sin(z) : z) - f->targets[i];
        const double slope = f->curved ? cos(z) : 1.0;
        loss += 0.5 * rest * rest / FLAT_SAMPLES;
        for (int j = 0; j < FLAT_PARAMETERS; j++)
            out[j] += rest * slope * f->x[i][j] / FLAT_SAMPLES;
    }
    return loss;
}

/* out = H v in double. */
static void flat_hessian(const struct flatness_fixture *f, const real *theta, const double *v,
                         double *out)
{
    memset(out, 0, FLAT_PARAMETERS * sizeof *out);
    for (int i = 0; i < FLAT_SAMPLES; i++) {
        const double z = flat_product(f, i, theta);
        const double rest = (f->curved ? sin(z) : z) - f->targets[i];
        const double bend = f->curved ? cos(z) * cos(z) - rest * sin(z) : 1.0;
        double along = 0.0;
        for (int j = 0; j < FLAT_PARAMETERS; j++)
            along += f->x[i][j] * v[j];
        for (int j = 0; j < FLAT_PARAMETERS; j++)
            out[j] += bend * along * f->x[i][j] / FLAT_SAMPLES;
    }
}

static int32_t flat_gradient_callback(const real *theta, double *loss, real *gradient, void *user)
{
    struct flatness_fixture *f = user;
    double g[FLAT_PARAMETERS];
    const bool silent = f->calls + 1 == f->silent_at;
    const double value = flat_gradient(f, theta, g);
    if (!silent || f->silence == FLAT_NO_GRADIENT)
        *loss = value;
    for (int j = 0; j < FLAT_PARAMETERS && (!silent || f->silence == FLAT_NO_LOSS); j++)
        gradient[j] = (real)g[j];
    return flat_call(f, gradient);
}

static int32_t flat_hvp_callback(const real *theta, const real *v, real *hv, void *user)
{
    struct flatness_fixture *f = user;
    double direction[FLAT_PARAMETERS];
    double product[FLAT_PARAMETERS];
    for (int j = 0; j < FLAT_PARAMETERS; j++)
        direction[j] = (double)v[j];
    flat_hessian(f, theta, direction, product);
    for (int j = 0; j < FLAT_PARAMETERS && f->calls + 1 != f->silent_at; j++)
        hv[j] = (real)product[j];
    return flat_call(f, hv);
}

static void make_flatness(struct flatness_fixture *f, bool curved, bool exact)
{
    memset(f, 0, sizeof *f);
    sine_data_f64(FLAT_SAMPLES * FLAT_PARAMETERS, 91, f->x[0]);
    sine_data_f64(FLAT_SAMPLES, 92, f->targets);
    fill(f->theta, FLAT_PARAMETERS, 93);
    put(f->gradient, FLAT_PARAMETERS, UNTOUCHED);
    f->curved = curved;
    f->options.struct_size = sizeof f->options;
    memset(&f->result, 0x6b, sizeof f->result);
    f->result.struct_size = sizeof f->result;
    f->objective = (objective_table){.struct_size = sizeof f->objective,
                                     .parameters = FLAT_PARAMETERS,
                                     .gradient = flat_gradient_callback,
                                     .hvp = exact ? flat_hvp_callback : NULL,
                                     .user = f};
}

static dirichlet_status flatness_of(struct flatness_fixture *f, double strength)
{
    return PRECISION(dirichlet_flatness_penalty)(&f->objective, f->theta, 0.1, strength,
                                                 f->gradient, &f->options, &f->result, &heard);
}

/* Largest error of f->gradient, which was 0 before, relative to the largest entry. */
static double flatness_error(const struct flatness_fixture *f, double strength)
{
    double g[FLAT_PARAMETERS];
    double product[FLAT_PARAMETERS];
    double largest = 0.0;
    double worst = 0.0;
    (void)flat_gradient(f, f->theta, g);
    flat_hessian(f, f->theta, g, product);
    for (int j = 0; j < FLAT_PARAMETERS; j++)
        largest = fmax(largest, fabs(2.0 * strength * product[j]));
    for (int j = 0; j < FLAT_PARAMETERS; j++) {
        const double error = off_by((double)f->gradient[j], 2.0 * strength * product[j], largest);
        worst = error > worst ? error : worst;
    }
    return worst;
}

static void check_flatness_values(const struct flatness_fixture *f, bool exact)
{
    double g[FLAT_PARAMETERS];
    double squares = 0.0;
    const double loss = flat_gradient(f, f->theta, g);
    for (int j = 0; j < FLAT_PARAMETERS; j++)
        squares += g[j] * g[j];
    CHECK(off_by(f->result.loss, loss, loss) <= 1e-15);
    CHECK(off_by(f->result.squared_gradient_norm, squares, squares) <= 4.0 * (double)REAL_EPSILON);
    CHECK(off_by(f->result.implicit_regularizer, 0.025 * squares, squares) <= (double)REAL_EPSILON);
    CHECK(f->result.exact == exact && f->result.reserved == 0);
}

static void test_flatness_values(void **state)
{
    const bool single = sizeof(real) == sizeof(float);
    (void)state;
    for (int curved = 0; curved < 2; curved++)
        for (int exact = 0; exact < 2; exact++) {
            struct flatness_fixture f;
            make_flatness(&f, curved, exact);
            put(f.gradient, FLAT_PARAMETERS, (real)0);
            expect_success(flatness_of(&f, 0.3));
            const double error = flatness_error(&f, 0.3);
            const double bound = exact ? 8.0 * (double)REAL_EPSILON : single ? 5e-4 : 1e-9;
            printf("flatness, %s, by %s: gradient off by %.2e\n", curved ? "sine" : "linear",
                   exact ? "hvp" : "difference", error);
            CHECK(error <= bound);
            CHECK(f.calls == (exact ? 2 : 3));
            check_flatness_values(&f, exact);
        }
}

/* Gradients whose squares are no numbers, or would be none in the sum, on a linear model. */
static void test_flatness_magnitudes(void **state)
{
    static const int wide[] = {-1040, -535, -480, -420, -300, 300, 390, 410, 490};
    static const int narrow[] = {-100, -60, 30, 55};
    const bool single = sizeof(real) == sizeof(float);
    const size_t count = single ? sizeof narrow / sizeof *narrow : sizeof wide / sizeof *wide;
    (void)state;
    for (size_t i = 0; i < count; i++)
        for (int exact = 0; exact < 2; exact++) {
            struct flatness_fixture f;
            const int exponent = single ? narrow[i] : wide[i];
            make_flatness(&f, false, exact);
            put(f.gradient, FLAT_PARAMETERS, (real)0);
            for (int j = 0; j < FLAT_PARAMETERS; j++)
                f.theta[j] = (real)ldexp((double)f.theta[j], exponent);
            for (int n = 0; n < FLAT_SAMPLES; n++)
                f.targets[n] = ldexp(f.targets[n], exponent);
            expect_success(flatness_of(&f, 0.3));
            const double error = flatness_error(&f, 0.3);
            printf("flatness of 2^%d by %s: off by %.2e\n", exponent, exact ? "hvp" : "difference",
                   error);
            const double bound = exact && exponent > -1000 ? 8.0 * (double)REAL_EPSILON : 1e-9;
            CHECK(error <= (single && !exact ? 5e-4 : bound));
            CHECK(f.calls == (exact ? 2 : 3) && f.result.exact == exact);
        }
}

/* Of a large gradient the step h makes the implicit regularizer too large, or its square is. */
static void test_flatness_overflow(void **state)
{
    struct flatness_fixture f;
    (void)state;
    for (int square = 0; square < (sizeof(real) == sizeof(float) ? 1 : 2); square++) {
        make_flatness(&f, false, true);
        for (int j = 0; j < FLAT_PARAMETERS; j++)
            f.theta[j] = (real)ldexp((double)f.theta[j], square ? 250 : 60);
        for (int i = 0; i < FLAT_SAMPLES; i++)
            for (int j = 0; j < FLAT_PARAMETERS; j++)
                f.x[i][j] *= square ? 0x1p150 : 1.0;
        expect(PRECISION(dirichlet_flatness_penalty)(&f.objective, f.theta, square ? 0.0 : 1e300,
                                                     1.0, f.gradient, NULL, &f.result, &heard),
               DIRICHLET_E_OVERFLOW, "objective.gradient: its squared norm is too large");
        CHECK(all_are(f.gradient, FLAT_PARAMETERS, UNTOUCHED));
    }
    if (sizeof(real) == sizeof(double)) {
        make_flatness(&f, false, false);
        f.theta[FLAT_PARAMETERS - 1] = (real)1e160;
        expect(flatness_of(&f, 1.0), DIRICHLET_E_NOT_FINITE, "theta or its norm");
        CHECK(f.calls == 0 && all_are(f.gradient, FLAT_PARAMETERS, UNTOUCHED));
    }
}

/* Steps around the automatic one: it is near the best. */
static void test_flatness_steps(void **state)
{
    struct flatness_fixture f;
    double automatic = 0.0;
    (void)state;
    for (int i = -6; i <= 6; i++) {
        make_flatness(&f, true, false);
        put(f.gradient, FLAT_PARAMETERS, (real)0);
        f.options.step = i == -6 ? 0.0 : cbrt((double)REAL_EPSILON) * ldexp(1.0, 2 * i);
        expect_success(flatness_of(&f, 1.0));
        const double error = flatness_error(&f, 1.0);
        if (i == -6)
            automatic = error;
        else
            printf("flatness, step %.1e: off by %.2e\n", f.options.step, error);
        CHECK(i == -6 || automatic <= 30.0 * error);
    }
    /* A step that rounding swallows. */
    make_flatness(&f, true, false);
    f.options.step = 0.01 * (double)REAL_EPSILON;
    expect(flatness_of(&f, 1.0), DIRICHLET_E_NOISE, "options.step: moving theta by ");
    CHECK(all_are(f.gradient, FLAT_PARAMETERS, UNTOUCHED));
}

static void test_flatness_parts(void **state)
{
    struct flatness_fixture f;
    (void)state;
    make_flatness(&f, true, false);
    expect_success(PRECISION(dirichlet_flatness_penalty)(&f.objective, f.theta, 0.1, 1.0, NULL,
                                                         NULL, &f.result, &heard));
    CHECK(f.calls == 1);
    check_flatness_values(&f, true);
    put(f.gradient, FLAT_PARAMETERS, (real)0);
    expect_success(PRECISION(dirichlet_flatness_penalty)(&f.objective, f.theta, 0.0, 0.25,
                                                         f.gradient, NULL, NULL, &heard));
    CHECK(flatness_error(&f, 0.25) <= (sizeof(real) == sizeof(float) ? 5e-4 : 1e-9));
    /* At a minimum with all residuals zero there is nothing to add and no difference to take. */
    make_flatness(&f, false, false);
    memset(f.targets, 0, sizeof f.targets);
    put(f.theta, FLAT_PARAMETERS, (real)0);
    expect_success(flatness_of(&f, 1.0));
    CHECK(f.calls == 1 && f.result.exact == 1 && f.result.squared_gradient_norm == 0.0);
    CHECK(all_are(f.gradient, FLAT_PARAMETERS, UNTOUCHED));
    /* An older result struct gets what it has room for. */
    make_flatness(&f, false, true);
    f.result.struct_size = offsetof(dirichlet_flatness, implicit_regularizer);
    const double before = f.result.implicit_regularizer;
    expect_success(flatness_of(&f, 1.0));
    CHECK(memcmp(&before, &f.result.implicit_regularizer, sizeof before) == 0);
    CHECK(f.result.squared_gradient_norm > 0.0);
}

static void expect_flatness_refused(struct flatness_fixture *f, dirichlet_status wanted,
                                    const char *text)
{
    const dirichlet_flatness before = f->result;
    expect(flatness_of(f, 1.0), wanted, text);
    CHECK(all_are(f->gradient, FLAT_PARAMETERS, UNTOUCHED));
    CHECK(memcmp(&before, &f->result, sizeof before) == 0);
}

static void test_flatness_arguments(void **state)
{
    struct flatness_fixture f;
    (void)state;
#define REFUSED(change, status, text)                                                              \
    make_flatness(&f, true, false);                                                                \
    change;                                                                                        \
    expect_flatness_refused(&f, status, text);                                                     \
    CHECK(f.calls == 0)
    REFUSED(f.objective.gradient = NULL, DIRICHLET_E_MISSING_CALLBACK, "objective.gradient is");
    REFUSED(f.objective.parameters = 0, DIRICHLET_E_RANGE, "objective.parameters is 0");
    REFUSED(f.objective.parameters = INT64_MAX, DIRICHLET_E_OVERFLOW, "objective.parameters is 9");
    REFUSED(f.objective.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "objective.struct_size is 3");
    REFUSED(f.options.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 3");
    REFUSED(f.options.step = -0.5, DIRICHLET_E_RANGE, "options.step is -0.5");
    REFUSED(f.options.step = (double)INFINITY, DIRICHLET_E_RANGE, "options.step is inf");
    REFUSED(f.result.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "result.struct_size is 3");
    REFUSED(f.theta[5] = (real)NAN, DIRICHLET_E_NOT_FINITE, "theta");
#undef REFUSED
    make_flatness(&f, true, false);
    expect(flatness_of(&f, (double)NAN), DIRICHLET_E_RANGE, "strength is ");
    expect(PRECISION(dirichlet_flatness_penalty)(NULL, f.theta, 0.0, 1.0, f.gradient, NULL,
                                                 &f.result, &heard),
           DIRICHLET_E_NULL, "objective is NULL");
    expect(PRECISION(dirichlet_flatness_penalty)(&f.objective, NULL, 0.0, 1.0, f.gradient, NULL,
                                                 &f.result, &heard),
           DIRICHLET_E_NULL, "theta is NULL");
    expect(PRECISION(dirichlet_flatness_penalty)(&f.objective, f.theta, -1.0, 1.0, f.gradient, NULL,
                                                 &f.result, &heard),
           DIRICHLET_E_RANGE, "learning_rate is -1");
    CHECK(f.calls == 0 && all_are(f.gradient, FLAT_PARAMETERS, UNTOUCHED));
    expect(flatness_of(&f, sizeof(real) == sizeof(float) ? 1e41 : 1.7e308), DIRICHLET_E_OVERFLOW,
           "strength is 1");
    CHECK(all_are(f.gradient, FLAT_PARAMETERS, UNTOUCHED));
}

/* Memory that looks like an answer. */
static void *take_zeros(size_t size, void *user)
{
    (void)user;
    return calloc(1, size);
}

static void give_zeros(void *memory, size_t size, void *user)
{
    (void)size, (void)user;
    free(memory);
}

/* Every call in turn fails, writes a NaN, or nothing at all, or only one of its two outputs. */
static void test_flatness_callbacks(void **state)
{
    const dirichlet_allocator zeros = {sizeof zeros, take_zeros, give_zeros, NULL};
    struct flatness_fixture f;
    long points = 0;
    (void)state;
    for (int exact = 0; exact < 2; exact++)
        for (int64_t at = 1; at <= (exact ? 2 : 3); at++)
            for (int kind = 0; kind < 5; kind++) {
                make_flatness(&f, true, exact);
                f.options.allocator = &zeros;
                f.fail_at = kind == 0 ? at : 0;
                f.poison_at = kind == 1 ? at : 0;
                f.silent_at = kind >= 2 ? at : 0;
                f.silence = kind == 3 ? FLAT_NO_LOSS : kind == 4 ? FLAT_NO_GRADIENT : FLAT_NOTHING;
                expect_flatness_refused(
                    &f, kind == 0 ? DIRICHLET_E_CALLBACK : DIRICHLET_E_NOT_FINITE,
                    exact && at == 2 ? "objective.hvp " : "objective.gradient ");
                CHECK(f.calls == at &&
                      (kind != 0 || strstr(heard.message,
                                           at % 2 == 0 ? "returned -31" : "returned 31") != NULL));
                points++;
            }
    printf("flatness: %ld points of failure\n", points);
}

static void test_flatness_memory(void **state)
{
    struct flatness_fixture f;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    (void)state;
    make_flatness(&f, true, false);
    f.options.allocator = &hooks;
    counting_arm(&counts, 1, 1);
    expect_flatness_refused(&f, DIRICHLET_E_MEMORY, "no memory for ");
    CHECK(f.calls == 0);
    counting_arm(&counts, 0, 0);
    expect_success(flatness_of(&f, 1.0));
    CHECK(counts.calls == 1 && counts.live == 0 && counts.damaged == 0);
}

#endif
