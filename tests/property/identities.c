/* What the geometric complexity is, by other means: affine maps, noise, arc length, the
 * bound by the Lipschitz constant, sub-networks. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "draws.h"
#include "models.h"

#define MOST_WEIGHTS 4096

/* A dense network over arrays of its own. */
struct network {
    dirichlet_dense_layer_f64 layers[3];
    double weights[3][MOST_WEIGHTS];
    double biases[3][64];
    dirichlet_dense_f64 *handle;
    dirichlet_model_f64 model;
};

static void make_network(const int64_t *sizes, int layers, dirichlet_activation activation,
                         double gain, uint64_t seed, struct network *network)
{
    struct draws draws = {seed};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    for (int l = 0; l < layers; l++) {
        const double scale = gain / sqrt((double)sizes[l]);
        draw_normals_into(&draws, scale, network->weights[l], sizes[l] * sizes[l + 1]);
        draw_normals_into(&draws, 0.3, network->biases[l], sizes[l + 1]);
        const dirichlet_dense_layer_f64 layer = {
            .struct_size = sizeof layer,
            .inputs = sizes[l],
            .outputs = sizes[l + 1],
            .weights = network->weights[l],
            .output_stride = sizes[l],
            .input_stride = 1,
            .bias = network->biases[l],
            .bias_stride = 1,
            .activation = l + 1 < layers ? activation : DIRICHLET_ACTIVATION_IDENTITY};
        network->layers[l] = layer;
    }
    require_ok(dirichlet_dense_create_f64(network->layers, layers, NULL, &network->handle, &error),
               "create a network", error.message);
    network->model.struct_size = sizeof network->model;
    require_ok(dirichlet_dense_model_f64(network->handle, &network->model), "model", "");
}

static double complexity(const dirichlet_model_f64 *model, dirichlet_method method, int64_t samples,
                         const double *x)
{
    dirichlet_estimator_options options = {
        .struct_size = sizeof options,
        .method = method,
        .probes = method == DIRICHLET_METHOD_FINITE_DIFFERENCE ? DIRICHLET_PROBES_ALL : 0};
    dirichlet_result result = {.struct_size = sizeof result};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    require_ok(dirichlet_measure_f64(model, samples, x, NULL, &options, &result, NULL, &error),
               "measure", error.message);
    return result.value;
}

/* x -> A x + b: the complexity is ||A||_F^2 by every method, on any data. */
static void affine_maps(struct network *network)
{
    static const int64_t shapes[][2] = {{6, 4}, {4, 6}, {1, 9}, {9, 1}, {5, 5}};
    static const dirichlet_method methods[] = {DIRICHLET_METHOD_EXACT, DIRICHLET_METHOD_AUTO,
                                               DIRICHLET_METHOD_FINITE_DIFFERENCE};
    struct draws draws = {1};
    double x[40 * 9];
    double worst[3] = {0};
    draw_normals_into(&draws, 2.0, x, 40 * 9);
    for (uint64_t s = 0; s < 5; s++) {
        make_network(shapes[s], 1, DIRICHLET_ACTIVATION_IDENTITY, 1.5, s, network);
        const double norm = squared_frobenius(network->weights[0], shapes[s][0] * shapes[s][1]);
        for (int i = 0; i < 3; i++) {
            const double value = complexity(&network->model, methods[i], 40, x);
            worst[i] = fmax(worst[i], isnan(value) ? INFINITY : fabs(value / norm - 1.0));
        }
        dirichlet_dense_destroy_f64(network->handle);
    }
    heading("Affine maps: GC = ||A||_F^2, worst relative error");
    at_most("exact", worst[0], 1e-14);
    at_most("auto", worst[1], 1e-14);
    at_most("finite differences", worst[2], 1e-9);
}

/* E ||f(x + s u) - f(x)||^2 = s^2 ||J||_F^2 + O(s^4), u normal. With pairs +-u the odd
 * terms cancel in the mean. */
