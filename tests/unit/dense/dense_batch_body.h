/* The energy penalty of a batch against the sum of the penalties of its samples; what a network
 * says of itself and of its last failure. */
#ifndef DIRICHLET_UNIT_DENSE_BATCH_BODY_H
#define DIRICHLET_UNIT_DENSE_BATCH_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dense_gradient_body.h"
#include "dense_penalty_body.h"
#include "dirichlet/batch.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

typedef PRECISION(dirichlet_batch) batch_view;

#define BATCH_SAMPLES 10
#define BATCH_STRIDE (FIXTURE_INPUTS + 3)

struct penalty_batch {
    real x[BATCH_SAMPLES * BATCH_STRIDE];
    double weights[BATCH_SAMPLES];
    int64_t indices[BATCH_SAMPLES];
    batch_view view;
};

/* Rows apart by what may not be read; `classes` different weights, one of the rows without any. */
static void make_batch(const struct gradient_fixture *g, int classes, struct penalty_batch *b)
{
    memset(b, 0, sizeof *b);
    for (int i = 0; i < BATCH_SAMPLES * BATCH_STRIDE; i++)
        b->x[i] = (real)NAN;
    for (int i = 0; i < BATCH_SAMPLES; i++) {
        memcpy(b->x + i * BATCH_STRIDE, g->x + i * FIXTURE_INPUTS, FIXTURE_INPUTS * sizeof(real));
        b->weights[i] = i == 4 ? 0.0 : 0.5 + 0.75 * (double)(i % classes);
        b->indices[i] = 1000 - 7 * i;
    }
    b->view = (batch_view){.struct_size = sizeof b->view,
                           .samples = BATCH_SAMPLES,
                           .row_stride = BATCH_STRIDE,
                           .x = b->x,
                           .weights = b->weights,
                           .indices = b->indices};
}

/* The same, sample by sample, to the gradient that is there; returns the value. */
static double add_singles(struct gradient_fixture *g, const struct penalty_batch *b,
                          dirichlet_dense_penalty_options options, double strength)
{
    double sum = 0.0;
    double value = 0.0;
    for (int i = 0; i < BATCH_SAMPLES; i++)
        sum += b->weights[i];
    for (int i = 0; i < BATCH_SAMPLES; i++) {
        double one = NAN;
        options.first_sample = b->indices[i];
        CHECK(add_penalty(g, i, 1, &options, strength * b->weights[i] / sum, &one) == DIRICHLET_OK);
        value += b->weights[i] * one / sum;
    }
    return value;
}

/* Where a weight enters depends on which layers have slopes, and which of these second
 * derivatives. */
static const dirichlet_activation patterns[][FIXTURE_LAYERS] = {
    {DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_RELU, DIRICHLET_ACTIVATION_IDENTITY},
    {DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_TANH},
    {DIRICHLET_ACTIVATION_RELU, DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_IDENTITY},
    {DIRICHLET_ACTIVATION_IDENTITY, DIRICHLET_ACTIVATION_SOFTPLUS, DIRICHLET_ACTIVATION_RELU},
    {DIRICHLET_ACTIVATION_IDENTITY, DIRICHLET_ACTIVATION_IDENTITY, DIRICHLET_ACTIVATION_IDENTITY}};

static void make_pattern(struct gradient_fixture *g, size_t pattern)
{
    make_gradient_fixture(g);
    PRECISION(dirichlet_dense_destroy)(g->network);
    for (int l = 0; l < FIXTURE_LAYERS; l++)
        g->f.layers[l].activation = patterns[pattern][l];
    CHECK(PRECISION(dirichlet_dense_create)(g->f.layers, FIXTURE_LAYERS, NULL, &g->network, NULL) ==
          DIRICHLET_OK);
}

static void check_penalty_batches(size_t pattern)
{
    struct gradient_fixture g;
    struct penalty_batch b;
    make_pattern(&g, pattern);
    for (int64_t probes = DIRICHLET_PROBES_ALL; probes < 2; probes++)
        for (int classes = 1; classes <= BATCH_SAMPLES; classes += 3) {
            const dirichlet_dense_penalty_options options = probing(probes, 5);
            dirichlet_penalty_result result = {.struct_size = sizeof result, .value = NAN};
            real whole[PENALTY_NUMBERS];
            real singles[PENALTY_NUMBERS];
            make_batch(&g, classes, &b);
            clear_gradients(&g, 1);
            CHECK(PRECISION(dirichlet_dense_energy_penalty_batch)(g.network, &b.view, &options, 0.5,
                                                                  g.views, FIXTURE_LAYERS,
                                                                  &result) == DIRICHLET_OK);
            read_gradients_of(&g, whole);
            clear_gradients(&g, 1);
            const double value = add_singles(&g, &b, options, 0.5);
            read_gradients_of(&g, singles);
            CHECK_IN(fabs(result.value - value) <= 16.0 * (double)REAL_EPSILON * value,
                     "pattern %d, probes %d, classes %d: %.17g, not %.17g", (int)pattern,
                     (int)probes, classes, result.value, value);
            for (int i = 0; i < PENALTY_NUMBERS; i++)
                CHECK_IN(fabs((double)whole[i] - (double)singles[i]) <=
                             64.0 * (double)REAL_EPSILON * (1.0 + fabs((double)singles[i])),
                         "pattern %d, probes %d, classes %d, %d: %.17g, not %.17g", (int)pattern,
                         (int)probes, classes, i, (double)whole[i], (double)singles[i]);
            CHECK(result.samples == BATCH_SAMPLES && result.exact == (probes != 1));
            CHECK(touched(g.weights[0], 12));
        }
    PRECISION(dirichlet_dense_destroy)(g.network);
}

