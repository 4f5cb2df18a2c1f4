/* dirichlet_parameter_norm: values and gradients against sums in long double, all layouts. */
#ifndef DIRICHLET_UNIT_REGULARIZER_NORM_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_NORM_BODY_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer_fixture_body.h"
#include "support/check.h"

#define NORM_PARTS 4
#define NORM_ROOM 128

struct norm_fixture {
    parameter_view parts[NORM_PARTS];
    real values[NORM_PARTS][NORM_ROOM];
    real gradient[NORM_PARTS][NORM_ROOM];
    dirichlet_penalty_result result;
};

static const dirichlet_parameter_norm_options absolute = {
    .struct_size = sizeof absolute, .norm = DIRICHLET_NORM_L1, .biases = 1};

/* Row-major, column-major with a wider gradient, doubly strided, and a strided bias. */
static void make_norms(struct norm_fixture *f)
{
    static const int64_t layout[NORM_PARTS][6] = {
        {5, 7, 7, 1, 1, 5}, {6, 4, 1, 6, 9, 2}, {3, 8, 2, 7, 1, 4}, {9, 1, 3, 1000, 2, -5}};
    for (int i = 0; i < NORM_PARTS; i++) {
        fill(f->values[i], NORM_ROOM, (uint64_t)(40 + i));
        put(f->gradient[i], NORM_ROOM, (real)0.5);
        f->parts[i] = (parameter_view){.struct_size = sizeof(parameter_view),
                                       .values = f->values[i],
                                       .gradient = f->gradient[i],
                                       .rows = layout[i][0],
                                       .columns = layout[i][1],
                                       .row_stride = layout[i][2],
                                       .column_stride = layout[i][3],
                                       .gradient_row_stride = layout[i][4],
                                       .gradient_column_stride = layout[i][5],
                                       .bias = i == 3};
    }
    f->values[1][7] = (real)0;
    f->result = (dirichlet_penalty_result){.struct_size = sizeof f->result, .value = -1.0};
}

static dirichlet_status norm_of(struct norm_fixture *f, dirichlet_norm norm, int32_t biases,
                                double strength)
{
    const dirichlet_parameter_norm_options options = {
        .struct_size = sizeof options, .norm = norm, .biases = biases};
    return PRECISION(dirichlet_parameter_norm)(f->parts, NORM_PARTS, &options, strength, &f->result,
                                               &heard);
}

static void expect_norm_refused(struct norm_fixture *f, dirichlet_status wanted, const char *text)
{
    expect(norm_of(f, DIRICHLET_NORM_SQUARED_L2, 1, 1.0), wanted, text);
    for (int i = 0; i < NORM_PARTS; i++)
        CHECK(all_are(f->gradient[i], NORM_ROOM, (real)0.5));
    CHECK(f->result.value == -1.0);
}

static int sign_of(double value)
{
    return (value > 0.0) - (value < 0.0);
}

/* The sum in long double; every gradient that was wanted is checked and cleared. */
static long double check_part(struct norm_fixture *f, int i, dirichlet_norm norm, double strength)
{
    const parameter_view *p = &f->parts[i];
    long double sum = 0;
    for (int64_t r = 0; r < p->rows; r++)
        for (int64_t c = 0; c < p->columns; c++) {
            const int64_t from = r * p->row_stride + (p->columns > 1 ? c * p->column_stride : 0);
            const int64_t to =
                r * p->gradient_row_stride + (p->columns > 1 ? c * p->gradient_column_stride : 0);
            const double value = (double)f->values[i][from];
            const double slope = norm == DIRICHLET_NORM_L1 ? sign_of(value) : 2.0 * value;
            sum += norm == DIRICHLET_NORM_L1 ? fabsl(value) : (long double)value * value;
            CHECK(f->gradient[i][to] == (real)(0.5 + strength * slope));
            f->gradient[i][to] = (real)0.5;
        }
    return sum;
}

static void test_norms(void **state)
{
    struct norm_fixture f;
    double worst = 0.0;
    (void)state;
    for (int32_t biases = 0; biases < 2; biases++)
        for (dirichlet_norm norm = DIRICHLET_NORM_L1; norm <= DIRICHLET_NORM_SQUARED_L2;
             norm += 10) {
            long double sum = 0;
            make_norms(&f);
            expect_success(norm_of(&f, norm, biases, 0.125));
            for (int i = 0; i < NORM_PARTS; i++)
                if (biases != 0 || f.parts[i].bias == 0)
                    sum += check_part(&f, i, norm, 0.125);
            for (int i = 0; i < NORM_PARTS; i++) /* nothing beside the elements themselves */
                CHECK(all_are(f.gradient[i], NORM_ROOM, (real)0.5));
            worst = fmax(worst, off_by(f.result.value, (double)sum, (double)sum));
        }
    printf("parameter norms off by at most %.2e\n", worst);
    CHECK(worst <= 1e-15);
}

