/* FANN: the geometric complexity of a network before and after its training, three ways: by a
 * backward pass over FANN's neurons, from FANN's weights where they are, and by finite differences
 * of fann_run alone; then of networks with every activation, steepness and form that FANN has.
 * Exit 1 if two ways differ, what cannot be right is not refused, or the training fails. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "model.h"

enum { INPUTS = 3, WIDTH = 16, OUTPUTS = 2, LAYERS = 3, SAMPLES = 128, EPOCHS = 300 };

static double points[SAMPLES][INPUTS];
static dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
static int right = 1; /* all that was asked so far */

static void stop(const char *what)
{
    fprintf(stderr, "fann: %s\n", what);
    exit(1);
}

static void check(const char *what, int holds)
{
    printf("    %s: %s\n", what, holds ? "yes" : "NO");
    right = right && holds;
}

/* The noise of differences is told, where there are any: FANN computes in double, and outputs that
 * are cut look like a grid from afar. */
static double measure(const dirichlet_model_f64 *model)
{
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .forward_noise = 2.2e-16};
    dirichlet_result gc = {.struct_size = sizeof gc};
    if (dirichlet_measure_f64(model, SAMPLES, points[0], NULL, &options, &gc, NULL, &error) !=
        DIRICHLET_OK)
        stop(error.message);
    return gc.value;
}

static double measure_weights(const dirichlet_dense_layer_f64 *layers)
{
    dirichlet_dense_f64 *network = NULL;
    dirichlet_model_f64 model = {.struct_size = sizeof model};
    if (dirichlet_dense_create_f64(layers, LAYERS, NULL, &network, &error) != DIRICHLET_OK ||
        dirichlet_dense_model_f64(network, &model) != DIRICHLET_OK)
        stop(error.message);
    const double gc = measure(&model);
    dirichlet_dense_destroy_f64(network);
    return gc;
}

static dirichlet_model_f64 backward_model(struct fann *net)
{
    return (dirichlet_model_f64){.struct_size = sizeof(dirichlet_model_f64),
                                 .inputs = INPUTS,
                                 .outputs = OUTPUTS,
                                 .ignores_first = 1,
                                 .vjp = vjp,
                                 .user = net};
}

static double measure_differences(struct fann *net)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = INPUTS,
                                       .outputs = OUTPUTS,
                                       .ignores_first = 1,
                                       .forward = forward,
                                       .user = net};
    return measure(&model);
}

static void agree(const char *what, double value, double gc, double bound)
{
    const double difference = fabs(value / gc - 1);
    printf("    %s: relative difference %.1e, at most %.0e\n", what, difference, bound);
    right = right && difference <= bound;
}

/* The library's check of both callbacks, before their values are believed. */
static void keeps_contract(struct fann *net)
{
    dirichlet_model_f64 model = backward_model(net);
    model.forward = forward;
    if (dirichlet_model_check_f64(&model, 8, points[0], NULL, NULL, &error) != DIRICHLET_OK)
        printf("    %s\n", error.message);
    check("the model keeps its contract", error.status == DIRICHLET_OK);
}

/* GC is the same by all ways that are right for the network. `no_view` is the part of its form that
 * the library's dense networks do not have, NULL if there is none. */
static void compare(const char *what, struct fann *net, const char *no_view)
{
    if (unknown_activation(net) != NULL)
        stop(unknown_activation(net));
    const dirichlet_model_f64 model = backward_model(net);
    dirichlet_dense_layer_f64 layers[LAYERS];
    const double gc = measure(&model);
    printf("%s: GC %.10f\n", what, gc);
    keeps_contract(net);
    agree("finite differences", measure_differences(net), gc, 1e-8);
    const char *found = view(net, SAMPLES, points[0], layers);
    if (found != NULL)
        printf("    no view of the weights: %s\n", found);
    if (no_view == NULL && found == NULL)
        agree("weights in place", measure_weights(layers), gc, 1e-13);
    else
        check("refused as it should be",
              no_view != NULL && found != NULL && strstr(found, no_view) != NULL);
}

/* Neither the backward pass nor the view take a network with this activation. */
static void refuse(const char *name, struct fann *net)
{
    const dirichlet_model_f64 model = backward_model(net);
    dirichlet_result gc = {.struct_size = sizeof gc};
    dirichlet_dense_layer_f64 layers[LAYERS];
    const char *of_vjp = unknown_activation(net);
    const char *of_view = view(net, SAMPLES, points[0], layers);
    printf("%s:\n", name);
    check("named", of_vjp != NULL && strcmp(of_vjp, name) == 0 && of_view != NULL &&
                       strcmp(of_view, name) == 0);
    check("no value by the VJP", dirichlet_measure_f64(&model, SAMPLES, points[0], NULL, NULL, &gc,
                                                       NULL, NULL) == DIRICHLET_E_MISSING_CALLBACK);
}

static struct fann_train_data *make_data(void)
{
    struct fann_train_data *data = fann_create_train(SAMPLES, INPUTS, OUTPUTS);
    if (data == NULL)
        stop("no memory for the data");
    for (int n = 0; n < SAMPLES; n++) {
        for (int i = 0; i < INPUTS; i++) /* spread evenly over (-1, 1)^3 */
            data->input[n][i] = points[n][i] = 2 * fmod(n * (sqrt(2 + 3 * i) - 1), 1) - 1;
        data->output[n][0] = sin(3 * points[n][0]) * points[n][1];
        data->output[n][1] = points[n][2] * points[n][2] - points[n][0] / 2;
    }
    return data;
}

