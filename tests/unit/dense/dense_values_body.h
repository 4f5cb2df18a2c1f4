/* Values: independence of batches and layouts, sub-networks, NaN and infinities. */
#ifndef DIRICHLET_UNIT_DENSE_VALUES_BODY_H
#define DIRICHLET_UNIT_DENSE_VALUES_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

static void check_batches(const int64_t *widths, int64_t depth, dirichlet_activation activation)
{
    static const int64_t batches[] = {1, 7, 64, 300};
    const int64_t n = 300;
    struct wide_network w;
    struct call_results results[4];
    make_wide(&w, widths, depth, activation);
    network_handle *network = create_or_fail(w.layers, depth, NULL);
    for (int i = 0; i < 4; i++) {
        results[i] = make_results(n, widths[0], widths[depth]);
        for (int64_t first = 0; first < n; first += batches[i])
            call_all(network, &results[i], first, n - first < batches[i] ? n - first : batches[i]);
        check_same_results(&results[i], &results[0], n, widths[0], widths[depth]);
    }
    for (int i = 0; i < 4; i++)
        free_results(&results[i]);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
}

static void test_batches(void **state)
{
    const int64_t classifier[] = {31, 70, 65, 6};
    const int64_t decoder[] = {5, 33, 90};
    const int64_t scalar[] = {9, 12, 1};
    (void)state;
    check_batches(classifier, 3, DIRICHLET_ACTIVATION_RELU);
    check_batches(decoder, 2, DIRICHLET_ACTIVATION_GELU);
    check_batches(scalar, 2, DIRICHLET_ACTIVATION_SIN);
}

/* Two copies of one matrix in other layouts give the same results. */
static void test_layouts(void **state)
{
    const int64_t widths[] = {8, 11, 4};
    struct wide_network w;
    struct call_results expected = make_results(5, 8, 4);
    struct call_results r = make_results(5, 8, 4);
    real transposed[88];
    real spread[11 * 30];
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_SILU);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    call_all(network, &expected, 0, 5);
    PRECISION(dirichlet_dense_destroy)(network);
    for (int o = 0; o < 11; o++)
        for (int i = 0; i < 8; i++) {
            transposed[i * 11 + o] = w.layers[0].weights[o * 8 + i];
            spread[o * 30 + i * 3] = w.layers[0].weights[o * 8 + i];
        }
    for (int which = 0; which < 2; which++) {
        w.layers[0].weights = which == 0 ? transposed : spread;
        w.layers[0].output_stride = which == 0 ? 1 : 30;
        w.layers[0].input_stride = which == 0 ? 11 : 3;
        network = create_or_fail(w.layers, 2, NULL);
        call_all(network, &r, 0, 5);
        PRECISION(dirichlet_dense_destroy)(network);
        for (int i = 0; i < 5; i++) /* sums in another order */
            CHECK(fabs(r.energies[i] - expected.energies[i]) <=
                  32.0 * (double)REAL_EPSILON * expected.energies[i]);
        for (int i = 0; i < 5 * CALL_DIRECTIONS * 8; i++)
            CHECK(fabs((double)(r.jtu[i] - expected.jtu[i])) <= 32.0 * (double)REAL_EPSILON);
    }
    free_results(&expected);
    free_results(&r);
    free(w.numbers);
}

/* options.layers = 2 is the network of the first two layers. */
static void test_first_layers(void **state)
{
    const int64_t widths[] = {6, 9, 7, 3};
    struct wide_network w;
    struct call_results part = make_results(8, 6, 7);
    struct call_results whole = make_results(8, 6, 7);
    const dirichlet_dense_options options = {.struct_size = sizeof options, .layers = 2};
    (void)state;
    make_wide(&w, widths, 3, DIRICHLET_ACTIVATION_SOFTPLUS);
    network_handle *network = create_or_fail(w.layers, 3, &options);
    call_all(network, &part, 0, 8);
    PRECISION(dirichlet_dense_destroy)(network);
    network = create_or_fail(w.layers, 2, NULL);
    call_all(network, &whole, 0, 8);
    PRECISION(dirichlet_dense_destroy)(network);
    check_same_results(&part, &whole, 8, 6, 7);
    free_results(&part);
    free_results(&whole);
    free(w.numbers);
}

