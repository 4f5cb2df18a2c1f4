/* The functions of dense.h, on a small network with weights of a given size. */
#ifndef DIRICHLET_ENVIRONMENT_DENSE_BODY_H
#define DIRICHLET_ENVIRONMENT_DENSE_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/model.h"
#include "estimator_body.h"
#include "run.h"
#include "shift_body.h"
#include "support/dense_subject.h"
#include "support/sine_model.h"
#include "type.h"

struct network_data {
    struct dense_subject subject;
    real x[ROWS * INPUTS];
    real vectors[ROWS * 2 * INPUTS];
    real targets[ROWS * OUTPUTS];
    PRECISION(dirichlet_dense_layer) layers[DENSE_LAYERS];
    real gradient[DENSE_NUMBERS];
    real tangent[DENSE_NUMBERS];
    PRECISION(dirichlet_dense_gradient) gradients[DENSE_LAYERS];
    PRECISION(dirichlet_dense_tangent) tangents[DENSE_LAYERS];
};

/* A buffer for every weight and bias, packed. */
static void lay_out(const struct network_data *data, real *numbers,
                    PRECISION(dirichlet_dense_gradient) * views)
{
    for (int l = 0; l < DENSE_LAYERS; l++) {
        const int64_t inputs = data->layers[l].inputs;
        const int64_t outputs = data->layers[l].outputs;
        views[l] = (PRECISION(dirichlet_dense_gradient)){
            sizeof views[l], numbers, inputs, 1, numbers + inputs * outputs, 1};
        numbers += (inputs + 1) * outputs;
    }
}

/* The tangent that lies where the gradient does. */
static PRECISION(dirichlet_dense_tangent)
    tangent_of(const struct network_data *data, const PRECISION(dirichlet_dense_gradient) * view)
{
    return (PRECISION(dirichlet_dense_tangent)){
        .struct_size = sizeof(PRECISION(dirichlet_dense_tangent)),
        .weights = data->tangent + (view->weights - data->gradient),
        .output_stride = view->output_stride,
        .input_stride = view->input_stride,
        .bias = data->tangent + (view->bias - data->gradient),
        .bias_stride = view->bias_stride};
}

/* Data and weights scaled by powers of two: with tiny ones the numbers, or their products, are
 * subnormal. */
static void make_network(struct network_data *data, int tiny)
{
    const int exponent = tiny ? (int)(0.9 * log2((double)REAL_LEAST)) : 0;
    memset(data, 0, sizeof *data);
    dense_subject_make(&data->subject);
    PRECISION(sine_data)(ROWS * INPUTS, 3, data->x);
    PRECISION(sine_data)(ROWS * 2 * INPUTS, 4, data->vectors);
    PRECISION(sine_data)(ROWS * OUTPUTS, 5, data->targets);
    PRECISION(sine_data)(DENSE_NUMBERS, 6, data->tangent);
    memcpy(data->layers, data->subject.PRECISION(layers), sizeof data->layers);
    real *numbers = data->subject.NUMBERS;
    for (int i = 0; i < DENSE_NUMBERS; i++)
        numbers[i] = (real)ldexp((double)numbers[i], exponent / DENSE_LAYERS);
    lay_out(data, data->gradient, data->gradients);
    for (int l = 0; l < DENSE_LAYERS; l++)
        data->tangents[l] = tangent_of(data, &data->gradients[l]);
}

static void keep_gradient(struct run *run, struct network_data *data)
{
    run_keep(run, data->gradient, sizeof data->gradient);
    memset(data->gradient, 0, sizeof data->gradient);
}

static void run_products(struct run *run, PRECISION(dirichlet_dense) * network,
                         struct network_data *data)
{
    real out[ROWS * 2 * INPUTS] = {0};
    run_begin(run, PRECISION_NAME("dirichlet_dense_forward"));
    run_keep_status(run, PRECISION(dirichlet_dense_forward)(network, ROWS, data->x, out));
    run_keep(run, out, sizeof out);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_jvp"));
    run_keep_status(run,
                    PRECISION(dirichlet_dense_jvp)(network, ROWS, 2, data->x, data->vectors, out));
    run_keep(run, out, sizeof out);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_vjp"));
    run_keep_status(run,
                    PRECISION(dirichlet_dense_vjp)(network, ROWS, 2, data->x, data->vectors, out));
    run_keep(run, out, sizeof out);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_parameter_vjp"));
    run_keep_status(run,
                    PRECISION(dirichlet_dense_parameter_vjp)(network, ROWS, data->x, data->targets,
                                                             0.7, data->gradients, DENSE_LAYERS));
    keep_gradient(run, data);
    run_end(run);
}

