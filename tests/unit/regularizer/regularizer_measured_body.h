/* dirichlet_operator_norm and dirichlet_jacobian_norms against one-sided Jacobi rotations in long
 * double (support/singular.h). */
#ifndef DIRICHLET_UNIT_REGULARIZER_MEASURED_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_MEASURED_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/dense.h"
#include "dirichlet/memory.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"
#include "regularizer_fixture_body.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/dense_subject.h"
#include "support/sine_model.h"
#include "support/singular.h"

#define MEASURED_MOST 40

static dirichlet_spectral_result blank_result(void)
{
    dirichlet_spectral_result result;
    memset(&result, 0x35, sizeof result);
    result.struct_size = sizeof result;
    return result;
}

static void test_operator_norms(void **state)
{
    static const int64_t sizes[][2] = {{1, 1}, {1, 9}, {9, 1}, {5, 5}, {7, 3}, {12, 31}, {40, 40}};
    static real values[3 * MEASURED_MOST * (2 * MEASURED_MOST + 1)];
    static double plain[MEASURED_MOST * MEASURED_MOST];
    double worst = 0.0;
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int layout = 0; layout < 3; layout++) {
            const int64_t rows = sizes[s][0];
            const int64_t columns = sizes[s][1];
            const int64_t row_stride = layout == 0 ? columns : layout == 1 ? 1 : 2 * columns + 1;
            const int64_t column_stride = layout == 0 ? 1 : layout == 1 ? rows : 2;
            dirichlet_spectral_result result = blank_result();
            fill(values, 3 * MEASURED_MOST * (2 * MEASURED_MOST + 1), 200 + s);
            for (int64_t i = 0; i < rows; i++)
                for (int64_t j = 0; j < columns; j++)
                    plain[i * columns + j] = (double)values[i * row_stride + j * column_stride];
            expect_success(PRECISION(dirichlet_operator_norm)(
                values, rows, columns, row_stride, column_stride, NULL, NULL, &result, &heard));
            const double wanted = (double)largest_singular_value(rows, columns, plain);
            worst = fmax(worst, off_by(result.norm, wanted, wanted));
            CHECK(result.converged == 1 && result.reserved == 0 && result.iterations >= 0);
            CHECK(result.lower <= wanted && wanted <= result.upper);
            CHECK(result.upper <= result.lower * (1.0 + 1.0000001e-10));
        }
    printf("operator norms off by at most %.2e\n", worst);
    CHECK(worst <= 1e-10);
}

