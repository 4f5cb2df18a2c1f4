/* Estimators, and regularizers of any model; body for both precisions. */
#ifndef DIRICHLET_FUZZ_STRUCTS_CALLS_BODY_H
#define DIRICHLET_FUZZ_STRUCTS_CALLS_BODY_H

#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/dirichlet.h"
#include "fuzz/structs/calls.h"
#include "fuzz/structs/check_call_body.h"
#include "fuzz/structs/dense_calls_body.h"
#include "fuzz/structs/kinds_body.h"
#include "fuzz/structs/model_body.h"
#include "fuzz/structs/scene.h"

#define GROUPS 3

static dirichlet_estimator_options *some_options(struct scene *scene)
{
    dirichlet_estimator_options options = {.struct_size = sizeof options,
                                           .method = DIRICHLET_METHOD_RADEMACHER,
                                           .probes = 2,
                                           .groups = GROUPS,
                                           .allocator = scene_allocator(scene),
                                           .parallel = scene_parallel(scene),
                                           .progress = scene_progress};
    scene_change(scene, &kind_estimator_options, &options);
    if (options.probes >= 0 && options.probes <= INT64_C(1) << 28)
        options.probes = within(options.probes, 0, 20);
    if (options.groups >= 0 && options.groups <= INT64_C(1) << 20)
        options.groups = within(options.groups, 0, 8);
    options.workspace_bytes = small_budget(options.workspace_bytes);
    return scene_give_or_null(scene,
                              scene_lay_out(scene, &kind_estimator_options, &options, 1, false));
}

/* Everything that an estimator, whatever it is, can be asked. */
static void ask(struct scene *scene, const dirichlet_estimator *estimator)
{
    dirichlet_estimator_description *description =
        scene_give(scene, scene_result(scene, &kind_estimator_description));
    scene_ready(scene);
    scene_check(scene, dirichlet_estimator_describe(estimator, description));
    dirichlet_error *error = scene_result(scene, &kind_error);
    scene_ready(scene);
    scene_known(dirichlet_estimator_last_error(estimator, error));
}

static void call_create(struct scene *scene)
{
    dirichlet_estimator *estimator = NULL;
    dirichlet_estimator *copy = NULL;
    const model_table *model = some_model(scene);
    const dirichlet_estimator_options *options = some_options(scene);
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_estimator_create)(model, options, &estimator, error));
    if (estimator == NULL)
        return;
    const real *x = some_numbers(scene, 4 * inputs_now);
    double *found = scene_numbers(scene, 4 * sizeof *found, true);
    dirichlet_result *result = scene_result(scene, &kind_result);
    scene_ready(scene);
    scene_known(PRECISION(dirichlet_estimator_update)(estimator, 4, x, NULL, found));
    scene_known(dirichlet_estimator_clone(estimator, &copy));
    dirichlet_estimator_destroy(copy);
    scene_ready(scene);
    const dirichlet_status status =
        dirichlet_estimator_result(estimator, scene_give(scene, result));
    scene->plain = scene->plain && status == DIRICHLET_OK;
    scene_check(scene, status);
    ask(scene, estimator);
    dirichlet_estimator_destroy(estimator);
}

/* An estimator of the plain model, with groups. */
static dirichlet_estimator *plain_estimator(void)
{
    static const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .probes = 2, .groups = GROUPS};
    const model_table model = {
        .struct_size = sizeof model, .inputs = 3, .outputs = 2, .forward = forward, .vjp = vjp};
    dirichlet_estimator *estimator = NULL;
    inputs_now = row_now = 3;
    outputs_now = 2;
    scene_known(PRECISION(dirichlet_estimator_create)(&model, &options, &estimator, NULL));
    return estimator;
}

/* One element that may be anything. */
static void spoil(struct scene *scene, void *numbers, size_t size, int64_t count)
{
    const int64_t any = scene_choose(scene, 3) == 0 ? -1 : INT64_MAX;
    if (scene_byte(scene) < 0xc0 || count == 0)
        return;
    scene->plain = false;
    memcpy((unsigned char *)numbers + size * (size_t)scene_choose(scene, (int)count), &any, size);
}

