/* The mean energy of networks at initialization against its closed form,
 *
 *     E ||J(x)||_F^2 = n_L prod_l n_{l-1} Var(W_l) ((1 + p^2) / 2)^(L-1),
 *
 * over 2,000 drawn networks, each at a random input of its own, for every scheme and
 * distribution, at depths 1 to 16, without biases; and for leaky_relu and with random biases,
 * which must not matter. Within 3 standard errors.
 *
 * Energies have heavier tails the deeper and the narrower the networks are, hence wider networks
 * at larger depths: a standard error of 5 % at most (fewer networks under a sanitizer). One in 370
 * honest comparisons is beyond 3 standard errors. Such a one is decided by ten times the networks
 * under other seeds, and there may be no more than MOST_SECOND_LOOKS of them, which chance exceeds
 * once in 600 times. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "draws.h"
#include "models.h"

#ifdef PROPERTY_SANITIZED
#define NETWORKS 200
#else
#define NETWORKS 2000
#endif
/* The standard deviation of an energy, relative to its mean, is at most this. */
#define MOST_SPREAD 2.2
#define MOST_STANDARD_ERRORS 3.0
#define MOST_SECOND_LOOKS 2
#define MOST_LAYERS 16
#define MOST_WIDTH 48

struct subject {
    dirichlet_initialization_options options;
    int64_t layers;
    int64_t widths[MOST_LAYERS + 1];
    double slope;
    bool biases;
};

struct drawn_network {
    dirichlet_dense_f64 *dense;
    double weights[MOST_LAYERS][MOST_WIDTH * MOST_WIDTH];
    double biases[MOST_LAYERS][MOST_WIDTH];
};

struct summary {
    double mean;
    double error; /* standard error of the mean */
};

static long second_looks;

static void create(const struct subject *subject, struct drawn_network *network)
{
    dirichlet_dense_layer_f64 layers[MOST_LAYERS] = {{0}};
    const int hidden =
        subject->slope > 0.0 ? DIRICHLET_ACTIVATION_LEAKY_RELU : DIRICHLET_ACTIVATION_RELU;
    for (int64_t l = 0; l < subject->layers; l++)
        layers[l] = (dirichlet_dense_layer_f64){
            .struct_size = sizeof *layers,
            .inputs = subject->widths[l],
            .outputs = subject->widths[l + 1],
            .weights = network->weights[l],
            .output_stride = subject->widths[l],
            .input_stride = 1,
            .bias = subject->biases ? network->biases[l] : NULL,
            .bias_stride = 1,
            .activation = l + 1 < subject->layers ? hidden : DIRICHLET_ACTIVATION_IDENTITY,
            .activation_parameter = l + 1 < subject->layers ? subject->slope : 0.0};
    require_ok(dirichlet_dense_create_f64(layers, subject->layers, NULL, &network->dense, NULL),
               "create", "");
}

/* The handle borrows the weights: drawing them again makes it another network. */
static double energy_of_draw(const struct subject *subject, uint64_t seed,
                             struct drawn_network *network)
{
    dirichlet_initialization_options options = subject->options;
    struct draws draws = {~seed};
    double x[MOST_WIDTH];
    double energy = NAN;
    options.seed = seed;
    for (int64_t l = 0; l < subject->layers; l++)
        require_ok(dirichlet_initialize_f64(&options, l, subject->widths[l], subject->widths[l + 1],
                                            network->weights[l], subject->widths[l], 1,
                                            subject->biases ? network->biases[l] : NULL, 1, NULL),
                   "initialize", "");
    draw_normals_into(&draws, 1.0, x, subject->widths[0]);
    require_ok(dirichlet_dense_energies_f64(network->dense, 1, x, &energy), "energies",
               dirichlet_dense_message_f64(network->dense));
    return energy;
}

static struct summary summarize(const struct subject *subject, uint64_t seed, int64_t count)
{
    struct drawn_network *network = take(1, sizeof *network);
    double sum = 0.0;
    double squares = 0.0;
    create(subject, network);
    for (int64_t i = 0; i < count; i++) {
        const double energy = energy_of_draw(subject, seed + (uint64_t)i, network);
        sum += energy;
        squares += energy * energy;
    }
    dirichlet_dense_destroy_f64(network->dense);
    free(network);
    const double n = (double)count;
    return (struct summary){sum / n, sqrt((squares - sum * sum / n) / (n - 1.0) / n)};
}

static double expectation(const struct subject *subject)
{
    double energy = NAN;
    require_ok(dirichlet_expected_energy(&subject->options, subject->widths, subject->layers,
                                         subject->slope, &energy, NULL),
               "expected energy", "");
    return energy;
}

static void judge(const struct subject *subject, const char *name)
{
    static uint64_t seed;
    seed += 10 * NETWORKS; /* those of one network each */
    const double expected = expectation(subject);
    struct summary seen = summarize(subject, seed, NETWORKS);
    double z = (seen.mean - expected) / seen.error;
    printf("    %-34s  expected %-9.4g mean %-9.4g +- %4.1f %%\n", name, expected, seen.mean,
           100.0 * seen.error / expected);
    if (!(fabs(z) <= MOST_STANDARD_ERRORS)) {
        note("z, looked at again", z);
        second_looks++;
        seen = summarize(subject, seed + (UINT64_C(1) << 40), 10 * NETWORKS);
        z = (seen.mean - expected) / seen.error;
    }
    holds(seen.error <= MOST_SPREAD / sqrt(NETWORKS) * expected,
          "%s: a standard error of %g means little", name, seen.error);
    between("z", z, -MOST_STANDARD_ERRORS, MOST_STANDARD_ERRORS);
}

/* Widths that go up and down around `width`. */
static void set_widths(int64_t layers, int64_t width, struct subject *subject)
{
    static const int64_t steps[] = {0, 4, -2, 2, -4};
    subject->layers = layers;
    for (int64_t l = 0; l <= layers; l++)
        subject->widths[l] = width + steps[l % 5];
}

static const char *const scheme_names[] = {"LeCun", "Glorot", "He", "PyTorch"};
static const char *const distribution_names[] = {"normal", "truncated", "uniform"};

static struct subject subject_of(int scheme, int distribution)
{
    return (struct subject){
        .options = {.struct_size = sizeof(dirichlet_initialization_options),
                    .scheme = DIRICHLET_INITIALIZATION_LECUN + 10 * scheme,
                    .distribution = DIRICHLET_DISTRIBUTION_NORMAL + 10 * distribution,
                    .bias = DIRICHLET_INITIAL_BIAS_UNIFORM}};
}

static void judge_all(int64_t layers, int64_t width, double slope, bool biases)
{
    heading("depth %d, width about %d, negative slope %g, %s", (int)layers, (int)width, slope,
            biases ? "random biases" : "no biases");
    for (int s = 0; s < 4; s++)
        for (int d = 0; d < 3; d++) {
            struct subject subject = subject_of(s, d);
            char name[64];
            snprintf(name, sizeof name, "%s, %s", scheme_names[s], distribution_names[d]);
            set_widths(layers, width, &subject);
            subject.slope = slope;
            subject.biases = biases;
            judge(&subject, name);
        }
}

int main(void)
{
    judge_all(1, 16, 0.0, false);
    judge_all(2, 16, 0.0, false);
    judge_all(4, 16, 0.0, false);
    judge_all(8, 24, 0.0, false);
    judge_all(16, 40, 0.0, false);
    judge_all(4, 16, 0.0, true);
    judge_all(4, 16, 0.3, true);
    heading("second looks");
    at_most("comparisons looked at again", (double)second_looks, MOST_SECOND_LOOKS);
    return verdict();
}