/* Central differences of the value find the gradient. */
static void test_norm_differences(void **state)
{
    struct norm_fixture f;
    double worst = 0.0;
    (void)state;
    for (dirichlet_norm norm = DIRICHLET_NORM_L1; norm <= DIRICHLET_NORM_SQUARED_L2; norm += 10)
        for (int64_t at = 0; at < 20; at++) {
            make_norms(&f);
            const real kept = f.values[0][at];
            expect_success(norm_of(&f, norm, 1, 1.0));
            const double slope = (double)f.gradient[0][at / 7 + at % 7 * 5] - 0.5;
            f.values[0][at] = kept + (real)0x1p-12;
            const real above = f.values[0][at];
            expect_success(norm_of(&f, norm, 1, 0.0));
            double difference = f.result.value;
            f.values[0][at] = kept - (real)0x1p-12;
            expect_success(norm_of(&f, norm, 1, 0.0));
            difference -= f.result.value;
            difference /= (double)above - (double)f.values[0][at];
            worst = fmax(worst, off_by(difference, slope, 1.0));
        }
    printf("gradients of parameter norms off from differences by at most %.2e\n", worst);
    CHECK(worst <= (sizeof(real) == sizeof(float) ? 1e-6 : 1e-10));
}

static void test_norm_without_gradient(void **state)
{
    struct norm_fixture f;
    (void)state;
    make_norms(&f);
    for (int i = 0; i < NORM_PARTS; i++) {
        f.parts[i].gradient = NULL;
        f.parts[i].gradient_row_stride = -3;
    }
    expect_success(norm_of(&f, DIRICHLET_NORM_L1, 1, 1.0));
    CHECK(f.result.value > 0.0);
    expect_success(PRECISION(dirichlet_parameter_norm)(NULL, 0, &absolute, 1.0, &f.result, &heard));
    CHECK(f.result.value == 0.0);
    expect_success(
        PRECISION(dirichlet_parameter_norm)(f.parts, NORM_PARTS, &absolute, 1.0, NULL, &heard));
}

/* A sum whose parts are numbers, and which is none. */
static void test_norm_overflow(void **state)
{
    real large[1] = {(real)(sizeof(real) == sizeof(float) ? 1 : 1.7e308)};
    real gradient[1] = {UNTOUCHED};
    dirichlet_penalty_result result = {.struct_size = sizeof result, .value = -1.0};
    const parameter_view part = {
        .struct_size = sizeof part, .values = large, .gradient = gradient, .rows = 1, .columns = 1};
    const parameter_view parts[2] = {part, part};
    (void)state;
    const bool single = sizeof(real) == sizeof(float);
    /* A gradient that its type cannot hold: 2 strength theta, or strength. */
    const struct {
        dirichlet_norm norm;
        double strength;
        bool refused;
    } cases[] = {{DIRICHLET_NORM_SQUARED_L2, 0.499, false},
                 {DIRICHLET_NORM_SQUARED_L2, 0.501, true},
                 {DIRICHLET_NORM_L1, 0.999, false},
                 {DIRICHLET_NORM_L1, 1.001, single}}; /* of the largest number */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double strength = fmin(cases[i].strength * (double)REAL_LARGEST, DBL_MAX);
        real one[1] = {(real)1};
        const dirichlet_parameter_norm_options options = {.struct_size = sizeof options,
                                                          .norm = cases[i].norm};
        parameter_view unit = part;
        unit.values = one;
        gradient[0] = (real)0;
        const dirichlet_status wanted = cases[i].refused ? DIRICHLET_E_OVERFLOW : DIRICHLET_OK;
        expect(PRECISION(dirichlet_parameter_norm)(&unit, 1, &options, strength, &result, &heard),
               wanted, cases[i].refused ? "the gradient is too large for its type" : "");
        CHECK((gradient[0] == (real)0) == cases[i].refused && isfinite(gradient[0]));
    }
    result.value = -1.0;
    gradient[0] = UNTOUCHED;
    if (single) /* too many floats would be needed */
        return;
    expect(PRECISION(dirichlet_parameter_norm)(parts, 2, &absolute, 1.0, &result, &heard),
           DIRICHLET_E_OVERFLOW, "the norm is too large for a double");
    CHECK(result.value == -1.0 && all_are(gradient, 1, UNTOUCHED));
}

