/* Every public function that has a precision, on networks that take each way through the dense
 * folder; body for both. PRECISION(name) is the sine model's name with the precision. */
#ifndef DIRICHLET_FAULT_STACK_CALLS_BODY_H
#define DIRICHLET_FAULT_STACK_CALLS_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dirichlet/activation.h"
#include "dirichlet/check.h"
#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/loss.h"
#include "dirichlet/model.h"
#include "dirichlet/random.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "stack_calls.h"
#include "support/sine_model.h"

#define ROWS 40
#define WIDEST 60
#define NUMBERS 12000
#define GROUPS 3

typedef PRECISION(dirichlet_dense) network_handle;
typedef PRECISION(dirichlet_dense_layer) layer_view;
typedef PRECISION(dirichlet_dense_gradient) gradient_view;
typedef PRECISION(dirichlet_dense_tangent) tangent_view;
typedef PRECISION(dirichlet_parameter) parameter_view;
typedef PRECISION(dirichlet_singular) singular_view;

/* A long chain, one with a bottleneck, two layers with a kink between them, a single one. */
#define NETWORKS 4
#define MOST_LAYERS 4
static const struct {
    int64_t layers;
    int64_t widths[MOST_LAYERS + 1];
    dirichlet_activation activation;
} shapes[NETWORKS] = {{4, {20, 40, 30, 20, 10}, DIRICHLET_ACTIVATION_TANH},
                      {4, {40, 30, 4, 30, 40}, DIRICHLET_ACTIVATION_SILU},
                      {2, {30, 60, 20}, DIRICHLET_ACTIVATION_RELU},
                      {1, {8, 5}, DIRICHLET_ACTIVATION_SIGMOID}};

static struct net {
    layer_view layers[MOST_LAYERS];
    gradient_view gradients[MOST_LAYERS];
    tangent_view tangents[MOST_LAYERS];
    real weights[NUMBERS];
    real gradient[NUMBERS];
    network_handle *handle;
} nets[NETWORKS];

static real data[ROWS * WIDEST * 3];
static real output[ROWS * WIDEST * 3];
static double doubles[ROWS * 3];
static double loss_value;
static int64_t labels[ROWS];
static int64_t indices[ROWS];
static int64_t groups[ROWS];
static double weights[ROWS];
static dirichlet_error error = {.struct_size = sizeof error};
static dirichlet_penalty_result penalty = {.struct_size = sizeof penalty};
static PRECISION(dirichlet_batch) batch;
static real vectors[MOST_LAYERS][WIDEST];
static parameter_view parameters[MOST_LAYERS];
static singular_view singular[MOST_LAYERS];
static PRECISION(dirichlet_loss) loss;
static struct sine sine;
static PRECISION(dirichlet_model) model;
static dirichlet_estimator *estimators[ARRANGEMENT_COUNT];
static dirichlet_estimator_options options;
static dirichlet_result result;

static void require(dirichlet_status status, const char *what)
{
    stack_require(status, DIRICHLET_OK, what);
}

static void make_net(struct net *net, int shape)
{
    int64_t place = 0;
    for (int64_t l = 0; l < shapes[shape].layers; l++) {
        const int64_t inputs = shapes[shape].widths[l];
        const int64_t outputs = shapes[shape].widths[l + 1];
        const int64_t bias = place + inputs * outputs;
        require(PRECISION(dirichlet_initialize)(NULL, l, inputs, outputs, net->weights + place,
                                                inputs, 1, net->weights + bias, 1, NULL),
                "initialize");
        net->layers[l] = (layer_view){.struct_size = sizeof(layer_view),
                                      .inputs = inputs,
                                      .outputs = outputs,
                                      .weights = net->weights + place,
                                      .output_stride = inputs,
                                      .input_stride = 1,
                                      .bias = net->weights + bias,
                                      .bias_stride = 1,
                                      .activation = shapes[shape].activation};
        net->gradients[l] = (gradient_view){.struct_size = sizeof(gradient_view),
                                            .weights = net->gradient + place,
                                            .output_stride = inputs,
                                            .input_stride = 1,
                                            .bias = net->gradient + bias,
                                            .bias_stride = 1};
        net->tangents[l] = (tangent_view){.struct_size = sizeof(tangent_view),
                                          .weights = net->weights + place,
                                          .output_stride = inputs,
                                          .input_stride = 1};
        place = bias + outputs;
    }
}

static void make_parameters(void)
{
    for (int64_t l = 0; l < shapes[0].layers; l++) {
        parameters[l] = (parameter_view){.struct_size = sizeof(parameter_view),
                                         .values = nets[0].layers[l].weights,
                                         .gradient = nets[0].gradients[l].weights,
                                         .rows = shapes[0].widths[l + 1],
                                         .columns = shapes[0].widths[l],
                                         .row_stride = shapes[0].widths[l],
                                         .column_stride = 1,
                                         .gradient_row_stride = shapes[0].widths[l],
                                         .gradient_column_stride = 1};
        singular[l] = (singular_view){.struct_size = sizeof(singular_view), .vector = vectors[l]};
    }
}