static void run_energies(struct run *run, PRECISION(dirichlet_dense) * network,
                         struct network_data *data)
{
    double out[2 * ROWS] = {0};
    run_begin(run, PRECISION_NAME("dirichlet_dense_energies"));
    run_keep_status(run, PRECISION(dirichlet_dense_energies)(network, ROWS, data->x, out));
    run_keep(run, out, sizeof out);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_energy_sum"));
    run_keep_status(run, PRECISION(dirichlet_dense_energy_sum)(network, ROWS, data->x, out));
    run_keep(run, out, sizeof out);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_product_norms"));
    run_keep_status(run, PRECISION(dirichlet_dense_product_norms)(network, ROWS, 2, data->x,
                                                                  data->vectors, out));
    run_keep(run, out, sizeof out);
    run_end(run);
}

static void run_energy_penalty(struct run *run, PRECISION(dirichlet_dense) * network,
                               struct network_data *data)
{
    static const int64_t indices[ROWS] = {9, 3, 4, 5, 20, 8, 1};
    const double weights[ROWS] = {1.0, 0.1, 0.7, 1.0, 0.3, 0.9, 1.1};
    dirichlet_penalty_result result = {.struct_size = sizeof result};
    const dirichlet_dense_penalty_options options = {
        .struct_size = sizeof options, .probes = 2, .seed = 9, .first_sample = 1};
    const PRECISION(dirichlet_batch) batch = {.struct_size = sizeof batch,
                                              .samples = ROWS,
                                              .x = data->x,
                                              .weights = weights,
                                              .indices = indices};
    for (int i = 0; i < 2; i++) {
        run_begin(run, PRECISION_NAME("dirichlet_dense_energy_penalty"));
        run_keep_status(run, PRECISION(dirichlet_dense_energy_penalty)(
                                 network, ROWS, data->x, i == 0 ? NULL : &options, 0.3,
                                 data->gradients, DENSE_LAYERS, &result));
        run_keep(run, &result, sizeof result);
        keep_gradient(run, data);
        run_end(run);
        run_begin(run, PRECISION_NAME("dirichlet_dense_energy_penalty_batch"));
        run_keep_status(run, PRECISION(dirichlet_dense_energy_penalty_batch)(
                                 network, &batch, i == 0 ? NULL : &options, 0.3, data->gradients,
                                 DENSE_LAYERS, &result));
        run_keep(run, &result, sizeof result);
        keep_gradient(run, data);
        run_end(run);
    }
}

static void run_plans(struct run *run, PRECISION(dirichlet_dense) * network)
{
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE] = {0};
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    run_begin(run, PRECISION_NAME("dirichlet_dense_energy_plan"));
    run_keep_status(run, PRECISION(dirichlet_dense_energy_plan)(network, 10, 1, &plan));
    run_keep(run, &plan, sizeof plan);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_last_plan"));
    run_keep_status(run, PRECISION(dirichlet_dense_last_plan)(network, &plan));
    run_keep(run, &plan, sizeof plan);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_plan_text"));
    run_keep_status(run, PRECISION(dirichlet_dense_plan_text)(network, &plan, text, sizeof text));
    run_keep(run, text, sizeof text);
    run_end(run);
}

static void run_losses(struct run *run, PRECISION(dirichlet_dense) * network,
                       struct network_data *data, const PRECISION(dirichlet_loss) * loss)
{
    double value = 0.0;
    dirichlet_flatness flatness = {.struct_size = sizeof flatness};
    run_begin(run, PRECISION_NAME("dirichlet_dense_loss_gradient"));
    run_keep_status(run, PRECISION(dirichlet_dense_loss_gradient)(network, ROWS, data->x, loss, 0.7,
                                                                  data->gradients, DENSE_LAYERS,
                                                                  &value));
    run_keep(run, &value, sizeof value);
    keep_gradient(run, data);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_loss_hvp"));
    run_keep_status(run, PRECISION(dirichlet_dense_loss_hvp)(network, ROWS, data->x, loss,
                                                             data->tangents, 0.7, data->gradients,
                                                             DENSE_LAYERS));
    keep_gradient(run, data);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_flatness_penalty"));
    run_keep_status(run, PRECISION(dirichlet_dense_flatness_penalty)(network, ROWS, data->x, loss,
                                                                     0.1, 0.7, data->gradients,
                                                                     DENSE_LAYERS, &flatness));
    run_keep(run, &flatness, sizeof flatness);
    keep_gradient(run, data);
    run_end(run);
}

