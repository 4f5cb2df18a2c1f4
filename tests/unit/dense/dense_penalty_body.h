/* The penalties of dense.h: what they refuse, that they add, that budgets and batches do not
 * matter. Their gradients are compared with quadruple precision in tests/accuracy. */
#ifndef DIRICHLET_UNIT_DENSE_PENALTY_BODY_H
#define DIRICHLET_UNIT_DENSE_PENALTY_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dense_gradient_body.h"
#include "dense_memory_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/loss.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "support/check.h"

static const int64_t penalty_labels[10] = {0, 1, 1, 0, 1, 0, 0, 1, 1, 0};

static PRECISION(dirichlet_loss) labelled_loss(void)
{
    return (PRECISION(dirichlet_loss)){.struct_size = sizeof(PRECISION(dirichlet_loss)),
                                       .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY,
                                       .labels = penalty_labels};
}

static dirichlet_dense_penalty_options probing(int64_t probes, uint64_t seed)
{
    return (dirichlet_dense_penalty_options){
        .struct_size = sizeof(dirichlet_dense_penalty_options), .probes = probes, .seed = seed};
}

/* All numbers of a gradient in one array, for comparing. */
#define PENALTY_NUMBERS (FIXTURE_LAYERS * 20)

static void read_gradients_of(const struct gradient_fixture *g, real *numbers)
{
    for (int l = 0; l < FIXTURE_LAYERS; l++) {
        memcpy(numbers + 20 * l, g->weights[l], sizeof g->weights[l]);
        memcpy(numbers + 20 * l + 15, g->biases[l], sizeof g->biases[l]);
    }
}

static void expect_untouched(const struct gradient_fixture *g)
{
    for (int l = 0; l < FIXTURE_LAYERS; l++)
        for (int i = 0; i < 15; i++)
            CHECK(g->weights[l][i] == UNTOUCHED && g->biases[l][i % 5] == UNTOUCHED);
}

static dirichlet_status add_penalty(struct gradient_fixture *g, int64_t first, int64_t samples,
                                    const dirichlet_dense_penalty_options *options, double strength,
                                    double *value)
{
    return penalty_of(g->network, samples, g->x + first * FIXTURE_INPUTS, options, strength,
                      g->views, FIXTURE_LAYERS, value);
}

static void test_penalty_arguments(void **state)
{
    struct gradient_fixture g;
    dirichlet_dense_penalty_options options = probing(1, 1);
    double value = -1.0;
    (void)state;
    make_gradient_fixture(&g);
    network_handle *n = g.network;
    CHECK(penalty_of(NULL, 1, g.x, NULL, 1.0, g.views, FIXTURE_LAYERS, &value) == DIRICHLET_E_NULL);
    expect_message(n, penalty_of(n, 1, NULL, NULL, 1.0, g.views, FIXTURE_LAYERS, &value),
                   DIRICHLET_E_NULL, "x is NULL");
    expect_message(n, penalty_of(n, 1, g.x, NULL, 1.0, NULL, FIXTURE_LAYERS, &value),
                   DIRICHLET_E_NULL, "gradients is NULL");
    expect_message(n, penalty_of(n, 1, g.x, NULL, 1.0, g.views, 1, &value), DIRICHLET_E_SHAPE,
                   "gradient_count is 1");
    expect_message(n, add_penalty(&g, 0, -1, NULL, 1.0, &value), DIRICHLET_E_RANGE,
                   "samples is -1");
    expect_message(n, add_penalty(&g, 0, 0, NULL, 1.0, &value), DIRICHLET_E_NO_DATA,
                   "samples is 0");
    expect_message(n, add_penalty(&g, 0, 1, NULL, (double)NAN, &value), DIRICHLET_E_RANGE,
                   "strength is ");
    options.probes = -2;
    expect_message(n, add_penalty(&g, 0, 1, &options, 1.0, &value), DIRICHLET_E_RANGE,
                   "options.probes is -2");
    options.probes = INT64_C(1) << 33;
    expect_message(n, add_penalty(&g, 0, 1, &options, 1.0, &value), DIRICHLET_E_RANGE,
                   "options.probes is 8589934592");
    options = probing(1, 1);
    options.method = DIRICHLET_METHOD_GAUSSIAN;
    expect_message(n, add_penalty(&g, 0, 1, &options, 1.0, &value), DIRICHLET_E_CONSTANT,
                   "options.method is 22");
    options.method = DIRICHLET_METHOD_AUTO;
    options.first_sample = -4;
    expect_message(n, add_penalty(&g, 0, 1, &options, 1.0, &value), DIRICHLET_E_RANGE,
                   "options.first_sample is -4");
    options.first_sample = INT64_MAX - 1;
    expect_message(n, add_penalty(&g, 0, 2, &options, 1.0, &value), DIRICHLET_E_OVERFLOW,
                   "options.first_sample is 9223372036854775806");
    options.struct_size = 3;
    expect_message(n, add_penalty(&g, 0, 1, &options, 1.0, &value), DIRICHLET_E_STRUCT_SIZE,
                   "options.struct_size is 3");
    g.views[1].input_stride = 0;
    expect_message(n, add_penalty(&g, 0, 1, NULL, 1.0, &value), DIRICHLET_E_RANGE,
                   "gradients[1].input_stride is 0");
    expect_untouched(&g);
    CHECK(value == -1.0);
    PRECISION(dirichlet_dense_destroy)(n);
}