static void test_penalty_batches(void **state)
{
    (void)state;
    for (size_t pattern = 0; pattern < sizeof patterns / sizeof patterns[0]; pattern++)
        check_penalty_batches(pattern);
}

/* Without weights, strides and indices it is the short call, to the bit. */
static void test_penalty_short_batch(void **state)
{
    struct gradient_fixture g;
    real numbers[2][PENALTY_NUMBERS];
    double values[2] = {NAN, NAN};
    dirichlet_dense_penalty_options options = probing(1, 9);
    (void)state;
    make_gradient_fixture(&g);
    options.first_sample = 33;
    const batch_view batch = {.struct_size = sizeof batch, .samples = BATCH_SAMPLES, .x = g.x};
    dirichlet_penalty_result result = DIRICHLET_INIT(dirichlet_penalty_result);
    clear_gradients(&g, 1);
    CHECK(add_penalty(&g, 0, BATCH_SAMPLES, &options, 0.5, &values[0]) == DIRICHLET_OK);
    read_gradients_of(&g, numbers[0]);
    clear_gradients(&g, 1);
    CHECK(PRECISION(dirichlet_dense_energy_penalty_batch)(g.network, &batch, &options, 0.5, g.views,
                                                          FIXTURE_LAYERS, &result) == DIRICHLET_OK);
    read_gradients_of(&g, numbers[1]);
    CHECK(result.value == values[0]);
    CHECK(memcmp(numbers[0], numbers[1], sizeof numbers[0]) == 0);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

static void test_penalty_batch_arguments(void **state)
{
    struct gradient_fixture g;
    struct penalty_batch b;
    const dirichlet_dense_penalty_options options = probing(1, 5);
    double numbers[BATCH_SAMPLES] = {0};
    dirichlet_penalty_result result = {.struct_size = sizeof result, .value = -1.0};
    (void)state;
    make_gradient_fixture(&g);
#define REFUSED(change, status, text)                                                              \
    make_batch(&g, 2, &b);                                                                         \
    change;                                                                                        \
    expect_message(g.network,                                                                      \
                   PRECISION(dirichlet_dense_energy_penalty_batch)(                                \
                       g.network, &b.view, &options, 0.5, g.views, FIXTURE_LAYERS, &result),       \
                   status, text)
    REFUSED(b.view.struct_size = 3, DIRICHLET_E_STRUCT_SIZE, "batch.struct_size is 3");
    REFUSED(b.view.samples = -1, DIRICHLET_E_RANGE, "samples is -1");
    REFUSED(b.view.samples = 0, DIRICHLET_E_NO_DATA, "samples is 0");
    REFUSED(b.view.x = NULL, DIRICHLET_E_NULL, "x is NULL");
    REFUSED(b.view.row_stride = FIXTURE_INPUTS - 1, DIRICHLET_E_SHAPE, "row_stride is 3");
    REFUSED(b.view.energies = numbers, DIRICHLET_E_RANGE, "energies");
    REFUSED(b.view.deviations = numbers, DIRICHLET_E_RANGE, "deviations");
    REFUSED(b.view.groups = b.indices, DIRICHLET_E_RANGE, "groups");
    REFUSED(b.weights[2] = -1.0, DIRICHLET_E_RANGE, "weights[2] is");
    REFUSED(b.weights[2] = (double)NAN, DIRICHLET_E_NOT_FINITE, "weights[2] is not finite");
    REFUSED(b.indices[2] = -1, DIRICHLET_E_RANGE, "indices[2] is -1");
    REFUSED(memset(b.weights, 0, sizeof b.weights), DIRICHLET_E_NO_DATA, "weight");
#undef REFUSED
    expect_message(g.network,
                   PRECISION(dirichlet_dense_energy_penalty_batch)(
                       g.network, NULL, &options, 0.5, g.views, FIXTURE_LAYERS, &result),
                   DIRICHLET_E_NULL, "batch is NULL");
    CHECK(PRECISION(dirichlet_dense_energy_penalty_batch)(
              NULL, &b.view, &options, 0.5, g.views, FIXTURE_LAYERS, &result) == DIRICHLET_E_NULL);
    expect_untouched(&g);
    CHECK(result.value == -1.0);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* What auto, exact and rademacher make of numbers of probes. */
static void test_penalty_methods(void **state)
{
    struct gradient_fixture g;
    double energy = NAN;
    double first = NAN;
    (void)state;
    make_gradient_fixture(&g);
    CHECK(add_penalty(&g, 0, BATCH_SAMPLES, NULL, 0.0, &energy) == DIRICHLET_OK);
    for (int64_t probes = DIRICHLET_PROBES_ALL; probes <= 3; probes++)
        for (int m = 0; m < 3; m++) {
            static const dirichlet_method methods[] = {
                DIRICHLET_METHOD_AUTO, DIRICHLET_METHOD_EXACT, DIRICHLET_METHOD_RADEMACHER};
            dirichlet_dense_penalty_options options = probing(probes, 5);
            dirichlet_penalty_result result = DIRICHLET_INIT(dirichlet_penalty_result);
            options.method = methods[m];
            CHECK(PRECISION(dirichlet_dense_energy_penalty)(g.network, BATCH_SAMPLES, g.x, &options,
                                                            0.0, g.views, FIXTURE_LAYERS,
                                                            &result) == DIRICHLET_OK);
            const bool exact = m == 1 || (m == 0 && probes != 1); /* min(d, k) is 2 */
            if (exact)
                CHECK(fabs(result.value - energy) <= 8.0 * (double)REAL_EPSILON * energy);
            if (m != 2)
                CHECK_IN(result.exact == exact, "method %d, probes %d", m, (int)probes);
            if (m == 0 && probes == 1)
                first = result.value;
            if (m == 2 && probes == 1)
                CHECK(result.value == first);
            CHECK(result.samples == BATCH_SAMPLES && result.reserved == 0);
        }
    PRECISION(dirichlet_dense_destroy)(g.network);
}

static void test_dense_description(void **state)
{
    struct fixture f;
    dirichlet_dense_description d = DIRICHLET_INIT(dirichlet_dense_description);
    network_handle *small = NULL;
    (void)state;
    make_fixture(&f);
    for (int64_t layers = 1; layers <= FIXTURE_LAYERS; layers++) {
        int64_t weights = 0;
        int64_t biases = 0;
        f.options.layers = layers;
        f.options.workspace_bytes = 1 << 20;
        network_handle *n = create_or_fail(f.layers, FIXTURE_LAYERS, &f.options);
        CHECK(PRECISION(dirichlet_dense_describe)(n, &d) == DIRICHLET_OK);
        for (int64_t l = 0; l < layers; l++) {
            weights += f.layers[l].inputs * f.layers[l].outputs;
            biases += f.layers[l].bias == NULL ? 0 : f.layers[l].outputs;
        }
        CHECK(d.inputs == FIXTURE_INPUTS && d.outputs == f.layers[layers - 1].outputs);
        CHECK(d.layers == layers && d.weights == weights && d.biases == biases);
        CHECK(d.workspace_bytes == 1 << 20);
        PRECISION(dirichlet_dense_destroy)(n);
        /* The least budget is enough, and one byte less is not. */
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
        f.options.workspace_bytes = (size_t)d.least_workspace_bytes - 1;
        CHECK(PRECISION(dirichlet_dense_create)(f.layers, FIXTURE_LAYERS, &f.options, &small,
                                                &error) == DIRICHLET_E_WORKSPACE);
        CHECK(error.least_bytes == (uint64_t)d.least_workspace_bytes && error.sample == -1);
        f.options.workspace_bytes++;
        small = create_or_fail(f.layers, FIXTURE_LAYERS, &f.options);
        PRECISION(dirichlet_dense_destroy)(small);
    }
    network_handle *n = create_fixture(&f);
    CHECK(PRECISION(dirichlet_dense_describe)(n, NULL) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_describe)(NULL, &d) == DIRICHLET_E_NULL);
    d.struct_size = 2;
    CHECK(PRECISION(dirichlet_dense_describe)(n, &d) == DIRICHLET_E_STRUCT_SIZE);
    PRECISION(dirichlet_dense_destroy)(n);
}

static void test_dense_last_error(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    dirichlet_error error = {.struct_size = sizeof error, .status = 5, .sample = 7};
    real y[FIXTURE_OUTPUTS];
    (void)state;
    CHECK(PRECISION(dirichlet_dense_last_error)(n, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_OK && error.sample == -1 && error.message[0] == '\0');
    CHECK(PRECISION(dirichlet_dense_forward)(n, 1, NULL, y) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_last_error)(n, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_E_NULL && error.callback_code == 0);
    CHECK(error.sample == -1 && error.least_bytes == 0);
    assert_string_equal(error.message, PRECISION(dirichlet_dense_message)(n));
    CHECK(PRECISION(dirichlet_dense_last_error)(n, NULL) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_last_error)(NULL, &error) == DIRICHLET_E_NULL);
    error.struct_size = sizeof error - 1;
    CHECK(PRECISION(dirichlet_dense_last_error)(n, &error) == DIRICHLET_E_STRUCT_SIZE);
    PRECISION(dirichlet_dense_destroy)(n);
}

#endif
