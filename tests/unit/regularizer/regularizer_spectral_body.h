/* dirichlet_spectral_penalty on matrices whose singular values are known:
 * W = (I - 2 p p^T) S (I - 2 q q^T), reflections with unit p and q. */
#ifndef DIRICHLET_UNIT_REGULARIZER_SPECTRAL_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_SPECTRAL_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/memory.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer_fixture_body.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/sine_model.h"

#define SPECTRAL_ROWS 7
#define SPECTRAL_COLUMNS 5
#define SPECTRAL_PARTS 3 /* two matrices and a bias between them */
#define SPECTRAL_ROOM 96

struct spectral_fixture {
    parameter_view parts[SPECTRAL_PARTS];
    singular_view kept[SPECTRAL_PARTS];
    real values[SPECTRAL_PARTS][SPECTRAL_ROOM];
    real gradient[SPECTRAL_PARTS][SPECTRAL_ROOM];
    real vectors[SPECTRAL_PARTS][SPECTRAL_ROWS + SPECTRAL_COLUMNS];
    double left[SPECTRAL_ROWS]; /* leading singular vectors of the first matrix */
    double right[SPECTRAL_COLUMNS];
    double top; /* its singular value, before it was rounded to real */
    dirichlet_penalty_result result;
    dirichlet_spectral_penalty_options options;
};

static void unit_vector(double *v, int64_t size, uint64_t seed)
{
    double squares = 0.0;
    sine_data_f64(size, seed, v);
    for (int64_t i = 0; i < size; i++)
        squares += v[i] * v[i];
    for (int64_t i = 0; i < size; i++)
        v[i] /= sqrt(squares);
}

static double reflection(const double *p, int64_t i, int64_t j)
{
    return (i == j ? 1.0 : 0.0) - 2.0 * p[i] * p[j];
}

/* The matrix in row-major or column-major order with gaps, its singular values times `size`. */
static void make_matrix(struct spectral_fixture *f, int part, double size)
{
    static const double s[SPECTRAL_COLUMNS] = {3.0, 2.0, 1.0, 0.5, 0.25};
    double p[SPECTRAL_ROWS];
    double q[SPECTRAL_COLUMNS];
    const parameter_view *view = &f->parts[part];
    unit_vector(p, SPECTRAL_ROWS, (uint64_t)(70 + part));
    unit_vector(q, SPECTRAL_COLUMNS, (uint64_t)(80 + part));
    for (int64_t i = 0; i < SPECTRAL_ROWS; i++)
        for (int64_t j = 0; j < SPECTRAL_COLUMNS; j++) {
            double sum = 0.0;
            for (int64_t l = 0; l < SPECTRAL_COLUMNS; l++)
                sum += reflection(p, i, l) * s[l] * reflection(q, l, j);
            f->values[part][i * view->row_stride + j * view->column_stride] = (real)(size * sum);
        }
    for (int64_t i = 0; part == 0 && i < SPECTRAL_ROWS; i++)
        f->left[i] = reflection(p, i, 0);
    for (int64_t j = 0; part == 0 && j < SPECTRAL_COLUMNS; j++)
        f->right[j] = reflection(q, 0, j);
}

static void make_spectral(struct spectral_fixture *f)
{
    memset(f, 0, sizeof *f);
    f->options = (dirichlet_spectral_penalty_options){.struct_size = sizeof f->options, .seed = 5};
    for (int i = 0; i < SPECTRAL_PARTS; i++) {
        fill(f->values[i], SPECTRAL_ROOM, (uint64_t)(60 + i));
        put(f->gradient[i], SPECTRAL_ROOM, UNTOUCHED);
        f->kept[i] = (singular_view){.struct_size = sizeof(singular_view), .vector = f->vectors[i]};
        f->parts[i] = (parameter_view){.struct_size = sizeof(parameter_view),
                                       .values = f->values[i],
                                       .gradient = f->gradient[i],
                                       .rows = SPECTRAL_ROWS,
                                       .columns = SPECTRAL_COLUMNS,
                                       .row_stride = i == 0 ? 2 * SPECTRAL_COLUMNS + 1 : 1,
                                       .column_stride = i == 0 ? 2 : SPECTRAL_ROWS + 1,
                                       .gradient_row_stride = i == 0 ? 1 : SPECTRAL_COLUMNS,
                                       .gradient_column_stride = i == 0 ? SPECTRAL_ROWS : 1};
    }
    f->parts[1].bias = 1;
    f->kept[1].vector = NULL; /* of a bias: not looked at */
    f->top = 3.0;
    f->result = (dirichlet_penalty_result){.struct_size = sizeof f->result, .value = -1.0};
    make_matrix(f, 0, 1.0);
    make_matrix(f, 2, 0.5);
}