static void test_norm_arguments(void **state)
{
    struct norm_fixture f;
    (void)state;
    make_norms(&f);
    f.result.value = 3.0;
    expect(PRECISION(dirichlet_parameter_norm)(NULL, 1, &absolute, 1.0, &f.result, &heard),
           DIRICHLET_E_NULL, "parameters is NULL");
    expect(PRECISION(dirichlet_parameter_norm)(f.parts, -1, &absolute, 1.0, &f.result, &heard),
           DIRICHLET_E_RANGE, "count is -1");
    expect(norm_of(&f, 11, 1, 1.0), DIRICHLET_E_CONSTANT, "norm is 11");
    expect(norm_of(&f, 0, 1, 1.0), DIRICHLET_E_CONSTANT, "norm is 0");
    expect(norm_of(&f, 10, 2, 1.0), DIRICHLET_E_RANGE, "biases is 2");
    expect(norm_of(&f, 10, 1, (double)NAN), DIRICHLET_E_RANGE, "strength is ");
    expect(norm_of(&f, 10, 1, (double)INFINITY), DIRICHLET_E_RANGE, "strength is inf");
    CHECK(f.result.value == 3.0);
    expect(norm_of(&f, 20, 1, sizeof(real) == sizeof(float) ? 1e39 : 1e308), DIRICHLET_E_OVERFLOW,
           "strength is 1e+");
    CHECK(f.result.value == 3.0 && all_are(f.gradient[0], NORM_ROOM, (real)0.5));
    expect(PRECISION(dirichlet_parameter_norm)(f.parts, 4, NULL, 1.0, &f.result, &heard),
           DIRICHLET_E_NULL, "options is NULL");
    CHECK(PRECISION(dirichlet_parameter_norm)(f.parts, 4, NULL, 1.0, &f.result, NULL) ==
          DIRICHLET_E_NULL);
    CHECK(f.result.value == 3.0);
}

/* A mistake in the last element stops the call before anything is added to the first. */
static void test_norm_views(void **state)
{
    struct norm_fixture f;
    parameter_view *last = &f.parts[2];
    (void)state;
#define REFUSED(change, status, text)                                                              \
    make_norms(&f);                                                                                \
    change;                                                                                        \
    expect_norm_refused(&f, status, text)
    REFUSED(last->values = NULL, DIRICHLET_E_NULL, "parameters[2].values is NULL");
    REFUSED(last->rows = 0, DIRICHLET_E_RANGE, "parameters[2].rows is 0");
    REFUSED(last->columns = -4, DIRICHLET_E_RANGE, "parameters[2].columns is -4");
    REFUSED(last->row_stride = 0, DIRICHLET_E_RANGE, "parameters[2].row_stride is 0");
    REFUSED(last->column_stride = -1, DIRICHLET_E_RANGE, "parameters[2].column_stride is -1");
    REFUSED(last->column_stride = 4, DIRICHLET_E_SHAPE, "elements of the 3 x 8 values overlap");
    REFUSED(last->gradient_row_stride = 4, DIRICHLET_E_SHAPE, "the 3 x 8 gradient overlap");
    REFUSED(last->gradient_column_stride = 0, DIRICHLET_E_RANGE, "gradient_column_stride is 0");
    REFUSED(last->column_stride = INT64_MAX / 2, DIRICHLET_E_OVERFLOW, "parameters[2].values: ");
    REFUSED(last->gradient_column_stride = INT64_MAX / 4, DIRICHLET_E_OVERFLOW,
            "parameters[2].gradient: ");
    REFUSED(last->bias = 2, DIRICHLET_E_RANGE, "parameters[2].bias is 2");
    REFUSED(last->reserved = 1, DIRICHLET_E_RANGE, "parameters[2].reserved is 1");
    REFUSED(last->struct_size = 12, DIRICHLET_E_STRUCT_SIZE, "parameters[2].struct_size is 12");
    REFUSED(f.parts[0].struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "parameters[0].struct_size is 3");
    REFUSED(f.values[2][2 + 7 * 3] = (real)NAN, DIRICHLET_E_NOT_FINITE,
            "parameters[2].values is not finite in row 1, column 3");
    REFUSED(f.values[3][6] = (real)-INFINITY, DIRICHLET_E_NOT_FINITE, "in row 2, column 0");
#undef REFUSED
    make_norms(&f);
    f.values[0][3] = (real)1e200;
    if (sizeof(real) == sizeof(double))
        expect_norm_refused(&f, DIRICHLET_E_OVERFLOW, "parameters[0].values: the norm is too");
}

/* Elements of an older version are smaller; what they lack is zero. */
static void test_norm_of_old_struct(void **state)
{
    struct norm_fixture f;
    const size_t older = offsetof(parameter_view, bias);
    unsigned char bytes[NORM_PARTS * sizeof(parameter_view)];
    (void)state;
    make_norms(&f);
    for (int i = 0; i < NORM_PARTS; i++) {
        memcpy(bytes + (size_t)i * older, &f.parts[i], older);
        memcpy(bytes + (size_t)i * older, &older, sizeof older);
    }
    const dirichlet_parameter_norm_options squared = {.struct_size = sizeof squared,
                                                      .norm = DIRICHLET_NORM_SQUARED_L2};
    expect_success(norm_of(&f, DIRICHLET_NORM_SQUARED_L2, 1, 1.0));
    const double whole = f.result.value;
    expect_success(PRECISION(dirichlet_parameter_norm)(
        (const parameter_view *)(const void *)bytes, NORM_PARTS, &squared, 1.0, &f.result, &heard));
    CHECK(f.result.value == whole);
}

#endif
