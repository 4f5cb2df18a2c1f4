/* Samples on their way to the estimator, a batch of them at a time; body of both precisions. */
#ifndef EXAMPLES_MEASURE_BATCH_BODY_H
#define EXAMPLES_MEASURE_BATCH_BODY_H

#include <inttypes.h>
#include <math.h>
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

#endif
