/* Inputs that come out wrong where a guard is missing; cancelling: tests/accuracy/cancelling_*.c. */
#ifndef DIRICHLET_UNIT_DENSE_GUARDS_BODY_H
#define DIRICHLET_UNIT_DENSE_GUARDS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dense_plans_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

static real *weights_of_wide(const struct wide_network *w, int64_t l)
{
    return w->numbers + (w->layers[l].weights - w->numbers);
}

static real *biases_of_wide(const struct wide_network *w, int64_t l)
{
    return w->numbers + (w->layers[l].bias - w->numbers);
}

static void scale_weights(const struct wide_network *w, int64_t l, double factor)
{
    real *weights = weights_of_wide(w, l);
    for (int64_t i = 0; i < w->widths[l] * w->widths[l + 1]; i++)
        weights[i] = (real)(factor * (double)weights[i]);
}

/* The first unit of the first hidden layer with inputs as others have them, and outputs as small as
 * to make up for it. */
static void make_one_ordinary(const struct wide_network *w, double factor)
{
    real *below = weights_of_wide(w, 0);
    real *above = weights_of_wide(w, 1);
    for (int64_t i = 0; i < w->widths[0]; i++)
        below[i] = (real)((double)below[i] / factor);
    for (int64_t o = 0; o < w->widths[2]; o++)
        above[o * w->widths[1]] = (real)((double)above[o * w->widths[1]] * factor);
}

/* Value and gradient of a penalty by one plan. */
static double penalty_by(network_handle *network, const struct wide_network *w,
                         const dirichlet_dense_plan *plan, const real *x, real *numbers)
{
    gradient_view views[8];
    double mean = NAN;
    struct dense_energy_gradient total = {0};
    memset(numbers, 0, (size_t)count_numbers(w) * sizeof *numbers);
    (void)view_gradients(w, numbers, views);
    CHECK(PRECISION(dense_make_room)(network, plan) == DIRICHLET_OK);
    for (int64_t l = 0; l < w->depth; l++)
        network->gradients[l] =
            (struct dense_gradient){views[l].weights, views[l].output_stride, views[l].input_stride,
                                    views[l].bias, views[l].bias_stride, NULL};
    CHECK(!PRECISION(dense_penalty_by)(network, plan, plan->samples, x, 1.0, &total, &mean));
    return mean;
}

static double largest_of(const real *numbers, int64_t count)
{
    double largest = 0.0;
    for (int64_t i = 0; i < count; i++)
        if (fabs((double)numbers[i]) > largest)
            largest = fabs((double)numbers[i]);
    return largest;
}

/* Every plan of the gradient gives what the direct one does. */
static int64_t check_gradient_plans(network_handle *network, const struct wide_network *w,
                                    int64_t samples, const real *x, double bound)
{
    static const dirichlet_dense_end ends[] = {DIRICHLET_DENSE_END_NONE, DIRICHLET_DENSE_END_DIRECT,
                                               DIRICHLET_DENSE_END_GRAM};
    const dirichlet_dense_plan direct = dense_gradient_plan_direct(&network->shape, samples, 0);
    real *expected = take_reals(count_numbers(w));
    real *found = take_reals(count_numbers(w));
    const double value = penalty_by(network, w, &direct, x, expected);
    int64_t again = 0;
    CHECK(value > 0.0);
    for (int i = 0; i < 9 * (int)(w->depth + 1); i++) {
        dirichlet_dense_plan plan = direct;
        plan.pivot = i / 9;
        plan.rows = w->widths[plan.pivot];
        plan.lower_end = ends[i % 3];
        plan.upper_end = ends[i / 3 % 3];
        if (!dense_plan_is_of_gradient(&network->shape, &plan))
            continue;
        const double own = penalty_by(network, w, &plan, x, found);
        again += network->plan.direct_samples;
        CHECK_IN(fabs(own - value) <= bound * value,
                 "pivot %d, ends %d and %d: value %.17g, not %.17g", (int)plan.pivot,
                 (int)plan.upper_end, (int)plan.lower_end, own, value);
        for (int64_t l = 0; l < w->depth; l++) {
            const int64_t at = w->layers[l].weights - w->numbers;
            const int64_t count = w->widths[l] * w->widths[l + 1];
            const double scale = largest_of(expected + at, count);
            for (int64_t j = at; j < at + count; j++)
                CHECK_IN(fabs((double)found[j] - (double)expected[j]) <= 100.0 * bound * scale,
                         "pivot %d, layer %d: %.17g, not %.17g", (int)plan.pivot, (int)l,
                         (double)found[j], (double)expected[j]);
        }
    }
    free(expected);
    free(found);
    return again;
}

