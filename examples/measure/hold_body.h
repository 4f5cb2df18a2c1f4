/* What a run holds: the layers as the library takes them, and the handle over them; body of both
 * precisions. */
#ifndef EXAMPLES_MEASURE_HOLD_BODY_H
#define EXAMPLES_MEASURE_HOLD_BODY_H

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "network/fold.h"
#include "real.h"
#include "run.h"

#define COPIES 3 /* of a layer at most: weight, bias, slopes */

/* What a run has taken and gives back. */
struct hold {
    NAME(dirichlet_dense_layer) * layers;
    REAL **copies; /* of tensors that could not be used in place, (COPIES * layers) */
    REAL *batch;
    double *batch_energies;
    int64_t *batch_classes; /* NULL: the classes have no results of their own */
    NAME(dirichlet_dense) * dense;
    dirichlet_estimator *estimator;
    REAL *gradient; /* of a batch, as struct gradient has it */
    NAME(dirichlet_dense_gradient) * gradient_views;
};

/* The input has been checked before: what the library still finds wrong with an argument
 * is an option's fault, anything else is not. */
static int exit_code(dirichlet_status status)
{
    return status < DIRICHLET_E_MEMORY || status == DIRICHLET_E_WORKSPACE ? 2 : 1;
}

static int no_memory(struct problem *problem)
{
    problem_no_memory(problem, "network and data");
    return 1;
}

/* Values of a tensor as REAL: in place where type and alignment allow, else a copy; those of
 * `folded`, which stand in its place, where it is not NULL. */
static const REAL *values_of(const struct tensor *tensor, const double *folded, REAL **copy)
{
    const int64_t count = tensor_size(tensor);
    if (folded == NULL && tensor->type == NUMBER_REAL &&
        (uintptr_t)tensor->data % sizeof(REAL) == 0)
        return tensor->data;
    *copy = malloc((size_t)count * sizeof(REAL));
    if (*copy != NULL && folded == NULL && tensor->type == NUMBER_REAL)
        return memcpy(*copy, tensor->data, (size_t)count * sizeof(REAL));
    for (int64_t i = 0; *copy != NULL && i < count; i++)
        (*copy)[i] = (REAL)(folded != NULL ? folded[i] : tensor_at(tensor, i));
    return *copy;
}

/* The weights of a layer, with what was folded into them. */
static const REAL *weights_of(const struct layer *layer, REAL **copy)
{
    const int64_t columns = layer->stored_columns;
    if (layer->row_scales == NULL)
        return values_of(layer->weight, NULL, copy);
    *copy = malloc((size_t)tensor_size(layer->weight) * sizeof(REAL));
    for (int64_t row = 0; *copy != NULL && row < layer->stored_rows; row++)
        for (int64_t column = 0; column < columns; column++)
            (*copy)[row * columns + column] = (REAL)fold_weight_at(layer, row, column);
    return *copy;
}

/* As a sum of faults, which compilers vectorize: files are large. */
static bool all_finite(const REAL *values, int64_t count)
{
    int faults = 0;
    for (int64_t i = 0; i < count; i++)
        faults |= !isfinite(values[i]);
    return faults == 0;
}

static int check_finite(const char *path, const struct tensor *tensor, const REAL *values,
                        struct problem *problem)
{
    const int64_t count = tensor_size(tensor);
    int64_t place = 0;
    if (all_finite(values, count))
        return 0;
    while (place < count && isfinite(values[place]))
        place++;
    problem_set(problem, "%s: tensor '%s': value %" PRId64 " is not a finite %s", path,
                tensor->name, place, REAL_NAME);
    return 2;
}

static void set_activation(const struct run *run, int index, NAME(dirichlet_dense_layer) * view)
{
    const struct activation *given = run_activation(run, index);
    view->activation = given->kind;
    view->activation_parameter = given->parameter;
    view->parameter_given = activation_has_default(given) && given->has_number;
    if (activation_takes_parameter(given)) {
        view->activation_parameter = run->options->activation_parameter;
        view->parameter_given = run->options->activation_parameter_is_given;
    }
    view->activation_second = given->second;
    view->input_scale = given->input_scale;
    view->output_scale = given->output_scale;
    view->kink = given->kink;
}

/* 0, or an exit code where a value is NaN, infinite or there is no memory. */
static int take_tensor(const char *path, const struct tensor *tensor, const double *folded,
                       REAL **copy, const REAL **values, struct problem *problem)
{
    *values = values_of(tensor, folded, copy);
    return *values == NULL ? no_memory(problem) : check_finite(path, tensor, *values, problem);
}

/* The bias, which is folded alone where the file has none. */
static int take_bias(const char *path, const struct layer *layer, REAL **copy, const REAL **values,
                     struct problem *problem)
{
    if (layer->bias != NULL)
        return take_tensor(path, layer->bias, layer->folded_bias, copy, values, problem);
    if (layer->folded_bias == NULL)
        return 0;
    *copy = malloc((size_t)layer->outputs * sizeof(REAL));
    for (int64_t i = 0; *copy != NULL && i < layer->outputs; i++)
        (*copy)[i] = (REAL)layer->folded_bias[i];
    *values = *copy;
    return *copy == NULL ? no_memory(problem) : 0;
}

