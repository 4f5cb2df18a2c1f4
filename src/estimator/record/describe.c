/* What an estimator is, and what the library can. */
#include "dirichlet/estimator.h"

#include <stddef.h>

#include "core/blas/blas.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/status.h"
#include "dirichlet/version.h"
#include "estimator/state/estimator.h"
#include "estimator/record/format.h"

static void describe_plan(const dirichlet_estimator *estimator,
                          dirichlet_estimator_description *description)
{
    const struct plan *plan = &estimator->plan;
    description->products_per_sample = plan->products;
    description->directions = plan->side == SIDE_ENERGIES ? 0 : plan->directions;
    description->method = plan->method;
    description->exact = plan->exact;
}

static void describe_options(const dirichlet_estimator *estimator,
                             dirichlet_estimator_description *description)
{
    const dirichlet_estimator_options *options = &estimator->options;
    description->first_sample = options->first_sample;
    description->population = options->population;
    description->groups = options->groups;
    description->seed = options->seed;
    description->confidence = options->confidence;
    description->step = options->step;
    description->forward_noise = options->forward_noise;
}

dirichlet_status dirichlet_estimator_describe(const dirichlet_estimator *estimator,
                                              dirichlet_estimator_description *description)
{
    dirichlet_estimator_description ours = {.struct_size = sizeof ours};
    if (estimator == NULL || description == NULL)
        return DIRICHLET_E_NULL;
    ours.inputs = estimator->offer.inputs;
    ours.outputs = estimator->offer.outputs;
    describe_plan(estimator, &ours);
    describe_options(estimator, &ours);
    ours.next_sample = estimator->state.next_sample;
    ours.workspace_bytes = estimator->workspace.bytes + estimator->crew.bytes;
    ours.tile_samples = estimator->workspace.samples;
    ours.element_size = (int32_t)estimator->element_size;
    ours.has_model = estimator->engine != NULL;
    ours.state_format = estimator->format != 0 ? estimator->format : STATE_FORMAT;
    ours.errors_unknown = estimator->errors_unknown;
    return versioned_struct_write(&ours, sizeof ours, description, description->struct_size,
                                  "description", NULL);
}

dirichlet_status dirichlet_describe_library(dirichlet_capabilities *capabilities)
{
    const dirichlet_capabilities ours = {.struct_size = sizeof ours,
                                         .version = DIRICHLET_VERSION,
                                         .oldest_state_format = STATE_FORMAT_0_1,
                                         .newest_state_format = STATE_FORMAT,
                                         .cblas = !blas_keeps_bits(),
                                         .largest_parallel_lanes = INT32_MAX};
    if (capabilities == NULL)
        return DIRICHLET_E_NULL;
    return versioned_struct_write(&ours, sizeof ours, capabilities, capabilities->struct_size,
                                  "capabilities", NULL);
}