/* The penalty of all samples is the mean of those of its parts, added to what is there. */
static void test_penalty_adds(void **state)
{
    struct gradient_fixture g;
    real whole[PENALTY_NUMBERS];
    real parts[PENALTY_NUMBERS];
    (void)state;
    make_gradient_fixture(&g);
    for (int64_t probes = 0; probes < 2; probes++) {
        dirichlet_dense_penalty_options options = probing(probes, 5);
        double values[3] = {NAN, NAN, NAN};
        clear_gradients(&g, 1);
        CHECK(add_penalty(&g, 0, 10, &options, 0.5, &values[0]) == DIRICHLET_OK);
        read_gradients_of(&g, whole);
        clear_gradients(&g, 1);
        CHECK(add_penalty(&g, 0, 3, &options, 0.15, &values[1]) == DIRICHLET_OK);
        options.first_sample = 3;
        CHECK(add_penalty(&g, 3, 7, &options, 0.35, &values[2]) == DIRICHLET_OK);
        read_gradients_of(&g, parts);
        for (int i = 0; i < PENALTY_NUMBERS; i++)
            CHECK(fabs((double)(whole[i] - parts[i])) <=
                  64.0 * (double)REAL_EPSILON * (1.0 + fabs((double)whole[i])));
        CHECK(fabs(0.3 * values[1] + 0.7 * values[2] - values[0]) <= 1e-6 * values[0]);
        CHECK(touched(g.weights[0], 12));
    }
    PRECISION(dirichlet_dense_destroy)(g.network);
}

static double mean_by_estimator(struct gradient_fixture *g, int64_t samples, int64_t probes,
                                uint64_t seed)
{
    PRECISION(dirichlet_model) model = {.struct_size = sizeof model};
    dirichlet_estimator_options options = {.struct_size = sizeof options,
                                           .method = DIRICHLET_METHOD_RADEMACHER,
                                           .probes = probes,
                                           .seed = seed};
    dirichlet_result result = {.struct_size = sizeof result};
    dirichlet_estimator *estimator = NULL;
    CHECK(PRECISION(dirichlet_dense_model)(g->network, &model) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_estimator_create)(&model, &options, &estimator, NULL) ==
          DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_estimator_update)(estimator, samples, g->x, NULL, NULL) ==
          DIRICHLET_OK);
    CHECK(dirichlet_estimator_result(estimator, &result) == DIRICHLET_OK);
    dirichlet_estimator_destroy(estimator);
    return result.value;
}

