/* A training loop of your own, and what each regularizer does to the geometric complexity of the
 * network it trains: SGD on a 2-32-32-2 relu network that learns to tell two half moons apart. A
 * penalty is one call beside that for the loss's gradient, noise is one call before it. */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { INPUTS = 2, WIDTH = 32, CLASSES = 2, LAYERS = 3, SAMPLES = 256, BATCH = 32, STEPS = 1000 };
static const double RATE = 0.1;

typedef enum { NONE, ENERGY, L2, L1, SPECTRAL, FLATNESS, LABELS, NOISE, START } regularizer;

/* Strengths by which GC falls alike; of the noises its size, of the start its scale. */
static const struct run {
    const char *name;
    regularizer regularizer;
    double strength;
} runs[] = {{"none", NONE, 0},
            {"energy", ENERGY, 0.001},
            {"L2", L2, 0.003},
            {"L1", L1, 0.003},
            {"spectral", SPECTRAL, 0.01},
            {"flatness", FLATNESS, 1},
            {"label noise", LABELS, 0.03},
            {"input noise", NOISE, 0.2},
            {"small start", START, 0.3}};

/* Layer l has its weights in the first rows of theta[l] and its bias in the last one, each as far
 * as its sizes go. The structs are the views by which the library sees them. */
static double theta[LAYERS][WIDTH + 1][WIDTH], gradient[LAYERS][WIDTH + 1][WIDTH];
static dirichlet_dense_layer_f64 layers[LAYERS];
static dirichlet_dense_gradient_f64 gradients[LAYERS];
static dirichlet_parameter_f64 weights[LAYERS];
static dirichlet_singular_f64 singular[LAYERS];
static double vectors[LAYERS][WIDTH]; /* right singular vectors, followed from step to step */

static double points[SAMPLES][INPUTS];
static int64_t classes[SAMPLES];
static dirichlet_error error = DIRICHLET_INIT(dirichlet_error);

static void view_layer(int l, int64_t inputs, int64_t outputs, dirichlet_activation activation)
{
    layers[l] = (dirichlet_dense_layer_f64){.struct_size = sizeof layers[l],
                                            .inputs = inputs,
                                            .outputs = outputs,
                                            .weights = theta[l][0],
                                            .output_stride = WIDTH,
                                            .input_stride = 1,
                                            .bias = theta[l][WIDTH],
                                            .bias_stride = 1,
                                            .activation = activation};
    gradients[l] = (dirichlet_dense_gradient_f64){.struct_size = sizeof gradients[l],
                                                  .weights = gradient[l][0],
                                                  .output_stride = WIDTH,
                                                  .input_stride = 1,
                                                  .bias = gradient[l][WIDTH],
                                                  .bias_stride = 1};
    weights[l] = (dirichlet_parameter_f64){.struct_size = sizeof weights[l],
                                           .values = theta[l][0],
                                           .gradient = gradient[l][0],
                                           .rows = outputs,
                                           .columns = inputs,
                                           .row_stride = WIDTH,
                                           .column_stride = 1,
                                           .gradient_row_stride = WIDTH,
                                           .gradient_column_stride = 1};
    singular[l] = (dirichlet_singular_f64){.struct_size = sizeof singular[l], .vector = vectors[l]};
}

static dirichlet_status make_data(void)
{
    for (int n = 0; n < SAMPLES; n++) {
        const double angle = 3.14159265 * n / SAMPLES;
        classes[n] = n % CLASSES;
        points[n][0] = classes[n] ? 1 - cos(angle) : cos(angle);
        points[n][1] = classes[n] ? 0.5 - sin(angle) : sin(angle);
    }
    return dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 0, 0, 0, SAMPLES, INPUTS, 0.25, points[0],
                                   &error);
}

static dirichlet_status initialize(double scale)
{
    const dirichlet_initialization_options he = {
        .struct_size = sizeof he, .scheme = DIRICHLET_INITIALIZATION_HE, .seed = 1, .scale = scale};
    dirichlet_status status = DIRICHLET_OK;
    memset(vectors, 0, sizeof vectors); /* nothing known of them yet */
    for (int l = 0; l < LAYERS && status == DIRICHLET_OK; l++)
        status = dirichlet_initialize_f64(&he, l, layers[l].inputs, layers[l].outputs, theta[l][0],
                                          WIDTH, 1, theta[l][WIDTH], 1, &error);
    return status;
}

/* Noise on the step's copy of its data: other noise in every step. */
static dirichlet_status add_noise(const struct run *run, int64_t step, double *x, int64_t *labels)
{
    if (run->regularizer == LABELS)
        return dirichlet_noise_labels(1, step, 0, BATCH, CLASSES, run->strength, labels, NULL,
                                      &error);
    if (run->regularizer == NOISE)
        return dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 1, step, 0, BATCH, INPUTS,
                                       run->strength, x, &error);
    return DIRICHLET_OK;
}

