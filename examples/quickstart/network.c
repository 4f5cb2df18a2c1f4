#include "network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "safetensors.h"

/* Place of the weights of layer l (from 0) in the array of parameters. */
static int64_t weights_offset(const struct network *network, int l)
{
    int64_t offset = 0;
    for (int i = 0; i < l; i++)
        offset += (network->sizes[i] + 1) * network->sizes[i + 1];
    return offset;
}

static int64_t bias_offset(const struct network *network, int l)
{
    return weights_offset(network, l) + network->sizes[l] * network->sizes[l + 1];
}

static dirichlet_dense_layer_f32 view_layer(const struct network *network, int l)
{
    const int last = l == network->layers - 1;
    return (dirichlet_dense_layer_f32){.struct_size = sizeof(dirichlet_dense_layer_f32),
                                       .inputs = network->sizes[l],
                                       .outputs = network->sizes[l + 1],
                                       .weights = network->parameters + weights_offset(network, l),
                                       .output_stride = network->sizes[l],
                                       .input_stride = 1,
                                       .bias = network->parameters + bias_offset(network, l),
                                       .bias_stride = 1,
                                       .activation = last ? DIRICHLET_ACTIVATION_IDENTITY
                                                          : DIRICHLET_ACTIVATION_RELU};
}

static dirichlet_dense_gradient_f32 view_gradient(const struct network *network, int l)
{
    return (dirichlet_dense_gradient_f32){.struct_size = sizeof(dirichlet_dense_gradient_f32),
                                          .weights = network->gradient + weights_offset(network, l),
                                          .output_stride = network->sizes[l],
                                          .input_stride = 1,
                                          .bias = network->gradient + bias_offset(network, l),
                                          .bias_stride = 1};
}

static int make_views(struct network *network, struct problem *problem)
{
    dirichlet_dense_layer_f32 layers[NETWORK_MOST_LAYERS];
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .parallel = network->parallel};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    for (int l = 0; l < network->layers; l++) {
        layers[l] = view_layer(network, l);
        network->gradient_views[l] = view_gradient(network, l);
    }
    if (dirichlet_dense_create_f32(layers, network->layers, &options, &network->dense, &error) !=
        DIRICHLET_OK)
        return problem_set(problem, "%s", error.message);
    return 0;
}

int network_create(struct network *network, const int64_t *sizes, int layers,
                   const dirichlet_parallel *parallel, struct problem *problem)
{
    memset(network, 0, sizeof *network);
    network->parallel = parallel;
    if (layers < 1 || layers > NETWORK_MOST_LAYERS)
        return problem_set(problem, "%d layers, not 1 to %d", layers, NETWORK_MOST_LAYERS);
    network->layers = layers;
    memcpy(network->sizes, sizes, (size_t)(layers + 1) * sizeof *sizes);
    network->count = weights_offset(network, layers);
    network->parameters = calloc((size_t)network->count, sizeof(float));
    network->gradient = calloc((size_t)network->count, sizeof(float));
    int result = -1;
    if (network->parameters == NULL || network->gradient == NULL)
        problem_set(problem, "not enough memory");
    else
        result = make_views(network, problem);
    if (result != 0)
        network_destroy(network);
    return result;
}

void network_destroy(struct network *network)
{
    dirichlet_dense_destroy_f32(network->dense);
    free(network->parameters);
    free(network->gradient);
    memset(network, 0, sizeof *network);
}

void network_initialize(struct network *network, struct random *random)
{
    memset(network->parameters, 0, (size_t)network->count * sizeof(float));
    for (int l = 0; l < network->layers; l++) {
        const double deviation = sqrt(2.0 / (double)network->sizes[l]);
        for (int64_t i = weights_offset(network, l); i < bias_offset(network, l); i++)
            network->parameters[i] = (float)(deviation * random_normal(random));
    }
}

/* Turn a status of the network's handle into 0 or -1. */
static int check(const struct network *network, dirichlet_status status, struct problem *problem)
{
    if (status == DIRICHLET_OK)
        return 0;
    return problem_set(problem, "%s: %s", dirichlet_status_string(status),
                       dirichlet_dense_message_f32(network->dense));
}

int network_forward(struct network *network, int64_t samples, const float *x, float *logits,
                    struct problem *problem)
{
    return check(network, dirichlet_dense_forward_f32(network->dense, samples, x, logits), problem);
}

