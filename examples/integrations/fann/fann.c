/* FANN: the geometric complexity of a network before and after its training, three ways: by a
 * backward pass over FANN's neurons, from FANN's weights where they are, and by finite differences
 * of fann_run alone. Exit 1 if they differ or the training fails. */
#include <dirichlet/dirichlet.h>
#include <doublefann.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 3, WIDTH = 16, OUTPUTS = 2, LAYERS = 3, SAMPLES = 128, EPOCHS = 300 };

/* -- glue -- */
static int32_t forward(int64_t samples, const double *x, double *y, void *user)
{
    struct fann *net = user;
    for (int64_t n = 0; n < samples; n++, x += net->num_input, y += net->num_output)
        memcpy(y, fann_run(net, (double *)x), net->num_output * sizeof *y); /* x is only read */
    return 0;
}

/* Of a neuron whose value is tanh(s z), or s z. */
static double slope(const struct fann_neuron *neuron)
{
    const double s = neuron->activation_steepness;
    return neuron->activation_function == FANN_LINEAR ? s : s * (1 - neuron->value * neuron->value);
}

/* FANN has no gradient by the inputs, but all that it takes: the neurons in the order of their
 * layers, each with its range of connections, and in each a sum that the next fann_run writes anew;
 * here it holds the derivative by the neuron's value. */
static int32_t vjp(int64_t samples, int64_t directions, const double *x, const double *u,
                   double *jtu, void *user)
{
    struct fann *net = user;
    const struct fann_layer *inputs = net->first_layer, *outputs = net->last_layer - 1;
    for (int64_t row = 0; row < samples * directions; row++) {
        if (row % directions == 0)
            fann_run(net, (double *)x + row / directions * net->num_input);
        for (struct fann_neuron *any = inputs->first_neuron; any < outputs->last_neuron; any++)
            any->sum = 0;
        for (unsigned o = 0; o < net->num_output; o++)
            outputs->first_neuron[o].sum = u[row * net->num_output + o];
        for (struct fann_neuron *to = outputs->last_neuron; to-- > inputs->last_neuron;)
            for (unsigned c = to->first_con; c < to->last_con; c++)
                net->connections[c]->sum += to->sum * slope(to) * net->weights[c];
        for (unsigned i = 0; i < net->num_input; i++)
            jtu[row * net->num_input + i] = inputs->first_neuron[i].sum;
    }
    return 0;
}

/* The weights of fann_create_standard as a dense network: a row for each neuron, its bias last. An
 * activation of the steepness 1 is the library's own. */
static void view(const struct fann *net, dirichlet_dense_layer_f64 *layers)
{
    for (const struct fann_layer *l = net->first_layer + 1; l < net->last_layer; l++, layers++) {
        const struct fann_neuron *neuron = l->first_neuron;
        const int64_t row = neuron->last_con - neuron->first_con;
        const int is_linear = neuron->activation_function == FANN_LINEAR;
        *layers = (dirichlet_dense_layer_f64){
            .struct_size = sizeof *layers,
            .inputs = row - 1,
            .outputs = l->last_neuron - neuron - 1, /* the last one is a bias */
            .weights = net->weights + neuron->first_con,
            .output_stride = row,
            .input_stride = 1,
            .bias = net->weights + neuron->first_con + row - 1,
            .bias_stride = row,
            .activation = is_linear ? DIRICHLET_ACTIVATION_IDENTITY : DIRICHLET_ACTIVATION_TANH};
    }
}
/* -- end of glue -- */

static double points[SAMPLES][INPUTS];
static char message[DIRICHLET_MESSAGE_SIZE];

static void stop(const char *what)
{
    fprintf(stderr, "fann: %s\n", what);
    exit(1);
}

static double measure(const dirichlet_model_f64 *model)
{
    dirichlet_result gc = {.struct_size = sizeof gc};
    if (dirichlet_measure_f64(model, SAMPLES, points[0], NULL, NULL, &gc, NULL, message,
                              sizeof message) != DIRICHLET_OK)
        stop(message);
    return gc.value;
}

static double measure_weights(const struct fann *net)
{
    dirichlet_dense_layer_f64 layers[LAYERS];
    dirichlet_dense_f64 *network = NULL;
    dirichlet_model_f64 model = {.struct_size = sizeof model};
    view(net, layers);
    if (dirichlet_dense_create_f64(layers, LAYERS, NULL, &network, message, sizeof message) !=
            DIRICHLET_OK ||
        dirichlet_dense_model_f64(network, &model) != DIRICHLET_OK)
        stop(message);
    const double gc = measure(&model);
    dirichlet_dense_destroy_f64(network);
    return gc;
}

static double measure_backward(struct fann *net)
{
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = INPUTS, .outputs = OUTPUTS, .vjp = vjp, .user = net};
    return measure(&model);
}

static double measure_differences(struct fann *net)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = INPUTS,
                                       .outputs = OUTPUTS,
                                       .forward = forward,
                                       .user = net};
    return measure(&model);
}

static int agree(const char *what, double value, double gc, double bound)
{
    const double difference = fabs(value / gc - 1);
    printf("    %s: relative difference %.1e, at most %.0e\n", what, difference, bound);
    return difference <= bound;
}

/* 1 if GC is the same by all ways that are right for the network. */
static int compare(const char *what, struct fann *net, struct fann_train_data *data, int has_view)
{
    const double gc = measure_backward(net);
    printf("%s: loss %.6f, GC %.10f\n", what, fann_test_data(net, data), gc);
    const int right = agree("finite differences", measure_differences(net), gc, 1e-8);
    return (!has_view || agree("weights in place", measure_weights(net), gc, 1e-13)) && right;
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

static struct fann *prepare(struct fann *net)
{
    if (net == NULL)
        stop("no network");
    fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(net, FANN_LINEAR);
    fann_set_activation_steepness_hidden(net, 1);
    fann_set_activation_steepness_output(net, 1);
    srand(1); /* fann_create seeds it by the time */
    fann_randomize_weights(net, -0.5, 0.5);
    return net;
}

int main(void)
{
    struct fann *net = prepare(fann_create_standard(LAYERS + 1, INPUTS, WIDTH, WIDTH, OUTPUTS));
    struct fann_train_data *data = make_data();

    int right = compare("before training", net, data, 1);
    const float before = fann_test_data(net, data);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        fann_train_epoch(net, data);
    right = compare("after training", net, data, 1) && right;
    right = fann_test_data(net, data) < before / 20 && right;

    /* What the view of the weights is not right for. */
    fann_set_activation_steepness_hidden(net, 0.5);
    right = compare("another steepness", net, data, 0) && right;
    fann_destroy(net);
    net = prepare(fann_create_shortcut(LAYERS + 1, INPUTS, WIDTH, WIDTH, OUTPUTS));
    right = compare("with shortcuts", net, data, 0) && right;

    fann_destroy(net);
    fann_destroy_train(data);
    return right ? 0 : 1;
}
