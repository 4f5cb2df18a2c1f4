/* The orders in which energies can be computed: asked for, forced, and what guards them. */
#ifndef DIRICHLET_UNIT_DENSE_PLANS_BODY_H
#define DIRICHLET_UNIT_DENSE_PLANS_BODY_H

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
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

#define PLAN_ENERGY_BOUND (sizeof(real) == sizeof(double) ? 1e-13 : 2e-6)

static dirichlet_dense_plan blank_plan(void)
{
    return (dirichlet_dense_plan){.struct_size = sizeof(dirichlet_dense_plan)};
}

static void test_plan_arguments(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    const real x[FIXTURE_INPUTS] = {1, 1, 1, 1};
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE] = "";
    dirichlet_dense_plan plan = blank_plan();
    double sum = UNTOUCHED;
    (void)state;
    CHECK(PRECISION(dirichlet_dense_energy_sum)(NULL, 1, x, &sum) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_energy_plan)(NULL, 1, 0, &plan) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_last_plan)(NULL, &plan) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_last_plan)(n, NULL) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_plan_text)(NULL, &plan, text, 9) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_plan_text)(n, NULL, text, 9) == DIRICHLET_E_NULL);
    expect_message(n, PRECISION(dirichlet_dense_energy_sum)(n, 1, NULL, &sum), DIRICHLET_E_NULL,
                   "x is NULL");
    expect_message(n, PRECISION(dirichlet_dense_energy_sum)(n, 1, x, NULL), DIRICHLET_E_NULL,
                   "sum is NULL");
    expect_message(n, PRECISION(dirichlet_dense_energy_sum)(n, -1, x, &sum), DIRICHLET_E_RANGE,
                   "samples is -1");
    expect_message(n, PRECISION(dirichlet_dense_energy_plan)(n, 1, 0, NULL), DIRICHLET_E_NULL,
                   "plan is NULL");
    expect_message(n, PRECISION(dirichlet_dense_energy_plan)(n, -1, 0, &plan), DIRICHLET_E_RANGE,
                   "samples is -1");
    expect_message(n, PRECISION(dirichlet_dense_energy_plan)(n, 1, 2, &plan), DIRICHLET_E_RANGE,
                   "sum is 2");
    CHECK(sum == UNTOUCHED && plan.samples == 0);
    plan.struct_size = 1;
    expect_message(n, PRECISION(dirichlet_dense_energy_plan)(n, 1, 0, &plan),
                   DIRICHLET_E_STRUCT_SIZE, "plan.struct_size is 1");
    CHECK(PRECISION(dirichlet_dense_last_plan)(n, &plan) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(PRECISION(dirichlet_dense_plan_text)(n, &plan, text, 9) == DIRICHLET_E_STRUCT_SIZE);
    plan = blank_plan();
    plan.pivot = 9;
    CHECK(PRECISION(dirichlet_dense_plan_text)(n, &plan, text, sizeof text) == DIRICHLET_E_SHAPE);
    CHECK(text[0] == '\0');
    CHECK(PRECISION(dirichlet_dense_energy_sum)(n, 0, NULL, &sum) == DIRICHLET_OK && sum == 0.0);
    PRECISION(dirichlet_dense_destroy)(n);
}

static void test_plan_of_a_call(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    const real x[FIXTURE_INPUTS] = {1, 2, 3, 4};
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE] = "";
    dirichlet_dense_plan asked = blank_plan();
    dirichlet_dense_plan used = blank_plan();
    double energy = 0.0;
    (void)state;
    CHECK(PRECISION(dirichlet_dense_last_plan)(n, &used) == DIRICHLET_OK);
    CHECK(used.samples == 0 && used.sample_flops == 0.0 && used.struct_size == sizeof used);
    CHECK(PRECISION(dirichlet_dense_energy_plan)(n, 1, 0, &asked) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(n, 1, x, &energy) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_last_plan)(n, &used) == DIRICHLET_OK);
    CHECK(memcmp(&asked, &used, sizeof used) == 0);
    CHECK(used.pivot == 3 && used.rows == 2 && used.samples == 1 && used.bytes > 0);
    CHECK(PRECISION(dirichlet_dense_plan_text)(n, &used, text, sizeof text) == DIRICHLET_OK);
    CHECK(strstr(text, "2 rows of width 3 of 4-3-5-2") != NULL);
    CHECK(PRECISION(dirichlet_dense_plan_text)(n, &used, NULL, 0) == DIRICHLET_OK);
    PRECISION(dirichlet_dense_destroy)(n);
}