static void run_spectrum(struct run *run, PRECISION(dirichlet_dense) * network,
                         struct network_data *data)
{
    double numbers[3][ROWS] = {{0}};
    double factors[ROWS * DENSE_LAYERS] = {0};
    dirichlet_spectral_result norms[DENSE_LAYERS] = {{0}};
    dirichlet_dense_lipschitz lipschitz = {.struct_size = sizeof lipschitz};
    const dirichlet_spectral_options spectral = {
        .struct_size = sizeof spectral, .progress = see_progress, .progress_user = run};
    const dirichlet_dense_transfer_options options = {
        .struct_size = sizeof options, .progress = see_progress, .progress_user = run};
    dirichlet_dense_transfer_result transfer = {.struct_size = sizeof transfer,
                                                .input_side = numbers[0],
                                                .parameter_side = numbers[1],
                                                .factors = factors,
                                                .ratios = numbers[2]};
    for (int l = 0; l < DENSE_LAYERS; l++)
        norms[l].struct_size = sizeof norms[l];
    run_begin(run, PRECISION_NAME("dirichlet_dense_spectral_norms"));
    run_keep_status(
        run, PRECISION(dirichlet_dense_spectral_norms)(network, &spectral, norms, &lipschitz));
    run_keep(run, norms, sizeof norms);
    run_keep(run, &lipschitz, sizeof lipschitz);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_transfer"));
    run_keep_status(
        run, PRECISION(dirichlet_dense_transfer)(network, ROWS, data->x, &options, &transfer));
    run_keep(run, &transfer.samples, sizeof transfer.samples);
    run_keep(run, numbers, sizeof numbers);
    run_keep(run, factors, sizeof factors);
    run_end(run);
}

static void look_at_network(struct run *run, PRECISION(dirichlet_dense) * network,
                            PRECISION(dirichlet_model) * model)
{
    run_begin(run, PRECISION_NAME("dirichlet_dense_inputs"));
    const int64_t inputs = PRECISION(dirichlet_dense_inputs)(network);
    run_keep(run, &inputs, sizeof inputs);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_outputs"));
    const int64_t outputs = PRECISION(dirichlet_dense_outputs)(network);
    run_keep(run, &outputs, sizeof outputs);
    run_end(run);
    dirichlet_dense_description description = {.struct_size = sizeof description};
    run_begin(run, PRECISION_NAME("dirichlet_dense_describe"));
    run_keep_status(run, PRECISION(dirichlet_dense_describe)(network, &description));
    run_keep(run, &description, sizeof description);
    run_end(run);
    dirichlet_error error = {.struct_size = sizeof error};
    run_begin(run, PRECISION_NAME("dirichlet_dense_last_error"));
    run_keep_status(run, PRECISION(dirichlet_dense_last_error)(network, &error));
    run_keep(run, &error, sizeof error);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_message"));
    const char *text = PRECISION(dirichlet_dense_message)(network);
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_dense_model"));
    run_keep_status(run, PRECISION(dirichlet_dense_model)(network, model));
    run_end(run);
}

static void run_network(struct run *run, struct network_data *data, struct shift *shift)
{
    const dirichlet_allocator allocator = run_allocator(run);
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .allocator = &allocator};
    PRECISION(dirichlet_dense) *network = NULL;
    PRECISION(dirichlet_model) model = {.struct_size = sizeof model};
    const PRECISION(dirichlet_loss) squared = {
        .struct_size = sizeof squared, .kind = DIRICHLET_LOSS_SQUARED, .targets = data->targets};
    const PRECISION(dirichlet_loss) custom = {.struct_size = sizeof custom,
                                              .kind = DIRICHLET_LOSS_CUSTOM,
                                              .function = shift_loss,
                                              .curvature = shift_curvature,
                                              .user = shift};
    run_begin(run, PRECISION_NAME("dirichlet_dense_create"));
    run_keep_status(run, PRECISION(dirichlet_dense_create)(data->layers, DENSE_LAYERS, &options,
                                                           &network, NULL));
    run_end(run);
    run_products(run, network, data);
    run_energies(run, network, data);
    run_energy_penalty(run, network, data);
    run_plans(run, network);
    run_losses(run, network, data, &squared);
    run_losses(run, network, data, &custom);
    run_spectrum(run, network, data);
    look_at_network(run, network, &model);
    run_methods(run, model, data->x);
    run_begin(run, PRECISION_NAME("dirichlet_dense_destroy"));
    PRECISION(dirichlet_dense_destroy)(network);
    run_end(run);
}

#endif
