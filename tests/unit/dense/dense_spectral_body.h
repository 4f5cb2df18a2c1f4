/* Spectral norms of the layers and the bound of the Lipschitz constant made of them. */
#ifndef DIRICHLET_UNIT_DENSE_SPECTRAL_BODY_H
#define DIRICHLET_UNIT_DENSE_SPECTRAL_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dense_values_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/memory.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/singular.h"

#define NORM_TOLERANCE 1e-10

static double norm_of_view(const layer_view *layer)
{
    double *plain = malloc((size_t)(layer->outputs * layer->inputs) * sizeof *plain);
    CHECK(plain != NULL);
    for (int64_t o = 0; o < layer->outputs; o++)
        for (int64_t i = 0; i < layer->inputs; i++)
            plain[o * layer->inputs + i] =
                (double)layer->weights[o * layer->output_stride + i * layer->input_stride];
    const double norm = (double)largest_singular_value(layer->outputs, layer->inputs, plain);
    free(plain);
    return norm;
}

/* ||J(x)||_2 from unit tangents. */
static double norm_of_jacobian(network_handle *network, const real *x)
{
    const int64_t d = PRECISION(dirichlet_dense_inputs)(network);
    const int64_t k = PRECISION(dirichlet_dense_outputs)(network);
    real *v = take_reals(d * d);
    real *jv = take_reals(d * k);
    double *wide = malloc((size_t)(d * k) * sizeof *wide);
    CHECK(wide != NULL);
    for (int64_t i = 0; i < d; i++)
        v[i * d + i] = 1;
    CHECK(PRECISION(dirichlet_dense_jvp)(network, 1, d, x, v, jv) == DIRICHLET_OK);
    for (int64_t i = 0; i < d * k; i++)
        wide[i] = (double)jv[i];
    const double norm = (double)largest_singular_value(d, k, wide);
    free(wide);
    free(jv);
    free(v);
    return norm;
}

#define NORMS_MOST 16

static void put_results(dirichlet_spectral_result *results)
{
    for (int l = 0; l < NORMS_MOST; l++)
        results[l] = (dirichlet_spectral_result){
            .struct_size = sizeof *results, .norm = UNTOUCHED, .iterations = (int64_t)UNTOUCHED};
}

static void check_bracket(const dirichlet_spectral_result *r)
{
    CHECK(isnan(r->norm) || (r->lower <= r->norm && r->norm <= r->upper));
    CHECK(r->reserved == 0 && r->iterations >= 0);
}

/* The norms and what follows from them as plain numbers, any of which may be NULL. */
static dirichlet_status norms_of(network_handle *network, const dirichlet_spectral_options *options,
                                 double *norms, int32_t *converged, double *bound)
{
    dirichlet_dense_description description = DIRICHLET_INIT(dirichlet_dense_description);
    dirichlet_dense_lipschitz lipschitz = DIRICHLET_INIT(dirichlet_dense_lipschitz);
    dirichlet_spectral_result results[NORMS_MOST];
    int32_t all = 1;
    put_results(results);
    CHECK(PRECISION(dirichlet_dense_describe)(network, &description) == DIRICHLET_OK);
    CHECK(description.layers <= NORMS_MOST);
    const dirichlet_status status =
        PRECISION(dirichlet_dense_spectral_norms)(network, options, results, &lipschitz);
    for (int64_t l = 0; status == DIRICHLET_OK && l < description.layers; l++) {
        check_bracket(&results[l]);
        norms[l] = results[l].norm;
        if (converged != NULL)
            converged[l] = results[l].converged;
        all = all == 1 && results[l].converged == 1;
    }
    CHECK(status != DIRICHLET_OK || lipschitz.converged == all);
    if (status == DIRICHLET_OK && bound != NULL)
        *bound = lipschitz.upper_bound;
    return status;
}

