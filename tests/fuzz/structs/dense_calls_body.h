/* Dense networks; body for both precisions. */
#ifndef DIRICHLET_FUZZ_STRUCTS_DENSE_CALLS_BODY_H
#define DIRICHLET_FUZZ_STRUCTS_DENSE_CALLS_BODY_H

#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/dirichlet.h"
#include "fuzz/structs/calls.h"
#include "fuzz/structs/kinds_body.h"
#include "fuzz/structs/model_body.h"
#include "fuzz/structs/scene.h"

#define LAYERS 2
#define ROWS 3
#define ELEMENTS 64 /* of every array of parameters: sizes up to 4, strides up to 10 */

typedef PRECISION(dirichlet_dense) network_handle;

static void sound_layers(struct scene *scene, layer_view layers[LAYERS])
{
    memset(layers, 0, LAYERS * sizeof *layers);
    for (int l = 0; l < LAYERS; l++)
        layers[l] = (layer_view){.struct_size = sizeof layers[l],
                                 .inputs = l == 0 ? 3 : 4,
                                 .outputs = l == 0 ? 4 : 2,
                                 .weights = some_numbers(scene, ELEMENTS),
                                 .output_stride = 4,
                                 .input_stride = 1,
                                 .bias = some_numbers(scene, ELEMENTS),
                                 .bias_stride = 2,
                                 .activation = l == 0 ? DIRICHLET_ACTIVATION_PRELU
                                                      : DIRICHLET_ACTIVATION_TANH,
                                 .negative_slopes = l == 0 ? some_numbers(scene, ELEMENTS) : NULL,
                                 .negative_slope_stride = l == 0};
    inputs_now = row_now = 3;
    outputs_now = 2;
}

static network_handle *sound_network(struct scene *scene)
{
    layer_view layers[LAYERS];
    network_handle *network = NULL;
    sound_layers(scene, layers);
    scene_known(PRECISION(dirichlet_dense_create)(layers, LAYERS, NULL, &network, NULL));
    return network;
}

static const layer_view *some_layers(struct scene *scene)
{
    layer_view layers[LAYERS];
    sound_layers(scene, layers);
    for (int l = 0; l < LAYERS; l++) {
        layer_view *it = &layers[l];
        scene_change(scene, &PRECISION(kind_dense_layer), it);
        it->inputs = within(it->inputs, 1, MOST_WIDTH);
        it->outputs = within(it->outputs, 1, MOST_WIDTH);
        it->output_stride = within(it->output_stride, 1, 10);
        it->input_stride = within(it->input_stride, 1, 10);
        it->bias_stride = within(it->bias_stride, 1, 10);
        it->negative_slope_stride = within(it->negative_slope_stride, 1, 10);
    }
    return scene_give(scene,
                      scene_lay_out(scene, &PRECISION(kind_dense_layer), layers, LAYERS, false));
}

static const dirichlet_dense_options *some_dense_options(struct scene *scene)
{
    dirichlet_dense_options options = {.struct_size = sizeof options,
                                       .allocator = scene_allocator(scene),
                                       .parallel = scene_parallel(scene)};
    scene_change(scene, &kind_dense_options, &options);
    options.workspace_bytes = small_budget(options.workspace_bytes);
    return scene_give_or_null(scene, scene_lay_out(scene, &kind_dense_options, &options, 1, false));
}

/* Results that are filled in, and a plan that is read. */
static void describe_network(struct scene *scene, network_handle *network)
{
    dirichlet_dense_description *description =
        scene_give(scene, scene_result(scene, &kind_dense_description));
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_describe)(network, description));
    model_table *table = scene_give(scene, scene_result(scene, &PRECISION(kind_filled_model)));
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_model)(network, table));
    dirichlet_dense_plan *plan = scene_give(scene, scene_result(scene, &kind_dense_plan));
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_energy_plan)(network, 3, 1, plan));
    dirichlet_dense_plan sound = {.struct_size = sizeof sound};
    scene_known(PRECISION(dirichlet_dense_energy_plan)(network, 3, 0, &sound));
    scene_change(scene, &kind_dense_plan, &sound);
    const dirichlet_dense_plan *laid =
        scene_give(scene, scene_lay_out(scene, &kind_dense_plan, &sound, 1, false));
    const size_t size = scene_byte(scene);
    char *text = scene_numbers(scene, size, true);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_plan_text)(network, laid, text, size));
}

