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