/* With the same weights every time; fann_create seeds them by the clock. */
static struct fann *randomize(struct fann *net)
{
    if (net == NULL)
        stop("no network");
    srand(1);
    fann_randomize_weights(net, -0.5, 0.5);
    return net;
}

static struct fann *standard(void)
{
    return randomize(fann_create_standard(LAYERS + 1, INPUTS, WIDTH, WIDTH, OUTPUTS));
}

/* Hidden units of one kind and outputs of another. */
static struct fann *set(struct fann *net, enum fann_activationfunc_enum hidden,
                        double hidden_steepness, enum fann_activationfunc_enum output,
                        double output_steepness)
{
    fann_set_activation_function_hidden(net, hidden);
    fann_set_activation_function_output(net, output);
    fann_set_activation_steepness_hidden(net, hidden_steepness);
    fann_set_activation_steepness_output(net, output_steepness);
    return net;
}

static void test_training(struct fann_train_data *data)
{
    struct fann *net = set(standard(), FANN_SIGMOID_SYMMETRIC, 1, FANN_LINEAR, 1);
    const float before = fann_test_data(net, data);
    compare("before training", net, NULL);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        fann_train_epoch(net, data);
    printf("loss %.6f -> %.6f\n", before, fann_test_data(net, data));
    compare("after training", net, NULL);
    check("it has learned", fann_test_data(net, data) < before / 20);
    fann_destroy(net);
}

/* What fann_create_standard makes, and the same with the function that its activation is made of.
 */
static void test_defaults(void)
{
    struct fann *net = standard();
    printf("a new network: GC %.7f by differences alone\n", measure_differences(net));
    refuse("FANN_SIGMOID_STEPWISE", net);
    fann_set_activation_function_hidden(net, FANN_SIGMOID);
    fann_set_activation_function_output(net, FANN_SIGMOID);
    compare("the same with FANN_SIGMOID", net, NULL);
    fann_destroy(net);
}

static int is_in_library(enum fann_activationfunc_enum activation)
{
    switch (activation) {
    case FANN_LINEAR:
    case FANN_SIGMOID:
    case FANN_SIGMOID_SYMMETRIC:
    case FANN_ELLIOT_SYMMETRIC:
    case FANN_LINEAR_PIECE:
    case FANN_LINEAR_PIECE_SYMMETRIC:
    case FANN_SIN_SYMMETRIC: return 1;
    default: return 0;
    }
}

static void test_activation(enum fann_activationfunc_enum activation)
{
    static const double steepness[] = {0.5, 1, 3};
    const char *no_view = is_in_library(activation) ? NULL : FANN_ACTIVATIONFUNC_NAMES[activation];
    char what[100];
    for (int i = 0; i < 3; i++) {
        struct fann *net = set(standard(), activation, steepness[i], FANN_LINEAR, 1);
        snprintf(what, sizeof what, "%s, steepness %g", FANN_ACTIVATIONFUNC_NAMES[activation],
                 steepness[i]);
        compare(what, net, no_view);
        set(net, FANN_SIGMOID_SYMMETRIC, 1, activation, steepness[i]);
        compare("the same as outputs", net, no_view);
        fann_destroy(net);
    }
}

static void test_activations(void)
{
    for (int i = FANN_LINEAR; i <= FANN_COS; i++) {
        const enum fann_activationfunc_enum activation = (enum fann_activationfunc_enum)i;
        if (!isnan(derivative(activation, 0))) {
            test_activation(activation);
            continue;
        }
        struct fann *net = set(standard(), activation, 1, FANN_LINEAR, 1);
        refuse(FANN_ACTIVATIONFUNC_NAMES[activation], net);
        fann_destroy(net);
    }
}

/* What the view is not right for, though every activation is one of the library's. */
static void test_forms(void)
{
    struct fann *net = set(standard(), FANN_SIGMOID_SYMMETRIC, 1, FANN_LINEAR, 1);
    fann_set_activation_function(net, FANN_SIN_SYMMETRIC, 1, 3);
    fann_set_activation_steepness(net, 2, 2, 5);
    compare("neurons of their own", net, "differ");
    fann_destroy(net);

    net = randomize(fann_create_shortcut(LAYERS + 1, INPUTS, WIDTH, WIDTH, OUTPUTS));
    compare("with shortcuts", set(net, FANN_SIGMOID_SYMMETRIC, 1, FANN_LINEAR, 1), "shortcuts");
    fann_destroy(net);

    net = randomize(fann_create_sparse(0.6F, LAYERS + 1, INPUTS, WIDTH, WIDTH, OUTPUTS));
    compare("with connections missing", set(net, FANN_SIGMOID_SYMMETRIC, 1, FANN_LINEAR, 1),
            "missing");
    fann_destroy(net);
}

/* Outputs of up to some 200 without a trainer's end; FANN's linear ones stop at 150. */
static void test_stops(void)
{
    struct fann *net = set(standard(), FANN_SIGMOID_SYMMETRIC, 1, FANN_LINEAR, 1);
    const struct fann_neuron *outputs = (net->last_layer - 1)->first_neuron;
    for (unsigned c = outputs[0].first_con; c < outputs[OUTPUTS - 1].last_con; c++)
        net->weights[c] *= 400;
    compare("outputs that stop at 150", net, "150 / steepness");
    fann_destroy(net);
}

int main(void)
{
    struct fann_train_data *data = make_data();
    test_training(data);
    test_defaults();
    test_activations();
    test_forms();
    test_stops();
    fann_destroy_train(data);
    printf("%s\n", right ? "all checks passed" : "CHECKS FAILED");
    return right ? 0 : 1;
}
