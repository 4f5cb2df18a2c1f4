/* body for both precisions. */
#ifndef DIRICHLET_PROPERTY_FINITE_DIFFERENCE_BODY_H
#define DIRICHLET_PROPERTY_FINITE_DIFFERENCE_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "finite_difference.h"
#include "models.h"

/* A network of this precision with the problem's weights. */
struct network {
    PRECISION(dirichlet_dense) * handle;
    PRECISION(dirichlet_model) model;
    real *weights[MOST_LAYERS];
    real *biases[MOST_LAYERS];
    real *x;
};

static real *rounded(const double *values, int64_t count)
{
    real *result = take(count, sizeof *result);
    for (int64_t i = 0; i < count; i++)
        result[i] = (real)values[i];
    return result;
}

static void make_network(const struct problem *problem, struct network *network)
{
    const struct shape *shape = &problem->shape;
    PRECISION(dirichlet_dense_layer) layers[MOST_LAYERS] = {{0}};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    memset(network, 0, sizeof *network);
    for (int l = 0; l < shape->layers; l++) {
        const int64_t inputs = shape->sizes[l];
        const int64_t outputs = shape->sizes[l + 1];
        network->weights[l] = rounded(problem->weights[l], inputs * outputs);
        network->biases[l] = rounded(problem->biases[l], outputs);
        layers[l].struct_size = sizeof layers[l];
        layers[l].inputs = inputs;
        layers[l].outputs = outputs;
        layers[l].weights = network->weights[l];
        layers[l].output_stride = inputs;
        layers[l].input_stride = 1;
        layers[l].bias = network->biases[l];
        layers[l].bias_stride = 1;
        layers[l].activation =
            l + 1 < shape->layers ? problem->activation : DIRICHLET_ACTIVATION_IDENTITY;
    }
    require_ok(
        PRECISION(dirichlet_dense_create)(layers, shape->layers, NULL, &network->handle, &error),
        "create a network", error.message);
    network->model.struct_size = sizeof network->model;
    require_ok(PRECISION(dirichlet_dense_model)(network->handle, &network->model), "model", "");
    network->x = rounded(problem->x, shape->samples * shape->sizes[0]);
}

static void free_network(struct network *network)
{
    PRECISION(dirichlet_dense_destroy)(network->handle);
    for (int l = 0; l < MOST_LAYERS; l++) {
        free(network->weights[l]);
        free(network->biases[l]);
    }
    free(network->x);
}

/* The network with its forward pass alone. */
static PRECISION(dirichlet_model) forward_alone(const struct network *network)
{
    PRECISION(dirichlet_model) model = network->model;
    model.jvp = NULL;
    model.vjp = NULL;
    model.energies = NULL;
    model.product_norms = NULL;
    return model;
}

struct errors PRECISION(coordinate_errors)(const struct problem *problem)
{
    struct network network;
    make_network(problem, &network);
    const PRECISION(dirichlet_model) model = forward_alone(&network);
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_FINITE_DIFFERENCE,
                                                 .probes = DIRICHLET_PROBES_ALL};
    dirichlet_result result = {.struct_size = sizeof result};
    double *energies = take(problem->shape.samples, sizeof *energies);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    require_ok(PRECISION(dirichlet_measure)(&model, problem->shape.samples, network.x, NULL,
                                            &options, &result, energies, &error),
               "measure by finite differences", error.message);
    const struct errors errors = compare(problem, energies, &result);
    free(energies);
    free_network(&network);
    return errors;
}

double PRECISION(probe_deviation)(const struct problem *problem, int64_t probes)
{
    struct network network;
    make_network(problem, &network);
    const PRECISION(dirichlet_model) model = forward_alone(&network);
    const int64_t samples = problem->shape.samples;
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_FINITE_DIFFERENCE,
                                                 .probes = probes,
                                                 .population = samples,
                                                 .seed = 4};
    dirichlet_result result = {.struct_size = sizeof result};
    double *energies = take(samples, sizeof *energies);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    double exact = 0.0;
    require_ok(PRECISION(dirichlet_measure)(&model, samples, network.x, NULL, &options, &result,
                                            NULL, &error),
               "measure by probes", error.message);
    exact_energies(problem, energies);
    for (int64_t i = 0; i < samples; i++)
        exact += energies[i] / (double)samples;
    free(energies);
    free_network(&network);
    return fabs(result.value - exact) / result.standard_error_probes;
}

#endif