/* Slopes of prelu that the file has, one or one for each output. */
static int take_slopes(const char *path, const struct layer *layer, REAL **copy,
                       NAME(dirichlet_dense_layer) * view, struct problem *problem)
{
    const REAL *slopes = NULL;
    if (layer->slopes == NULL)
        return 0;
    const int code = take_tensor(path, layer->slopes, NULL, copy, &slopes, problem);
    if (code != 0)
        return code;
    view->activation = DIRICHLET_ACTIVATION_PRELU;
    view->parameter_given = 0;
    view->activation_parameter = tensor_size(layer->slopes) == 1 ? (double)slopes[0] : 0.0;
    view->negative_slopes = tensor_size(layer->slopes) == 1 ? NULL : slopes;
    view->negative_slope_stride = 1;
    return 0;
}

static int take_layer(const struct run *run, int index, struct hold *hold, struct problem *problem)
{
    const struct layer *layer = &run->network->layers[index];
    NAME(dirichlet_dense_layer) *view = &hold->layers[index];
    view->struct_size = sizeof *view;
    view->inputs = layer->inputs;
    view->outputs = layer->outputs;
    view->output_stride = layer->in_out ? 1 : layer->inputs;
    view->input_stride = layer->in_out ? layer->outputs : 1;
    view->bias_stride = 1;
    set_activation(run, index, view);
    const char *path = run->options->weights;
    REAL **copies = &hold->copies[COPIES * index];
    view->weights = weights_of(layer, &copies[0]);
    int code = view->weights == NULL ? no_memory(problem)
                                     : check_finite(path, layer->weight, view->weights, problem);
    if (code == 0)
        code = take_bias(path, layer, &copies[1], &view->bias, problem);
    return code != 0 ? code : take_slopes(path, layer, &copies[2], view, problem);
}

/* The workspace is shared by the network and the estimator, later by the network and the
 * Jacobians of --spectral. 0: their defaults. */
static size_t share_of_workspace(const struct options *options)
{
    const size_t share = (size_t)options->workspace / 2;
    return share == 0 && options->workspace > 0 ? 1 : share;
}

/* In terms of the option, of which the handle was given a share. */
static void workspace_too_small(const struct options *options, const char *what,
                                const dirichlet_error *error, struct problem *problem)
{
    const uint64_t given = options->workspace > 0 ? (uint64_t)options->workspace
                                                  : 2 * (uint64_t)DIRICHLET_DEFAULT_WORKSPACE_BYTES;
    if (error->least_bytes == 0) {
        problem_set(problem, "--workspace: %s: %s", what, error->message);
        return;
    }
    problem_set(problem,
                "--workspace: %" PRIu64 " bytes are too few for the %s: it takes --workspace "
                "%" PRIu64 "%s",
                given, what, 2 * error->least_bytes,
                options->probes != 0 ? " or fewer --probes" : "");
}

/* A handle could not be made. */
static int creation_failed(const struct options *options, const char *what,
                           const dirichlet_error *error, struct problem *problem)
{
    if (error->status == DIRICHLET_E_WORKSPACE)
        workspace_too_small(options, what, error, problem);
    else
        problem_set(problem, "%s: %s", what, error->message);
    return exit_code(error->status);
}

static int make_dense(const struct run *run, struct hold *hold, struct problem *problem)
{
    const size_t count = (size_t)run->network->count;
    hold->layers = calloc(count, sizeof *hold->layers);
    hold->copies = calloc(COPIES * count, sizeof *hold->copies);
    if (hold->layers == NULL || hold->copies == NULL)
        return no_memory(problem);
    for (int i = 0; i < run->network->count; i++) {
        const int code = take_layer(run, i, hold, problem);
        if (code != 0)
            return code;
    }
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .layers = run->options->layer,
                                             .workspace_bytes = share_of_workspace(run->options),
                                             .parallel = run->parallel};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    if (NAME(dirichlet_dense_create)(hold->layers, run->network->count, &options, &hold->dense,
                                     &error) != DIRICHLET_OK)
        return creation_failed(run->options, "network", &error, problem);
    return 0;
}

static void release(const struct run *run, struct hold *hold)
{
    dirichlet_estimator_destroy(hold->estimator);
    NAME(dirichlet_dense_destroy)(hold->dense);
    for (int i = 0; hold->copies != NULL && i < COPIES * run->network->count; i++)
        free(hold->copies[i]);
    free(hold->copies);
    free(hold->layers);
    free(hold->batch);
    free(hold->batch_energies);
    free(hold->batch_classes);
    free(hold->gradient);
    free(hold->gradient_views);
}

#endif