/* gradient += strength * that of the penalty */
static dirichlet_status add_penalty(const struct run *run, dirichlet_dense_f64 *network,
                                    const double *x, const dirichlet_loss_f64 *loss)
{
    const dirichlet_parameter_norm_options norm = {
        .struct_size = sizeof norm,
        .norm = run->regularizer == L1 ? DIRICHLET_NORM_L1 : DIRICHLET_NORM_SQUARED_L2};
    switch (run->regularizer) {
    case ENERGY:
        return dirichlet_dense_energy_penalty_f64(network, BATCH, x, NULL, run->strength, gradients,
                                                  LAYERS, NULL);
    case FLATNESS:
        return dirichlet_dense_flatness_penalty_f64(network, BATCH, x, loss, RATE, run->strength,
                                                    gradients, LAYERS, NULL);
    case L2:
    case L1:
        return dirichlet_parameter_norm_f64(weights, LAYERS, &norm, run->strength, NULL, &error);
    case SPECTRAL:
        return dirichlet_spectral_penalty_f64(weights, LAYERS, singular, NULL, run->strength, NULL,
                                              &error);
    default: return DIRICHLET_OK;
    }
}

static int step(const struct run *run, dirichlet_dense_f64 *network, int64_t number)
{
    double x[BATCH][INPUTS];
    int64_t labels[BATCH];
    const dirichlet_loss_f64 loss = {
        .struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, .labels = labels};
    for (int i = 0; i < BATCH; i++) {
        const int64_t n = (number * BATCH + i) * 37 % SAMPLES; /* all in turn, in a mixed order */
        memcpy(x[i], points[n], sizeof x[i]);
        labels[i] = classes[n];
    }
    memset(gradient, 0, sizeof gradient);
    if (add_noise(run, number, x[0], labels) ||
        dirichlet_dense_loss_gradient_f64(network, BATCH, x[0], &loss, 1, gradients, LAYERS,
                                          NULL) ||
        add_penalty(run, network, x[0], &loss))
        return 0;
    for (int l = 0; l < LAYERS; l++)
        for (int o = 0; o <= WIDTH; o++)
            for (int i = 0; i < WIDTH; i++)
                theta[l][o][i] -= RATE * gradient[l][o][i];
    return 1;
}

/* Train, then find loss, accuracy and GC on all the data; 0 if a call fails. */
static int train(const struct run *run, dirichlet_dense_f64 *network, double figures[3])
{
    const dirichlet_loss_f64 loss = {.struct_size = sizeof loss,
                                     .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY,
                                     .labels = classes};
    double logits[SAMPLES][CLASSES];
    if (initialize(run->regularizer == START ? run->strength : 1))
        return 0;
    for (int64_t number = 0; number < STEPS; number++)
        if (!step(run, network, number))
            return 0;
    if (dirichlet_dense_loss_gradient_f64(network, SAMPLES, points[0], &loss, 0, gradients, LAYERS,
                                          &figures[0]) ||
        dirichlet_dense_forward_f64(network, SAMPLES, points[0], logits[0]) ||
        dirichlet_dense_energy_sum_f64(network, SAMPLES, points[0], &figures[2]))
        return 0;
    figures[1] = 0;
    for (int n = 0; n < SAMPLES; n++)
        figures[1] += (logits[n][1] > logits[n][0]) == classes[n];
    figures[1] /= SAMPLES;
    figures[2] /= SAMPLES;
    printf("%-11s  %8g  %.3f     %.3f  %6.1f\n", run->name, run->strength, figures[0], figures[1],
           figures[2]);
    return 1;
}

int main(void)
{
    dirichlet_dense_f64 *network = NULL;
    double plain[3], figures[3];
    view_layer(0, INPUTS, WIDTH, DIRICHLET_ACTIVATION_RELU);
    view_layer(1, WIDTH, WIDTH, DIRICHLET_ACTIVATION_RELU);
    view_layer(2, WIDTH, CLASSES, DIRICHLET_ACTIVATION_IDENTITY);
    printf("regularizer  strength   loss  accuracy      GC\n");
    int ok = make_data() == DIRICHLET_OK &&
             dirichlet_dense_create_f64(layers, LAYERS, NULL, &network, &error) == DIRICHLET_OK &&
             train(&runs[0], network, plain);
    int right = ok && plain[0] < 0.2 && isfinite(plain[2]);
    for (size_t i = 1; ok && i < sizeof runs / sizeof runs[0]; i++) {
        ok = train(&runs[i], network, figures);
        /* With about the same loss and accuracy GC is less than half of what it was. */
        right = right && figures[0] < plain[0] + 0.08 && figures[1] > plain[1] - 0.03 &&
                figures[2] < plain[2] / 2;
    }
    if (!ok)
        fprintf(stderr, "training: %s%s\n", error.message, dirichlet_dense_message_f64(network));
    dirichlet_dense_destroy_f64(network);
    return ok && right ? 0 : 1;
}