static int64_t some_rows(int64_t samples, int64_t stride)
{
    const int64_t step = stride > row_now ? stride : row_now;
    return samples > 0 ? (samples - 1) * step + row_now : 1;
}

/* Rows of as many numbers as the model has inputs. */
static batch_view *some_batch(struct scene *scene, bool penalty)
{
    static const real some_row = 0;
    batch_view batch = {.struct_size = sizeof batch, .samples = 4};
    int64_t *indices = scene_numbers(scene, 4 * sizeof *indices, false);
    int64_t *groups = scene_numbers(scene, 4 * sizeof *groups, false);
    double *weights = scene_numbers(scene, 4 * sizeof *weights, false);
    const bool grouped = scene_byte(scene) >= 0xc0;
    for (int64_t i = 0; i < 4; i++) {
        indices[i] = 7 - i;
        groups[i] = i % GROUPS;
        weights[i] = 1.0 + (double)(i % 2);
    }
    spoil(scene, indices, sizeof *indices, 4);
    spoil(scene, groups, sizeof *groups, 4);
    spoil(scene, weights, sizeof *weights, 4);
    batch.x = &some_row;
    batch.indices = indices;
    batch.groups = grouped == penalty ? groups : NULL; /* which penalties refuse */
    batch.weights = weights;
    batch.energies = scene_numbers(scene, 4 * sizeof *batch.energies, true);
    batch.deviations = scene_numbers(scene, 4 * sizeof *batch.deviations, true);
    scene->plain = scene->plain && !grouped;
    scene_change(scene, &PRECISION(kind_batch), &batch);
    batch.samples = within(batch.samples, 0, 4);
    batch.row_stride = within(batch.row_stride, 0, 16);
    if (batch.x != NULL)
        batch.x = some_numbers(scene, some_rows(batch.samples, batch.row_stride));
    return scene_give(scene, scene_lay_out(scene, &PRECISION(kind_batch), &batch, 1, false));
}

static void call_update_batch(struct scene *scene)
{
    dirichlet_estimator *estimator = plain_estimator();
    const batch_view *batch = some_batch(scene, false);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_estimator_update_batch)(estimator, batch));
    const int64_t group = scene_choose(scene, GROUPS);
    dirichlet_result *result = scene_give(scene, scene_result(scene, &kind_result));
    scene->plain = false; /* a group may be empty */
    scene_ready(scene);
    scene_check(scene, dirichlet_estimator_group_result(estimator, group, result));
    ask(scene, estimator);
    dirichlet_estimator_destroy(estimator);
}

static void call_measure(struct scene *scene)
{
    const model_table *model = some_model(scene);
    const dirichlet_estimator_options *options = some_options(scene);
    const real *x = some_numbers(scene, 4 * inputs_now);
    double *found = scene_numbers(scene, 4 * sizeof *found, true);
    dirichlet_result *result = scene_give(scene, scene_result(scene, &kind_result));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene,
                PRECISION(dirichlet_measure)(model, 4, x, NULL, options, result, found, error));
}

static dirichlet_energy_penalty_options *some_penalty_options(struct scene *scene)
{
    dirichlet_energy_penalty_options options = {.struct_size = sizeof options,
                                                .allocator = scene_allocator(scene),
                                                .parallel = scene_parallel(scene),
                                                .progress = scene_progress};
    scene_change(scene, &kind_energy_penalty_options, &options);
    options.workspace_bytes = small_budget(options.workspace_bytes);
    return scene_give_or_null(
        scene, scene_lay_out(scene, &kind_energy_penalty_options, &options, 1, false));
}

static void call_energy_penalty(struct scene *scene)
{
    const model_table *model = some_model(scene);
    const dirichlet_energy_penalty_options *options = some_penalty_options(scene);
    const real *x = some_numbers(scene, 4 * inputs_now);
    dirichlet_penalty_result *result =
        scene_give_or_null(scene, scene_result(scene, &kind_penalty_result));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene,
                PRECISION(dirichlet_energy_penalty)(model, 4, x, options, 0.5, result, error));
}

