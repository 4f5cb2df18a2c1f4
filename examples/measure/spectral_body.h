/* --spectral, for run_f64.c: in double whatever the energies are computed in, since norms that are
 * promised to ten digits do not come out of Jacobians in float. */
#ifndef EXAMPLES_MEASURE_SPECTRAL_BODY_H
#define EXAMPLES_MEASURE_SPECTRAL_BODY_H

#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdlib.h>

#include "batch_body.h"
#include "hold_body.h"
#include "real.h"
#include "run.h"

static int measure_layers(const struct run *run, struct hold *hold, struct problem *problem)
{
    struct spectral *spectral = run->spectral;
    const dirichlet_status status =
        dirichlet_dense_spectral_norms_f64(hold->dense, NULL, spectral->layer_norms,
                                           spectral->layer_converged, &spectral->lipschitz_bound);
    if (status == DIRICHLET_OK)
        return 0;
    problem_set(problem, "--spectral: %s", dirichlet_dense_message_f64(hold->dense));
    return exit_code(status);
}

static dirichlet_status jacobian_norms(const struct run *run, int64_t count, const double *x,
                                       struct hold *hold, dirichlet_jacobian_norms *norms,
                                       char *message)
{
    const dirichlet_jacobian_norms_options options = {
        .struct_size = sizeof options, .workspace_bytes = share_of_workspace(run->options)};
    dirichlet_model_f64 model = {.struct_size = sizeof model};
    (void)dirichlet_dense_model_f64(hold->dense, &model);
    norms->struct_size = sizeof *norms;
    return dirichlet_jacobian_norms_f64(&model, count, x, &options, NULL, norms, message,
                                        DIRICHLET_MESSAGE_SIZE);
}

/* Samples `first` and on of the order failed: find the one that did it. */
static int jacobians_failed(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                            dirichlet_status status, const char *message, struct problem *problem)
{
    dirichlet_jacobian_norms norms;
    char unused[DIRICHLET_MESSAGE_SIZE];
    if (status != DIRICHLET_E_NOT_FINITE)
        return creation_failed(run->options, "Jacobians", status, message, problem);
    problem_set(problem, "%s: %s", run->options->data, message);
    for (int64_t i = 0; i < count; i++)
        if (jacobian_norms(run, 1, hold->batch + i * run->samples->inputs, hold, &norms, unused) !=
            DIRICHLET_OK) {
            problem_set(problem, "%s: sample %" PRId64 ": its Jacobian is not finite%s",
                        run->options->data, place_of(run, first + i), FURTHER);
            break;
        }
    return exit_code(status);
}

/* The first `count` samples of the batch, which are `first` and on of the order. */
static int measure_jacobians(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                             struct problem *problem)
{
    struct spectral *spectral = run->spectral;
    dirichlet_jacobian_norms norms;
    char message[DIRICHLET_MESSAGE_SIZE];
    const dirichlet_status status = jacobian_norms(run, count, hold->batch, hold, &norms, message);
    if (status != DIRICHLET_OK)
        return jacobians_failed(run, first, count, hold, status, message, problem);
    spectral->jacobian_norm = fmax(spectral->jacobian_norm, norms.norm);
    spectral->jacobian_converged = spectral->jacobian_converged && norms.converged;
    return 0;
}

/* The samples that the energies were measured on. */
static int measure_all_jacobians(const struct run *run, struct progress *progress,
                                 struct hold *hold, struct problem *problem)
{
    const int64_t most = batch_size(run);
    hold->batch = malloc((size_t)most * (size_t)run->samples->inputs * sizeof *hold->batch);
    if (hold->batch == NULL)
        return no_memory(problem);
    for (int64_t first = 0; first < run->result.samples; first += most) {
        const int64_t left = run->result.samples - first;
        const int64_t count = left < most ? left : most;
        int code = fill_batch(run, first, count, hold, problem);
        if (code == 0)
            code = measure_jacobians(run, first, count, hold, problem);
        if (code != 0)
            return code;
        progress_show(progress, first + count);
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