/* The weights are read at every call: nothing of them is kept. */
static void test_weights_are_borrowed(void **state)
{
    struct fixture f;
    network_handle *network = create_fixture(&f);
    const real x[FIXTURE_INPUTS] = {1, 2, 3, 4};
    double before = 0.0;
    double after = 0.0;
    (void)state;
    CHECK(PRECISION(dirichlet_dense_energies)(network, 1, x, &before) == DIRICHLET_OK);
    for (int i = 0; i < 10; i++)
        f.weights[2][i] = 2 * f.weights[2][i];
    CHECK(PRECISION(dirichlet_dense_energies)(network, 1, x, &after) == DIRICHLET_OK);
    CHECK(before > 0.0 && after == 4.0 * before);
    PRECISION(dirichlet_dense_destroy)(network);
}

static const dirichlet_activation every_activation[] = {
    DIRICHLET_ACTIVATION_IDENTITY,    DIRICHLET_ACTIVATION_RELU,
    DIRICHLET_ACTIVATION_LEAKY_RELU,  DIRICHLET_ACTIVATION_ELU,
    DIRICHLET_ACTIVATION_GELU,        DIRICHLET_ACTIVATION_GELU_TANH,
    DIRICHLET_ACTIVATION_SILU,        DIRICHLET_ACTIVATION_SOFTPLUS,
    DIRICHLET_ACTIVATION_TANH,        DIRICHLET_ACTIVATION_SIGMOID,
    DIRICHLET_ACTIVATION_SIN,         DIRICHLET_ACTIVATION_PRELU,
    DIRICHLET_ACTIVATION_CLAMP,       DIRICHLET_ACTIVATION_SELU,
    DIRICHLET_ACTIVATION_MISH,        DIRICHLET_ACTIVATION_SOFTSIGN,
    DIRICHLET_ACTIVATION_HARD_SWISH,  DIRICHLET_ACTIVATION_HARD_SIGMOID,
    DIRICHLET_ACTIVATION_RELU_SQUARED};

#define ACTIVATIONS (sizeof every_activation / sizeof every_activation[0])

/* clamp has no default. */
static void set_interval(layer_view *layer)
{
    if (layer->activation == DIRICHLET_ACTIVATION_CLAMP)
        layer->activation_second = 2.0;
}

/* Every result of sample s is NaN or infinite, or every one finite. */
static void check_finite(const struct call_results *r, int64_t s, int64_t d, int64_t k, bool finite,
                         const char *what)
{
    const int64_t m = CALL_DIRECTIONS;
    for (int64_t o = 0; o < k; o++)
        CHECK_IN((bool)isfinite(r->y[s * k + o]) == finite, "%s: y", what);
    for (int64_t i = 0; i < m * k; i++)
        CHECK_IN((bool)isfinite(r->jv[s * m * k + i]) == finite, "%s: jv", what);
    for (int64_t i = 0; i < m * d; i++)
        CHECK_IN((bool)isfinite(r->jtu[s * m * d + i]) == finite, "%s: jtu", what);
    for (int64_t i = 0; i < m; i++)
        CHECK_IN((bool)isfinite(r->norms[s * m + i]) == finite, "%s: norms", what);
    CHECK_IN((bool)isfinite(r->energies[s]) == finite, "%s: energies", what);
}

/* A value that is not finite in one sample: that one's results show it, no other's. */
static void check_bad_sample(dirichlet_activation activation, real bad)
{
    const int64_t widths[] = {4, 6, 5, 3};
    struct wide_network w;
    struct call_results r = make_results(3, 4, 3);
    char what[64];
    (void)snprintf(what, sizeof what, "activation %d, x = %g", (int)activation, (double)bad);
    make_wide(&w, widths, 3, activation);
    set_interval(&w.layers[0]);
    set_interval(&w.layers[1]);
    r.x[4 + 2] = bad;
    network_handle *network = create_or_fail(w.layers, 3, NULL);
    call_all(network, &r, 0, 3);
    check_finite(&r, 0, 4, 3, true, what);
    check_finite(&r, 1, 4, 3, false, what);
    check_finite(&r, 2, 4, 3, true, what);
    PRECISION(dirichlet_dense_destroy)(network);
    free_results(&r);
    free(w.numbers);
}

