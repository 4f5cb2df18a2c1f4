/* What a layer can say about its activation: parameters, slopes of units, scales and kinks. */
#ifndef DIRICHLET_UNIT_DENSE_ACTIVATIONS_BODY_H
#define DIRICHLET_UNIT_DENSE_ACTIVATIONS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_create_body.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

static void test_activation_parameters(void **state)
{
    static const struct {
        dirichlet_activation activation;
        double parameter, second, input_scale, output_scale;
        dirichlet_kink kink;
        dirichlet_status status;
        const char *text;
    } cases[] = {
        {DIRICHLET_ACTIVATION_PRELU, NAN, 0, 0, 0, 0, DIRICHLET_E_RANGE, "parameter is "},
        {DIRICHLET_ACTIVATION_PRELU, -INFINITY, 0, 0, 0, 0, DIRICHLET_E_RANGE, "parameter is -inf"},
        {DIRICHLET_ACTIVATION_LEAKY_RELU, NAN, 0, 0, 0, 0, DIRICHLET_E_RANGE, "parameter is "},
        {DIRICHLET_ACTIVATION_ELU, INFINITY, 0, 0, 0, 0, DIRICHLET_E_RANGE, "parameter is inf"},
        {DIRICHLET_ACTIVATION_SELU, 1, 0, 0, 0, 0, DIRICHLET_E_RANGE, "activation_parameter is 1"},
        {DIRICHLET_ACTIVATION_RELU, 0, 2, 0, 0, 0, DIRICHLET_E_RANGE, "activation_second is 2"},
        {DIRICHLET_ACTIVATION_CLAMP, 0, 0, 0, 0, 0, DIRICHLET_E_RANGE, "activation_second, 0"},
        {DIRICHLET_ACTIVATION_CLAMP, 1, 0.5, 0, 0, 0, DIRICHLET_E_RANGE, "activation_second, 0.5"},
        {DIRICHLET_ACTIVATION_CLAMP, 0, NAN, 0, 0, 0, DIRICHLET_E_RANGE, "activation_second is "},
        {DIRICHLET_ACTIVATION_CLAMP, 0, INFINITY, 0, 0, 0, DIRICHLET_E_RANGE,
         "activation_second is inf"},
        {DIRICHLET_ACTIVATION_TANH, 0, 0, INFINITY, 0, 0, DIRICHLET_E_RANGE, "input_scale is inf"},
        {DIRICHLET_ACTIVATION_TANH, 0, 0, NAN, 0, 0, DIRICHLET_E_RANGE, "input_scale is "},
        {DIRICHLET_ACTIVATION_TANH, 0, 0, 0, NAN, 0, DIRICHLET_E_RANGE, "output_scale is "},
        {DIRICHLET_ACTIVATION_TANH, 0, 0, 1e-200, 1e-200, 0, DIRICHLET_E_RANGE,
         "input_scale is 1e-200"},
        {DIRICHLET_ACTIVATION_SIN, 0, 0, 1e200, 1, 0, DIRICHLET_E_RANGE, "input_scale is 1e+200"},
        {DIRICHLET_ACTIVATION_TANH, 0, 0, 0, 0, 10, DIRICHLET_E_RANGE, "kink is 10: this"},
        {DIRICHLET_ACTIVATION_RELU, 0, 0, 0, 0, 1, DIRICHLET_E_CONSTANT, "kink is 1: no such"},
    };
    struct fixture f;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_fixture(&f);
        f.layers[1].activation = cases[i].activation;
        f.layers[1].activation_parameter = cases[i].parameter;
        f.layers[1].activation_second = cases[i].second;
        f.layers[1].input_scale = cases[i].input_scale;
        f.layers[1].output_scale = cases[i].output_scale;
        f.layers[1].kink = cases[i].kink;
        expect_layers_refused(&f, cases[i].status, cases[i].text);
        expect_layers_refused(&f, cases[i].status, "layers[1].");
    }
    make_fixture(&f);
    f.layers[1].reserved_too = 3;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[1].reserved_too is 3");
}

static void test_slopes_of_units(void **state)
{
    struct fixture f;
    (void)state;
    make_fixture(&f);
    f.layers[0].negative_slopes = f.biases[0];
    f.layers[0].negative_slope_stride = 1;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[0].negative_slopes is given");
    f.layers[0].activation = DIRICHLET_ACTIVATION_PRELU;
    f.layers[0].activation_parameter = 0.25;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[0].activation_parameter is 0.25 beside");
    f.layers[0].activation_parameter = 0.0;
    f.layers[0].negative_slope_stride = 0;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[0].negative_slope_stride is 0");
    f.layers[0].negative_slope_stride = -1;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[0].negative_slope_stride is -1");
}