static void test_spectral_arguments(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    dirichlet_spectral_result norms[NORMS_MOST];
    dirichlet_dense_lipschitz bound = {.struct_size = sizeof bound, .upper_bound = UNTOUCHED};
    const double tolerances[] = {-1e-10, NAN, 1.0, INFINITY};
    dirichlet_spectral_options options = {.struct_size = sizeof options};
    (void)state;
    put_results(norms);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(NULL, NULL, norms, &bound) == DIRICHLET_E_NULL);
    expect_message(n, PRECISION(dirichlet_dense_spectral_norms)(n, NULL, NULL, NULL),
                   DIRICHLET_E_NULL, "norms");
    for (size_t t = 0; t < sizeof tolerances / sizeof *tolerances; t++) {
        options.tolerance = tolerances[t];
        expect_message(n, PRECISION(dirichlet_dense_spectral_norms)(n, &options, norms, &bound),
                       DIRICHLET_E_RANGE, "options.tolerance is ");
    }
    options.tolerance = 0.0;
    options.max_iterations = -1;
    expect_message(n, PRECISION(dirichlet_dense_spectral_norms)(n, &options, norms, &bound),
                   DIRICHLET_E_RANGE, "options.max_iterations is -1");
    options.struct_size = 3;
    expect_message(n, PRECISION(dirichlet_dense_spectral_norms)(n, &options, norms, &bound),
                   DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 3");
    norms[0].struct_size = 3;
    expect_message(n, PRECISION(dirichlet_dense_spectral_norms)(n, NULL, norms, &bound),
                   DIRICHLET_E_STRUCT_SIZE, "struct_size is 3");
    norms[0].struct_size = sizeof *norms;
    bound.struct_size = 2;
    expect_message(n, PRECISION(dirichlet_dense_spectral_norms)(n, NULL, norms, &bound),
                   DIRICHLET_E_STRUCT_SIZE, "struct_size is 2");
    bound.struct_size = sizeof bound;
    for (int l = 0; l < NORMS_MOST; l++)
        CHECK(norms[l].norm == UNTOUCHED && norms[l].iterations == (int64_t)UNTOUCHED);
    CHECK(bound.upper_bound == UNTOUCHED);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(n, NULL, norms, NULL) == DIRICHLET_OK);
    CHECK(norms[0].norm > 0.0 && norms[FIXTURE_LAYERS].norm == UNTOUCHED);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(n, NULL, NULL, &bound) == DIRICHLET_OK);
    CHECK(bound.upper_bound > 0.0 && bound.converged == 1 && bound.reserved == 0);
    PRECISION(dirichlet_dense_destroy)(n);
}

/* The norms of every layer against Jacobi rotations; the bound against their product. */
static double check_norms(network_handle *network, const layer_view *layers, int64_t count)
{
    double norms[8];
    int32_t converged[8];
    double bound = 0.0;
    double product = 1.0;
    double worst = 0.0;
    CHECK(norms_of(network, NULL, norms, converged, &bound) == DIRICHLET_OK);
    for (int64_t l = 0; l < count; l++) {
        const double truth = norm_of_view(&layers[l]);
        const double error = fabs(norms[l] - truth) / truth;
        CHECK_IN(converged[l] == 1 && error <= NORM_TOLERANCE, "layer %lld: %.17g, not %.17g",
                 (long long)l, norms[l], truth);
        worst = fmax(worst, error);
        product *= truth;
    }
    CHECK_IN(bound >= product * (1.0 - 1e-15) && bound <= product * (1.0 + 1e-8),
             "bound %.17g of %.17g", bound, product);
    return worst;
}

static void test_spectral_norms(void **state)
{
    static const int64_t shapes[][4] = {
        {1, 1, 1, 1}, {7, 5, 3, 2}, {2, 9, 40, 1}, {130, 70, 65, 10}};
    double worst = 0.0;
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct wide_network w;
        make_wide(&w, shapes[s], 3, DIRICHLET_ACTIVATION_TANH);
        network_handle *network = create_or_fail(w.layers, w.depth, NULL);
        worst = fmax(worst, check_norms(network, w.layers, w.depth));
        PRECISION(dirichlet_dense_destroy)(network);
        free(w.numbers);
    }
    print_message("norms: relative error %.1e\n", worst);
}

/* Every way the weights can lie, among numbers that are not theirs. */
static void test_spectral_layouts(void **state)
{
    static const int64_t strides[][2] = {{6, 1}, {7, 1}, {1, 4}, {1, 9}, {13, 2}, {3, 14}};
    static real weights[200];
    double first = 0.0;
    (void)state;
    for (size_t s = 0; s < sizeof strides / sizeof *strides; s++) {
        layer_view layer = plain_layer(6, 4, weights, NULL, DIRICHLET_ACTIVATION_IDENTITY);
        layer.output_stride = strides[s][0];
        layer.input_stride = strides[s][1];
        fill(weights, 200, 5);
        for (int64_t i = 0; i < 24; i++)
            weights[i / 6 * strides[s][0] + i % 6 * strides[s][1]] = (real)sin((double)i);
        network_handle *network = create_or_fail(&layer, 1, NULL);
        double norm = 0.0;
        (void)check_norms(network, &layer, 1);
        CHECK(norms_of(network, NULL, &norm, NULL, NULL) == DIRICHLET_OK);
        first = s == 0 ? norm : first;
        CHECK(norm == first);
        PRECISION(dirichlet_dense_destroy)(network);
    }
}