static void check_bad_weight(dirichlet_activation activation, real bad, int64_t layer)
{
    const int64_t widths[] = {4, 6, 5, 3};
    struct wide_network w;
    struct call_results r = make_results(2, 4, 3);
    char what[64];
    (void)snprintf(what, sizeof what, "activation %d, weight %g", (int)activation, (double)bad);
    make_wide(&w, widths, 3, activation);
    set_interval(&w.layers[0]);
    set_interval(&w.layers[1]);
    w.numbers[w.layers[layer].weights - w.numbers + 1] = bad;
    network_handle *network = create_or_fail(w.layers, 3, NULL);
    call_all(network, &r, 0, 2);
    CHECK_IN(!isfinite(r.energies[0]) && !isfinite(r.energies[1]), "%s", what);
    CHECK_IN(!isfinite(r.norms[0]) && !isfinite(r.jv[0]) && !isfinite(r.jtu[0]), "%s", what);
    PRECISION(dirichlet_dense_destroy)(network);
    free_results(&r);
    free(w.numbers);
}

static void test_not_finite(void **state)
{
    const real bad[] = {(real)NAN, (real)INFINITY, (real)-INFINITY};
    (void)state;
    for (size_t a = 0; a < ACTIVATIONS; a++)
        for (int i = 0; i < 3; i++) {
            check_bad_sample(every_activation[a], bad[i]);
            check_bad_weight(every_activation[a], bad[i], 0);
            check_bad_weight(every_activation[a], bad[i], 2);
        }
}

/* Pre-activations whose squares overflow saturate, and are no reason for a NaN. */
static void test_huge_values(void **state)
{
    static const double slopes[ACTIVATIONS][2] = {
        {1, 1}, {1, 0}, {1, 0.01}, {1, 0},   {1, 0},  {1, 0}, {1, 0},
        {1, 0}, {0, 0}, {0, 0},    {-1, -1}, {1, 0},  {0, 0}, {1.0507009873554805, 0},
        {1, 0}, {0, 0}, {1, 0},    {0, 0},   {-2, -2}};
    const real weight = 1;
    const double huge = sizeof(real) == sizeof(double) ? 1e300 : 1e30;
    const real x[2] = {(real)huge, (real)-huge};
    (void)state;
    for (size_t a = 0; a < ACTIVATIONS; a++) {
        layer_view layer = plain_layer(1, 1, &weight, NULL, every_activation[a]);
        double energies[2];
        if (slopes[a][0] == -2) /* the value itself overflows */
            continue;
        set_interval(&layer);
        network_handle *network = create_or_fail(&layer, 1, NULL);
        CHECK(PRECISION(dirichlet_dense_energies)(network, 2, x, energies) == DIRICHLET_OK);
        for (int i = 0; i < 2; i++) {
            const double slope = slopes[a][i];
            CHECK_IN(isfinite(energies[i]) &&
                         (slope < 0 || fabs(energies[i] - slope * slope) <=
                                           2.0 * (double)REAL_EPSILON * slope + 1e-100),
                     "activation %d at %g: %g", (int)every_activation[a], (double)x[i],
                     energies[i]);
        }
        PRECISION(dirichlet_dense_destroy)(network);
    }
}

/* At 0 the derivative is that from below, where nothing else is asked for. */
static void test_kinks(void **state)
{
    const real weight = 3;
    const real x = 0;
    double energy = -1.0;
    (void)state;
    layer_view layer = plain_layer(1, 1, &weight, NULL, DIRICHLET_ACTIVATION_RELU);
    network_handle *network = create_or_fail(&layer, 1, NULL);
    CHECK(PRECISION(dirichlet_dense_energies)(network, 1, &x, &energy) == DIRICHLET_OK);
    CHECK(energy == 0.0);
    PRECISION(dirichlet_dense_destroy)(network);
    layer.activation = DIRICHLET_ACTIVATION_LEAKY_RELU;
    layer.activation_parameter = 0.5;
    network = create_or_fail(&layer, 1, NULL);
    CHECK(PRECISION(dirichlet_dense_energies)(network, 1, &x, &energy) == DIRICHLET_OK);
    CHECK(energy == 2.25);
    PRECISION(dirichlet_dense_destroy)(network);
}

#endif