static void call_energy_penalty_batch(struct scene *scene)
{
    const model_table *model = some_model(scene);
    const batch_view *batch = some_batch(scene, true);
    const dirichlet_energy_penalty_options *options = some_penalty_options(scene);
    dirichlet_penalty_result *result =
        scene_give_or_null(scene, scene_result(scene, &kind_penalty_result));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_energy_penalty_batch)(model, batch, options, 0.5, result,
                                                                 error));
}

static void call_jacobian_norms(struct scene *scene)
{
    dirichlet_jacobian_norms_options options = {.struct_size = sizeof options,
                                                .allocator = scene_allocator(scene),
                                                .parallel = scene_parallel(scene),
                                                .progress = scene_progress};
    const model_table *model = some_model(scene);
    scene_change(scene, &kind_jacobian_norms_options, &options);
    options.workspace_bytes = small_budget(options.workspace_bytes);
    const dirichlet_jacobian_norms_options *given = scene_give_or_null(
        scene, scene_lay_out(scene, &kind_jacobian_norms_options, &options, 1, false));
    const real *x = some_numbers(scene, 2 * inputs_now);
    double *norms = scene_numbers(scene, 2 * sizeof *norms, true);
    dirichlet_jacobian_norms *result = scene_give(scene, scene_result(scene, &kind_jacobian_norms));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene,
                PRECISION(dirichlet_jacobian_norms)(model, 2, x, given, norms, result, error));
}

#define PARAMETERS 2

static parameter_view *some_parameters(struct scene *scene, int64_t *columns)
{
    parameter_view parameters[PARAMETERS];
    memset(parameters, 0, sizeof parameters);
    for (int p = 0; p < PARAMETERS; p++) {
        parameter_view *it = &parameters[p];
        *it = (parameter_view){.struct_size = sizeof *it,
                               .values = some_numbers(scene, 64),
                               .gradient = some_gradient(scene, 64),
                               .rows = 2,
                               .columns = 3,
                               .row_stride = 3,
                               .column_stride = 1,
                               .gradient_row_stride = 1,
                               .gradient_column_stride = 2};
        scene_change(scene, &PRECISION(kind_parameter), it);
        it->rows = within(it->rows, 1, MOST_WIDTH);
        it->columns = within(it->columns, 1, MOST_WIDTH);
        it->row_stride = within(it->row_stride, 1, 10);
        it->column_stride = within(it->column_stride, 1, 10);
        it->gradient_row_stride = within(it->gradient_row_stride, 1, 10);
        it->gradient_column_stride = within(it->gradient_column_stride, 1, 10);
        columns[p] = it->columns;
    }
    return scene_give(
        scene, scene_lay_out(scene, &PRECISION(kind_parameter), parameters, PARAMETERS, false));
}

static void call_parameter_norm(struct scene *scene)
{
    int64_t columns[PARAMETERS];
    dirichlet_parameter_norm_options options = {.struct_size = sizeof options,
                                                .norm = DIRICHLET_NORM_L1};
    const parameter_view *parameters = some_parameters(scene, columns);
    scene_change(scene, &kind_parameter_norm_options, &options);
    const dirichlet_parameter_norm_options *given =
        scene_give(scene, scene_lay_out(scene, &kind_parameter_norm_options, &options, 1, false));
    dirichlet_penalty_result *result =
        scene_give_or_null(scene, scene_result(scene, &kind_penalty_result));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_parameter_norm)(parameters, PARAMETERS, given, 0.5,
                                                           result, error));
}

