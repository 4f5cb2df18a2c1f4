/* The transfer theorem: what its sides are made of, and that it holds. */
#ifndef DIRICHLET_UNIT_DENSE_TRANSFER_BODY_H
#define DIRICHLET_UNIT_DENSE_TRANSFER_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dense_spectral_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/counting_allocator.h"

struct transfer_results {
    double *input_side;
    double *parameter_side;
    double *factors;
    double *ratios;
};

static double *take_doubles(int64_t count)
{
    double *values = calloc((size_t)count, sizeof *values);
    CHECK(values != NULL);
    return values;
}

static struct transfer_results take_transfer(int64_t n, int64_t layers)
{
    return (struct transfer_results){take_doubles(n), take_doubles(n), take_doubles(n * layers),
                                     take_doubles(n)};
}

static void free_transfer(struct transfer_results *r)
{
    free(r->input_side);
    free(r->parameter_side);
    free(r->factors);
    free(r->ratios);
}

static dirichlet_status transfer_of(network_handle *network, int64_t n, const real *x,
                                    struct transfer_results *r)
{
    dirichlet_dense_transfer_result result = {.struct_size = sizeof result,
                                              .samples = -1,
                                              .input_side = r->input_side,
                                              .parameter_side = r->parameter_side,
                                              .factors = r->factors,
                                              .ratios = r->ratios};
    const dirichlet_status status =
        PRECISION(dirichlet_dense_transfer)(network, n, x, NULL, &result);
    CHECK(result.samples == (status == DIRICHLET_OK ? n : -1));
    return status;
}

/* sum_l T_l^2. */
static double squares_of(const double *factors, int64_t layers)
{
    double sum = 0.0;
    for (int64_t l = 0; l < layers; l++)
        sum += factors[l] * factors[l];
    return sum;
}

/* ||df/dtheta||_F^2 at one sample, output by output. */
static double explicit_parameter_side(network_handle *network, const struct wide_network *w,
                                      const real *x)
{
    const int64_t k = w->widths[w->depth];
    gradient_view views[8];
    real *numbers = take_reals(100000);
    real *cotangent = take_reals(k);
    double sum = 0.0;
    for (int64_t o = 0; o < k; o++) {
        memset(numbers, 0, 100000 * sizeof *numbers);
        const int64_t count = view_gradients(w, numbers, views);
        cotangent[o] = 1;
        CHECK(PRECISION(dirichlet_dense_parameter_vjp)(network, 1, x, cotangent, 1.0, views,
                                                       w->depth) == DIRICHLET_OK);
        cotangent[o] = 0;
        for (int64_t i = 0; i < count; i++)
            sum += (double)numbers[i] * (double)numbers[i];
    }
    free(cotangent);
    free(numbers);
    return sum;
}

/* T_l from the values and Jacobians of the first layers. */
static double explicit_factor(const struct wide_network *w, int64_t l, const real *x)
{
    double squares = w->layers[l].bias == NULL ? 0.0 : 1.0;
    double reach = 1.0;
    real *h = take_reals(w->widths[l]);
    memcpy(h, x, l == 0 ? (size_t)w->widths[0] * sizeof *x : 0);
    if (l > 0) {
        const dirichlet_dense_options options = {.struct_size = sizeof options, .layers = l};
        network_handle *part = create_or_fail(w->layers, w->depth, &options);
        CHECK(PRECISION(dirichlet_dense_forward)(part, 1, x, h) == DIRICHLET_OK);
        reach = norm_of_jacobian(part, x);
        PRECISION(dirichlet_dense_destroy)(part);
    }
    for (int64_t i = 0; i < w->widths[l]; i++)
        squares += (double)h[i] * (double)h[i];
    free(h);
    return sqrt(squares) / (norm_of_view(&w->layers[l]) * reach);
}

#define TRANSFER_ACCURACY (sizeof(real) == sizeof(float) ? 2e-6 : 1e-9)

/* The larger of the error so far and that of a ratio which should be 1; a NaN is the worst. */
static double worse(double worst, double ratio)
{
    const double error = isnan(ratio) ? (double)INFINITY : fabs(ratio - 1.0);
    return error > worst ? error : worst;
}