/* The sine model as an arrangement of tests/support has it; 8 inputs, 4 outputs at most. */
static void arrange(int arrangement)
{
    sine = sine_make(arrangements[arrangement].inputs, arrangements[arrangement].outputs);
    model = PRECISION(sine_model)(&sine, arrangements[arrangement].callbacks);
    options = (dirichlet_estimator_options){.struct_size = sizeof options,
                                            .method = arrangements[arrangement].method,
                                            .probes = arrangements[arrangement].probes,
                                            .tolerance = 1e-9,
                                            .min_samples = 8,
                                            .groups = GROUPS};
}

static void create_estimators(void)
{
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        arrange(a);
        require(PRECISION(dirichlet_estimator_create)(&model, &options, &estimators[a], &error),
                error.message);
    }
    options.tolerance = -1e-300;
    dirichlet_estimator *none = NULL;
    stack_require(PRECISION(dirichlet_estimator_create)(&model, &options, &none, &error),
                  DIRICHLET_E_RANGE, "a wrong option");
}

/* All that a batch can say, with rows of so many numbers, in another order. */
static void batch_of(int64_t inputs)
{
    batch = (PRECISION(dirichlet_batch)){.struct_size = sizeof batch,
                                         .samples = ROWS,
                                         .row_stride = inputs + 1,
                                         .x = data,
                                         .weights = weights,
                                         .indices = indices,
                                         .groups = groups,
                                         .energies = doubles,
                                         .deviations = doubles + ROWS};
}

static void update_by_batches(void)
{
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        arrange(a);
        batch_of(model.inputs);
        require(PRECISION(dirichlet_estimator_update_batch)(estimators[a], &batch),
                dirichlet_estimator_message(estimators[a]));
        require(dirichlet_estimator_group_result(estimators[a], GROUPS - 1, &result),
                "group_result");
    }
}

static void update_estimators(void)
{
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        arrange(a);
        require(PRECISION(dirichlet_estimator_update)(estimators[a], ROWS, data, NULL, doubles),
                dirichlet_estimator_message(estimators[a]));
        dirichlet_estimator_destroy(estimators[a]);
    }
}

static void measure_models(void)
{
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        arrange(a);
        require(PRECISION(dirichlet_measure)(&model, ROWS, data, NULL, &options, &result, doubles,
                                             &error),
                error.message);
    }
}

static void create_networks(void)
{
    for (int n = 0; n < NETWORKS; n++)
        require(PRECISION(dirichlet_dense_create)(nets[n].layers, shapes[n].layers, NULL,
                                                  &nets[n].handle, &error),
                error.message);
}

static void destroy_networks(void)
{
    for (int n = 0; n < NETWORKS; n++)
        PRECISION(dirichlet_dense_destroy)(nets[n].handle);
    create_networks();
}

static void small_functions(void)
{
    for (int n = 0; n < NETWORKS; n++) {
        PRECISION(dirichlet_model) table = {.struct_size = sizeof table};
        require(PRECISION(dirichlet_dense_model)(nets[n].handle, &table), "dense_model");
        stack_require(PRECISION(dirichlet_dense_inputs)(nets[n].handle) == table.inputs &&
                          PRECISION(dirichlet_dense_outputs)(nets[n].handle) == table.outputs,
                      1, "sizes");
        static dirichlet_dense_description description = {.struct_size = sizeof description};
        require(PRECISION(dirichlet_dense_describe)(nets[n].handle, &description), "describe");
        stack_require(description.inputs == table.inputs, 1, "described");
        require(PRECISION(dirichlet_dense_last_error)(nets[n].handle, &error), "last_error");
        stack_require(PRECISION(dirichlet_dense_message)(nets[n].handle) != NULL, 1, "message");
    }
}