static dirichlet_status spectral_of(struct spectral_fixture *f, double strength)
{
    return PRECISION(dirichlet_spectral_penalty)(f->parts, SPECTRAL_PARTS, f->kept, &f->options,
                                                 strength, &f->result, &heard);
}

/* One call after the other comes nearer, by the ratio 2/3 squared, as the residual says. */
static void test_spectral_convergence(void **state)
{
    struct spectral_fixture f;
    double before = 1.0;
    const double rounding = 4.0 * (double)REAL_EPSILON;
    (void)state;
    make_spectral(&f);
    for (int i = 0; i < 60; i++) {
        expect_success(spectral_of(&f, 0.0));
        const double error = off_by(f.kept[0].sigma, f.top, f.top);
        CHECK(error <= f.kept[0].residual + rounding);
        CHECK(f.kept[0].sigma <= f.top * (1.0 + rounding));
        CHECK(f.kept[0].residual <= fmax(before, rounding));
        const double first = f.kept[0].sigma;
        const double second = f.kept[2].sigma;
        CHECK(off_by(f.result.value, 0.5 * (first * first + second * second), f.result.value) <=
              1e-15);
        before = f.kept[0].residual;
    }
    const double error = off_by(f.kept[0].sigma, f.top, f.top);
    printf("spectral penalty: sigma off by %.2e, residual %.2e\n", error, f.kept[0].residual);
    CHECK(error <= rounding);
    CHECK(f.kept[0].residual <= (sizeof(real) == sizeof(float) ? 1e-6 : 1e-9));
    CHECK(off_by(f.kept[2].sigma, 1.5, 1.5) <= rounding);
    CHECK(all_are(f.vectors[1], SPECTRAL_COLUMNS, (real)0));
}

/* All the iterations in one call; the gradient is strength sigma u v^T of the known vectors. */
static void test_spectral_gradient(void **state)
{
    struct spectral_fixture f;
    double worst = 0.0;
    (void)state;
    make_spectral(&f);
    put(f.gradient[0], SPECTRAL_ROOM, (real)0.5);
    f.options.iterations = 60;
    expect_success(spectral_of(&f, 0.25));
    for (int64_t i = 0; i < SPECTRAL_ROWS; i++)
        for (int64_t j = 0; j < SPECTRAL_COLUMNS; j++) {
            const double wanted = 0.5 + 0.25 * f.top * f.left[i] * f.right[j];
            worst = fmax(worst, off_by((double)f.gradient[0][j * SPECTRAL_ROWS + i], wanted, 1.0));
        }
    printf("spectral penalty: gradient off by at most %.2e\n", worst);
    CHECK(worst <= 16.0 * (double)REAL_EPSILON);
    CHECK(all_are(f.gradient[0] + SPECTRAL_ROWS * SPECTRAL_COLUMNS, 40, (real)0.5));
    CHECK(all_are(f.gradient[1], SPECTRAL_ROOM, UNTOUCHED));
}

/* Not converged, too, the gradient is that of 1/2 ||W^T u||^2 at the u that was used: along W
 * itself, R has the derivative 2 R. */
static void test_spectral_gradient_of_one_step(void **state)
{
    struct spectral_fixture f;
    double along = 0.0;
    (void)state;
    make_spectral(&f);
    f.options.seed = 6;
    put(f.gradient[0], SPECTRAL_ROOM, (real)0);
    expect_success(spectral_of(&f, 1.0));
    for (int64_t i = 0; i < SPECTRAL_ROWS; i++)
        for (int64_t j = 0; j < SPECTRAL_COLUMNS; j++)
            along += (double)f.gradient[0][j * SPECTRAL_ROWS + i] *
                     (double)f.values[0][i * (2 * SPECTRAL_COLUMNS + 1) + 2 * j];
    const double wanted = f.kept[0].sigma * f.kept[0].sigma;
    CHECK(f.kept[0].residual > 1e-3);
    CHECK(off_by(along, wanted, wanted) <= 8.0 * (double)REAL_EPSILON);
}