static void call_spectral_penalty(struct scene *scene)
{
    int64_t columns[PARAMETERS];
    singular_view singular[PARAMETERS];
    dirichlet_spectral_penalty_options options = {.struct_size = sizeof options,
                                                  .allocator = scene_allocator(scene)};
    const parameter_view *parameters = some_parameters(scene, columns);
    memset(singular, 0, sizeof singular);
    for (int p = 0; p < PARAMETERS; p++) {
        singular[p] = (singular_view){.struct_size = sizeof singular[p],
                                      .vector = some_gradient(scene, MOST_WIDTH)};
        scene_change(scene, &PRECISION(kind_singular), &singular[p]);
    }
    singular_view *laid = scene_give(
        scene, scene_lay_out(scene, &PRECISION(kind_singular), singular, PARAMETERS, true));
    scene_change(scene, &kind_spectral_penalty_options, &options);
    options.iterations = within(options.iterations, 0, 8);
    const dirichlet_spectral_penalty_options *given = scene_give_or_null(
        scene, scene_lay_out(scene, &kind_spectral_penalty_options, &options, 1, false));
    dirichlet_penalty_result *result =
        scene_give_or_null(scene, scene_result(scene, &kind_penalty_result));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_spectral_penalty)(parameters, PARAMETERS, laid, given,
                                                             0.5, result, error));
}

static void call_operator_norm(struct scene *scene)
{
    dirichlet_spectral_options options = {.struct_size = sizeof options,
                                          .progress = scene_progress};
    const real *values = some_numbers(scene, 6);
    scene_change(scene, &kind_spectral_options, &options);
    const dirichlet_spectral_options *given =
        scene_give_or_null(scene, scene_lay_out(scene, &kind_spectral_options, &options, 1, false));
    const dirichlet_allocator *allocator =
        scene_give_or_null(scene, (void *)(uintptr_t)scene_allocator(scene));
    dirichlet_spectral_result *result =
        scene_give(scene, scene_result(scene, &kind_spectral_result));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_operator_norm)(values, 2, 3, 3, 1, given, allocator,
                                                          result, error));
}

static void call_flatness_penalty(struct scene *scene)
{
    dirichlet_flatness_options options = {.struct_size = sizeof options,
                                          .allocator = scene_allocator(scene)};
    objective_view objective = {.struct_size = sizeof objective,
                                .parameters = 3,
                                .gradient = objective_gradient,
                                .hvp = objective_hvp};
    scene_change(scene, &PRECISION(kind_objective), &objective);
    objective.parameters = within(objective.parameters, 1, MOST_WIDTH);
    inputs_now = objective.parameters;
    const objective_view *laid =
        scene_give(scene, scene_lay_out(scene, &PRECISION(kind_objective), &objective, 1, false));
    scene_change(scene, &kind_flatness_options, &options);
    const dirichlet_flatness_options *given =
        scene_give_or_null(scene, scene_lay_out(scene, &kind_flatness_options, &options, 1, false));
    const real *theta = some_numbers(scene, MOST_WIDTH);
    real *gradient = some_gradient(scene, MOST_WIDTH);
    dirichlet_flatness *result = scene_give_or_null(scene, scene_result(scene, &kind_flatness));
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_flatness_penalty)(laid, theta, 0.1, 0.5, gradient, given,
                                                             result, error));
}

static void call_initialize(struct scene *scene)
{
    dirichlet_initialization_options options = {.struct_size = sizeof options};
    scene_change(scene, &kind_initialization_options, &options);
    const dirichlet_initialization_options *given = scene_give_or_null(
        scene, scene_lay_out(scene, &kind_initialization_options, &options, 1, false));
    real *weights = some_gradient(scene, 6);
    real *bias = some_gradient(scene, 2);
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene,
                PRECISION(dirichlet_initialize)(given, 0, 3, 2, weights, 3, 1, bias, 1, error));
}

void PRECISION(call)(struct scene *scene, int which)
{
    static void (*const calls[CALLS_WITH_PRECISION])(struct scene *) = {call_create,
                                                                        call_update_batch,
                                                                        call_measure,
                                                                        call_energy_penalty,
                                                                        call_energy_penalty_batch,
                                                                        call_jacobian_norms,
                                                                        call_parameter_norm,
                                                                        call_spectral_penalty,
                                                                        call_operator_norm,
                                                                        call_flatness_penalty,
                                                                        call_initialize,
                                                                        call_network,
                                                                        call_network_penalty,
                                                                        call_network_loss,
                                                                        call_network_spectrum,
                                                                        call_check};
    calls[which](scene);
}

#endif