/* The first layers alone, and the network as good as before. */
static void test_spectral_of_first_layers(void **state)
{
    struct fixture f;
    network_handle *whole = create_fixture(&f);
    f.options.layers = 2;
    network_handle *part = create_or_fail(f.layers, FIXTURE_LAYERS, &f.options);
    double norms[FIXTURE_LAYERS];
    double first[FIXTURE_LAYERS] = {0.0, 0.0, UNTOUCHED};
    real x[FIXTURE_INPUTS];
    real before[FIXTURE_OUTPUTS];
    real after[FIXTURE_OUTPUTS];
    (void)state;
    fill(x, FIXTURE_INPUTS, 4);
    CHECK(PRECISION(dirichlet_dense_forward)(whole, 1, x, before) == DIRICHLET_OK);
    CHECK(norms_of(whole, NULL, norms, NULL, NULL) == DIRICHLET_OK);
    CHECK(norms_of(part, NULL, first, NULL, NULL) == DIRICHLET_OK);
    CHECK(first[0] == norms[0] && first[1] == norms[1] && first[2] == UNTOUCHED);
    CHECK(PRECISION(dirichlet_dense_forward)(whole, 1, x, after) == DIRICHLET_OK);
    check_agreement(after, before, FIXTURE_OUTPUTS, "y");
    PRECISION(dirichlet_dense_destroy)(whole);
    PRECISION(dirichlet_dense_destroy)(part);
}

struct steepness {
    dirichlet_activation activation;
    double parameter;
    double lipschitz;
};

static const struct steepness steepnesses[] = {
    {DIRICHLET_ACTIVATION_IDENTITY, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_RELU, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_LEAKY_RELU, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_LEAKY_RELU, 2.5, 2.5},
    {DIRICHLET_ACTIVATION_ELU, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_ELU, 0.25, 1.0},
    {DIRICHLET_ACTIVATION_ELU, 3.0, 3.0},
    {DIRICHLET_ACTIVATION_LEAKY_RELU, -2.5, 2.5},
    {DIRICHLET_ACTIVATION_ELU, -0.5, 1.0},
    {DIRICHLET_ACTIVATION_ELU, -3.0, 3.0},
    {DIRICHLET_ACTIVATION_GELU, 0.0, 1.12890414518515},
    {DIRICHLET_ACTIVATION_GELU_TANH, 0.0, 1.12899306865877},
    {DIRICHLET_ACTIVATION_SILU, 0.0, 1.09983932012886},
    {DIRICHLET_ACTIVATION_SOFTPLUS, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_TANH, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_SIGMOID, 0.0, 0.25},
    {DIRICHLET_ACTIVATION_SIN, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_PRELU, 0.0, 1.0},
    {DIRICHLET_ACTIVATION_PRELU, -2.5, 2.5},
    {DIRICHLET_ACTIVATION_CLAMP, -1.0, 1.0},
    {DIRICHLET_ACTIVATION_HARD_SIGMOID, 0.0, 1.0 / 6.0},
    {DIRICHLET_ACTIVATION_HARD_SWISH, 0.0, 1.5},
    {DIRICHLET_ACTIVATION_SELU, 0.0, 1.75809934084738},
    {DIRICHLET_ACTIVATION_MISH, 0.0, 1.08849816125166},
    {DIRICHLET_ACTIVATION_SOFTSIGN, 0.0, 1.0},
};