/* A number that floats lose is refused there. */
static void test_range_of_parameters(void **state)
{
    struct fixture f;
    (void)state;
    make_fixture(&f);
    f.layers[1].activation = DIRICHLET_ACTIVATION_PRELU;
    f.layers[1].activation_parameter = -1e-50;
    if (sizeof(real) < sizeof(double)) {
        expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[1].activation_parameter is -1e-50");
        f.layers[1].activation_parameter = 1e50;
        expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[1].activation_parameter is 1e+50");
        f.layers[1].activation_parameter = 0.0;
        f.layers[1].output_scale = 1e-30;
        f.layers[1].input_scale = 1e-30;
        expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[1].input_scale is 1e-30");
    } else {
        PRECISION(dirichlet_dense_destroy)(create_or_fail(f.layers, FIXTURE_LAYERS, NULL));
    }
}

/* y and sqrt(energy) of one unit of weight 1. */
static void measure_unit(const layer_view *layer, double x, double *y, double *slope)
{
    const real input = (real)x;
    real output = 0;
    double energy = 0.0;
    network_handle *network = create_or_fail(layer, 1, NULL);
    CHECK(PRECISION(dirichlet_dense_forward)(network, 1, &input, &output) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(network, 1, &input, &energy) == DIRICHLET_OK);
    *y = (double)output;
    *slope = sqrt(energy);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* |a'| at the kinks by the three rules, and a. */
static void test_derivatives_at_kinks(void **state)
{
    static const struct {
        dirichlet_activation activation;
        double parameter, second, input_scale, output_scale;
        double z, y, outside, inside, mean;
    } cases[] = {
        {DIRICHLET_ACTIVATION_RELU, 0, 0, 0, 0, 0, 0, 0, 1, 0.5},
        {DIRICHLET_ACTIVATION_RELU, 0, 0, -2, 3, 0, 0, 0, 6, 3},
        {DIRICHLET_ACTIVATION_LEAKY_RELU, 0, 0, 0, 0, 0, 0, 0.01, 1, 0.505},
        {DIRICHLET_ACTIVATION_PRELU, 0, 0, 0, 0, 0, 0, 0, 1, 0.5},
        {DIRICHLET_ACTIVATION_PRELU, -0.5, 0, 0, 0, 0, 0, 0.5, 1, 0.25},
        {DIRICHLET_ACTIVATION_PRELU, 3, 0, 0, 0, 0, 0, 3, 1, 2},
        {DIRICHLET_ACTIVATION_RELU_SQUARED, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {DIRICHLET_ACTIVATION_CLAMP, 0, 6, 0, 0, 0, 0, 0, 1, 0.5},
        {DIRICHLET_ACTIVATION_CLAMP, 0, 6, 0, 0, 6, 6, 0, 1, 0.5},
        {DIRICHLET_ACTIVATION_CLAMP, -1, 2, -2, 0, 0.5, -1, 0, 2, 1},
        {DIRICHLET_ACTIVATION_HARD_SIGMOID, 0, 0, 0, 0, -3, 0, 0, 1.0 / 6.0, 1.0 / 12.0},
        {DIRICHLET_ACTIVATION_HARD_SIGMOID, 0, 0, 0, 0, 3, 1, 0, 1.0 / 6.0, 1.0 / 12.0},
        {DIRICHLET_ACTIVATION_HARD_SWISH, 0, 0, 0, 0, -3, 0, 0, 0.5, 0.25},
        {DIRICHLET_ACTIVATION_HARD_SWISH, 0, 0, 0, 0, 3, 3, 1, 1.5, 1.25},
        {DIRICHLET_ACTIVATION_ELU, 2, 0, 0, 0, 0, 0, 2, 1, 1.5},
        {DIRICHLET_ACTIVATION_SELU, 0, 0, 0, 0, 0, 0, 1.7580993408473769, 1.0507009873554805,
         1.4044001641014287},
    };
    static const dirichlet_kink kinks[] = {DIRICHLET_KINK_OUTSIDE, DIRICHLET_KINK_INSIDE,
                                           DIRICHLET_KINK_MEAN};
    const real one = 1;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k < 3; k++) {
            const double expected[] = {cases[i].outside, cases[i].inside, cases[i].mean};
            layer_view layer = plain_layer(1, 1, &one, NULL, cases[i].activation);
            double y = NAN;
            double slope = NAN;
            layer.activation_parameter = cases[i].parameter;
            layer.activation_second = cases[i].second;
            layer.input_scale = cases[i].input_scale;
            layer.output_scale = cases[i].output_scale;
            layer.kink = kinks[k];
            measure_unit(&layer, cases[i].z, &y, &slope);
            CHECK_IN(fabs(slope - expected[k]) <= 2.0 * (double)REAL_EPSILON * expected[k],
                     "case %d, kink %d: |a'| %.17g, not %.17g", (int)i, (int)kinks[k], slope,
                     expected[k]);
            CHECK_IN(fabs(y - cases[i].y) <= (double)REAL_EPSILON * fabs(cases[i].y),
                     "case %d, kink %d: a %.17g, not %.17g", (int)i, (int)kinks[k], y, cases[i].y);
        }
}

/* Inputs of 0 without biases put every unit on its kink: the network is the product of the weights
 * and of the derivatives there. Enough samples for the float pass, and one. */
static void test_inputs_of_zero(void **state)
{
    static const dirichlet_kink kinks[] = {DIRICHLET_KINK_OUTSIDE, DIRICHLET_KINK_INSIDE,
                                           DIRICHLET_KINK_MEAN};
    static const double slopes[] = {0.01, 1.0, 0.505};
    enum { MANY = 40 };
    const int64_t widths[] = {30, 20, 20, 5};
    real *x = take_reals(MANY * 30);
    double plain[MANY];
    double found[MANY];
    struct wide_network w;
    (void)state;
    make_wide(&w, widths, 3, DIRICHLET_ACTIVATION_IDENTITY);
    for (int l = 0; l < 3; l++)
        w.layers[l].bias = NULL;
    network_handle *linear = create_or_fail(w.layers, 3, NULL);
    CHECK(PRECISION(dirichlet_dense_energies)(linear, MANY, x, plain) == DIRICHLET_OK);
    PRECISION(dirichlet_dense_destroy)(linear);
    for (int k = 0; k < 3; k++)
        for (int64_t n = 1; n <= MANY; n += MANY - 1) {
            const double factor = pow(slopes[k], 4.0);
            for (int l = 0; l < 2; l++) {
                w.layers[l].activation = DIRICHLET_ACTIVATION_LEAKY_RELU;
                w.layers[l].kink = kinks[k];
            }
            network_handle *network = create_or_fail(w.layers, 3, NULL);
            CHECK(PRECISION(dirichlet_dense_energies)(network, n, x, found) == DIRICHLET_OK);
            for (int64_t s = 0; s < n; s++)
                CHECK_IN(fabs(found[s] - factor * plain[s]) <=
                             32.0 * (double)REAL_EPSILON * factor * plain[s],
                         "kink %d, sample %d of %d: %.17g, not %.17g", (int)kinks[k], (int)s,
                         (int)n, found[s], factor * plain[s]);
            PRECISION(dirichlet_dense_destroy)(network);
        }
    free(w.numbers);
    free(x);
}

/* The sum of the energies by whichever plan, against the energies of single samples. */
static void compare_sum(struct wide_network *w, const char *what)
{
    enum { MANY = 400 };
    const int64_t d = w->widths[0];
    real *x = take_reals(MANY * d);
    double sum = NAN;
    double expected = 0.0;
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    fill(x, MANY * d, 91);
    memset(x, 0, (size_t)d * sizeof *x); /* a sample on all kinks, without biases */
    network_handle *network = create_or_fail(w->layers, w->depth, NULL);
    CHECK(PRECISION(dirichlet_dense_energy_sum)(network, MANY, x, &sum) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_last_plan)(network, &plan) == DIRICHLET_OK);
    for (int64_t s = 0; s < MANY; s++) {
        double energy = NAN;
        CHECK(PRECISION(dirichlet_dense_energies)(network, 1, x + s * d, &energy) == DIRICHLET_OK);
        expected += energy;
    }
    CHECK_IN(fabs(sum - expected) <= 40.0 * (double)REAL_EPSILON * expected,
             "%s (sum %d, pivot %d): %.17g, not %.17g", what, (int)plan.sum, (int)plan.pivot, sum,
             expected);
    PRECISION(dirichlet_dense_destroy)(network);
    free(x);
}

