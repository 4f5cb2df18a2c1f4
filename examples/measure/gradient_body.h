/* --gradient, for both precisions. The gradient of a batch is computed in the precision of the
 * run, and those of all batches are added up in double. */
#ifndef EXAMPLES_MEASURE_GRADIENT_BODY_H
#define EXAMPLES_MEASURE_GRADIENT_BODY_H

#include <stdlib.h>
#include <string.h>

#include "gradient.h"
#include "hold_body.h"
#include "real.h"
#include "run.h"

static int make_gradient(const struct run *run, struct hold *hold, struct problem *problem)
{
    const struct gradient_tensor *tensor = run->gradient->tensors;
    hold->gradient = malloc((size_t)run->gradient->size * sizeof(REAL));
    hold->gradient_views = calloc((size_t)run->layers, sizeof *hold->gradient_views);
    if (hold->gradient == NULL || hold->gradient_views == NULL)
        return no_memory(problem);
    for (int i = 0; i < run->layers; i++) {
        const NAME(dirichlet_dense_layer) *layer = &hold->layers[i];
        NAME(dirichlet_dense_gradient) *view = &hold->gradient_views[i];
        view->struct_size = sizeof *view;
        view->weights = hold->gradient + (tensor++)->start;
        view->output_stride = layer->output_stride;
        view->input_stride = layer->input_stride;
        view->bias = layer->bias == NULL ? NULL : hold->gradient + (tensor++)->start;
        view->bias_stride = 1;
    }
    return 0;
}

/* The first `count` samples of the batch. */
static int add_gradient(const struct run *run, int64_t count, struct hold *hold,
                        struct problem *problem)
{
    struct gradient *sum = run->gradient;
    memset(hold->gradient, 0, (size_t)sum->size * sizeof(REAL));
    const dirichlet_status status = NAME(dirichlet_dense_energy_penalty)(
        hold->dense, count, hold->batch, NULL, 1.0, hold->gradient_views, run->layers, NULL);
    if (status != DIRICHLET_OK) {
        problem_set(problem, "--gradient: %s", NAME(dirichlet_dense_message)(hold->dense));
        return exit_code(status);
    }
    for (int64_t i = 0; i < sum->size; i++)
        sum->sums[i] += (double)count * (double)hold->gradient[i];
    sum->samples += count;
    return 0;
}

#endif