/* The steepest slope found on a fine grid is below the bound, and close to it. */
static void test_lipschitz_of_activations(void **state)
{
    enum { POINTS = 40001 };
    const real one = 1;
    real *z = take_reals(POINTS);
    double *energies = malloc(POINTS * sizeof *energies);
    (void)state;
    CHECK(energies != NULL);
    for (int i = 0; i < POINTS; i++)
        z[i] = (real)((i - POINTS / 2) * 1e-3);
    for (size_t a = 0; a < sizeof steepnesses / sizeof *steepnesses; a++) {
        layer_view layer = plain_layer(1, 1, &one, NULL, steepnesses[a].activation);
        layer.activation_parameter = steepnesses[a].parameter;
        set_interval(&layer);
        if (layer.activation == DIRICHLET_ACTIVATION_HARD_SWISH) /* steepest just inside */
            layer.kink = DIRICHLET_KINK_INSIDE;
        network_handle *network = create_or_fail(&layer, 1, NULL);
        double norm = 0.0;
        double bound = 0.0;
        double steepest = 0.0;
        CHECK(norms_of(network, NULL, &norm, NULL, &bound) == DIRICHLET_OK);
        CHECK(PRECISION(dirichlet_dense_energies)(network, POINTS, z, energies) == DIRICHLET_OK);
        for (int i = 0; i < POINTS; i++)
            steepest = fmax(steepest, sqrt(energies[i]));
        CHECK_IN(fabs(bound - steepnesses[a].lipschitz) <= 2e-14 * bound, "%d: %.17g",
                 (int)steepnesses[a].activation, bound);
        CHECK_IN(steepest <= bound * (1.0 + (double)REAL_EPSILON), "%d: %.17g beyond %.17g",
                 (int)steepnesses[a].activation, steepest, bound);
        CHECK_IN(steepest >= bound * (1.0 - 2e-6), "%d: %.17g far from %.17g",
                 (int)steepnesses[a].activation, steepest, bound);
        PRECISION(dirichlet_dense_destroy)(network);
    }
    free(energies);
    free(z);
}

/* No Jacobian is longer than the bound, and the bound is not far. */
static void test_lipschitz_bound(void **state)
{
    const int64_t widths[] = {6, 12, 9, 4};
    double closest = 0.0;
    (void)state;
    for (size_t a = 0; a < sizeof steepnesses / sizeof *steepnesses; a++) {
        struct wide_network w;
        double norms[3];
        double bound = 0.0;
        real x[6];
        make_wide(&w, widths, 3, steepnesses[a].activation);
        for (int l = 0; l < 2; l++) {
            w.layers[l].activation_parameter = steepnesses[a].parameter;
            set_interval(&w.layers[l]);
        }
        network_handle *network = create_or_fail(w.layers, w.depth, NULL);
        CHECK(norms_of(network, NULL, norms, NULL, &bound) == DIRICHLET_OK);
        for (uint64_t s = 1; s <= 40; s++) {
            fill(x, 6, s);
            const double norm = norm_of_jacobian(network, x);
            CHECK_IN(norm <= bound, "%d: %.17g beyond %.17g", (int)steepnesses[a].activation, norm,
                     bound);
            closest = fmax(closest, norm / bound);
        }
        PRECISION(dirichlet_dense_destroy)(network);
        free(w.numbers);
    }
    print_message("||J|| / bound: at most %.3f\n", closest);
    CHECK(closest > 0.3);
}

/* Stopped early, a norm says so and the bound still is one. */
static void test_spectral_limits(void **state)
{
    const int64_t widths[] = {60, 60, 60};
    const dirichlet_spectral_options options = {
        .struct_size = sizeof options, .tolerance = 1e-12, .max_iterations = 1};
    struct wide_network w;
    double norms[2];
    int32_t converged[2];
    double bound = 0.0;
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_RELU);
    network_handle *network = create_or_fail(w.layers, w.depth, NULL);
    CHECK(norms_of(network, &options, norms, converged, &bound) == DIRICHLET_OK);
    const double product = norm_of_view(&w.layers[0]) * norm_of_view(&w.layers[1]);
    CHECK(converged[0] == 0 && converged[1] == 0);
    CHECK(bound >= product && bound <= 10.0 * product);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
}

static void test_spectral_not_finite(void **state)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct fixture f;
        network_handle *n = create_fixture(&f);
        double norms[FIXTURE_LAYERS];
        int32_t converged[FIXTURE_LAYERS];
        double bound = 0.0;
        f.weights[1][7] = (real)wild[i];
        CHECK(norms_of(n, NULL, norms, converged, &bound) == DIRICHLET_OK);
        CHECK(isnan(norms[1]) && converged[1] == 0 && isnan(bound));
        CHECK(norms[0] > 0.0 && converged[0] == 1 && norms[2] > 0.0 && converged[2] == 1);
        for (int j = 0; j < 15; j++)
            f.weights[0][j] = 0;
        CHECK(norms_of(n, NULL, norms, converged, &bound) == DIRICHLET_OK);
        CHECK(norms[0] == 0.0 && converged[0] == 1 && isnan(bound));
        f.weights[1][7] = 1;
        CHECK(norms_of(n, NULL, norms, converged, &bound) == DIRICHLET_OK);
        CHECK(bound == 0.0);
        PRECISION(dirichlet_dense_destroy)(n);
    }
}

