/* Body of run_f32.c and run_f64.c: REAL is the precision, REAL_NAME its name, NAME(x) the
 * library's x_f32 or x_f64, NUMBER_REAL the type of tensors that need no conversion. */

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "network/fold.h"
#include "progress.h"
#include "run.h"

/* Samples handed to the estimator at a time: many, since the library does some things once
 * a call, but no more than so much memory and work, so that the progress bar moves. The
 * work is counted, not timed: the same batches, hence the same bits, on every run. */
#define BATCH_MOST 4096
#define BATCH_BYTES ((int64_t)1 << 25)
#define BATCH_PRODUCTS 2e9 /* multiplications */
#define BATCH_ROWS 512     /* fewer rows make a matrix product slow */

/* What helps where a number is too large. */
#define FURTHER (sizeof(REAL) == sizeof(float) ? "; --precision f64 goes further" : "")

#define COPIES 3 /* of a layer at most: weight, bias, slopes */

/* What a run has taken and gives back. */
struct hold {
    NAME(dirichlet_dense_layer) * layers;
    REAL **copies; /* of tensors that could not be used in place, (COPIES * layers) */
    REAL *batch;
    double *batch_energies;
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
    view->activation_parameter =
        activation_takes_parameter(given) ? run->options->activation_parameter : given->parameter;
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

/* In terms of the option, of which the handle was given a share. The library's message ends in
 * the bytes that the handle needs at least. */
static void workspace_too_small(const struct options *options, const char *what,
                                const char *message, struct problem *problem)
{
    const char *least = strstr(message, "at least ");
    const uint64_t given = options->workspace > 0 ? (uint64_t)options->workspace
                                                  : 2 * (uint64_t)DIRICHLET_DEFAULT_WORKSPACE_BYTES;
    if (least == NULL) {
        problem_set(problem, "--workspace: %s: %s", what, message);
        return;
    }
    problem_set(problem,
                "--workspace: %" PRIu64 " bytes are too few for the %s: it takes --workspace "
                "%llu%s",
                given, what, 2 * strtoull(least + strlen("at least "), NULL, 10),
                options->probes > 0 ? " or fewer --probes" : "");
}

/* A handle could not be made. */
static int creation_failed(const struct options *options, const char *what, dirichlet_status status,
                           const char *message, struct problem *problem)
{
    if (status == DIRICHLET_E_WORKSPACE)
        workspace_too_small(options, what, message, problem);
    else
        problem_set(problem, "%s: %s", what, message);
    return exit_code(status);
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
                                             .workspace_bytes = share_of_workspace(run->options)};
    char message[DIRICHLET_MESSAGE_SIZE];
    const dirichlet_status status = NAME(dirichlet_dense_create)(
        hold->layers, run->network->count, &options, &hold->dense, message, sizeof message);
    return status == DIRICHLET_OK
               ? 0
               : creation_failed(run->options, "network", status, message, problem);
}

static int32_t show_progress(int64_t samples, void *user)
{
    progress_show(user, samples);
    return 0;
}

static int make_estimator(const struct run *run, struct progress *progress, struct hold *hold,
                          struct problem *problem)
{
    const struct options *given = run->options;
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = given->method,
                                                 .probes = given->probes,
                                                 .seed = given->seed,
                                                 .tolerance = given->tolerance,
                                                 .max_samples = given->limit,
                                                 .confidence = given->confidence,
                                                 .population = given->population,
                                                 .workspace_bytes = share_of_workspace(given),
                                                 .progress = show_progress,
                                                 .progress_user = progress};
    NAME(dirichlet_model) model = {.struct_size = sizeof model};
    char message[DIRICHLET_MESSAGE_SIZE];
    dirichlet_status status = NAME(dirichlet_dense_model)(hold->dense, &model);
    if (status == DIRICHLET_OK)
        status = NAME(dirichlet_estimator_create)(&model, &options, &hold->estimator, message,
                                                  sizeof message);
    return status == DIRICHLET_OK ? 0
                                  : creation_failed(given, "estimator", status, message, problem);
}