static void noise_identity(struct network *network)
{
    enum { INPUTS = 6, DRAWS = 400000, BATCH = 1000 };
    static const int64_t sizes[] = {INPUTS, 16, 4};
    const double size = 1e-4;
    static double points[(BATCH + 1) * INPUTS];
    static double values[(BATCH + 1) * 4];
    struct draws draws = {2};
    double sum = 0.0;
    double squares = 0.0;
    double x[INPUTS];
    draw_normals_into(&draws, 1.0, x, INPUTS);
    make_network(sizes, 2, DIRICHLET_ACTIVATION_TANH, 1.5, 7, network);
    for (int64_t done = 0; done < DRAWS; done += BATCH) {
        for (int64_t i = 0; i < (BATCH + 1) * INPUTS; i++)
            points[i] = x[i % INPUTS] + (i < INPUTS ? 0.0 : size * draw_normal(&draws));
        require_ok(dirichlet_dense_forward_f64(network->handle, BATCH + 1, points, values),
                   "forward", "");
        for (int64_t i = 1; i <= BATCH; i++) {
            double change = 0.0;
            for (int64_t o = 0; o < 4; o++)
                change += pow((values[i * 4 + o] - values[o]) / size, 2.0);
            sum += change / DRAWS;
            squares += change * change / DRAWS;
        }
    }
    const double energy = complexity(&network->model, DIRICHLET_METHOD_EXACT, 1, x);
    const double error = sqrt((squares - sum * sum) / DRAWS);
    heading("Noise: E ||f(x + s u) - f(x)||^2 / s^2 = ||J||_F^2");
    note("relative standard error", error / energy);
    at_most("standard errors off", fabs(sum - energy) / error, 4.0);
    dirichlet_dense_destroy_f64(network->handle);
}

/* Length of the graph over I, at most |I| sqrt(1 + GC) with GC over uniform samples of I
 * (Jensen); equality where the slope is constant. */
static void arc_length(struct network *network)
{
    enum { POINTS = 20001 };
    static const int64_t sizes[] = {1, 16, 1};
    const double width = 4.0;
    double *x = take(POINTS, sizeof *x);
    double *y = take(POINTS, sizeof *y);
    heading("Arc length <= |I| sqrt(1 + GC) in one dimension: their ratio");
    for (uint64_t seed = 0; seed < 4; seed++) {
        const dirichlet_activation activation =
            seed % 2 == 0 ? DIRICHLET_ACTIVATION_TANH : DIRICHLET_ACTIVATION_RELU;
        double length = 0.0;
        make_network(sizes, 2, activation, 2.0, 20 + seed, network);
        for (int64_t i = 0; i < POINTS; i++)
            x[i] = width * ((double)i / (POINTS - 1) - 0.5);
        require_ok(dirichlet_dense_forward_f64(network->handle, POINTS, x, y), "forward", "");
        for (int64_t i = 1; i < POINTS; i++)
            length += hypot(x[i] - x[i - 1], y[i] - y[i - 1]);
        const double value = complexity(&network->model, DIRICHLET_METHOD_EXACT, POINTS, x);
        between(seed % 2 == 0 ? "tanh" : "relu", length / (width * sqrt(1.0 + value)), 0.5,
                1.0 + 1e-4);
        dirichlet_dense_destroy_f64(network->handle);
    }
    free(x);
    free(y);
}

/* Largest singular value, by power iteration on A^T A. */
static double spectral_norm(const double *matrix, int64_t rows, int64_t columns)
{
    double v[64];
    double norm = 0.0;
    for (int64_t j = 0; j < columns; j++)
        v[j] = 1.0 + 0.1 * (double)j;
    for (int iteration = 0; iteration < 2000; iteration++) {
        double next[64] = {0};
        for (int64_t i = 0; i < rows; i++) {
            double product = 0.0;
            for (int64_t j = 0; j < columns; j++)
                product += matrix[i * columns + j] * v[j];
            for (int64_t j = 0; j < columns; j++)
                next[j] += matrix[i * columns + j] * product;
        }
        norm = sqrt(squared_frobenius(next, columns));
        for (int64_t j = 0; j < columns; j++)
            v[j] = next[j] / norm;
    }
    return sqrt(norm);
}