static double check_parts(const struct wide_network *w, int64_t n)
{
    struct transfer_results r = take_transfer(n, w->depth);
    real *x = take_reals(n * w->widths[0]);
    double *energies = take_doubles(n);
    network_handle *network = create_or_fail(w->layers, w->depth, NULL);
    double worst = 0.0;
    fill(x, n * w->widths[0], 8);
    CHECK(transfer_of(network, n, x, &r) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(network, n, x, energies) == DIRICHLET_OK);
    for (int64_t s = 0; s < n; s++) {
        const real *own = x + s * w->widths[0];
        const double side = explicit_parameter_side(network, w, own);
        worst = worse(worst, r.input_side[s] / energies[s]);
        worst = worse(worst, r.parameter_side[s] / side);
        for (int64_t l = 0; l < w->depth; l++) {
            const double factor = explicit_factor(w, l, own);
            worst = worse(worst, r.factors[s * w->depth + l] / factor);
        }
        CHECK_IN(worst <= TRANSFER_ACCURACY, "sample %lld: %g", (long long)s, worst);
    }
    PRECISION(dirichlet_dense_destroy)(network);
    free(energies);
    free(x);
    free_transfer(&r);
    return worst;
}

/* Each part against what other calls give, with and without biases, in both orders of memory. */
static void test_transfer_parts(void **state)
{
    static const int64_t shapes[][5] = {{5, 4, 3, 2, 6}, {3, 17, 20, 9, 1}, {1, 1, 1, 1, 1}};
    static const dirichlet_activation activations[] = {
        DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_GELU, DIRICHLET_ACTIVATION_LEAKY_RELU};
    double worst = 0.0;
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct wide_network w;
        make_wide(&w, shapes[i / 3], 4, activations[i % 3]);
        w.layers[i % 4].bias = NULL;
        if (i % 2 == 1)
            w.layers[3].activation = DIRICHLET_ACTIVATION_SIGMOID;
        for (int l = 0; l < 4 && i > 5; l++) {
            w.layers[l].output_stride = 1;
            w.layers[l].input_stride = w.widths[l + 1];
        }
        worst = fmax(worst, check_parts(&w, 5));
        free(w.numbers);
    }
    print_message("sides and factors: relative error %.1e\n", worst);
}

/* A few steps of gradient descent on a squared loss with targets of a sine. */
static void train(struct wide_network *w, network_handle *network, int64_t steps)
{
    enum { BATCH = 32 };
    const int64_t d = w->widths[0];
    const int64_t k = w->widths[w->depth];
    gradient_view views[8];
    real *x = take_reals(BATCH * d);
    real *y = take_reals(BATCH * k);
    for (int64_t step = 0; step < steps; step++) {
        fill(x, BATCH * d, (uint64_t)(step + 1));
        CHECK(PRECISION(dirichlet_dense_forward)(network, BATCH, x, y) == DIRICHLET_OK);
        for (int64_t i = 0; i < BATCH * k; i++)
            y[i] -= (real)sin(4.0 * (double)x[i / k * d] + (double)(i % k));
        real *gradient = take_reals(100000);
        const int64_t count = view_gradients(w, gradient, views);
        CHECK(PRECISION(dirichlet_dense_parameter_vjp)(network, BATCH, x, y, 0.02 / BATCH, views,
                                                       w->depth) == DIRICHLET_OK);
        for (int64_t i = 0; i < count; i++)
            w->numbers[i] -= gradient[i];
        free(gradient);
    }
    free(y);
    free(x);
}

struct tally {
    int64_t samples;
    int64_t violations;
    double ratios; /* sum */
    double least;
    double most;
};