static void test_sums_with_parameters(void **state)
{
    static const struct {
        const char *name;
        dirichlet_activation activation;
        double parameter, second, input_scale, output_scale;
        dirichlet_kink kink;
    } cases[] = {
        {"relu scaled", DIRICHLET_ACTIVATION_RELU, 0, 0, -1.7, 0.3, 0},
        {"relu inside", DIRICHLET_ACTIVATION_RELU, 0, 0, 0, 0, 10},
        {"relu mean", DIRICHLET_ACTIVATION_RELU, 0, 0, 0, 0, 20},
        {"prelu 0", DIRICHLET_ACTIVATION_PRELU, 0, 0, 0, 0, 0},
        {"prelu -0.7", DIRICHLET_ACTIVATION_PRELU, -0.7, 0, 0, 0, 0},
        {"prelu -1", DIRICHLET_ACTIVATION_PRELU, -1, 0, 0.3, -7, 10},
        {"prelu 1", DIRICHLET_ACTIVATION_PRELU, 1, 0, 0.3, 7, 20},
        {"line scaled", DIRICHLET_ACTIVATION_IDENTITY, 0, 0, 0.3, 7, 0},
        {"clamp", DIRICHLET_ACTIVATION_CLAMP, -0.5, 1, 0, 0, 0},
        {"hard_sigmoid", DIRICHLET_ACTIVATION_HARD_SIGMOID, 0, 0, 4, 0, 0},
    };
    static const int64_t widths[][3] = {{30, 200, 10}, {3, 150, 20}, {40, 20, 300}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t s = 0; s < sizeof widths / sizeof *widths; s++) {
            struct wide_network w;
            make_wide(&w, widths[s], 2, cases[i].activation);
            w.layers[0].activation_parameter = cases[i].parameter;
            w.layers[0].activation_second = cases[i].second;
            w.layers[0].input_scale = cases[i].input_scale;
            w.layers[0].output_scale = cases[i].output_scale;
            w.layers[0].kink = cases[i].kink;
            compare_sum(&w, cases[i].name);
            w.layers[0].bias = NULL;
            compare_sum(&w, cases[i].name);
            free(w.numbers);
        }
}

