/* The library's own dense networks keep their contract as models; body for both precisions. */
#ifndef DIRICHLET_TESTS_CHECK_DENSE_BODY_H
#define DIRICHLET_TESTS_CHECK_DENSE_BODY_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dirichlet/dense.h"
#include "net.h"
#include "support/check.h"

#define DENSE_NETWORKS 60
#define NARROW_LAYERS 3000
#define DENSE_SAMPLES 12
#define DENSE_MOST 150
#define DENSE_LAYERS 3

static const int32_t dense_activations[] = {
    DIRICHLET_ACTIVATION_IDENTITY,     DIRICHLET_ACTIVATION_RELU,
    DIRICHLET_ACTIVATION_LEAKY_RELU,   DIRICHLET_ACTIVATION_RELU_SQUARED,
    DIRICHLET_ACTIVATION_HARD_SIGMOID, DIRICHLET_ACTIVATION_HARD_SWISH,
    DIRICHLET_ACTIVATION_ELU,          DIRICHLET_ACTIVATION_SELU,
    DIRICHLET_ACTIVATION_GELU,         DIRICHLET_ACTIVATION_GELU_TANH,
    DIRICHLET_ACTIVATION_SILU,         DIRICHLET_ACTIVATION_MISH,
    DIRICHLET_ACTIVATION_SOFTPLUS,     DIRICHLET_ACTIVATION_TANH,
    DIRICHLET_ACTIVATION_SOFTSIGN,     DIRICHLET_ACTIVATION_SIGMOID,
    DIRICHLET_ACTIVATION_SIN};
#define DENSE_ACTIVATIONS (int64_t)(sizeof dense_activations / sizeof *dense_activations)

static int64_t draw_layers(uint64_t *state, PRECISION(dirichlet_dense_layer) * layers,
                           real *numbers)
{
    const int64_t count = 1 + net_below(state, DENSE_LAYERS);
    int64_t inputs = 1 + net_below(state, net_below(state, 2) == 0 ? 5 : DENSE_MOST);
    for (int64_t l = 0; l < count; l++) {
        const int64_t outputs = 1 + net_below(state, net_below(state, 3) == 0 ? 5 : DENSE_MOST);
        for (int64_t i = 0; i < outputs * (inputs + 1); i++)
            numbers[i] = (real)(net_uniform(state) * sqrt(3.0 / (double)inputs));
        layers[l] = (PRECISION(dirichlet_dense_layer)){
            .struct_size = sizeof layers[l],
            .inputs = inputs,
            .outputs = outputs,
            .weights = numbers,
            .output_stride = inputs,
            .input_stride = 1,
            .bias = numbers + outputs * inputs,
            .bias_stride = 1,
            .activation = dense_activations[net_below(state, DENSE_ACTIVATIONS)]};
        numbers += outputs * (inputs + 1);
        inputs = outputs;
    }
    return count;
}

static void check_dense(uint64_t seed, real *numbers, real *x)
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
    PRECISION(dirichlet_dense_layer) layers[DENSE_LAYERS];
    PRECISION(dirichlet_dense) *network = NULL;
    PRECISION(dirichlet_model) model = DIRICHLET_INIT(PRECISION(dirichlet_model));
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const int64_t count = draw_layers(&state, layers, numbers);
    for (int64_t i = 0; i < DENSE_SAMPLES * layers[0].inputs; i++)
        x[i] = (real)(2.0 * net_uniform(&state));
    CHECK(PRECISION(dirichlet_dense_create)(layers, count, NULL, &network, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_model)(network, &model) == DIRICHLET_OK);
    const dirichlet_status status =
        PRECISION(dirichlet_model_check)(&model, DENSE_SAMPLES, x, NULL, NULL, &error);
    CHECK_IN(status == DIRICHLET_OK, "network %d, d %d, k %d: %s", (int)seed, (int)layers[0].inputs,
             (int)layers[count - 1].outputs, error.message);
    PRECISION(dirichlet_dense_destroy)(network);
}

static void dense_networks(void **state)
{
    real *numbers = calloc(DENSE_LAYERS * (DENSE_MOST + 1) * DENSE_MOST, sizeof *numbers);
    real *x = calloc(DENSE_SAMPLES * DENSE_MOST, sizeof *x);
    (void)state;
    for (uint64_t seed = 0; seed < DENSE_NETWORKS; seed++)
        check_dense(seed, numbers, x);
    print_message("%d dense networks hold\n", DENSE_NETWORKS);
    free(numbers);
    free(x);
}

/* One layer, as it is checked; the numbers are weights and biases. */
static void check_layer(const char *what, int64_t inputs, int64_t outputs, int32_t activation,
                        const real *numbers, int64_t samples, const real *x)
{
    const PRECISION(dirichlet_dense_layer) layer = {.struct_size = sizeof layer,
                                                    .inputs = inputs,
                                                    .outputs = outputs,
                                                    .weights = numbers,
                                                    .output_stride = inputs,
                                                    .input_stride = 1,
                                                    .bias = numbers + outputs * inputs,
                                                    .bias_stride = 1,
                                                    .activation = activation};
    PRECISION(dirichlet_dense) *network = NULL;
    PRECISION(dirichlet_model) model = DIRICHLET_INIT(PRECISION(dirichlet_model));
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    CHECK(PRECISION(dirichlet_dense_create)(&layer, 1, NULL, &network, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_model)(network, &model) == DIRICHLET_OK);
    const dirichlet_status status =
        PRECISION(dirichlet_model_check)(&model, samples, x, NULL, NULL, &error);
    CHECK_IN(status == DIRICHLET_OK, "%s: %s", what, error.message);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* Derivatives from normal numbers to those that are 0 in float but not in double. */
static void derivatives_that_underflow(void **state)
{
    const real x[] = {-1, (real)-1.1, (real)-1.2, (real)-1.3};
    (void)state;
    for (int weight = 30; weight < 900; weight += 5) {
        const real numbers[] = {(real)weight, 0};
        check_layer("underflow", 1, 1, DIRICHLET_ACTIVATION_SIGMOID, numbers, 4, x);
    }
}

/* So few terms that rounding comes near to its bound, and that they cancel in some directions. */
static void narrow_layers(void **state)
{
    real numbers[42];
    real x[72];
    (void)state;
    for (uint64_t seed = 0; seed < NARROW_LAYERS; seed++) {
        uint64_t at = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
        const int64_t inputs = 1 + net_below(&at, 6);
        const int64_t outputs = 1 + net_below(&at, 6);
        const int32_t kind =
            seed % 2 == 0 ? DIRICHLET_ACTIVATION_SIN : DIRICHLET_ACTIVATION_SIGMOID;
        const double scale = exp(3.0 * net_uniform(&at));
        for (int i = 0; i < 42; i++)
            numbers[i] = (real)(scale * net_uniform(&at));
        for (int i = 0; i < 72; i++)
            x[i] = (real)(2.0 * net_uniform(&at));
        check_layer("narrow", inputs, outputs, kind, numbers, 1 + (int64_t)(seed % 12), x);
    }
    print_message("%d narrow layers hold\n", NARROW_LAYERS);
}

#endif