static void test_spectral_starts(void **state)
{
    struct spectral_fixture f;
    struct spectral_fixture g;
    (void)state;
    make_spectral(&f);
    make_spectral(&g);
    expect_success(spectral_of(&f, 1.0));
    expect_success(spectral_of(&g, 1.0));
    CHECK(memcmp(f.vectors, g.vectors, sizeof f.vectors) == 0 && f.result.value == g.result.value);
    make_spectral(&g);
    g.options.seed = 6;
    expect_success(spectral_of(&g, 1.0));
    CHECK(memcmp(f.vectors[0], g.vectors[0], sizeof f.vectors[0]) != 0);
    /* A kept vector of any length, and one that the matrix does not see. */
    for (int64_t j = 0; j < SPECTRAL_COLUMNS; j++)
        f.vectors[0][j] = (real)(sizeof(real) == sizeof(float) ? 1e38 : 1e308) * (real)f.right[j];
    put(f.values[2], SPECTRAL_ROOM, (real)0);
    f.values[2][1] = (real)-4; /* row 1, column 0 */
    put(f.vectors[2], SPECTRAL_COLUMNS, (real)0);
    f.vectors[2][3] = (real)1;
    expect_success(spectral_of(&f, 1.0));
    CHECK(off_by(f.kept[0].sigma, f.top, f.top) <= 8.0 * (double)REAL_EPSILON);
    CHECK(f.kept[2].sigma == 4.0 && f.kept[2].residual <= 1e-15);
    CHECK(real_abs(f.vectors[2][0]) == (real)1);
}

/* Squares of these elements are beyond the doubles, or beyond the floats. */
static void test_spectral_magnitudes(void **state)
{
    static const double sizes[] = {1e-150, 1e-300, 1e150};
    struct spectral_fixture f;
    (void)state;
    for (int i = 0; i < 3; i++) {
        const double size = sizeof(real) == sizeof(float) ? pow(sizes[i], 0.125) : sizes[i];
        make_spectral(&f);
        make_matrix(&f, 0, size);
        f.options.iterations = 60;
        expect_success(spectral_of(&f, 1.0));
        CHECK_IN(off_by(f.kept[0].sigma, 3.0 * size, 3.0 * size) <= 8.0 * (double)REAL_EPSILON,
                 "%g: %g", size, f.kept[0].sigma);
    }
    if (sizeof(real) == sizeof(double)) { /* subnormal numbers, that have few digits themselves */
        make_spectral(&f);
        make_matrix(&f, 0, 1e-318);
        f.options.iterations = 60;
        expect_success(spectral_of(&f, 1.0));
        CHECK_IN(off_by(f.kept[0].sigma, 3e-318, 3e-318) <= 1e-4, "%g", f.kept[0].sigma);
        CHECK(f.kept[0].residual <= 1e-4);
    }
    /* A penalty that is a number, and a gradient that is none of its type. */
    make_spectral(&f);
    make_matrix(&f, 0, sizeof(real) == sizeof(float) ? 1e18 : 1e150);
    expect(spectral_of(&f, sizeof(real) == sizeof(float) ? 1e25 : 1e200), DIRICHLET_E_OVERFLOW,
           "parameters[0].values: the penalty is too large");
    CHECK(all_are(f.gradient[0], SPECTRAL_ROOM, UNTOUCHED) && f.result.value == -1.0);
}

/* The residual of one step from a vector of the caller's, by its definition. */
static void test_spectral_residual(void **state)
{
    struct spectral_fixture f;
    double u[SPECTRAL_ROWS] = {0.0};
    double v[SPECTRAL_COLUMNS] = {0.0};
    double square = 0.0;
    double length = 0.0;
    (void)state;
    make_spectral(&f);
    fill(f.vectors[0], SPECTRAL_COLUMNS, 31);
    const real *w = f.values[0];
    const int64_t step = 2 * SPECTRAL_COLUMNS + 1;
    for (int64_t i = 0; i < SPECTRAL_ROWS; i++) {
        for (int64_t j = 0; j < SPECTRAL_COLUMNS; j++)
            u[i] += (double)w[i * step + 2 * j] * (double)f.vectors[0][j];
        length += u[i] * u[i];
    }
    for (int64_t i = 0; i < SPECTRAL_ROWS; i++)
        u[i] /= sqrt(length);
    for (int64_t j = 0; j < SPECTRAL_COLUMNS; j++) {
        for (int64_t i = 0; i < SPECTRAL_ROWS; i++)
            v[j] += (double)w[i * step + 2 * j] * u[i];
        square += v[j] * v[j];
    }
    length = 0.0;
    for (int64_t i = 0; i < SPECTRAL_ROWS; i++) {
        double rest = -sqrt(square) * u[i];
        for (int64_t j = 0; j < SPECTRAL_COLUMNS; j++)
            rest += (double)w[i * step + 2 * j] * v[j] / sqrt(square);
        length += rest * rest;
    }
    expect_success(spectral_of(&f, 1.0));
    CHECK(off_by(f.kept[0].sigma, sqrt(square), sqrt(square)) <= 1e-14);
    CHECK(off_by(f.kept[0].residual, sqrt(length / square), 1.0) <= 1e-13);
}