/* The plan of norms of products says what its rows are, for one layer too. */
static void check_plan_of_norms(const int64_t *widths, int64_t depth, const char *expected)
{
    enum { SAMPLES = 3, DIRECTIONS = 2 };
    struct wide_network w;
    real x[SAMPLES * 8];
    real u[SAMPLES * DIRECTIONS * 8];
    double norms[SAMPLES * DIRECTIONS];
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE] = "";
    dirichlet_dense_plan used = blank_plan();
    make_wide(&w, widths, depth, DIRICHLET_ACTIVATION_TANH);
    fill(x, SAMPLES * widths[0], 5);
    fill(u, SAMPLES * DIRECTIONS * widths[depth], 6);
    network_handle *n = create_or_fail(w.layers, depth, NULL);
    CHECK(PRECISION(dirichlet_dense_product_norms)(n, SAMPLES, DIRECTIONS, x, u, norms) ==
          DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_last_plan)(n, &used) == DIRICHLET_OK);
    CHECK(used.norms == 1 && used.rows == DIRECTIONS && used.samples == SAMPLES);
    CHECK(PRECISION(dirichlet_dense_plan_text)(n, &used, text, sizeof text) == DIRICHLET_OK);
    CHECK_IN(strstr(text, expected) != NULL, "%s", text);
    used.upper_end = DIRICHLET_DENSE_END_DIRECT;
    CHECK(PRECISION(dirichlet_dense_plan_text)(n, &used, text, sizeof text) == DIRICHLET_E_SHAPE);
    PRECISION(dirichlet_dense_destroy)(n);
    free(w.numbers);
}

static void test_plan_of_norms(void **state)
{
    const int64_t deep[] = {8, 3, 5};
    const int64_t single[] = {4, 7};
    (void)state;
    check_plan_of_norms(deep, 2, "down: 2 cotangents\n  times W_2 (5 x 3)\n  times ");
    check_plan_of_norms(single, 1, "down: 2 cotangents\n  times W_1 (7 x 4)\n");
}

/* All plans that a network has, one after the other, from {0}; false after the last. */
struct plan_walk {
    int next;
    dirichlet_dense_plan plan;
};

static bool next_plan(const network_handle *network, int64_t samples, struct plan_walk *walk)
{
    static const dirichlet_dense_end ends[] = {DIRICHLET_DENSE_END_NONE, DIRICHLET_DENSE_END_DIRECT,
                                               DIRICHLET_DENSE_END_GRAM};
    while (walk->next < 18 * (network->layer_count + 1)) {
        const int i = walk->next++;
        walk->plan = blank_plan();
        walk->plan.sum = i % 2;
        walk->plan.lower_end = ends[i / 2 % 3];
        walk->plan.upper_end = ends[i / 6 % 3];
        walk->plan.pivot = i / 18;
        if (dense_plan_count(&network->shape, samples, &walk->plan))
            return true;
    }
    return false;
}

static void compare_energies(const double *found, const double *expected, int64_t n, double bound,
                             const dirichlet_dense_plan *plan)
{
    for (int64_t i = 0; i < n; i++)
        CHECK_IN(fabs(found[i] - expected[i]) <= bound * expected[i],
                 "pivot %d, ends %d and %d: energies[%d] %.17g, not %.17g", (int)plan->pivot,
                 (int)plan->upper_end, (int)plan->lower_end, (int)i, found[i], expected[i]);
}