static int64_t place_of(const struct run *run, int64_t index)
{
    return run->order == NULL ? index : run->order[index];
}

/* Samples first .. first + count - 1 of the order into the batch. */
static int fill_batch(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                      struct problem *problem)
{
    const int64_t inputs = run->samples->inputs;
    for (int64_t i = 0; i < count; i++) {
        const int64_t index = place_of(run, first + i);
        REAL *row = hold->batch + i * inputs;
        NAME(samples_row)(run->samples, index, row);
        for (int64_t j = 0; j < inputs; j++)
            if (!isfinite(row[j])) {
                problem_set(problem, "%s: sample %" PRId64 ": value %" PRId64 " is not a finite %s",
                            run->options->data, index, j, REAL_NAME);
                return 2;
            }
    }
    return 0;
}

/* A batch failed, which changed nothing: find the sample that did it. */
static int update_failed(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                         dirichlet_status status, struct problem *problem)
{
    const int64_t inputs = run->samples->inputs;
    problem_set(problem, "%s: %s", run->options->data,
                dirichlet_estimator_message(hold->estimator));
    for (int64_t i = 0; status == DIRICHLET_E_NOT_FINITE && i < count; i++)
        if (NAME(dirichlet_estimator_update)(hold->estimator, 1, hold->batch + i * inputs, NULL,
                                             NULL) != DIRICHLET_OK) {
            problem_set(problem, "%s: sample %" PRId64 ": its energy is not a finite number%s",
                        run->options->data, place_of(run, first + i), FURTHER);
            break;
        }
    return exit_code(status);
}

#include "gradient_body.h"

/* Samples of the batch that was taken in last that the estimator has used: all, unless it
 * stopped at one of them. */
static int64_t used_of_batch(int64_t first, const struct hold *hold)
{
    dirichlet_result so_far = {.struct_size = sizeof so_far, .samples = first};
    (void)dirichlet_estimator_result(hold->estimator, &so_far);
    return so_far.samples - first;
}

/* Whether the outputs of a sample choose its class: the first of the largest ones; with one
 * output, above or below 0. */
static bool is_right(int64_t outputs, const REAL *y, int64_t label)
{
    int64_t largest = 0;
    for (int64_t i = 1; i < outputs; i++)
        if (y[i] > y[largest])
            largest = i;
    return outputs == 1 ? (y[0] > (REAL)0) == (label == 1) : largest == label;
}

/* How many samples of the batch have the outputs that their labels say. */
static int count_right(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                       struct problem *problem)
{
    const int64_t outputs = run->network->layers[run->layers - 1].outputs;
    struct labels *labels = run->labels;
    REAL *y = malloc((size_t)count * (size_t)outputs * sizeof *y);
    if (y == NULL)
        return no_memory(problem);
    const dirichlet_status status =
        NAME(dirichlet_dense_forward)(hold->dense, count, hold->batch, y);
    for (int64_t i = 0; status == DIRICHLET_OK && i < count; i++)
        labels->right +=
            is_right(outputs, y + i * outputs, labels->classes[place_of(run, first + i)]);
    labels->samples += count;
    free(y);
    if (status == DIRICHLET_OK)
        return 0;
    problem_set(problem, "--labels: %s", NAME(dirichlet_dense_message)(hold->dense));
    return exit_code(status);
}