static void test_operator_norm_arguments(void **state)
{
    real values[24];
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    dirichlet_spectral_options options = {.struct_size = sizeof options};
    dirichlet_spectral_result result = blank_result();
    const dirichlet_spectral_result before = result;
    (void)state;
    fill(values, 24, 5);
#define NORM(v, rows, columns, down, along)                                                        \
    PRECISION(dirichlet_operator_norm)                                                             \
    (v, rows, columns, down, along, &options, &hooks, &result, &heard)
    expect(NORM(NULL, 4, 6, 6, 1), DIRICHLET_E_NULL, "values is NULL");
    expect(NORM(values, 0, 6, 6, 1), DIRICHLET_E_RANGE, "rows is 0: it must be 1 to 2147483647");
    expect(NORM(values, 4, INT64_C(1) << 31, 6, 1), DIRICHLET_E_RANGE, "columns is 2147483648");
    expect(NORM(values, 4, 6, -6, 1), DIRICHLET_E_RANGE, "row_stride is -6");
    expect(NORM(values, 4, 6, 6, 0), DIRICHLET_E_RANGE, "column_stride is 0");
    expect(NORM(values, 4, 6, 5, 1), DIRICHLET_E_SHAPE, "elements of the 4 x 6 values overlap");
    expect(NORM(values, 4, 6, INT64_MAX / 2, 1), DIRICHLET_E_OVERFLOW, "values: sizes and");
    options.tolerance = 1.0;
    expect(NORM(values, 4, 6, 6, 1), DIRICHLET_E_RANGE, "options.tolerance is 1");
    options.tolerance = 0.0;
    options.max_iterations = -1;
    expect(NORM(values, 4, 6, 6, 1), DIRICHLET_E_RANGE, "options.max_iterations is -1");
    options.max_iterations = 0;
    options.struct_size = 3;
    expect(NORM(values, 4, 6, 6, 1), DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 3");
    options.struct_size = sizeof options;
    CHECK(counts.calls == 0);
    counting_arm(&counts, 1, 1);
    expect(NORM(values, 4, 6, 6, 1), DIRICHLET_E_MEMORY, "no memory for ");
    counting_arm(&counts, 0, 0);
    values[13] = (real)NAN;
    expect(NORM(values, 4, 6, 6, 1), DIRICHLET_E_NOT_FINITE, "values holds a NaN");
    CHECK(counts.live == 0 && counts.damaged == 0);
    CHECK(memcmp(&before, &result, sizeof result) == 0);
    result.struct_size = 2;
    expect(NORM(values, 4, 6, 6, 1), DIRICHLET_E_STRUCT_SIZE, "result.struct_size is 2");
    expect(PRECISION(dirichlet_operator_norm)(values, 4, 6, 6, 1, NULL, NULL, NULL, &heard),
           DIRICHLET_E_NULL, "result is NULL");
#undef NORM
}

#define JACOBIAN_INPUTS 6
#define JACOBIAN_OUTPUTS 9
#define JACOBIAN_SAMPLES 7

struct jacobian_fixture {
    struct sine sine;
    model_table model;
    dirichlet_jacobian_norms_options options;
    dirichlet_jacobian_norms result;
    real x[JACOBIAN_SAMPLES * JACOBIAN_OUTPUTS];
    double norms[JACOBIAN_SAMPLES];
};

static void make_jacobian(struct jacobian_fixture *f, int64_t inputs, int64_t outputs,
                          int32_t callbacks)
{
    memset(f, 0, sizeof *f);
    f->sine = sine_make(inputs, outputs);
    f->sine.code = 55;
    f->model = PRECISION(sine_model)(&f->sine, callbacks);
    f->options.struct_size = sizeof f->options;
    memset(&f->result, 0x19, sizeof f->result);
    f->result.struct_size = sizeof f->result;
    fill(f->x, JACOBIAN_SAMPLES * JACOBIAN_OUTPUTS, 77);
    for (int i = 0; i < JACOBIAN_SAMPLES; i++)
        f->norms[i] = -1.0;
}

static dirichlet_status jacobians_of(struct jacobian_fixture *f)
{
    return PRECISION(dirichlet_jacobian_norms)(&f->model, JACOBIAN_SAMPLES, f->x, &f->options,
                                               f->norms, &f->result, &heard);
}

/* ||J||_2 of the sine model at row `i`. */
static double sine_norm(const struct jacobian_fixture *f, int64_t i)
{
    double jacobian[JACOBIAN_INPUTS * JACOBIAN_OUTPUTS];
    const int64_t d = f->sine.inputs;
    for (int64_t e = 0; e < d * f->sine.outputs; e++)
        jacobian[e] = f->sine.matrix[e] * cos((double)f->x[i * d + e % d]);
    return (double)largest_singular_value(f->sine.outputs, d, jacobian);
}

static double check_jacobians(const struct jacobian_fixture *f)
{
    double largest = 0.0;
    double worst = 0.0;
    int64_t sample = 0;
    for (int64_t i = 0; i < JACOBIAN_SAMPLES; i++) {
        const double wanted = sine_norm(f, i);
        worst = fmax(worst, off_by(f->norms[i], wanted, wanted));
        sample = wanted > largest ? i : sample;
        largest = fmax(largest, wanted);
    }
    CHECK(f->result.sample == sample && f->result.norm == f->norms[sample]);
    CHECK(f->result.lower <= f->result.norm && f->result.lower >= f->result.norm * (1 - 2e-10));
    CHECK(f->result.converged == 1 && f->result.converged_samples == JACOBIAN_SAMPLES);
    CHECK(f->result.reserved == 0);
    return worst;
}

/* Wide and tall, each side, limits of the model, budgets: the same numbers. */
static void test_jacobian_norms(void **state)
{
    static const int32_t callbacks[] = {SINE_VJP, SINE_JVP, SINE_VJP | SINE_JVP};
    struct jacobian_fixture f;
    double worst = 0.0;
    (void)state;
    for (int turned = 0; turned < 2; turned++)
        for (int side = 0; side < 3; side++)
            for (int64_t limit = 0; limit < 5; limit++)
                for (size_t budget = 0; budget < 30000; budget += 14000) {
                    make_jacobian(&f, turned ? JACOBIAN_OUTPUTS : JACOBIAN_INPUTS,
                                  turned ? JACOBIAN_INPUTS : JACOBIAN_OUTPUTS, callbacks[side]);
                    f.model.max_samples = limit;
                    f.model.max_directions = limit / 2;
                    f.options.workspace_bytes = budget;
                    expect_success(jacobians_of(&f));
                    worst = fmax(worst, check_jacobians(&f));
                    CHECK(limit == 0 || f.sine.most_samples <= limit);
                    CHECK(limit < 2 || f.sine.most_directions <= limit / 2);
                    CHECK(side != 2 || limit != 0 || f.sine.most_directions == JACOBIAN_INPUTS);
                }
    printf("norms of Jacobians off by at most %.2e\n", worst);
    CHECK(worst <= (sizeof(real) == sizeof(float) ? 2e-7 : 1e-10));
}

/* Memory full of numbers that look like a vector; user: of the zeros or of others. */
static void *take_numbers(size_t size, void *user)
{
    double *memory = malloc(size);
    for (size_t i = 0; memory != NULL && i < size / sizeof(double); i++)
        memory[i] = user == NULL ? 0.0 : 0.01 * (double)(i % 17) - 0.05;
    return memory;
}

static void give_numbers(void *memory, size_t size, void *user)
{
    (void)size, (void)user;
    free(memory);
}

/* Nor does a matrix's on what was in its memory. */
static void test_operator_norm_from_any_memory(void **state)
{
    const dirichlet_spectral_options options = {.struct_size = sizeof options, .tolerance = 0.2};
    real values[30];
    double norms[2];
    (void)state;
    fill(values, 30, 4);
    for (int i = 0; i < 2; i++) {
        const dirichlet_allocator hooks = {sizeof hooks, take_numbers, give_numbers,
                                           i == 0 ? NULL : norms};
        dirichlet_spectral_result result = {.struct_size = sizeof result};
        expect_success(PRECISION(dirichlet_operator_norm)(values, 5, 6, 6, 1, &options, &hooks,
                                                          &result, &heard));
        norms[i] = result.norm;
    }
    CHECK(norms[0] == norms[1]);
}

/* A sample's norm does not depend on those before it, which have used the same memory, nor on
 * having so little of that that a Jacobian comes row by row. */
static void test_jacobian_norms_one_by_one(void **state)
{
    struct jacobian_fixture f;
    double together[JACOBIAN_SAMPLES];
    const real *x = NULL;
    (void)state;
    make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
    f.options.tolerance = 0.2; /* so that where the search starts shows */
    expect_success(jacobians_of(&f));
    memcpy(together, f.norms, sizeof together);
    x = f.x;
    for (int64_t i = 0; i < JACOBIAN_SAMPLES; i++) {
        double alone = 0.0;
        expect_success(PRECISION(dirichlet_jacobian_norms)(&f.model, 1, x + i * JACOBIAN_INPUTS,
                                                           &f.options, &alone, &f.result, &heard));
        CHECK_IN(alone == together[i], "sample %d: %.17g, not %.17g", (int)i, alone, together[i]);
    }
    f.options.workspace_bytes = 1;
    expect(jacobians_of(&f), DIRICHLET_E_WORKSPACE, "at least ");
    f.options.workspace_bytes = (size_t)heard.least_bytes;
    f.sine.most_directions = 0;
    f.sine.most_samples = 0;
    expect_success(jacobians_of(&f));
    CHECK(f.sine.most_samples == 1 && f.sine.most_directions == 1);
    CHECK(memcmp(together, f.norms, sizeof together) == 0);
    f.options.workspace_bytes = SIZE_MAX;
    expect_success(jacobians_of(&f));
    CHECK(memcmp(together, f.norms, sizeof together) == 0);
}

/* A dense network through its model table: Lip <= product of the norms of its matrices. */
static void test_jacobian_norms_of_network(void **state)
{
    static struct dense_subject subject;
    dirichlet_jacobian_norms result = {.struct_size = sizeof result};
    PRECISION(dirichlet_dense) *network = NULL;
    model_table model = {.struct_size = sizeof model};
    double jacobian[DENSE_OUTPUTS * DENSE_INPUTS];
    real x[20 * DENSE_INPUTS];
    real unit[DENSE_OUTPUTS * DENSE_OUTPUTS] = {0};
    real rows[DENSE_OUTPUTS * DENSE_INPUTS];
    double norms[20];
    double worst = 0.0;
    (void)state;
    dense_subject_make(&subject);
    fill(x, 20 * DENSE_INPUTS, 8);
    expect_success(PRECISION(dirichlet_dense_create)(subject.PRECISION(layers), DENSE_LAYERS, NULL,
                                                     &network, &heard));
    CHECK(PRECISION(dirichlet_dense_model)(network, &model) == DIRICHLET_OK);
    expect_success(
        PRECISION(dirichlet_jacobian_norms)(&model, 20, x, NULL, norms, &result, &heard));
    for (int i = 0; i < DENSE_OUTPUTS; i++)
        unit[i * DENSE_OUTPUTS + i] = (real)1;
    for (int s = 0; s < 20; s++) {
        CHECK(PRECISION(dirichlet_dense_vjp)(network, 1, DENSE_OUTPUTS, x + s * DENSE_INPUTS, unit,
                                             rows) == DIRICHLET_OK);
        for (int e = 0; e < DENSE_OUTPUTS * DENSE_INPUTS; e++)
            jacobian[e] = (double)rows[e];
        const double wanted = (double)largest_singular_value(DENSE_OUTPUTS, DENSE_INPUTS, jacobian);
        worst = fmax(worst, off_by(norms[s], wanted, wanted));
    }
    printf("norms of a network's Jacobians off by at most %.2e\n", worst);
    CHECK(worst <= 1e-10 + 8.0 * (double)REAL_EPSILON && result.converged == 1);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* Too few iterations: said so, with bounds that hold. */
static void test_jacobian_norms_not_converged(void **state)
{
    struct jacobian_fixture f;
    (void)state;
    make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
    f.options.max_iterations = 1;
    f.options.tolerance = 1e-15;
    expect_success(jacobians_of(&f));
    CHECK(f.result.converged == 0 && f.result.converged_samples < JACOBIAN_SAMPLES);
    CHECK(f.result.lower <= sine_norm(&f, f.result.sample) * (1.0 + (double)REAL_EPSILON));
}

static void expect_jacobians_refused(struct jacobian_fixture *f, dirichlet_status wanted,
                                     const char *text)
{
    const dirichlet_jacobian_norms before = f->result;
    expect(jacobians_of(f), wanted, text);
    CHECK(memcmp(&before, &f->result, sizeof before) == 0);
    for (int i = 0; i < JACOBIAN_SAMPLES; i++)
        CHECK(f->norms[i] == -1.0);
}

static void test_jacobian_norm_arguments(void **state)
{
    struct jacobian_fixture f;
    (void)state;
#define REFUSED(change, status, text)                                                              \
    make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);                                \
    change;                                                                                        \
    expect_jacobians_refused(&f, status, text);                                                    \
    CHECK(f.sine.calls == 0)
    REFUSED(f.model.vjp = NULL, DIRICHLET_E_MISSING_CALLBACK, "model.vjp and model.jvp are NULL");
    REFUSED(f.model.inputs = -1, DIRICHLET_E_RANGE, "model.inputs is -1");
    REFUSED(f.model.outputs = INT64_MAX, DIRICHLET_E_OVERFLOW, "model.inputs and model.outputs");
    REFUSED(f.model.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "model.struct_size is 3");
    REFUSED(f.options.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 3");
    REFUSED(f.options.tolerance = -1.0, DIRICHLET_E_RANGE, "options.tolerance is -1");
    REFUSED(f.options.max_iterations = -1, DIRICHLET_E_RANGE, "options.max_iterations is -1");
    REFUSED(f.options.workspace_bytes = 9, DIRICHLET_E_WORKSPACE, "workspace_bytes is 9: at least");
    REFUSED(f.result.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "result.struct_size is 3");
    REFUSED(f.x[3 * JACOBIAN_INPUTS] = (real)INFINITY, DIRICHLET_E_NOT_FINITE,
            "sample 3 (row 3 of x): x holds");
    /* Sizes beyond the integers of the BLAS. */
    REFUSED((f.options.workspace_bytes = SIZE_MAX, f.model.inputs = 1,
             f.model.outputs = INT64_C(1) << 31),
            DIRICHLET_E_OVERFLOW, "model.inputs and model.outputs");
    REFUSED((f.options.workspace_bytes = SIZE_MAX,
             f.model.jvp = PRECISION(sine_model)(&f.sine, SINE_JVP).jvp, f.model.vjp = NULL,
             f.model.inputs = INT64_C(1) << 31),
            DIRICHLET_E_OVERFLOW, "model.inputs and model.outputs");
#undef REFUSED
    make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
#define NORMS(model, samples, x, result)                                                           \
    PRECISION(dirichlet_jacobian_norms)(model, samples, x, NULL, f.norms, result, &heard)
    expect(NORMS(NULL, 1, f.x, &f.result), DIRICHLET_E_NULL, "model is NULL");
    expect(NORMS(&f.model, 1, NULL, &f.result), DIRICHLET_E_NULL, "x is NULL");
    expect(NORMS(&f.model, 1, f.x, NULL), DIRICHLET_E_NULL, "result is NULL");
    expect(NORMS(&f.model, 0, f.x, &f.result), DIRICHLET_E_NO_DATA, "samples is 0");
    expect(NORMS(&f.model, -1, f.x, &f.result), DIRICHLET_E_RANGE, "samples is -1");
    expect(NORMS(&f.model, INT64_MAX, f.x, &f.result), DIRICHLET_E_OVERFLOW, "samples is 9");
    f.model.inputs = 1;
    const int64_t most =
        PTRDIFF_MAX / (int64_t)sizeof(double); /* norms, and x in single precision */
    expect(NORMS(&f.model, most + 1, f.x, &f.result), DIRICHLET_E_OVERFLOW, "samples is ");
    f.model.inputs = JACOBIAN_INPUTS;
#undef NORMS
    expect_success(PRECISION(dirichlet_jacobian_norms)(&f.model, JACOBIAN_SAMPLES, f.x, NULL, NULL,
                                                       &f.result, &heard));
    CHECK(f.norms[0] == -1.0 && f.result.converged == 1);
}

static void test_jacobian_norm_faults(void **state)
{
    struct jacobian_fixture f;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    int64_t at = 1;
    (void)state;
    for (;; at++) {
        make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
        f.model.max_samples = 2;
        f.model.max_directions = 4;
        f.sine.fail_at = at;
        if (jacobians_of(&f) == DIRICHLET_OK)
            break;
        f.sine.calls = 0;
        expect_jacobians_refused(&f, DIRICHLET_E_CALLBACK, "model.vjp returned 55");
    }
    CHECK(at == 13);
    for (at = 1; at <= 12; at++) {
        make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
        f.model.max_samples = 2;
        f.model.max_directions = 4;
        f.sine.poison_at = at;
        f.sine.poison = (double)NAN;
        f.sine.place = SINE_MIDDLE;
        expect_jacobians_refused(&f, DIRICHLET_E_NOT_FINITE, "sample ");
    }
    for (at = 1; at <= 2; at++) {
        make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
        f.options.allocator = &hooks;
        counting_arm(&counts, at, 0);
        expect_jacobians_refused(&f, DIRICHLET_E_MEMORY, "no memory for ");
        CHECK(counts.live == 0 && counts.damaged == 0);
    }
    counting_arm(&counts, 0, 0);
    expect_success(jacobians_of(&f));
    CHECK(counts.calls == 2 && counts.live == 0 && counts.damaged == 0);
}

#endif