/* Matrices share what a product takes, which has to be enough for the tallest, wherever it is. */
static void test_spectral_order(void **state)
{
    real tall[40];
    real single[1] = {(real)2};
    real vectors[2] = {(real)1, (real)1};
    double residual[2];
    (void)state;
    fill(tall, 40, 12);
    for (int order = 0; order < 2; order++) {
        const parameter_view parts[2] = {{.struct_size = sizeof parts[0],
                                          .values = order == 0 ? tall : single,
                                          .rows = order == 0 ? 40 : 1,
                                          .columns = 1,
                                          .row_stride = 1,
                                          .column_stride = 1},
                                         {.struct_size = sizeof parts[0],
                                          .values = order == 0 ? single : tall,
                                          .rows = order == 0 ? 1 : 40,
                                          .columns = 1,
                                          .row_stride = 1,
                                          .column_stride = 1}};
        singular_view kept[2] = {{.struct_size = sizeof kept[0], .vector = &vectors[0]},
                                 {.struct_size = sizeof kept[0], .vector = &vectors[1]}};
        expect_success(
            PRECISION(dirichlet_spectral_penalty)(parts, 2, kept, NULL, 1.0, NULL, &heard));
        residual[order] = kept[order].residual;
        CHECK(kept[1 - order].sigma == 2.0 && kept[1 - order].residual == 0.0);
    }
    CHECK(residual[0] == residual[1] && residual[0] <= 1e-14);
}

/* The same matrix twice has two random starts. */
static void test_spectral_starts_of_twins(void **state)
{
    struct spectral_fixture f;
    (void)state;
    make_spectral(&f);
    memcpy(f.values[2], f.values[0], sizeof f.values[0]);
    f.parts[2].row_stride = f.parts[0].row_stride;
    f.parts[2].column_stride = f.parts[0].column_stride;
    expect_success(spectral_of(&f, 0.0));
    CHECK(memcmp(f.vectors[0], f.vectors[2], sizeof f.vectors[0]) != 0);
}

static void test_spectral_of_zeros(void **state)
{
    struct spectral_fixture f;
    (void)state;
    make_spectral(&f);
    put(f.values[0], SPECTRAL_ROOM, (real)0);
    put(f.vectors[0], SPECTRAL_COLUMNS, (real)0.25);
    f.kept[0].sigma = f.kept[0].residual = 9.0;
    expect_success(spectral_of(&f, 1.0));
    CHECK(f.kept[0].sigma == 0.0 && f.kept[0].residual == 0.0);
    CHECK(all_are(f.vectors[0], SPECTRAL_COLUMNS, (real)0.25));
    CHECK(all_are(f.gradient[0], SPECTRAL_ROOM, UNTOUCHED));
    CHECK(f.kept[2].sigma > 0.0 && f.result.value == 0.5 * f.kept[2].sigma * f.kept[2].sigma);
    f.parts[2].gradient = NULL;
    expect_success(spectral_of(&f, 1.0));
    expect_success(
        PRECISION(dirichlet_spectral_penalty)(NULL, 0, NULL, NULL, 1.0, &f.result, &heard));
    CHECK(f.result.value == 0.0);
}

static void expect_spectral_refused(struct spectral_fixture *f, dirichlet_status wanted,
                                    const char *text)
{
    const struct spectral_fixture before = *f;
    expect(spectral_of(f, 1.0), wanted, text);
    CHECK(memcmp(before.gradient, f->gradient, sizeof f->gradient) == 0);
    CHECK(memcmp(before.vectors, f->vectors, sizeof f->vectors) == 0);
    CHECK(memcmp(before.kept, f->kept, sizeof f->kept) == 0 && f->result.value == -1.0);
}