static void call_network(struct scene *scene)
{
    network_handle *network = NULL;
    const layer_view *layers = some_layers(scene);
    const dirichlet_dense_options *options = some_dense_options(scene);
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_create)(layers, LAYERS, options, &network, error));
    if (network == NULL)
        return;
    const real *x = some_numbers(scene, ROWS * MOST_WIDTH);
    double *energies = scene_numbers(scene, ROWS * sizeof *energies, true);
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_energies)(network, ROWS, x, energies));
    describe_network(scene, network);
    error = scene_error(scene);
    scene_ready(scene);
    scene_known(PRECISION(dirichlet_dense_last_error)(network, error));
    PRECISION(dirichlet_dense_destroy)(network);
}

static const gradient_view *some_gradients(struct scene *scene)
{
    gradient_view gradients[LAYERS];
    memset(gradients, 0, sizeof gradients);
    for (int l = 0; l < LAYERS; l++) {
        gradient_view *it = &gradients[l];
        *it = (gradient_view){.struct_size = sizeof *it,
                              .weights = some_gradient(scene, ELEMENTS),
                              .output_stride = 1,
                              .input_stride = 4,
                              .bias = some_gradient(scene, ELEMENTS),
                              .bias_stride = 1};
        scene_change(scene, &PRECISION(kind_dense_gradient), it);
        it->output_stride = within(it->output_stride, 1, 10);
        it->input_stride = within(it->input_stride, 1, 10);
        it->bias_stride = within(it->bias_stride, 1, 10);
    }
    return scene_give(
        scene, scene_lay_out(scene, &PRECISION(kind_dense_gradient), gradients, LAYERS, false));
}

static const tangent_view *some_tangents(struct scene *scene)
{
    tangent_view tangents[LAYERS];
    memset(tangents, 0, sizeof tangents);
    for (int l = 0; l < LAYERS; l++) {
        tangent_view *it = &tangents[l];
        *it = (tangent_view){.struct_size = sizeof *it,
                             .weights = some_numbers(scene, ELEMENTS),
                             .output_stride = 4,
                             .input_stride = 1,
                             .bias = some_numbers(scene, ELEMENTS),
                             .bias_stride = 1};
        scene_change(scene, &PRECISION(kind_dense_tangent), it);
        it->output_stride = within(it->output_stride, 1, 10);
        it->input_stride = within(it->input_stride, 1, 10);
        it->bias_stride = within(it->bias_stride, 1, 10);
    }
    return scene_give(
        scene, scene_lay_out(scene, &PRECISION(kind_dense_tangent), tangents, LAYERS, false));
}

static const dirichlet_dense_penalty_options *some_dense_penalty_options(struct scene *scene)
{
    dirichlet_dense_penalty_options options = {.struct_size = sizeof options, .probes = 1};
    scene_change(scene, &kind_dense_penalty_options, &options);
    if (options.probes >= 0 && options.probes <= INT64_C(4294967295))
        options.probes = within(options.probes, 0, 20);
    return scene_give_or_null(
        scene, scene_lay_out(scene, &kind_dense_penalty_options, &options, 1, false));
}

/* Plain, or by a batch with weights. */
static void call_network_penalty(struct scene *scene)
{
    network_handle *network = sound_network(scene);
    const bool by_batch = scene_byte(scene) % 2 == 1;
    batch_view batch = {.struct_size = sizeof batch, .samples = ROWS, .row_stride = 5};
    double *weights = scene_numbers(scene, ROWS * sizeof *weights, false);
    const real *x = some_numbers(scene, ROWS * 16);
    for (int i = 0; i < ROWS; i++)
        weights[i] = 1.0 + i;
    batch.x = x;
    batch.weights = weights;
    scene_change(scene, &PRECISION(kind_batch), &batch);
    batch.samples = within(batch.samples, 0, ROWS);
    batch.row_stride = within(batch.row_stride, 0, 16);
    const dirichlet_dense_penalty_options *options = some_dense_penalty_options(scene);
    const gradient_view *gradients = some_gradients(scene);
    dirichlet_penalty_result *result =
        scene_give_or_null(scene, scene_result(scene, &kind_penalty_result));
    void *laid = scene_lay_out(scene, &PRECISION(kind_batch), &batch, 1, false);
    const batch_view *given = by_batch ? scene_give(scene, laid) : NULL;
    scene_ready(scene);
    scene_check(scene, by_batch ? PRECISION(dirichlet_dense_energy_penalty_batch)(
                                      network, given, options, 0.5, gradients, LAYERS, result)
                                : PRECISION(dirichlet_dense_energy_penalty)(
                                      network, ROWS, x, options, 0.5, gradients, LAYERS, result));
    PRECISION(dirichlet_dense_destroy)(network);
}

