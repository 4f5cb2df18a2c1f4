/* --spectral, for run_f64.c: in double whatever the energies are computed in, since norms that are
 * promised to ten digits do not come out of Jacobians in float. */
#ifndef EXAMPLES_MEASURE_SPECTRAL_BODY_H
#define EXAMPLES_MEASURE_SPECTRAL_BODY_H

#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "batch_body.h"
#include "hold_body.h"
#include "real.h"
#include "run.h"

static int measure_layers(const struct run *run, struct hold *hold, struct problem *problem)
{
    struct spectral *spectral = run->spectral;
    for (int i = 0; i < run->layers; i++)
        spectral->layers[i].struct_size = sizeof *spectral->layers;
    spectral->lipschitz.struct_size = sizeof spectral->lipschitz;
    const dirichlet_status status = dirichlet_dense_spectral_norms_f64(
        hold->dense, NULL, spectral->layers, &spectral->lipschitz);
    if (status == DIRICHLET_OK)
        return 0;
    problem_set(problem, "--spectral: %s", dirichlet_dense_message_f64(hold->dense));
    return exit_code(status);
}

/* The bar of all batches, and what was done before this one. */
struct jacobian_bar {
    struct progress *progress;
    double largest;
    int64_t first;
};

static int32_t show_jacobians(const dirichlet_progress *state, void *user)
{
    const struct jacobian_bar *bar = user;
    char note[64];
    snprintf(note, sizeof note, "largest norm %.5g", fmax(bar->largest, state->value));
    progress_show(bar->progress, bar->first + state->samples, note);
    return 0;
}

/* The sample is the one that the error names by its place in the order. */
static int jacobians_failed(const struct run *run, const dirichlet_error *error,
                            struct problem *problem)
{
    if (error->status != DIRICHLET_E_NOT_FINITE)
        return creation_failed(run->options, "Jacobians", error, problem);
    if (error->sample >= 0)
        problem_set(problem, "%s: sample %" PRId64 ": its Jacobian is not finite%s",
                    run->options->data, place_of(run, error->sample), FURTHER);
    else
        problem_set(problem, "%s: %s", run->options->data, error->message);
    return exit_code(error->status);
}

/* The first `count` samples of the batch, which are bar->first and on of the order. */
static int measure_jacobians(const struct run *run, struct jacobian_bar *bar, int64_t count,
                             struct hold *hold, struct problem *problem)
{
    struct spectral *spectral = run->spectral;
    const dirichlet_jacobian_norms_options options = {.struct_size = sizeof options,
                                                      .workspace_bytes =
                                                          share_of_workspace(run->options),
                                                      .first_sample = bar->first,
                                                      .progress = show_jacobians,
                                                      .progress_user = bar,
                                                      .parallel = run->parallel};
    dirichlet_model_f64 model = DIRICHLET_INIT(dirichlet_model_f64);
    dirichlet_jacobian_norms norms = DIRICHLET_INIT(dirichlet_jacobian_norms);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    (void)dirichlet_dense_model_f64(hold->dense, &model);
    if (dirichlet_jacobian_norms_f64(&model, count, hold->batch, &options, NULL, &norms, &error) !=
        DIRICHLET_OK)
        return jacobians_failed(run, &error, problem);
    spectral->jacobian_norm = fmax(spectral->jacobian_norm, norms.norm);
    spectral->jacobian_converged = spectral->jacobian_converged && norms.converged;
    return 0;
}

/* The samples that the energies were measured on. */
static int measure_all_jacobians(const struct run *run, struct progress *progress,
                                 struct hold *hold, struct problem *problem)
{
    const int64_t most = batch_size(run, hold);
    hold->batch = malloc((size_t)most * (size_t)run->samples->inputs * sizeof *hold->batch);
    if (hold->batch == NULL)
        return no_memory(problem);
    for (int64_t first = 0; first < run->result.samples; first += most) {
        const int64_t left = run->result.samples - first;
        const int64_t count = left < most ? left : most;
        struct jacobian_bar bar = {progress, run->spectral->jacobian_norm, first};
        int code = fill_batch(run, first, count, hold, problem);
        if (code == 0)
            code = measure_jacobians(run, &bar, count, hold, problem);
        if (code != 0)
            return code;
    }
    return 0;
}

int run_spectral(struct run *run, struct problem *problem)
{
    struct hold hold;
    struct progress progress;
    memset(&hold, 0, sizeof hold);
    progress_start(&progress, run->result.samples);
    int code = make_dense(run, &hold, problem);
    if (code == 0)
        code = measure_layers(run, &hold, problem);
    if (code == 0)
        code = measure_all_jacobians(run, &progress, &hold, problem);
    run->seconds += seconds_now() - progress.start;
    progress_end(&progress);
    release(run, &hold);
    return code;
}

#endif