static int measure_batch(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                         struct problem *problem)
{
    double *energies = run->energies == NULL ? NULL : hold->batch_energies;
    const int code = fill_batch(run, first, count, hold, problem);
    if (code != 0)
        return code;
    for (int64_t i = 0; i < count; i++)
        hold->batch_energies[i] = NAN;
    const dirichlet_status status =
        NAME(dirichlet_estimator_update)(hold->estimator, count, hold->batch, NULL, energies);
    if (status != DIRICHLET_OK)
        return update_failed(run, first, count, hold, status, problem);
    for (int64_t i = 0; energies != NULL && i < count; i++)
        run->energies[place_of(run, first + i)] = energies[i];
    const int64_t used = used_of_batch(first, hold);
    const int counted = run->labels == NULL ? 0 : count_right(run, first, used, hold, problem);
    if (counted != 0 || run->gradient == NULL)
        return counted;
    return add_gradient(run, used, hold, problem);
}

/* Multiplications that a sample takes: min(k, d) products with all of the weights, or as
 * many as were asked for; finite differences take two forward passes for each of them. */
static double work_of_sample(const struct run *run, double *rows)
{
    const struct options *options = run->options;
    const double inputs = (double)run->network->layers[0].inputs;
    const double outputs = (double)run->network->layers[run->layers - 1].outputs;
    double weights = 0.0;
    for (int i = 0; i < run->layers; i++)
        weights += (double)run->network->layers[i].inputs * (double)run->network->layers[i].outputs;
    *rows = inputs < outputs ? inputs : outputs;
    if (options->method == DIRICHLET_METHOD_FINITE_DIFFERENCE)
        *rows = 2.0 * inputs;
    else if (options->method != DIRICHLET_METHOD_EXACT && options->probes > 0)
        *rows = (double)options->probes;
    return *rows * weights;
}

static int64_t batch_size(const struct run *run)
{
    double rows = 0.0;
    const double work = work_of_sample(run, &rows);
    const double least = ceil(BATCH_ROWS / rows);
    const double affordable = fmax(least, floor(BATCH_PRODUCTS / work));
    const int64_t fitting = BATCH_BYTES / (int64_t)sizeof(REAL) / run->samples->inputs;
    int64_t most = fitting < 1 ? 1 : fitting < BATCH_MOST ? fitting : BATCH_MOST;
    if (affordable < (double)most)
        most = (int64_t)affordable;
    return most < run->limit ? most : run->limit;
}

static int measure_all(struct run *run, struct hold *hold, struct problem *problem)
{
    const int64_t most = batch_size(run);
    hold->batch = malloc((size_t)most * (size_t)run->samples->inputs * sizeof(REAL));
    hold->batch_energies = malloc((size_t)most * sizeof(double));
    if (hold->batch == NULL || hold->batch_energies == NULL)
        return no_memory(problem);
    for (int64_t first = 0; first < run->limit; first += most) {
        if (dirichlet_estimator_stopped(hold->estimator))
            break;
        const int64_t count = run->limit - first < most ? run->limit - first : most;
        const int code = measure_batch(run, first, count, hold, problem);
        if (code != 0)
            return code;
    }
    run->result.struct_size = sizeof run->result;
    const dirichlet_status status = dirichlet_estimator_result(hold->estimator, &run->result);
    if (status == DIRICHLET_OK)
        return 0;
    problem_set(problem, "no result: %s%s", dirichlet_status_string(status),
                status == DIRICHLET_E_NOISE
                    ? " (finite differences of a network that hardly moves, or not at all): "
                      "take --method exact"
                    : "");
    return exit_code(status);
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
    free(hold->gradient);
    free(hold->gradient_views);
}

int NAME(run)(struct run *run, struct problem *problem)
{
    struct hold hold;
    struct progress progress;
    memset(&hold, 0, sizeof hold);
    int code = make_dense(run, &hold, problem);
    progress_start(&progress, run->limit);
    if (code == 0)
        code = make_estimator(run, &progress, &hold, problem);
    if (code == 0 && run->gradient != NULL)
        code = make_gradient(run, &hold, problem);
    if (code == 0)
        code = measure_all(run, &hold, problem);
    run->seconds = seconds_now() - progress.start;
    progress_end(&progress);
    release(run, &hold);
    return code;
}