static double sum_of(const double *values, int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

/* Where the bits of a row do not depend on the others, neither do those of a plan. */
static void check_bits_of_plan(network_handle *network, const dirichlet_dense_plan *plan,
                               const real *x, const double *together, int64_t n)
{
    double alone = 0.0;
    if (!blas_keeps_bits())
        return;
    for (int64_t i = 0; i < n; i++) {
        PRECISION(dense_energies_by)(network, plan, 1, x + i * network->inputs, &alone);
        CHECK(memcmp(&alone, &together[i], sizeof alone) == 0);
    }
}

/* Every plan gives the energies of the direct one; returns how many there are. */
static int check_plans(network_handle *network, int64_t n, const real *x, double bound)
{
    struct call_results r = make_results(n, network->inputs, network->outputs);
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, n);
    double *expected = r.norms;
    struct plan_walk walk = {0};
    int count = 0;
    CHECK(PRECISION(dense_make_room)(network, &direct) == DIRICHLET_OK);
    PRECISION(dense_energies_by)(network, &direct, n, x, expected);
    for (; next_plan(network, n, &walk); count++) {
        double sum = NAN;
        CHECK(PRECISION(dense_make_room)(network, &walk.plan) == DIRICHLET_OK);
        PRECISION(dense_energy_sum_by)(network, &walk.plan, n, x, &sum);
        CHECK_IN(fabs(sum - sum_of(expected, n)) <= bound * sum_of(expected, n),
                 "pivot %d, sum %d: sum %.17g, not %.17g", (int)walk.plan.pivot, (int)walk.plan.sum,
                 sum, sum_of(expected, n));
        if (walk.plan.sum != 0)
            continue;
        PRECISION(dense_energies_by)(network, &walk.plan, n, x, r.energies);
        compare_energies(r.energies, expected, n, bound, &walk.plan);
        check_bits_of_plan(network, &walk.plan, x, r.energies, n);
    }
    free_results(&r);
    return count;
}

static void check_network_plans(const int64_t *widths, int64_t depth,
                                dirichlet_activation activation, dirichlet_activation last,
                                int least)
{
    enum { SAMPLES = 37 };
    struct wide_network w;
    real *x = take_reals(SAMPLES * widths[0]);
    make_wide(&w, widths, depth, activation);
    w.layers[depth - 1].activation = last;
    fill(x, SAMPLES * widths[0], 31);
    network_handle *network = create_or_fail(w.layers, depth, NULL);
    const int count = check_plans(network, SAMPLES, x, PLAN_ENERGY_BOUND);
    CHECK_IN(count >= least, "%d plans", count);
    PRECISION(dirichlet_dense_destroy)(network);
    free(x);
    free(w.numbers);
}

static void test_every_plan(void **state)
{
    const int64_t deep[] = {40, 36, 30, 24, 31};
    const int64_t bottleneck[] = {70, 65, 9, 67, 80};
    const int64_t shallow[] = {90, 70, 40};
    const int64_t encoder[] = {30, 50, 20};
    const int64_t linear[] = {40, 30};
    const int64_t thin[] = {1, 200, 1}; /* twice the hidden units are gathered at a time */
    const int64_t wide_pivot[] = {1, 1030, 2, 1}; /* all of which a sample brings to the meeting */
    const dirichlet_activation identity = DIRICHLET_ACTIVATION_IDENTITY;
    (void)state;
    check_network_plans(deep, 4, DIRICHLET_ACTIVATION_LEAKY_RELU, identity, 14);
    check_network_plans(deep, 4, DIRICHLET_ACTIVATION_GELU, DIRICHLET_ACTIVATION_TANH, 7);
    check_network_plans(bottleneck, 4, DIRICHLET_ACTIVATION_RELU, identity, 14);
    check_network_plans(bottleneck, 4, identity, identity, 14);
    check_network_plans(shallow, 2, DIRICHLET_ACTIVATION_RELU, identity, 5);
    check_network_plans(shallow, 2, DIRICHLET_ACTIVATION_LEAKY_RELU, identity, 5);
    check_network_plans(shallow, 2, DIRICHLET_ACTIVATION_SIGMOID, DIRICHLET_ACTIVATION_SIN, 3);
    check_network_plans(encoder, 2, DIRICHLET_ACTIVATION_SILU, identity, 3);
    check_network_plans(thin, 2, DIRICHLET_ACTIVATION_RELU, identity, 3);
    check_network_plans(wide_pivot, 3, DIRICHLET_ACTIVATION_RELU, identity, 3);
    check_network_plans(linear, 1, identity, identity, 2);
    check_network_plans(linear, 1, identity, DIRICHLET_ACTIVATION_TANH, 2);
}