/* Numbers whose squares are beyond the type, and a bound that would be 0 or infinite. */
static void test_spectral_of_extreme_weights(void **state)
{
    const double scales[] = {sizeof(real) == 4 ? 1e-30 : 1e-200, sizeof(real) == 4 ? 1e30 : 1e200};
    (void)state;
    for (int s = 0; s < 2; s++) {
        struct fixture f;
        network_handle *n = create_fixture(&f);
        double norms[FIXTURE_LAYERS];
        double bound = -1.0;
        for (int l = 0; l < FIXTURE_LAYERS; l++)
            for (int i = 0; i < 15; i++)
                f.weights[l][i] = (real)((double)f.weights[l][i] * scales[s]);
        CHECK(norms_of(n, NULL, norms, NULL, &bound) == DIRICHLET_OK);
        for (int l = 0; l < FIXTURE_LAYERS; l++) {
            const double truth = norm_of_view(&f.layers[l]);
            CHECK_IN(fabs(norms[l] - truth) <= NORM_TOLERANCE * truth, "%g: %.17g, not %.17g",
                     scales[s], norms[l], truth);
        }
        CHECK(bound > 0.0 && bound >= norms[0] * norms[1] * norms[2]);
        PRECISION(dirichlet_dense_destroy)(n);
    }
}

/* What is taken comes back; where there is none, nothing is written. */
static void test_spectral_memory(void **state)
{
    struct fixture f;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    dirichlet_spectral_result norms[NORMS_MOST];
    dirichlet_dense_lipschitz bound = {.struct_size = sizeof bound, .upper_bound = UNTOUCHED};
    (void)state;
    put_results(norms);
    make_fixture(&f);
    f.options.allocator = &hooks;
    network_handle *n = create_or_fail(f.layers, FIXTURE_LAYERS, &f.options);
    const int64_t live = counts.live;
    const int64_t bytes = counts.bytes;
    counting_arm(&counts, 1, 0);
    expect_message(n, PRECISION(dirichlet_dense_spectral_norms)(n, NULL, norms, &bound),
                   DIRICHLET_E_MEMORY, "no memory for spectral norms");
    CHECK(norms[0].norm == UNTOUCHED && bound.upper_bound == UNTOUCHED);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(n, NULL, norms, &bound) == DIRICHLET_OK);
    CHECK(counts.live == live && counts.bytes == bytes && counts.damaged == 0);
    PRECISION(dirichlet_dense_destroy)(n);
    CHECK(counts.live == 0 && counts.damaged == 0);
}

/* Products of norms of which only the partial ones leave the range of a double. */
static void test_lipschitz_out_of_range(void **state)
{
    const double large = sizeof(real) == sizeof(float) ? 1e38 : 1e300;
    real weights[10];
    layer_view layers[10];
    double norms[10];
    double bound = NAN;
    (void)state;
    for (int l = 0; l < 10; l++) {
        weights[l] = (real)large;
        layers[l] = plain_layer(1, 1, &weights[l], NULL, DIRICHLET_ACTIVATION_IDENTITY);
    }
    network_handle *network = create_or_fail(layers, 10, NULL);
    weights[9] = 0;
    CHECK(norms_of(network, NULL, norms, NULL, &bound) == DIRICHLET_OK);
    CHECK(bound == 0.0);
    weights[0] = 0;
    weights[9] = (real)large;
    CHECK(norms_of(network, NULL, norms, NULL, &bound) == DIRICHLET_OK);
    CHECK(bound == 0.0);
    weights[0] = (real)large;
    for (int l = 5; l < 10; l++)
        weights[l] = (real)(1.0 / large);
    CHECK(norms_of(network, NULL, norms, NULL, &bound) == DIRICHLET_OK);
    CHECK_IN(bound >= 1.0 - 1e-6 && bound <= 1.0 + 1e-6, "%.17g", bound);
    PRECISION(dirichlet_dense_destroy)(network);
}

#endif