#define FOR_EACH_NETWORK(name, ...)                                                                \
    for (int n = 0; n < NETWORKS; n++)                                                             \
    require(PRECISION(dirichlet_dense_##name)(nets[n].handle, __VA_ARGS__), #name)

static void forward(void)
{
    FOR_EACH_NETWORK(forward, ROWS, data, output);
}

static void multiply(void)
{
    FOR_EACH_NETWORK(jvp, ROWS, 1, data, data, output);
    FOR_EACH_NETWORK(vjp, ROWS, 1, data, data, output);
    FOR_EACH_NETWORK(product_norms, ROWS, 1, data, data, doubles);
}

static void energies(void)
{
    FOR_EACH_NETWORK(energies, ROWS, data, doubles);
    FOR_EACH_NETWORK(energy_sum, ROWS, data, doubles);
}

static void plans(void)
{
    static dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    static char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE];
    for (int32_t sum = 0; sum < 2; sum++)
        FOR_EACH_NETWORK(energy_plan, ROWS, sum, &plan);
    FOR_EACH_NETWORK(last_plan, &plan);
    require(PRECISION(dirichlet_dense_energy_plan)(nets[0].handle, ROWS, 0, &plan), "plan");
    require(PRECISION(dirichlet_dense_plan_text)(nets[0].handle, &plan, text, sizeof text),
            "plan_text");
}

static void gradients(void)
{
    static const dirichlet_dense_penalty_options probes = {.struct_size = sizeof probes,
                                                           .probes = 3};
    static dirichlet_flatness flatness = {.struct_size = sizeof flatness};
    FOR_EACH_NETWORK(parameter_vjp, ROWS, data, data, 1.0, nets[n].gradients, shapes[n].layers);
    FOR_EACH_NETWORK(energy_penalty, ROWS, data, NULL, 0.1, nets[n].gradients, shapes[n].layers,
                     &penalty);
    FOR_EACH_NETWORK(energy_penalty, ROWS, data, &probes, 0.1, nets[n].gradients, shapes[n].layers,
                     &penalty);
    batch_of(WIDEST);
    batch.energies = NULL;
    batch.deviations = NULL;
    batch.groups = NULL;
    FOR_EACH_NETWORK(energy_penalty_batch, &batch, &probes, 0.1, nets[n].gradients,
                     shapes[n].layers, &penalty);
    FOR_EACH_NETWORK(energy_penalty_batch, &batch, NULL, 0.1, nets[n].gradients, shapes[n].layers,
                     &penalty);
    FOR_EACH_NETWORK(loss_gradient, ROWS, data, &loss, 1.0, nets[n].gradients, shapes[n].layers,
                     &loss_value);
    FOR_EACH_NETWORK(loss_hvp, ROWS, data, &loss, nets[n].tangents, 1e-3, nets[n].gradients,
                     shapes[n].layers);
    FOR_EACH_NETWORK(flatness_penalty, ROWS, data, &loss, 0.1, 0.1, nets[n].gradients,
                     shapes[n].layers, &flatness);
}

static void spectral_norms(void)
{
    static dirichlet_spectral_result norms[MOST_LAYERS];
    static dirichlet_dense_lipschitz lipschitz = {.struct_size = sizeof lipschitz};
    static dirichlet_dense_transfer_result transfer = {.struct_size = sizeof transfer,
                                                       .input_side = doubles,
                                                       .parameter_side = doubles + ROWS,
                                                       .ratios = doubles + 2 * ROWS};
    for (int l = 0; l < MOST_LAYERS; l++)
        norms[l].struct_size = sizeof norms[l];
    FOR_EACH_NETWORK(spectral_norms, NULL, norms, &lipschitz);
    FOR_EACH_NETWORK(transfer, ROWS, data, NULL, &transfer);
}

static void parameter_norms(void)
{
    static const dirichlet_parameter_norm_options squares = {.struct_size = sizeof squares,
                                                             .norm = DIRICHLET_NORM_SQUARED_L2};
    require(PRECISION(dirichlet_parameter_norm)(parameters, shapes[0].layers, &squares, 0.1,
                                                &penalty, &error),
            error.message);
}

static void spectral_penalty(void)
{
    require(PRECISION(dirichlet_spectral_penalty)(parameters, shapes[0].layers, singular, NULL, 0.1,
                                                  &penalty, &error),
            error.message);
}

static void operator_norm(void)
{
    static dirichlet_spectral_result norm = {.struct_size = sizeof norm};
    require(PRECISION(dirichlet_operator_norm)(nets[0].weights, 40, 20, 20, 1, NULL, NULL, &norm,
                                               &error),
            error.message);
}

static void jacobian_norms(void)
{
    static dirichlet_jacobian_norms norms = {.struct_size = sizeof norms};
    arrange(0);
    model = PRECISION(sine_model)(&sine, SINE_VJP);
    require(PRECISION(dirichlet_jacobian_norms)(&model, ROWS, data, NULL, doubles, &norms, &error),
            error.message);
}

static int32_t parameter_vjp(int64_t first, int64_t samples, int64_t points, const real *x,
                             const real *cotangents, void *user)
{
    (void)first, (void)samples, (void)points, (void)x, (void)cotangents, (void)user;
    return 0;
}

static void energy_penalty(void)
{
    arrange(0);
    model = PRECISION(sine_model)(&sine, SINE_FORWARD);
    model.parameter_vjp = parameter_vjp;
    require(PRECISION(dirichlet_energy_penalty)(&model, ROWS, data, NULL, 0.1, &penalty, &error),
            error.message);
    batch_of(model.inputs);
    batch.groups = NULL;
    require(PRECISION(dirichlet_energy_penalty_batch)(&model, &batch, NULL, 0.1, &penalty, &error),
            error.message);
}

static void check_model(void)
{
    static real parameters_checked[3];
    static real gradient_checked[3];
    static const dirichlet_check_options checked = {.struct_size = sizeof checked,
                                                    .parameter_count = 3,
                                                    .parameters = parameters_checked,
                                                    .gradient = gradient_checked};
    arrange(0);
    model = PRECISION(sine_model)(&sine, SINE_ALL);
    require(PRECISION(dirichlet_model_check)(&model, 16, data, NULL, NULL, &error), error.message);
    model.parameter_vjp = parameter_vjp;
    require(PRECISION(dirichlet_model_check)(&model, 16, data, &checked, NULL, &error),
            error.message);
}

/* Loss = 1/2 ||theta||^2. */
static int32_t loss_of_theta(const real *theta, double *value, real *gradient, void *user)
{
    (void)user;
    *value = 0.0;
    for (int64_t i = 0; i < WIDEST; i++) {
        *value += 0.5 * (double)theta[i] * (double)theta[i];
        gradient[i] = theta[i];
    }
    return 0;
}

static void flatness_penalty(void)
{
    static dirichlet_flatness flatness = {.struct_size = sizeof flatness};
    static const PRECISION(dirichlet_objective) objective = {
        .struct_size = sizeof objective, .parameters = WIDEST, .gradient = loss_of_theta};
    require(PRECISION(dirichlet_flatness_penalty)(&objective, data, 0.1, 0.1, nets[0].gradient,
                                                  NULL, &flatness, &error),
            error.message);
}

static void initialize(void)
{
    static real numbers[300 * 3];
    static dirichlet_initialization_options drawn = {.struct_size = sizeof drawn};
    for (drawn.distribution = 0; drawn.distribution < 100; drawn.distribution++) {
        const dirichlet_status status =
            PRECISION(dirichlet_initialize)(&drawn, 0, 300, 3, numbers, 300, 1, NULL, 1, &error);
        stack_require(status == DIRICHLET_OK || status == DIRICHLET_E_CONSTANT, 1, error.message);
    }
}

static void add_noise(void)
{
    require(
        PRECISION(dirichlet_noise_add)(DIRICHLET_NOISE_INPUT, 1, 0, 0, 3, 300, 0.1, output, &error),
        error.message);
}

void PRECISION(stack_setup)(void)
{
    for (int i = 0; i < ROWS * WIDEST * 3; i++)
        data[i] = (real)(0.3 + 0.01 * (i % 37));
    for (int n = 0; n < NETWORKS; n++)
        make_net(&nets[n], n);
    for (int i = 0; i < ROWS; i++) {
        indices[i] = 7 * i % ROWS;
        groups[i] = i % GROUPS;
        weights[i] = 1.0 + i % 2;
    }
    result.struct_size = sizeof result;
    loss.struct_size = sizeof loss;
    loss.kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY;
    loss.labels = labels;
    make_parameters();
}

void PRECISION(stack_teardown)(void)
{
    for (int n = 0; n < NETWORKS; n++)
        PRECISION(dirichlet_dense_destroy)(nets[n].handle);
}

/* In this order. */
const struct stack_call PRECISION(stack_calls)[] = {
    {"estimator_create", 0, create_estimators},
    {"estimator_update_batch estimator_group_result", 0, update_by_batches},
    {"estimator_update", 0, update_estimators},
    {"measure", 0, measure_models},
    {"dense_create", 1, create_networks}, /* asks the BLAS for the width of its integers */
    {"dense_destroy", 0, destroy_networks},
    {"dense_model dense_inputs dense_outputs dense_describe dense_last_error dense_message", 0,
     small_functions},
    {"dense_forward", 1, forward},
    {"dense_jvp dense_vjp dense_product_norms", 1, multiply},
    {"dense_energies dense_energy_sum", 1, energies},
    {"dense_energy_plan dense_last_plan dense_plan_text", 0, plans},
    {"dense_parameter_vjp dense_energy_penalty dense_energy_penalty_batch dense_loss_gradient "
     "dense_loss_hvp "
     "dense_flatness_penalty",
     1, gradients},
    {"dense_spectral_norms dense_transfer", 1, spectral_norms},
    {"parameter_norm", 0, parameter_norms},
    {"spectral_penalty", 0, spectral_penalty},
    {"operator_norm", 1, operator_norm},
    {"jacobian_norms", 1, jacobian_norms},
    {"energy_penalty energy_penalty_batch", 0, energy_penalty},
    {"model_check", 0, check_model},
    {"flatness_penalty", 0, flatness_penalty},
    {"initialize", 0, initialize},
    {"noise_add", 0, add_noise},
    {NULL, 0, NULL}};

#endif