static void tally_network(network_handle *network, const struct wide_network *w, int64_t n,
                          struct tally *tally)
{
    struct transfer_results r = take_transfer(n, w->depth);
    real *x = take_reals(n * w->widths[0]);
    fill(x, n * w->widths[0], (uint64_t)tally->samples + 11);
    CHECK(transfer_of(network, n, x, &r) == DIRICHLET_OK);
    for (int64_t s = 0; s < n; s++) {
        const double squares = squares_of(r.factors + s * w->depth, w->depth);
        const double left = r.input_side[s] * squares;
        if (!(left <= r.parameter_side[s]))
            tally->violations++;
        const double ratio = left / r.parameter_side[s];
        CHECK(r.ratios[s] <= 1.0 && fabs(r.ratios[s] - ratio) <= 1e-14);
        tally->ratios += ratio;
        tally->least = fmin(tally->least, ratio);
        tally->most = fmax(tally->most, ratio);
    }
    tally->samples += n;
    free(x);
    free_transfer(&r);
}

static void tally_shape(const int64_t *widths, int64_t depth, const struct steepness *hidden,
                        int64_t steps, struct tally *tally)
{
    struct wide_network w;
    make_wide(&w, widths, depth, hidden->activation);
    for (int64_t l = 0; l + 1 < depth; l++)
        w.layers[l].activation_parameter = hidden->parameter;
    network_handle *network = create_or_fail(w.layers, depth, NULL);
    train(&w, network, steps);
    tally_network(network, &w, 90, tally);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
}

static void print_tally(const char *what, const struct steepness *hidden, const struct tally *tally)
{
    print_message("%s, activation %d, parameter %g: %lld samples, ratio %.3f to %.15f, mean %.3f\n",
                  what, (int)hidden->activation, hidden->parameter, (long long)tally->samples,
                  tally->least, tally->most, tally->ratios / (double)tally->samples);
}

static void test_transfer_theorem(void **state)
{
    static const int64_t shapes[][6] = {{5, 1},           {7, 12, 3},         {2, 16, 16, 1},
                                        {10, 6, 8, 6, 4}, {3, 9, 9, 9, 9, 2}, {12, 4, 20, 12}};
    static const int64_t depths[] = {1, 2, 3, 4, 5, 3};
    int64_t samples = 0;
    (void)state;
    for (size_t a = 0; a < sizeof steepnesses / sizeof *steepnesses; a++) {
        struct tally fresh = {.least = INFINITY};
        struct tally trained = {.least = INFINITY};
        for (int i = 0; i < 6; i++) {
            tally_shape(shapes[i], depths[i], &steepnesses[a], 0, &fresh);
            tally_shape(shapes[i], depths[i], &steepnesses[a], 15, &trained);
        }
        print_tally("untrained", &steepnesses[a], &fresh);
        print_tally("trained", &steepnesses[a], &trained);
        CHECK(fresh.violations == 0 && trained.violations == 0);
        CHECK(fresh.ratios / (double)fresh.samples > 0.15);
        CHECK(trained.ratios / (double)trained.samples > 0.15);
        samples += fresh.samples + trained.samples;
    }
    CHECK(samples >= 10000);
}

/* Both sides are equal: a single row, and an orthogonal matrix. */
static void test_transfer_of_equal_sides(void **state)
{
    static const real turn[] = {(real)0.6, (real)-0.8, (real)0.8, (real)0.6};
    const layer_view layers[] = {plain_layer(4, 1, turn, NULL, DIRICHLET_ACTIVATION_IDENTITY),
                                 plain_layer(2, 2, turn, turn, DIRICHLET_ACTIVATION_IDENTITY)};
    (void)state;
    for (int i = 0; i < 2; i++) {
        network_handle *network = create_or_fail(&layers[i], 1, NULL);
        struct transfer_results r = take_transfer(50, 1);
        real x[200];
        fill(x, 200, 3);
        CHECK(transfer_of(network, 50, x, &r) == DIRICHLET_OK);
        for (int s = 0; s < 50; s++) {
            const double left = r.input_side[s] * r.factors[s] * r.factors[s];
            CHECK_IN(left <= r.parameter_side[s] && left >= (1.0 - 1e-6) * r.parameter_side[s],
                     "%d: %.17g and %.17g", i, left, r.parameter_side[s]);
        }
        PRECISION(dirichlet_dense_destroy)(network);
        free_transfer(&r);
    }
}