static const loss_view *some_loss(struct scene *scene)
{
    loss_view loss = {.struct_size = sizeof loss};
    int64_t *labels = scene_numbers(scene, ROWS * sizeof *labels, false);
    const int kind = scene_choose(scene, 3);
    for (int64_t i = 0; i < ROWS; i++)
        labels[i] = i % 2;
    if (scene_byte(scene) >= 0xc0) {
        labels[1] = scene_choose(scene, 4) - 1;
        scene->plain = false;
    }
    loss.kind = kind == 0   ? DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY
                : kind == 1 ? DIRICHLET_LOSS_SQUARED
                            : DIRICHLET_LOSS_CUSTOM;
    loss.labels = kind == 0 ? labels : NULL;
    loss.targets = kind == 1 ? some_numbers(scene, ROWS * 2) : NULL;
    loss.function = kind == 2 ? loss_function : NULL;
    loss.curvature = kind == 2 ? loss_curvature : NULL;
    scene_change(scene, &PRECISION(kind_loss), &loss);
    return scene_give(scene, scene_lay_out(scene, &PRECISION(kind_loss), &loss, 1, false));
}

static void call_network_loss(struct scene *scene)
{
    network_handle *network = sound_network(scene);
    const int which = scene_choose(scene, 3);
    const loss_view *loss = some_loss(scene);
    const gradient_view *gradients = some_gradients(scene);
    const real *x = some_numbers(scene, ROWS * 3);
    dirichlet_status status = DIRICHLET_OK;
    if (which == 0) {
        double *value = scene_numbers(scene, sizeof *value, true);
        scene_ready(scene);
        status = PRECISION(dirichlet_dense_loss_gradient)(network, ROWS, x, loss, 0.5, gradients,
                                                          LAYERS, value);
    } else if (which == 1) {
        const tangent_view *tangents = some_tangents(scene);
        scene_ready(scene);
        status = PRECISION(dirichlet_dense_loss_hvp)(network, ROWS, x, loss, tangents, 0.5,
                                                     gradients, LAYERS);
    } else {
        dirichlet_flatness *result = scene_give_or_null(scene, scene_result(scene, &kind_flatness));
        scene_ready(scene);
        status = PRECISION(dirichlet_dense_flatness_penalty)(network, ROWS, x, loss, 0.1, 0.5,
                                                             gradients, LAYERS, result);
    }
    scene_check(scene, status);
    PRECISION(dirichlet_dense_destroy)(network);
}

static void call_transfer(struct scene *scene, network_handle *network)
{
    dirichlet_dense_transfer_options options = {.struct_size = sizeof options,
                                                .progress = scene_progress};
    dirichlet_dense_transfer_result result = {
        .struct_size = sizeof result,
        .input_side = scene_numbers(scene, ROWS * sizeof(double), true),
        .parameter_side = scene_numbers(scene, ROWS * sizeof(double), true),
        .factors = scene_numbers(scene, sizeof(double) * ROWS * LAYERS, true),
        .ratios = scene_numbers(scene, ROWS * sizeof(double), true)};
    const real *x = some_numbers(scene, ROWS * 3);
    scene_change(scene, &kind_dense_transfer_options, &options);
    const dirichlet_dense_transfer_options *given = scene_give_or_null(
        scene, scene_lay_out(scene, &kind_dense_transfer_options, &options, 1, false));
    scene_change(scene, &kind_dense_transfer_result, &result);
    dirichlet_dense_transfer_result *laid =
        scene_give(scene, scene_lay_out(scene, &kind_dense_transfer_result, &result, 1, true));
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_transfer)(network, ROWS, x, given, laid));
}

static void call_network_spectrum(struct scene *scene)
{
    network_handle *network = sound_network(scene);
    dirichlet_spectral_options options = {.struct_size = sizeof options,
                                          .progress = scene_progress};
    dirichlet_spectral_result norms[LAYERS];
    memset(norms, 0x77, sizeof norms);
    scene_change(scene, &kind_spectral_options, &options);
    const dirichlet_spectral_options *given =
        scene_give_or_null(scene, scene_lay_out(scene, &kind_spectral_options, &options, 1, false));
    dirichlet_spectral_result *laid =
        scene_give_or_null(scene, scene_lay_out(scene, &kind_spectral_result, norms, LAYERS, true));
    dirichlet_dense_lipschitz *lipschitz =
        scene_give_or_null(scene, scene_result(scene, &kind_dense_lipschitz));
    if (laid == NULL && lipschitz == NULL) {
        scene->wrong = true;
        scene->plain = false;
    }
    scene_ready(scene);
    scene_check(scene, PRECISION(dirichlet_dense_spectral_norms)(network, given, laid, lipschitz));
    call_transfer(scene, network);
    PRECISION(dirichlet_dense_destroy)(network);
}

#endif