/* Slopes lie where the caller has them, are read in each call, and show where they are NaN. */
static void test_slopes_are_borrowed(void **state)
{
    enum { MANY = 50, UNITS = 64 };
    const int64_t widths[] = {20, UNITS, 30};
    static real slopes[3 * UNITS];
    struct wide_network w;
    double common[MANY];
    double own[MANY];
    real *x = take_reals(MANY * 20);
    (void)state;
    fill(x, MANY * 20, 5);
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_PRELU);
    w.layers[0].activation_parameter = -0.375;
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    CHECK(PRECISION(dirichlet_dense_energies)(network, MANY, x, common) == DIRICHLET_OK);
    PRECISION(dirichlet_dense_destroy)(network);
    w.layers[0].activation_parameter = 0.0;
    w.layers[0].negative_slopes = slopes;
    w.layers[0].negative_slope_stride = 3;
    network = create_or_fail(w.layers, 2, NULL);
    for (int i = 0; i < 3 * UNITS; i++)
        slopes[i] = i % 3 == 0 ? (real)-0.375 : (real)NAN;
    CHECK(PRECISION(dirichlet_dense_energies)(network, MANY, x, own) == DIRICHLET_OK);
    for (int s = 0; s < MANY; s++)
        CHECK_IN(fabs(own[s] - common[s]) <= 32.0 * (double)REAL_EPSILON * common[s],
                 "sample %d: %.17g, not %.17g", s, own[s], common[s]);
    for (int bad = 0; bad < 2; bad++) {
        slopes[3 * 17] = bad == 0 ? (real)NAN : (real)INFINITY;
        CHECK(PRECISION(dirichlet_dense_energies)(network, MANY, x, own) == DIRICHLET_OK);
        for (int s = 0; s < MANY; s++)
            CHECK_IN(!isfinite(own[s]), "sample %d: %.17g with a bad slope", s, own[s]);
        CHECK(PRECISION(dirichlet_dense_energies)(network, 1, x, own) == DIRICHLET_OK);
        CHECK(!isfinite(own[0]));
    }
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
}

/* Numbers behind the old end of the struct are not read. */
static void test_older_layers(void **state)
{
    struct fixture f;
    network_handle *network = NULL;
    const real x[FIXTURE_INPUTS] = {1, 2, 3, 4};
    double energies[2] = {NAN, NAN};
    unsigned char bytes[FIXTURE_LAYERS * sizeof(layer_view)];
    (void)state;
    for (int i = 0; i < 2; i++) {
        make_fixture(&f);
        if (i == 1)
            resize_layers(&f, offsetof(layer_view, activation_second), bytes);
        network = create_or_fail(i == 0 ? f.layers : (const layer_view *)(const void *)bytes,
                                 FIXTURE_LAYERS, NULL);
        CHECK(PRECISION(dirichlet_dense_energies)(network, 1, x, &energies[i]) == DIRICHLET_OK);
        PRECISION(dirichlet_dense_destroy)(network);
    }
    CHECK(energies[0] == energies[1]);
}

#endif