/* ||J||_2^2 <= e <= min(k, d) ||J||_2^2, and Lip <= prod ||W_l||_2 for activations that
 * are 1-Lipschitz. */
static void lipschitz_bounds(struct network *network)
{
    static const int64_t linear[] = {7, 5};
    static const int64_t deep[] = {7, 12, 9, 5};
    struct draws draws = {3};
    double x[200 * 7];
    draw_normals_into(&draws, 1.0, x, 200 * 7);
    heading("||J||_2^2 <= GC <= min(k, d) Lip^2: GC over its bounds");
    make_network(linear, 1, DIRICHLET_ACTIVATION_IDENTITY, 1.0, 30, network);
    double value = complexity(&network->model, DIRICHLET_METHOD_EXACT, 200, x);
    double norm = spectral_norm(network->weights[0], 5, 7);
    at_least("linear map, over ||A||_2^2", value / (norm * norm), 1.0);
    at_most("linear map, over min(k, d) ||A||_2^2", value / (5.0 * norm * norm), 1.0);
    dirichlet_dense_destroy_f64(network->handle);
    make_network(deep, 3, DIRICHLET_ACTIVATION_RELU, 1.4, 31, network);
    value = complexity(&network->model, DIRICHLET_METHOD_EXACT, 200, x);
    norm = spectral_norm(network->weights[0], 12, 7) * spectral_norm(network->weights[1], 9, 12) *
           spectral_norm(network->weights[2], 5, 9);
    between("relu network, over min(k, d) prod ||W||_2^2", value / (5.0 * norm * norm), 1e-6, 1.0);
    dirichlet_dense_destroy_f64(network->handle);
}

/* The energy of each sample against differences of the forward pass, which share no code
 * with the chain of products: sum over i of ||(f(x + h e_i) - f(x - h e_i)) / 2h||^2. */
static void slopes_of_forward(struct network *network)
{
    enum { INPUTS = 5 };
    static const int64_t sizes[] = {INPUTS, 12, 9, 4};
    struct draws draws = {4};
    double x[INPUTS];
    double points[2 * INPUTS * INPUTS];
    double values[2 * INPUTS * 4];
    double sum = 0.0;
    const double h = 1e-5;
    make_network(sizes, 3, DIRICHLET_ACTIVATION_GELU, 1.5, 40, network);
    draw_normals_into(&draws, 1.0, x, INPUTS);
    for (int64_t i = 0; i < 2 * INPUTS; i++)
        for (int64_t j = 0; j < INPUTS; j++)
            points[i * INPUTS + j] = x[j] + (i / 2 == j ? (i % 2 == 0 ? h : -h) : 0.0);
    require_ok(dirichlet_dense_forward_f64(network->handle, 2 * INPUTS, points, values), "forward",
               "");
    for (int64_t i = 0; i < INPUTS; i++)
        for (int64_t o = 0; o < 4; o++)
            sum += pow((values[2 * i * 4 + o] - values[(2 * i + 1) * 4 + o]) / (2.0 * h), 2.0);
    heading("Energies against differences of the forward pass");
    at_most("relative error",
            fabs(complexity(&network->model, DIRICHLET_METHOD_EXACT, 1, x) / sum - 1.0), 1e-8);
    dirichlet_dense_destroy_f64(network->handle);
}

int main(void)
{
    struct network *network = take(1, sizeof *network);
    affine_maps(network);
    noise_identity(network);
    arc_length(network);
    lipschitz_bounds(network);
    slopes_of_forward(network);
    free(network);
    return verdict();
}