/* Where everything is dead both sides are 0 and so are the factors behind. */
static void test_transfer_of_dead_units(void **state)
{
    struct fixture f;
    struct transfer_results r = take_transfer(2, FIXTURE_LAYERS);
    real x[2 * FIXTURE_INPUTS];
    (void)state;
    make_fixture(&f);
    fill(x, 2 * FIXTURE_INPUTS, 3);
    for (int i = 0; i < 5; i++)
        f.biases[1][i] = -100; /* of the relu */
    network_handle *n = create_or_fail(f.layers, FIXTURE_LAYERS, NULL);
    CHECK(transfer_of(n, 2, x, &r) == DIRICHLET_OK);
    for (int s = 0; s < 2; s++) {
        const double *factors = r.factors + s * FIXTURE_LAYERS;
        CHECK(r.input_side[s] == 0.0 && r.parameter_side[s] == 2.0); /* the last biases' */
        CHECK(factors[0] > 0.0 && factors[1] > 0.0 && factors[2] == 0.0);
    }
    memset(f.weights[0], 0, sizeof f.weights[0]);
    CHECK(transfer_of(n, 2, x, &r) == DIRICHLET_OK);
    CHECK(r.input_side[0] == 0.0 && r.factors[0] == 0.0 && r.factors[1] == 0.0);
    PRECISION(dirichlet_dense_destroy)(n);
    free_transfer(&r);
}

/* NaN stays with its sample. */
static void test_transfer_not_finite(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    struct transfer_results r = take_transfer(3, FIXTURE_LAYERS);
    real x[3 * FIXTURE_INPUTS];
    (void)state;
    fill(x, 3 * FIXTURE_INPUTS, 3);
    x[FIXTURE_INPUTS] = (real)NAN;
    CHECK(transfer_of(n, 3, x, &r) == DIRICHLET_OK);
    for (int s = 0; s < 3; s++)
        for (int l = 0; l < FIXTURE_LAYERS; l++)
            CHECK(s == 1 ? isnan(r.input_side[s]) && isnan(r.parameter_side[s]) &&
                               isnan(r.factors[s * FIXTURE_LAYERS + l])
                         : r.input_side[s] > 0.0 && r.factors[s * FIXTURE_LAYERS + l] > 0.0);
    f.weights[1][0] = (real)INFINITY;
    CHECK(transfer_of(n, 1, x, &r) == DIRICHLET_OK);
    CHECK(isnan(r.input_side[0]) && isnan(r.parameter_side[0]) && isnan(r.factors[0]));
    PRECISION(dirichlet_dense_destroy)(n);
    free_transfer(&r);
}

/* However the samples are cut, by the caller or by a small workspace. */
static void test_transfer_batches(void **state)
{
    enum { SAMPLES = 40 };
    const int64_t widths[] = {20, 30, 17, 5};
    struct wide_network w;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    struct transfer_results whole = take_transfer(SAMPLES, 3);
    struct transfer_results parts = take_transfer(SAMPLES, 3);
    real *x = take_reals(SAMPLES * 20);
    (void)state;
    make_wide(&w, widths, 3, DIRICHLET_ACTIVATION_SILU);
    fill(x, SAMPLES * 20, 12);
    network_handle *network = create_or_fail(w.layers, 3, NULL);
    const dirichlet_dense_options options = counting_options(&hooks, least_budget(&w));
    network_handle *small = create_or_fail(w.layers, 3, &options);
    const int64_t live = counts.live;
    CHECK(transfer_of(network, SAMPLES, x, &whole) == DIRICHLET_OK);
    for (int s = 0; s < SAMPLES; s += 8) {
        struct transfer_results own = {parts.input_side + s, parts.parameter_side + s,
                                       parts.factors + 3 * s, parts.ratios + s};
        CHECK(transfer_of(small, 8, x + s * 20, &own) == DIRICHLET_OK);
    }
    check_doubles(parts.input_side, whole.input_side, SAMPLES, "input_side");
    check_doubles(parts.parameter_side, whole.parameter_side, SAMPLES, "parameter_side");
    for (int i = 0; i < 3 * SAMPLES; i++)
        CHECK(fabs(parts.factors[i] - whole.factors[i]) <= 1e-9 * whole.factors[i]);
    CHECK(counts.live == live && counts.damaged == 0);
    parts.input_side[0] = UNTOUCHED;
    counting_arm(&counts, 1, 0);
    expect_message(small, transfer_of(small, 1, x, &parts), DIRICHLET_E_MEMORY, "no memory");
    CHECK(parts.input_side[0] == UNTOUCHED && counts.live == live);
    PRECISION(dirichlet_dense_destroy)(small);
    PRECISION(dirichlet_dense_destroy)(network);
    CHECK(counts.live == 0);
    free_transfer(&whole);
    free_transfer(&parts);
    free(x);
    free(w.numbers);
}

