/* Samples on their way to the estimator, a batch of them at a time; body of both precisions. */
#ifndef EXAMPLES_MEASURE_BATCH_BODY_H
#define EXAMPLES_MEASURE_BATCH_BODY_H

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "hold_body.h"
#include "progress.h"
#include "real.h"
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

/* Multiplications that a sample takes: its Jacobian products with all of the weights; those of
 * finite differences are two forward passes each. Without an estimator: min(k, d) products. */
static double work_of_sample(const struct run *run, const struct hold *hold, double *rows)
{
    const double inputs = (double)run->network->layers[0].inputs;
    const double outputs = (double)run->network->layers[run->layers - 1].outputs;
    dirichlet_estimator_description description = DIRICHLET_INIT(dirichlet_estimator_description);
    double weights = 0.0;
    for (int i = 0; i < run->layers; i++)
        weights += (double)run->network->layers[i].inputs * (double)run->network->layers[i].outputs;
    *rows = inputs < outputs ? inputs : outputs;
    if (hold->estimator != NULL &&
        dirichlet_estimator_describe(hold->estimator, &description) == DIRICHLET_OK)
        *rows = (double)description.products_per_sample;
    if (description.method == DIRICHLET_METHOD_FINITE_DIFFERENCE)
        *rows *= 2.0;
    return *rows * weights;
}

static int64_t batch_size(const struct run *run, const struct hold *hold)
{
    double rows = 0.0;
    const double work = work_of_sample(run, hold, &rows);
    const double least = ceil(BATCH_ROWS / rows);
    const double affordable = fmax(least, floor(BATCH_PRODUCTS / work));
    const int64_t fitting = BATCH_BYTES / (int64_t)sizeof(REAL) / run->samples->inputs;
    int64_t most = fitting < 1 ? 1 : fitting < BATCH_MOST ? fitting : BATCH_MOST;
    if (affordable < (double)most)
        most = (int64_t)affordable;
    return most < run->limit ? most : run->limit;
}

static int32_t show_progress(const dirichlet_progress *state, void *user)
{
    char note[64] = "";
    if (isfinite(state->value))
        snprintf(note, sizeof note, "GC %.5g", state->value);
    if (isfinite(state->value) && isfinite(state->standard_error))
        snprintf(note, sizeof note, "GC %.5g +- %.2g", state->value, state->standard_error);
    progress_show(user, state->samples, note);
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
                                                 .groups = run->class_count,
                                                 .workspace_bytes = share_of_workspace(given),
                                                 .progress = show_progress,
                                                 .progress_user = progress,
                                                 .parallel = run->parallel};
    NAME(dirichlet_model) model = DIRICHLET_INIT(NAME(dirichlet_model));
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    (void)NAME(dirichlet_dense_model)(hold->dense, &model);
    if (NAME(dirichlet_estimator_create)(&model, &options, &hold->estimator, &error) !=
        DIRICHLET_OK)
        return creation_failed(given, "estimator", &error, problem);
    return 0;
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

/* A batch failed; of a sample that did it the error has the index in the file. */
static int update_failed(const struct run *run, const struct hold *hold, struct problem *problem)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    (void)dirichlet_estimator_last_error(hold->estimator, &error);
    if (error.status == DIRICHLET_E_NOT_FINITE && error.sample >= 0)
        problem_set(problem, "%s: sample %" PRId64 ": its energy is not a finite number%s",
                    run->options->data, error.sample, FURTHER);
    else
        problem_set(problem, "%s: %s", run->options->data, error.message);
    return exit_code(error.status);
}

#endif