/* The same probes as the estimator's, and from min(d, k) on the exact energy. */
static void test_penalty_values(void **state)
{
    struct gradient_fixture g;
    dirichlet_dense_penalty_options options = probing(1, 77);
    double energies[10];
    double exact = NAN;
    double value = NAN;
    double mean = 0.0;
    (void)state;
    make_gradient_fixture(&g);
    CHECK(PRECISION(dirichlet_dense_energies)(g.network, 10, g.x, energies) == DIRICHLET_OK);
    for (int i = 0; i < 10; i++)
        mean += energies[i] / 10.0;
    CHECK(add_penalty(&g, 0, 10, NULL, 0.0, &exact) == DIRICHLET_OK);
    CHECK(fabs(exact - mean) <= 8.0 * (double)REAL_EPSILON * mean);
    CHECK(add_penalty(&g, 0, 10, &options, 0.0, &value) == DIRICHLET_OK);
    const double estimated = mean_by_estimator(&g, 10, 1, 77);
    CHECK_IN(fabs(value - estimated) <= 16.0 * (double)REAL_EPSILON * estimated,
             "%.17g by the penalty, %.17g by the estimator", value, estimated);
    CHECK(fabs(value - exact) > 1e-3 * exact);
    options.probes = FIXTURE_OUTPUTS;
    CHECK(add_penalty(&g, 0, 10, &options, 0.0, &value) == DIRICHLET_OK);
    CHECK(value == exact);
    CHECK(add_penalty(&g, 0, 10, &options, 0.0, NULL) == DIRICHLET_OK);
    expect_untouched(&g);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

#define PENALTY_SEEDS 4000

/* The mean gradient by one probe is the exact one, within 5 standard errors for every parameter. */
static void test_penalty_is_unbiased(void **state)
{
    struct gradient_fixture g;
    real exact[PENALTY_NUMBERS];
    real drawn[PENALTY_NUMBERS];
    double sums[PENALTY_NUMBERS] = {0.0};
    double squares[PENALTY_NUMBERS] = {0.0};
    double worst = 0.0;
    (void)state;
    make_gradient_fixture(&g);
    clear_gradients(&g, 0);
    CHECK(add_penalty(&g, 0, 3, NULL, 1.0, NULL) == DIRICHLET_OK);
    read_gradients_of(&g, exact);
    for (uint64_t seed = 0; seed < PENALTY_SEEDS; seed++) {
        const dirichlet_dense_penalty_options options = probing(1, seed);
        clear_gradients(&g, 0);
        CHECK(add_penalty(&g, 0, 3, &options, 1.0, NULL) == DIRICHLET_OK);
        read_gradients_of(&g, drawn);
        for (int i = 0; i < PENALTY_NUMBERS; i++) {
            sums[i] += (double)drawn[i];
            squares[i] += (double)drawn[i] * (double)drawn[i];
        }
    }
    for (int i = 0; i < PENALTY_NUMBERS; i++) {
        const double mean = sums[i] / PENALTY_SEEDS;
        const double variance = squares[i] / PENALTY_SEEDS - mean * mean;
        const double error = sqrt(fmax(variance, 0.0) / PENALTY_SEEDS);
        const double difference = fabs(mean - (double)exact[i]);
        CHECK_IN(difference <= 5.0 * error + 1e-6, "parameter %d: %g and %g, error %g", i, mean,
                 (double)exact[i], error);
        worst = fmax(worst, difference / (error + 1e-6));
    }
    print_message("largest deviation: %.2f standard errors\n", worst);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* Where two rows of W_1 all but cancel, its Gram matrix has lost the digits: it is not used. */
static void test_penalty_that_cancels(void **state)
{
    enum { SAMPLES = 512, INPUTS = 40 };
    real first[2 * INPUTS];
    const real second[2] = {1, 1};
    real x[SAMPLES * INPUTS];
    real gradient[2][2 * INPUTS] = {{0}};
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    double expected = 0.0;
    double value = NAN;
    (void)state;
    fill(x, SAMPLES * INPUTS, 9);
    fill(first, INPUTS, 8);
    for (int i = 0; i < INPUTS; i++) {
        first[INPUTS + i] = (real)(-(double)first[i] * (1.0 + (i + 1) * 2e-3));
        const double difference = (double)first[i] + (double)first[INPUTS + i];
        expected += difference * difference;
    }
    const layer_view layers[] = {plain_layer(INPUTS, 2, first, NULL, DIRICHLET_ACTIVATION_IDENTITY),
                                 plain_layer(2, 1, second, NULL, DIRICHLET_ACTIVATION_IDENTITY)};
    const gradient_view views[] = {
        {.struct_size = sizeof(gradient_view), gradient[0], INPUTS, 1, NULL, 0},
        {.struct_size = sizeof(gradient_view), gradient[1], 2, 1, NULL, 0}};
    network_handle *network = create_or_fail(layers, 2, NULL);
    CHECK(penalty_of(network, SAMPLES, x, NULL, 1.0, views, 2, &value) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_last_plan)(network, &plan) == DIRICHLET_OK);
    CHECK(plan.gradient == 1);
    if (plan.lower_end == DIRICHLET_DENSE_END_GRAM ||
        (plan.pivot == 1 && plan.lower_end == DIRICHLET_DENSE_END_NONE))
        CHECK(plan.direct_samples == SAMPLES);
    CHECK_IN(fabs(value - expected) <= 256.0 * (double)REAL_EPSILON * expected,
             "%.17g instead of %.17g", value, expected);
    for (int i = 0; i < INPUTS; i++) {
        const double row = (double)first[i] + (double)first[INPUTS + i];
        CHECK(fabs((double)gradient[0][i] - 2.0 * row) <=
              1e3 * (double)REAL_EPSILON * (fabs(row) + sqrt(expected)));
    }
    PRECISION(dirichlet_dense_destroy)(network);
}

/* Two rows of W_1 that cancel but for an ulp of one element, so that their Gram matrix gives 0,
 * under weights whose squares underflow, so that nothing seems to have cancelled. */
static void test_penalty_of_vanishing_terms(void **state)
{
    enum { SAMPLES = 600, INPUTS = 40 };
    const bool single = sizeof(real) == sizeof(float);
    const double size = ldexp(1.0, single ? 20 : 166);
    const double small = ldexp(1.0, single ? -100 : -548);
    const real second[2] = {(real)small, (real)small};
    real first[2 * INPUTS];
    real gradient[2][2 * INPUTS] = {{0}};
    real x[SAMPLES * INPUTS];
    double value = NAN;
    (void)state;
    fill(x, SAMPLES * INPUTS, 9);
    fill(first, INPUTS, 8);
    for (int i = 0; i < INPUTS; i++) {
        first[i] = (real)(size * (1.5 + 0.25 * (double)first[i]));
        first[INPUTS + i] = -first[i];
    }
    const double ulp = size * (double)REAL_EPSILON;
    first[INPUTS] = (real)((double)first[INPUTS] - ulp);
    const layer_view layers[] = {plain_layer(INPUTS, 2, first, NULL, DIRICHLET_ACTIVATION_IDENTITY),
                                 plain_layer(2, 1, second, NULL, DIRICHLET_ACTIVATION_IDENTITY)};
    const gradient_view views[] = {
        {.struct_size = sizeof(gradient_view), gradient[0], INPUTS, 1, NULL, 0},
        {.struct_size = sizeof(gradient_view), gradient[1], 2, 1, NULL, 0}};
    network_handle *network = create_or_fail(layers, 2, NULL);
    CHECK(penalty_of(network, SAMPLES, x, NULL, 1.0, views, 2, &value) == DIRICHLET_OK);
    const double expected = ulp * small * ulp * small;
    CHECK_IN(fabs(value - expected) <= 1e-6 * expected, "%g instead of %g", value, expected);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* Weights whose squares leave the range of float: the matrix itself. */
static void test_penalty_out_of_range(void **state)
{
    enum { SAMPLES = 600 };
    struct gradient_fixture g;
    real x[SAMPLES * FIXTURE_INPUTS];
    double value = NAN;
    double sum = NAN;
    (void)state;
    make_gradient_fixture(&g);
    fill(x, SAMPLES * FIXTURE_INPUTS, 3);
    for (int i = 0; i < 12; i++)
        g.f.weights[0][i] *= (real)1e-15;
    CHECK(penalty_of(g.network, SAMPLES, x, NULL, 1.0, g.views, FIXTURE_LAYERS, &value) ==
          DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energy_sum)(g.network, SAMPLES, x, &sum) == DIRICHLET_OK);
    CHECK(fabs(value - sum / SAMPLES) <= 16.0 * (double)REAL_EPSILON * value && value > 0.0);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

static void test_penalty_of_nan(void **state)
{
    struct gradient_fixture g;
    double value = 0.0;
    (void)state;
    make_gradient_fixture(&g);
    g.x[FIXTURE_INPUTS] = (real)NAN;
    CHECK(add_penalty(&g, 0, 3, NULL, 1.0, &value) == DIRICHLET_OK);
    CHECK(isnan(value));
    for (int l = 0; l < FIXTURE_LAYERS; l++)
        for (int i = 0; i < (int)(g.f.layers[l].inputs * g.f.layers[l].outputs); i++)
            CHECK(isnan(g.weights[l][i]));
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* A saturated unit must not hide an infinite input, whatever the plan: by the quadratic form of two
 * layers, from a bottleneck, from an end. */
static void test_penalty_of_infinite_input(void **state)
{
    static const int64_t widths[3][5] = {{40, 30, 5}, {200, 60, 3, 60, 200}, {12, 4, 3}};
    static const int64_t depths[3] = {2, 4, 2};
    enum { SAMPLES = 300 };
    int64_t pivots = 0;
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct wide_network w;
        gradient_view views[8];
        double value = 0.0;
        dirichlet_dense_plan plan = {.struct_size = sizeof plan};
        make_wide(&w, widths[i], depths[i], DIRICHLET_ACTIVATION_TANH);
        real *x = take_reals(SAMPLES * widths[i][0]);
        real *gradients = take_reals(count_numbers(&w));
        fill(x, SAMPLES * widths[i][0], 3);
        x[17 * widths[i][0] + 3] = (real)INFINITY;
        (void)view_gradients(&w, gradients, views);
        network_handle *network = create_or_fail(w.layers, w.depth, NULL);
        CHECK(penalty_of(network, SAMPLES, x, NULL, 1.0, views, w.depth, &value) == DIRICHLET_OK);
        CHECK(PRECISION(dirichlet_dense_last_plan)(network, &plan) == DIRICHLET_OK);
        pivots += plan.pivot;
        CHECK(isnan(value));
        for (int64_t l = 0; l < w.depth; l++) {
            for (int64_t j = 0; j < w.widths[l] * w.widths[l + 1]; j++)
                CHECK(isnan(views[l].weights[j]));
            for (int64_t j = 0; l + 1 < w.depth && j < w.widths[l + 1]; j++)
                CHECK(isnan(views[l].bias[j]));
        }
        PRECISION(dirichlet_dense_destroy)(network);
        free(w.numbers);
        free(x);
        free(gradients);
    }
    print_message("sum of pivots: %lld\n", (long long)pivots);
}

static void test_penalty_plan_in_words(void **state)
{
    struct gradient_fixture g;
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE];
    (void)state;
    make_gradient_fixture(&g);
    CHECK(add_penalty(&g, 0, 2, NULL, 1.0, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_last_plan)(g.network, &plan) == DIRICHLET_OK);
    CHECK(plan.gradient == 1 && plan.samples == 2 && plan.rows == 2 && plan.pivot == 3);
    CHECK(plan.sample_flops > 0.0 && plan.bytes > 0);
    CHECK(PRECISION(dirichlet_dense_plan_text)(g.network, &plan, text, sizeof text) ==
          DIRICHLET_OK);
    CHECK(strstr(text, "there and back: times W_3 (2 x 5)\n  times W_2 (5 x 3)\n  at the end") !=
          NULL);
    plan.pivot = 1;
    plan.lower_end = DIRICHLET_DENSE_END_NONE;
    plan.upper_end = DIRICHLET_DENSE_END_GRAM;
    CHECK(PRECISION(dirichlet_dense_plan_text)(g.network, &plan, text, sizeof text) ==
          DIRICHLET_OK);
    CHECK(strstr(text, "there and back: times W_2^T (3 x 5)\n  at the end times the Gram matrix of "
                       "W_3^T (5 x 2)\nboth sides meet") != NULL);
    plan.lower_end = DIRICHLET_DENSE_END_GRAM;
    CHECK(PRECISION(dirichlet_dense_plan_text)(g.network, &plan, text, sizeof text) ==
          DIRICHLET_E_SHAPE);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

#endif