/* J is computed downward and dh_l/dx upward: where both cancel to rounding errors, T_l must not be
 * made of these. */
static void test_transfer_that_cancels(void **state)
{
    uint64_t numbers = 5;
    int cancelled = 0;
    (void)state;
    for (int trial = 0; trial < 2000; trial++) {
        const real first[2] = {(real)(1.5 + next_number(&numbers)),
                               (real)(1.5 + next_number(&numbers))};
        const real second[2] = {(real)1.4, (real)(-1.4 * (double)first[0] / (double)first[1])};
        const real third[1] = {(real)1e-3};
        const real bias[1] = {1};
        const real x[1] = {(real)0.5};
        const layer_view layers[3] = {
            plain_layer(1, 2, first, NULL, DIRICHLET_ACTIVATION_IDENTITY),
            plain_layer(2, 1, second, NULL, DIRICHLET_ACTIVATION_IDENTITY),
            plain_layer(1, 1, third, bias, DIRICHLET_ACTIVATION_IDENTITY)};
        double input_side = NAN;
        double parameter_side = NAN;
        double factors[3];
        network_handle *network = create_or_fail(layers, 3, NULL);
        struct transfer_results r = {&input_side, &parameter_side, factors, NULL};
        CHECK(transfer_of(network, 1, x, &r) == DIRICHLET_OK);
        const double sum =
            factors[0] * factors[0] + factors[1] * factors[1] + factors[2] * factors[2];
        CHECK_IN(input_side * sum <= parameter_side, "%g > %g", input_side * sum, parameter_side);
        cancelled += input_side < 1e-9;
        PRECISION(dirichlet_dense_destroy)(network);
    }
    CHECK(cancelled > 1000);
}

/* Sides beyond a double, or that lost digits below its range, are no statement. */
static void test_transfer_out_of_range(void **state)
{
    const double sizes[2] = {sizeof(real) == sizeof(float) ? 1e38 : 1e160,
                             sizeof(real) == sizeof(float) ? 1e-40 : 1e-160};
    (void)state;
    for (int i = 0; i < 2; i++) {
        const real weights[5] = {(real)sizes[i], (real)sizes[i], (real)sizes[i], (real)sizes[i],
                                 (real)sizes[i]};
        const real x[1] = {1};
        layer_view layers[5];
        double input_side = NAN;
        double parameter_side = NAN;
        double factors[5];
        for (int l = 0; l < 5; l++)
            layers[l] = plain_layer(1, 1, &weights[l], NULL, DIRICHLET_ACTIVATION_IDENTITY);
        const dirichlet_dense_options options = {.struct_size = sizeof options,
                                                 .layers = sizeof(real) == sizeof(float) ? 5 : 1};
        network_handle *network = create_or_fail(layers, 5, &options);
        struct transfer_results r = {&input_side, &parameter_side, factors, NULL};
        CHECK(transfer_of(network, 1, x, &r) == DIRICHLET_OK);
        for (int l = 0; l < options.layers; l++)
            CHECK_IN(factors[l] == 0.0 && (isinf(input_side) || input_side < 1e-290),
                     "T %g, side %g", factors[l], input_side);
        PRECISION(dirichlet_dense_destroy)(network);
    }
}

#endif