static void test_spectral_arguments(void **state)
{
    struct spectral_fixture f;
    (void)state;
#define REFUSED(change, status, text)                                                              \
    make_spectral(&f);                                                                             \
    change;                                                                                        \
    expect_spectral_refused(&f, status, text)
    REFUSED(f.parts[2].values = NULL, DIRICHLET_E_NULL, "parameters[2].values is NULL");
    REFUSED(f.parts[2].rows = 0, DIRICHLET_E_RANGE, "parameters[2].rows is 0");
    REFUSED(f.parts[1].column_stride = 0, DIRICHLET_E_RANGE, "parameters[1].column_stride is 0");
    REFUSED(f.parts[2].gradient_row_stride = 3, DIRICHLET_E_SHAPE, "gradient overlap");
    REFUSED(f.parts[2].bias = -1, DIRICHLET_E_RANGE, "parameters[2].bias is -1");
    REFUSED(f.kept[2].vector = NULL, DIRICHLET_E_NULL, "singular[2].vector is NULL");
    REFUSED(f.kept[2].struct_size = 8, DIRICHLET_E_STRUCT_SIZE, "singular[2].struct_size is 8");
    REFUSED(f.kept[0].struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "singular[0].struct_size is 3");
    REFUSED(f.parts[0].bias = 1; f.kept[0].struct_size = (size_t)1 << 30, DIRICHLET_E_STRUCT_SIZE,
                                 "singular[0].struct_size is 1073741824");
    REFUSED(f.vectors[2][4] = (real)NAN, DIRICHLET_E_NOT_FINITE, "singular[2].vector is not");
    REFUSED(f.values[2][0] = (real)INFINITY, DIRICHLET_E_NOT_FINITE, "parameters[2].values is not");
    REFUSED(f.options.iterations = -1, DIRICHLET_E_RANGE, "options.iterations is -1");
    REFUSED(f.options.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 3");
#undef REFUSED
    make_spectral(&f);
    expect(PRECISION(dirichlet_spectral_penalty)(NULL, 1, f.kept, NULL, 1.0, &f.result, &heard),
           DIRICHLET_E_NULL, "parameters is NULL");
    expect(PRECISION(dirichlet_spectral_penalty)(f.parts, 1, NULL, NULL, 1.0, &f.result, &heard),
           DIRICHLET_E_NULL, "singular is NULL");
    expect(PRECISION(dirichlet_spectral_penalty)(f.parts, -2, f.kept, NULL, 1.0, &f.result, &heard),
           DIRICHLET_E_RANGE, "count is -2");
    expect_success(
        PRECISION(dirichlet_spectral_penalty)(f.parts, 1, f.kept, NULL, 1.0, NULL, &heard));
    expect(spectral_of(&f, (double)NAN), DIRICHLET_E_RANGE, "strength is ");
    make_matrix(&f, 2, sizeof(real) == sizeof(float) ? 1e38 : 1e170);
    f.result.value = -1.0;
    if (sizeof(real) == sizeof(double))
        expect_spectral_refused(&f, DIRICHLET_E_OVERFLOW, "parameters[2].values: the penalty");
}

static void test_spectral_memory(void **state)
{
    struct spectral_fixture f;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    int64_t at = 1;
    (void)state;
    for (;; at++) {
        make_spectral(&f);
        f.options.allocator = &hooks;
        counting_arm(&counts, at, 0);
        if (counts.calls == 0 && spectral_of(&f, 1.0) == DIRICHLET_OK)
            break;
        make_spectral(&f);
        f.options.allocator = &hooks;
        counting_arm(&counts, at, 0);
        expect_spectral_refused(&f, DIRICHLET_E_MEMORY, "no memory for ");
        CHECK(counts.live == 0 && counts.damaged == 0);
    }
    CHECK(at == 2 && counts.live == 0 && counts.damaged == 0);
    f.options.allocator = NULL;
    dirichlet_allocator half = hooks;
    half.release = NULL;
    make_spectral(&f);
    f.options.allocator = &half;
    expect_spectral_refused(&f, DIRICHLET_E_NULL, "allocator.release is NULL");
}

#endif