/* A layer so small that the squares of its weights underflow or lose digits, and one so large that
 * the Jacobian is an ordinary one: products of Gram matrices would be plausible numbers. */
static void check_small_times_large(const int64_t *widths, int64_t depth, bool small_first,
                                    double small, double within, bool ordinary)
{
    enum { SAMPLES = 9 };
    const double most = sizeof(real) == sizeof(double) ? 1e152 : 1e17;
    const double large = fmin(most, within / small);
    struct wide_network w;
    real *x = take_reals(SAMPLES * widths[0]);
    make_wide(&w, widths, depth, DIRICHLET_ACTIVATION_RELU);
    fill(x, SAMPLES * widths[0], 51);
    scale_weights(&w, 0, small_first ? small : large);
    scale_weights(&w, depth - 1, small_first ? large : small);
    memset(biases_of_wide(&w, depth - 1), 0, (size_t)widths[depth] * sizeof(real));
    if (ordinary)
        make_one_ordinary(&w, small_first ? small : large);
    network_handle *network = create_or_fail(w.layers, depth, NULL);
    CHECK(check_plans(network, SAMPLES, x, PLAN_ENERGY_BOUND) >= 3);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

static void test_plans_of_small_times_large(void **state)
{
    static const int64_t widths[3][5] = {{20, 30, 25}, {20, 30, 26, 25}, {20, 28, 24, 26, 25}};
    /* Squares that have a digit or two; that are 0 in this type; and in double, too. */
    static const double sizes_f32[] = {3e-22, 1e-26, 1e-28};
    static const double sizes_f64[] = {1e-161, 1e-163, 1e-170};
    (void)state;
    for (int i = 0; i < 3 * 3 * 4; i++) {
        const double small = (sizeof(real) == sizeof(double) ? sizes_f64 : sizes_f32)[i / 4 % 3];
        const double least = sizeof(real) == sizeof(double) ? 1e-120 : 1e-20;
        check_small_times_large(widths[i / 12], 2 + i / 12, i % 2 == 0, small, 1.0, i / 2 % 2 == 1);
        check_small_times_large(widths[i / 12], 2 + i / 12, i % 2 == 0, small, least, false);
    }
}

/* The same of the penalty, whose Gram matrices are of the carried type. Gradients by the matrix
 * that is large are as small as the other one. */
static void test_penalty_of_small_times_large(void **state)
{
    enum { SAMPLES = 5 };
    static const int64_t widths[2][5] = {{20, 30, 25}, {20, 28, 24, 26, 25}};
    static const double sizes_f32[] = {1e-21, 1e-24};
    static const double sizes_f64[] = {1e-161, 1e-170};
    (void)state;
    for (int i = 0; i < 8; i++) {
        const bool small_first = i % 2 == 0;
        const double small = (sizeof(real) == sizeof(double) ? sizes_f64 : sizes_f32)[i / 2 % 2];
        const double large = sizeof(real) == sizeof(double) ? 1e140 : 1e15;
        const int64_t depth = i < 4 ? 2 : 4;
        struct wide_network w;
        real x[SAMPLES * 20];
        make_wide(&w, widths[i / 4], depth, DIRICHLET_ACTIVATION_RELU);
        fill(x, SAMPLES * 20, 52);
        scale_weights(&w, 0, small_first ? small : large);
        scale_weights(&w, depth - 1, small_first ? large : small);
        network_handle *network = create_or_fail(w.layers, depth, NULL);
        CHECK(check_gradient_plans(network, &w, SAMPLES, x, 16.0 * (double)REAL_EPSILON) > 0);
        PRECISION(dirichlet_dense_destroy)(network);
        free(w.numbers);
    }
}

/* Equal units make the Gram matrix singular: in float its triangle is good, in double not. */
static void test_plans_with_equal_units(void **state)
{
    const int64_t widths[] = {60, 40, 8};
    struct wide_network w;
    dirichlet_dense_plan triangle = blank_plan();
    double energies[GUARDED];
    real *x = take_reals(GUARDED * 60);
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_RELU);
    for (int64_t o = 0; o < 40; o += 2)
        memcpy(w.numbers + (o + 1) * 60, w.numbers + o * 60, 60 * sizeof(real));
    fill(x, GUARDED * 60, 53);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    CHECK(check_plans(network, GUARDED, x, PLAN_ENERGY_BOUND) >= 4);
    triangle.pivot = 2;
    triangle.lower_end = DIRICHLET_DENSE_END_GRAM;
    CHECK(dense_plan_count(&network->shape, GUARDED, &triangle));
    PRECISION(dense_energies_by)(network, &triangle, GUARDED, x, energies);
    CHECK((network->plan.direct_samples == 0) == (sizeof(real) == sizeof(float)));
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* More units than inputs, of which the first as many differ by less than the others do: the columns
 * of the triangle that are kept do not hold what the others have beside. */
static void test_triangle_that_lacks_columns(void **state)
{
    enum { UNITS = 40, INPUTS = 16, OUTPUTS = 30 };
    const int64_t widths[] = {INPUTS, UNITS, OUTPUTS};
    struct wide_network w;
    real *x = take_reals(GUARDED * INPUTS);
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_LEAKY_RELU);
    for (int64_t o = 0; o < UNITS; o++) {
        w.numbers[UNITS * INPUTS + o] = 100; /* biases */
        for (int64_t i = 0; i < INPUTS; i++) {
            real *weight = w.numbers + o * INPUTS + i;
            *weight =
                (real)(cos((double)i) + (o < INPUTS ? 0.0 : 3e-4) * (i % 3 == 1 ? 1.0 : -1.0));
        }
    }
    for (int64_t o = 0; o < OUTPUTS; o++) { /* a part of what each unit adds is taken back */
        real *second = w.numbers + UNITS * (INPUTS + 1) + o * UNITS;
        for (int64_t j = 0; j < UNITS / 2; j++)
            second[j] = (real)(-0.9 * (double)second[j + UNITS / 2]);
    }
    fill(x, GUARDED * INPUTS, 54);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    CHECK(check_plans(network, GUARDED, x, PLAN_ENERGY_BOUND) >= 3);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* A little beyond the limits of the guards. */
static void test_guard_at_its_limits(void **state)
{
    struct wide_network w;
    real *x = take_reals(GUARDED * 60);
    (void)state;
    fill(x, GUARDED * 60, 33);
    make_cancelling(&w, 0.15);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    check_guard(network, x, sizeof(real) == sizeof(double) ? 1e-13 : 1e-5, ALL_AGAIN);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* Terms so small that their squares underflow, so that nothing could be seen to cancel. */
static void test_guard_of_tiny_energies(void **state)
{
    const double scale = sizeof(real) == sizeof(double) ? 1e-120 : 1e-24;
    struct wide_network w;
    real *x = take_reals(GUARDED * 60);
    (void)state;
    fill(x, GUARDED * 60, 33);
    make_cancelling(&w, sizeof(real) == sizeof(double) ? 1e-5 : 1e-3);
    scale_weights(&w, 1, scale);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    check_guard(network, x, sizeof(real) == sizeof(double) ? 1e-10 : 1e-3, ALL_AGAIN);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* What is 0 is not done again: there is nothing that could have cancelled. */
static void test_dead_samples_are_not_done_again(void **state)
{
    const int64_t widths[] = {40, 30, 8};
    struct wide_network w;
    struct plan_walk walk = {0};
    real *x = take_reals(GUARDED * 40);
    double energies[GUARDED];
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_RELU);
    for (int64_t j = 0; j < 30; j++)
        biases_of_wide(&w, 0)[j] = -1000;
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    while (next_plan(network, GUARDED, &walk)) {
        if (walk.plan.sum != 0)
            continue;
        CHECK(PRECISION(dense_make_room)(network, &walk.plan) == DIRICHLET_OK);
        PRECISION(dense_energies_by)(network, &walk.plan, GUARDED, x, energies);
        for (int i = 0; i < GUARDED; i++)
            CHECK(energies[i] == 0.0);
        CHECK(network->plan.direct_samples == 0);
    }
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* Units in pairs that cancel to `part`, on where x_0 is positive, and two that are on elsewhere. */
static void make_switching(struct wide_network *w, double part)
{
    enum { INPUTS = 20, UNITS = 66, OUTPUTS = 20 };
    const int64_t widths[] = {INPUTS, UNITS, OUTPUTS};
    make_wide(w, widths, 2, DIRICHLET_ACTIVATION_LEAKY_RELU);
    real *below = weights_of_wide(w, 0);
    real *above = weights_of_wide(w, 1);
    for (int64_t j = 0; j < UNITS; j++)
        below[j * INPUTS] = j < UNITS - 2 ? 1 : -1;
    for (int64_t j = 0; j + 2 < UNITS; j += 2)
        memcpy(below + (j + 1) * INPUTS, below + j * INPUTS, INPUTS * sizeof(real));
    for (int64_t o = 0; o < OUTPUTS; o++)
        for (int64_t j = 0; j < UNITS; j += 2) {
            real *weights = above + o * UNITS + j;
            if (j + 2 < UNITS)
                weights[1] = (real)(-(1.0 + part) * (double)weights[0]);
            else
                weights[0] = weights[1] = (real)(1000.0 * part * (double)weights[0]);
        }
}

/* The sum by counts sees what cancels in `pairs_on` samples with the pairs on and in `pairs_off`
 * others, whichever it is that does. */
static void check_guard_of_counts(double slope, int64_t pairs_on, int64_t pairs_off)
{
    const int64_t samples = pairs_on + pairs_off;
    const double part = sizeof(real) == sizeof(double) ? 1e-7 : 1e-4;
    struct wide_network w;
    real *x = take_reals(samples * 20);
    double *energies = calloc((size_t)samples, sizeof *energies);
    double sum = NAN;
    dirichlet_dense_plan counts = blank_plan();
    CHECK(energies != NULL);
    make_switching(&w, part);
    w.layers[0].activation_parameter = slope;
    fill(x, samples * 20, 55);
    for (int64_t s = 0; s < samples; s++)
        x[s * 20] = s < pairs_on ? 10000 : -10000;
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, samples);
    counts.pivot = counts.sum = 1;
    CHECK(dense_plan_count(&network->shape, samples, &counts));
    CHECK(PRECISION(dense_make_room)(network, &counts) == DIRICHLET_OK);
    PRECISION(dense_energy_sum_by)(network, &counts, samples, x, &sum);
    CHECK(network->plan.sum == 0);
    PRECISION(dense_energies_by)(network, &direct, samples, x, energies);
    CHECK_IN(fabs(sum - sum_of(energies, samples)) <= 1000.0 * (double)REAL_EPSILON * sum,
             "%.17g, not %.17g", sum, sum_of(energies, samples));
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(energies);
    free(x);
}

static void test_guard_of_counts(void **state)
{
    (void)state;
    check_guard_of_counts(1e-9, DENSE_PATTERN_TILE, 128); /* in the first of two batches */
    check_guard_of_counts(0.5, 0, 256);                   /* by the slopes of units that are off */
}

/* The next unit of the first layer is unit j + part times what it was. */
static void bring_near(struct wide_network *w, int64_t j, double part)
{
    const int64_t inputs = w->widths[0];
    for (int64_t i = 0; i < inputs; i++) {
        real *weight = w->numbers + j * inputs + i;
        weight[inputs] = (real)((double)weight[0] + part * (double)weight[inputs]);
    }
    biases_of_wide(w, 0)[j + 1] = biases_of_wide(w, 0)[j];
}

/* The squared norms of two products a sample, against the products. */
static void check_product_norms(network_handle *network, int64_t samples, const real *x,
                                const real *u, const double *norms, double bound)
{
    const int64_t inputs = network->shape.widths[0];
    real *jtu = take_reals(samples * 2 * inputs);
    CHECK(PRECISION(dirichlet_dense_vjp)(network, samples, 2, x, u, jtu) == DIRICHLET_OK);
    for (int64_t row = 0; row < 2 * samples; row++) {
        double square = 0.0;
        for (int64_t i = 0; i < inputs; i++)
            square += (double)jtu[row * inputs + i] * (double)jtu[row * inputs + i];
        CHECK_IN(square > 0.0 && fabs(norms[row] - square) <= bound * square,
                 "row %d: %.17g, not %.17g", (int)row, norms[row], square);
    }
    free(jtu);
}

/* Of two products of a sample the second alone cancels; of many samples each one does. */
static void test_guard_of_norms(void **state)
{
    enum { SAMPLES = 150, INPUTS = 200, UNITS = 100, OUTPUTS = 70 };
    const int64_t widths[] = {INPUTS, UNITS, OUTPUTS};
    const double part = sizeof(real) == sizeof(double) ? 1e-5 : 1e-3;
    struct wide_network w;
    real *x = take_reals(SAMPLES * INPUTS);
    real *u = take_reals(SAMPLES * 2 * OUTPUTS);
    double norms[SAMPLES * 2];
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_TANH);
    for (int64_t j = 0; j < UNITS; j += 2) {
        bring_near(&w, j, part);
        for (int64_t o = 1; o < OUTPUTS; o++) {
            real *weights = weights_of_wide(&w, 1) + o * UNITS + j;
            weights[1] = -weights[0];
        }
    }
    fill(x, SAMPLES * INPUTS, 56);
    for (int64_t s = 0; s < SAMPLES; s++) {
        u[2 * s * OUTPUTS] = 1;
        u[(2 * s + 1) * OUTPUTS + 1 + s % (OUTPUTS - 1)] = 1;
    }
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    CHECK(PRECISION(dirichlet_dense_product_norms)(network, SAMPLES, 2, x, u, norms) ==
          DIRICHLET_OK);
    CHECK((network->plan.lower_end == DIRICHLET_DENSE_END_GRAM) == !blas_keeps_bits());
    CHECK(network->plan.direct_samples == (blas_keeps_bits() ? 0 : SAMPLES));
    check_product_norms(network, SAMPLES, x, u, norms, (double)REAL_EPSILON / part);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
    free(u);
}

/* Of the rows that make up a sample's energy all cancel but the last. */
static void test_guard_of_rows(void **state)
{
    enum { INPUTS = 60, UNITS = 40, OUTPUTS = 12 };
    const int64_t widths[] = {INPUTS, UNITS, OUTPUTS};
    const double part = sizeof(real) == sizeof(double) ? 1e-5 : 1e-3;
    struct wide_network w;
    real *x = take_reals(GUARDED * INPUTS);
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_TANH);
    for (int64_t j = 0; j < UNITS; j += 2) {
        bring_near(&w, j, part);
        for (int64_t o = 0; o < OUTPUTS; o++) {
            real *weights = weights_of_wide(&w, 1) + o * UNITS + j;
            weights[1] = o < OUTPUTS - 1 ? -weights[0] : weights[0];
        }
    }
    for (int64_t j = 0; j < UNITS; j++)
        weights_of_wide(&w, 1)[(OUTPUTS - 1) * UNITS + j] *= (real)(3.0 * part);
    fill(x, GUARDED * INPUTS, 57);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    check_guard(network, x, (double)REAL_EPSILON / part, ALL_AGAIN);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* ||W_2 W_1||_F^2, the energy where all units of a hidden layer are on. */
static double energy_of_product(const struct wide_network *w)
{
    const real *first = weights_of_wide(w, 0);
    const real *second = weights_of_wide(w, 1);
    double energy = 0.0;
    for (int64_t o = 0; o < w->widths[2]; o++)
        for (int64_t i = 0; i < w->widths[0]; i++) {
            double sum = 0.0;
            for (int64_t j = 0; j < w->widths[1]; j++)
                sum += (double)second[o * w->widths[1] + j] * (double)first[j * w->widths[0] + i];
            energy += sum * sum;
        }
    return energy;
}

/* Through so few units a quadratic form is in double for float networks too: nothing averages. */
static void test_narrow_quadratic_form(void **state)
{
    enum { WIDE = 300, UNITS = 32, SAMPLES = 64 };
    const int64_t widths[] = {WIDE, UNITS, WIDE};
    struct wide_network w;
    double energies[SAMPLES];
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    (void)state;
    if (blas_keeps_bits()) /* plans are for a single sample then, never by that form */
        return;
    real *x = take_reals(SAMPLES * WIDE);
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_RELU);
    memset(x, 0, SAMPLES * WIDE * sizeof *x);
    for (int64_t j = 0; j < UNITS; j++)
        biases_of_wide(&w, 0)[j] = 1;
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    CHECK(PRECISION(dirichlet_dense_energies)(network, SAMPLES, x, energies) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_last_plan)(network, &plan) == DIRICHLET_OK);
    CHECK(dense_plan_is_quadratic(&network->shape, &plan) && plan.direct_samples == 0);
    const double energy = energy_of_product(&w);
    for (int64_t s = 0; s < SAMPLES; s++)
        CHECK_IN(fabs(energies[s] / energy - 1.0) <= 1e-12, "%.17g, not %.17g", energies[s],
                 energy);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

#endif