int network_gradient(struct network *network, int64_t samples, const float *x,
                     const float *cotangents, struct problem *problem)
{
    /* The library adds to the gradient, so that penalties and parts of a batch can share it. */
    memset(network->gradient, 0, (size_t)network->count * sizeof(float));
    return check(network,
                 dirichlet_dense_parameter_vjp_f32(network->dense, samples, x, cotangents,
                                                   1.0 / (double)samples, network->gradient_views,
                                                   network->layers),
                 problem);
}

int network_measure(struct network *network, int64_t samples, const float *x,
                    dirichlet_result *result, struct problem *problem)
{
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_EXACT,
                                                 .parallel = network->parallel};
    dirichlet_model_f32 model = DIRICHLET_INIT(dirichlet_model_f32);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_status status = dirichlet_dense_model_f32(network->dense, &model);
    if (status != DIRICHLET_OK)
        return check(network, status, problem);
    result->struct_size = sizeof *result;
    if (dirichlet_measure_f32(&model, samples, x, NULL, &options, result, NULL, &error) !=
        DIRICHLET_OK)
        return problem_set(problem, "%s", error.message);
    return 0;
}

/* What an estimator has found in each group; of a group that no sample is in, only that. */
static dirichlet_status read_groups(const dirichlet_estimator *estimator, int64_t groups,
                                    dirichlet_result *results)
{
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t i = 0; i < groups && status == DIRICHLET_OK; i++) {
        results[i] = (dirichlet_result)DIRICHLET_INIT(dirichlet_result);
        status = dirichlet_estimator_group_result(estimator, i, &results[i]);
        if (status == DIRICHLET_E_NO_DATA)
            status = DIRICHLET_OK;
    }
    return status;
}

int network_measure_classes(struct network *network, int64_t samples, const float *x,
                            const int64_t *classes, dirichlet_result *results,
                            struct problem *problem)
{
    const int64_t outputs = network->sizes[network->layers];
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_EXACT,
                                                 .groups = outputs,
                                                 .parallel = network->parallel};
    const dirichlet_batch_f32 batch = {
        .struct_size = sizeof batch, .samples = samples, .x = x, .groups = classes};
    dirichlet_model_f32 model = DIRICHLET_INIT(dirichlet_model_f32);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = NULL;
    dirichlet_status status = dirichlet_dense_model_f32(network->dense, &model);
    if (status != DIRICHLET_OK)
        return check(network, status, problem);
    status = dirichlet_estimator_create_f32(&model, &options, &estimator, &error);
    if (status != DIRICHLET_OK)
        return problem_set(problem, "%s", error.message);
    status = dirichlet_estimator_update_batch_f32(estimator, &batch);
    if (status == DIRICHLET_OK)
        status = read_groups(estimator, outputs, results);
    if (status != DIRICHLET_OK)
        problem_set(problem, "%s: %s", dirichlet_status_string(status),
                    dirichlet_estimator_message(estimator));
    dirichlet_estimator_destroy(estimator);
    return status == DIRICHLET_OK ? 0 : -1;
}

static struct tensor describe(char *name, int axes, int64_t rows, int64_t columns,
                              const float *data)
{
    return (struct tensor){.name = name,
                           .type = NUMBER_F32,
                           .axes = axes,
                           .shape = {rows, columns},
                           .data = data,
                           .bytes = (size_t)(rows * columns) * sizeof(float)};
}

int network_save(const struct network *network, const char *path, struct problem *problem)
{
    char names[2 * NETWORK_MOST_LAYERS][32];
    struct tensor tensors[2 * NETWORK_MOST_LAYERS];
    for (int l = 0; l < network->layers; l++) {
        snprintf(names[2 * l], sizeof names[0], "fc%d.weight", l + 1);
        snprintf(names[2 * l + 1], sizeof names[0], "fc%d.bias", l + 1);
        tensors[2 * l] = describe(names[2 * l], 2, network->sizes[l + 1], network->sizes[l],
                                  network->parameters + weights_offset(network, l));
        tensors[2 * l + 1] = describe(names[2 * l + 1], 1, network->sizes[l + 1], 1,
                                      network->parameters + bias_offset(network, l));
    }
    return safetensors_write(path, tensors, 2 * network->layers, problem);
}
