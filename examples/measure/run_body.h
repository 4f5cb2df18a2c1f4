/* A run, from batch to batch; body of run_f32.c and run_f64.c. */
#ifndef EXAMPLES_MEASURE_RUN_BODY_H
#define EXAMPLES_MEASURE_RUN_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "batch_body.h"
#include "gradient_body.h"
#include "hold_body.h"
#include "progress.h"
#include "real.h"
#include "run.h"

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

/* Samples first .. first + count - 1 of the order. Their indices are those of the file: a sample
 * has the same probes whatever the order. */
static dirichlet_status update(const struct run *run, int64_t first, int64_t count,
                               struct hold *hold, double *energies)
{
    const NAME(dirichlet_batch) batch = {.struct_size = sizeof batch,
                                         .samples = count,
                                         .x = hold->batch,
                                         .indices = run->order == NULL ? NULL : run->order + first,
                                         .groups = hold->batch_classes,
                                         .energies = energies};
    for (int64_t i = 0; hold->batch_classes != NULL && i < count; i++)
        hold->batch_classes[i] = run->labels->classes[place_of(run, first + i)];
    return NAME(dirichlet_estimator_update_batch)(hold->estimator, &batch);
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
    if (update(run, first, count, hold, energies) != DIRICHLET_OK)
        return update_failed(run, hold, problem);
    for (int64_t i = 0; energies != NULL && i < count; i++)
        run->energies[place_of(run, first + i)] = energies[i];
    const int64_t used = used_of_batch(first, hold);
    const int counted = run->labels == NULL ? 0 : count_right(run, first, used, hold, problem);
    if (counted != 0 || run->gradient == NULL)
        return counted;
    return add_gradient(run, used, hold, problem);
}

static int make_batch(const struct run *run, int64_t most, struct hold *hold,
                      struct problem *problem)
{
    const int has_classes = run->class_count > 0;
    hold->batch = malloc((size_t)most * (size_t)run->samples->inputs * sizeof(REAL));
    hold->batch_energies = malloc((size_t)most * sizeof(double));
    if (has_classes)
        hold->batch_classes = malloc((size_t)most * sizeof(int64_t));
    if (hold->batch == NULL || hold->batch_energies == NULL ||
        (has_classes && hold->batch_classes == NULL))
        return no_memory(problem);
    return 0;
}

/* Of all samples, and of each class that has some. */
static dirichlet_status read_results(struct run *run, const struct hold *hold)
{
    dirichlet_result *result = &run->result;
    *result = (dirichlet_result)DIRICHLET_INIT(dirichlet_result);
    dirichlet_status status = dirichlet_estimator_result(hold->estimator, result);
    for (int64_t i = 0; status == DIRICHLET_OK && i < run->class_count; i++) {
        result = &run->classes[i];
        *result = (dirichlet_result)DIRICHLET_INIT(dirichlet_result);
        status = dirichlet_estimator_group_result(hold->estimator, i, result);
        if (status == DIRICHLET_E_NO_DATA)
            status = DIRICHLET_OK;
    }
    return status;
}

static int measure_all(struct run *run, struct hold *hold, struct problem *problem)
{
    const int64_t most = batch_size(run, hold);
    const int made = make_batch(run, most, hold, problem);
    if (made != 0)
        return made;
    for (int64_t first = 0; first < run->limit; first += most) {
        if (dirichlet_estimator_stopped(hold->estimator))
            break;
        const int64_t count = run->limit - first < most ? run->limit - first : most;
        const int code = measure_batch(run, first, count, hold, problem);
        if (code != 0)
            return code;
    }
    const dirichlet_status status = read_results(run, hold);
    if (status == DIRICHLET_OK)
        return 0;
    problem_set(problem, "no result: %s%s", dirichlet_status_string(status),
                status == DIRICHLET_E_NOISE
                    ? " (finite differences of a network that hardly moves, or not at all): "
                      "take --method exact"
                    : "");
    return exit_code(status);
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

#endif