/* Some units that no input reaches. */
static void test_plans_with_dead_units(void **state)
{
    enum { SAMPLES = 20 };
    const int64_t widths[] = {50, 40, 12};
    struct wide_network w;
    dirichlet_dense_plan used = blank_plan();
    real *x = take_reals(SAMPLES * 50);
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_RELU);
    memset(w.numbers, 0, 3 * 50 * sizeof(real));
    memset(w.numbers + 21 * 50, 0, 50 * sizeof(real));
    fill(x, SAMPLES * 50, 32);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    CHECK(check_plans(network, SAMPLES, x, PLAN_ENERGY_BOUND) >= 4);
    dirichlet_dense_plan triangle = blank_plan();
    double energies[SAMPLES];
    triangle.pivot = 2;
    triangle.lower_end = DIRICHLET_DENSE_END_GRAM;
    CHECK(dense_plan_count(&network->shape, SAMPLES, &triangle));
    PRECISION(dense_energies_by)(network, &triangle, SAMPLES, x, energies);
    CHECK(PRECISION(dirichlet_dense_last_plan)(network, &used) == DIRICHLET_OK);
    CHECK(used.direct_samples == 0 && used.lower_end == DIRICHLET_DENSE_END_GRAM);
    PRECISION(dirichlet_dense_destroy)(network);
    free(x);
    free(w.numbers);
}

/* Every row of W_1 is the same up to a small part, and W_2 takes their differences: what is left
 * is as small as `part`, the terms are not. */
static void make_cancelling(struct wide_network *w, double part)
{
    const int64_t widths[] = {60, 40, 8};
    make_wide(w, widths, 2, DIRICHLET_ACTIVATION_LEAKY_RELU);
    for (int64_t o = 0; o < 40; o++) {
        for (int64_t i = 0; i < 60; i++) {
            real *weight = w->numbers + o * 60 + i;
            *weight = (real)(cos((double)i) + part * (double)*weight);
        }
        w->numbers[60 * 40 + o] = 1000; /* biases: every unit on its linear side */
    }
    real *second = w->numbers + 61 * 40;
    for (int64_t o = 0; o < 8 && part < 1.0; o++)
        for (int64_t j = 0; j < 40; j += 2)
            second[o * 40 + j + 1] = -second[o * 40 + j];
}

/* Whether the samples are done again by the plans that have a Gram matrix. */
enum expectation { NONE_AGAIN, ALL_AGAIN, SOME_AGAIN };

enum { GUARDED = 9 };

/* A sum says that digits were lost, and is had another way. */
static void check_guard_of_the_sum(network_handle *network, const dirichlet_dense_plan *plan,
                                   const real *x, double expected, double bound,
                                   enum expectation expectation)
{
    double sum = NAN;
    PRECISION(dense_energy_sum_by)(network, plan, GUARDED, x, &sum);
    CHECK_IN(fabs(sum - expected) <= bound * expected, "pivot %d: sum %.17g, not %.17g",
             (int)plan->pivot, sum, expected);
    CHECK(expectation == SOME_AGAIN || (network->plan.sum == 0) == (expectation == ALL_AGAIN));
}

static void check_guard(network_handle *network, const real *x, double bound,
                        enum expectation expectation)
{
    enum { SAMPLES = GUARDED };
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, SAMPLES);
    double expected[SAMPLES];
    double found[SAMPLES];
    struct plan_walk walk = {0};
    int64_t again = 0;
    PRECISION(dense_energies_by)(network, &direct, SAMPLES, x, expected);
    while (next_plan(network, SAMPLES, &walk)) {
        const bool gram = walk.plan.call_flops > 0.0;
        CHECK(PRECISION(dense_make_room)(network, &walk.plan) == DIRICHLET_OK);
        if (walk.plan.sum != 0) {
            check_guard_of_the_sum(network, &walk.plan, x, sum_of(expected, SAMPLES), bound,
                                   expectation);
            continue;
        }
        PRECISION(dense_energies_by)(network, &walk.plan, SAMPLES, x, found);
        compare_energies(found, expected, SAMPLES, bound, &walk.plan);
        const int64_t own = network->plan.direct_samples;
        again += own;
        CHECK_IN(expectation == SOME_AGAIN ||
                     own == (gram && expectation == ALL_AGAIN ? SAMPLES : 0),
                 "pivot %d: %d done again", (int)walk.plan.pivot, (int)own);
    }
    CHECK(expectation == NONE_AGAIN || again > 0);
}

