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

#endif