static void test_guard(void **state)
{
    struct wide_network w;
    real *x = take_reals(9 * 60);
    const double part = sizeof(real) == sizeof(double) ? 1e-5 : 1e-3;
    (void)state;
    fill(x, 9 * 60, 33);
    make_cancelling(&w, part);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    /* Direct products lose digits too, but only as many as `part` has. */
    check_guard(network, x, PLAN_ENERGY_BOUND / part, ALL_AGAIN);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    make_cancelling(&w, 3.0);
    network = create_or_fail(w.layers, 2, NULL);
    check_guard(network, x, PLAN_ENERGY_BOUND, NONE_AGAIN);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* Weights whose squares, or their products, are beyond the type. */
static void test_plans_of_extreme_weights(void **state)
{
    static const double factors[] = {1e-18, 1e18};
    struct wide_network w;
    real *x = take_reals(9 * 60);
    (void)state;
    fill(x, 9 * 60, 34);
    for (int i = 0; i < 2; i++) {
        const int64_t widths[] = {60, 40, 8};
        const double factor = sizeof(real) == sizeof(double) ? pow(factors[i], 5.0) : factors[i];
        make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_RELU);
        for (int64_t j = 0; j < 60 * 40; j++)
            w.numbers[j] = (real)(factor * (double)w.numbers[j]);
        network_handle *network = create_or_fail(w.layers, 2, NULL);
        check_guard(network, x, PLAN_ENERGY_BOUND, SOME_AGAIN);
        PRECISION(dirichlet_dense_destroy)(network);
        free(w.numbers);
    }
    free(x);
}

/* Constant weights whose products on the way to an ordinary Jacobian have squares beyond float,
 * or beyond double: none of them may come out as an infinite energy. */
static void test_plans_that_overflow(void **state)
{
    enum { SAMPLES = 9, WIDTH = 30 };
    const int64_t widths[] = {WIDTH, 3, WIDTH, WIDTH};
    const bool wide = sizeof(real) == sizeof(double);
    const double sizes[] = {wide ? 1e-66 : 1e-4, wide ? 1e69 : 1e15, wide ? 1e100 : 1e3};
    struct wide_network w;
    real x[SAMPLES * WIDTH];
    (void)state;
    make_wide(&w, widths, 3, DIRICHLET_ACTIVATION_RELU);
    for (int l = 0; l < 3; l++) {
        real *weights = w.numbers + (w.layers[l].weights - w.numbers);
        real *bias = w.numbers + (w.layers[l].bias - w.numbers);
        for (int64_t i = 0; i < widths[l] * widths[l + 1]; i++)
            weights[i] = (real)sizes[l];
        for (int64_t i = 0; i < widths[l + 1]; i++)
            bias[i] = 0;
    }
    for (int i = 0; i < SAMPLES * WIDTH; i++)
        x[i] = 1;
    network_handle *network = create_or_fail(w.layers, 3, NULL);
    CHECK(check_plans(network, SAMPLES, x, PLAN_ENERGY_BOUND) >= 10);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
}

/* A sample with a NaN spoils its own energy and the sum, by whichever plan. */
static void check_plans_with_nan(dirichlet_activation activation)
{
    enum { SAMPLES = 5 };
    const int64_t widths[] = {30, 24, 7, 22, 33};
    struct wide_network w;
    real *x = take_reals(SAMPLES * 30);
    struct plan_walk walk = {0};
    make_wide(&w, widths, 4, activation);
    fill(x, SAMPLES * 30, 36);
    x[2 * 30 + 7] = (real)NAN;
    network_handle *network = create_or_fail(w.layers, 4, NULL);
    while (next_plan(network, SAMPLES, &walk)) {
        double energies[SAMPLES];
        double sum = 0.0;
        CHECK(PRECISION(dense_make_room)(network, &walk.plan) == DIRICHLET_OK);
        PRECISION(dense_energy_sum_by)(network, &walk.plan, SAMPLES, x, &sum);
        CHECK(isnan(sum));
        if (walk.plan.sum != 0)
            continue;
        PRECISION(dense_energies_by)(network, &walk.plan, SAMPLES, x, energies);
        for (int i = 0; i < SAMPLES; i++)
            CHECK(isnan(energies[i]) == (i == 2));
        CHECK(network->plan.direct_samples == 0);
    }
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* A relu hides the NaN from the slopes, tanh does not. */
static void test_plans_with_nan(void **state)
{
    (void)state;
    check_plans_with_nan(DIRICHLET_ACTIVATION_RELU);
    check_plans_with_nan(DIRICHLET_ACTIVATION_TANH);
}

#endif
