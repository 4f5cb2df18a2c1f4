/* Guards of ranges, of NaN and of what plans a network has: an input for each. */
#ifndef DIRICHLET_UNIT_DENSE_RANGES_BODY_H
#define DIRICHLET_UNIT_DENSE_RANGES_BODY_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "dense/plan/gradient_plan.h"
#include "dense_fixture_body.h"
#include "dense_guards_body.h"
#include "dense_memory_body.h"
#include "dense_plans_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

/* Many small terms beside a large one. */
static void test_sums_keep_small_terms(void **state)
{
    enum { SAMPLES = 61440 };
    const double small = 3e-10; /* 1024 terms of it, as many as rows at a time, are lost beside 1 */
    const double exact = 1.0 + (SAMPLES - 1.0) * small * small;
    const real weight = 1;
    static real x[SAMPLES];
    real gradient = 0;
    const gradient_view view = {.struct_size = sizeof view, &gradient, 1, 1, NULL, 0};
    layer_view layer = plain_layer(1, 1, &weight, NULL, DIRICHLET_ACTIVATION_LEAKY_RELU);
    double sum = NAN;
    double mean = NAN;
    (void)state;
    layer.activation_parameter = small;
    for (int i = 0; i < SAMPLES; i++)
        x[i] = i == 0 ? 1 : -1;
    network_handle *network = create_or_fail(&layer, 1, NULL);
    CHECK(PRECISION(dirichlet_dense_energy_sum)(network, SAMPLES, x, &sum) == DIRICHLET_OK);
    CHECK_IN(fabs(sum - exact) <= 1e-15, "%.17g", sum);
    CHECK(penalty_of(network, SAMPLES, x, NULL, 1.0, &view, 1, &mean) == DIRICHLET_OK);
    CHECK_IN(fabs(mean * SAMPLES - exact) <= 1e-15, "%.17g", mean * SAMPLES);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* The sum of energies beyond double is infinite, not NaN. */
static void test_sum_that_overflows(void **state)
{
    const real weight = sizeof(real) == sizeof(double) ? (real)1e160 : (real)1e38;
    const real x[3] = {1, 1, 1};
    layer_view layers[5];
    double sum = 0.0;
    (void)state;
    for (int l = 0; l < 5; l++)
        layers[l] = plain_layer(1, 1, &weight, NULL, DIRICHLET_ACTIVATION_IDENTITY);
    network_handle *network = create_or_fail(layers, sizeof(real) == sizeof(double) ? 1 : 5, NULL);
    CHECK(PRECISION(dirichlet_dense_energy_sum)(network, 3, x, &sum) == DIRICHLET_OK);
    CHECK_IN(isinf(sum) && sum > 0.0, "%g", sum);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* Outputs that are not finite although J is: a bias. */
static void test_bias_that_is_not_finite(void **state)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY};
    const int64_t widths[] = {30, 24, 12};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct wide_network w;
        gradient_view views[8];
        real x[3 * 30];
        real cotangents[3 * 12];
        double energies[3];
        double value = 0.0;
        make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_RELU);
        biases_of_wide(&w, 1)[4] = (real)wild[i];
        fill(x, 3 * 30, 61);
        fill(cotangents, 3 * 12, 62);
        real *numbers = take_reals(count_numbers(&w));
        (void)view_gradients(&w, numbers, views);
        network_handle *network = create_or_fail(w.layers, 2, NULL);
        CHECK(PRECISION(dirichlet_dense_energies)(network, 3, x, energies) == DIRICHLET_OK);
        CHECK(isnan(energies[0]) && isnan(energies[1]) && isnan(energies[2]));
        CHECK(penalty_of(network, 3, x, NULL, 1.0, views, 2, &value) == DIRICHLET_OK);
        CHECK(isnan(value) && isnan(numbers[0]) && isnan(views[1].weights[0]));
        const dirichlet_dense_plan direct = dense_gradient_plan_direct(&network->shape, 3, 0);
        CHECK(isnan(penalty_by(network, &w, &direct, x, numbers)) && isnan(numbers[0]));
        memset(numbers, 0, (size_t)count_numbers(&w) * sizeof *numbers);
        CHECK(PRECISION(dirichlet_dense_parameter_vjp)(network, 3, x, cotangents, 1.0, views, 2) ==
              DIRICHLET_OK);
        CHECK(isnan(numbers[0]) && isnan(views[1].weights[0]) && isnan(views[1].bias[0]));
        PRECISION(dirichlet_dense_destroy)(network);
        free(numbers);
        free(w.numbers);
    }
}

/* Slopes that there are none of, and slopes behind the outermost matrix, leave fewer plans. */
static void test_every_gradient_plan(void **state)
{
    enum { SAMPLES = 6 };
    static const int64_t widths[3][5] = {{30, 24, 20}, {30, 22, 18, 25}, {30, 20, 9, 22, 28}};
    static const dirichlet_activation first[] = {
        DIRICHLET_ACTIVATION_IDENTITY, DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_RELU};
    static const dirichlet_activation last[] = {DIRICHLET_ACTIVATION_IDENTITY,
                                                DIRICHLET_ACTIVATION_TANH};
    (void)state;
    for (int i = 0; i < 18; i++) {
        const int64_t depth = 2 + i % 3;
        struct wide_network w;
        real x[SAMPLES * 30];
        make_wide(&w, widths[i % 3], depth, first[i / 3 % 3]);
        w.layers[depth - 1].activation = last[i / 9];
        fill(x, SAMPLES * 30, 63);
        network_handle *network = create_or_fail(w.layers, depth, NULL);
        CHECK(check_plans(network, SAMPLES, x, PLAN_ENERGY_BOUND) >= 2);
        (void)check_gradient_plans(network, &w, SAMPLES, x, 64.0 * (double)REAL_EPSILON);
        PRECISION(dirichlet_dense_destroy)(network);
        free(w.numbers);
    }
}

/* Norms of products whose Gram matrix cannot be made. */
static void test_norms_of_small_times_large(void **state)
{
    enum { SAMPLES = 150, INPUTS = 200, UNITS = 100, OUTPUTS = 70 };
    const int64_t widths[] = {INPUTS, UNITS, OUTPUTS};
    const double small = sizeof(real) == sizeof(double) ? 1e-100 : 1e-12;
    struct wide_network w;
    real *x = take_reals(SAMPLES * INPUTS);
    real *u = take_reals(SAMPLES * 2 * OUTPUTS);
    double norms[SAMPLES * 2];
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_TANH);
    memset(biases_of_wide(&w, 0), 0, UNITS * sizeof(real));
    fill(x, SAMPLES * INPUTS, 64);
    fill(u, SAMPLES * 2 * OUTPUTS, 65);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    /* The triangle of ordinary weights, which must not be taken for that of others. */
    CHECK(PRECISION(dirichlet_dense_product_norms)(network, SAMPLES, 2, x, u, norms) ==
          DIRICHLET_OK);
    CHECK((network->plan.lower_end == DIRICHLET_DENSE_END_GRAM) == !blas_keeps_bits());
    scale_weights(&w, 0, small);
    scale_weights(&w, 1, 1e-3 / small);
    CHECK(PRECISION(dirichlet_dense_product_norms)(network, SAMPLES, 2, x, u, norms) ==
          DIRICHLET_OK);
    CHECK(network->plan.direct_samples == (blas_keeps_bits() ? 0 : SAMPLES));
    check_product_norms(network, SAMPLES, x, u, norms, 64.0 * (double)REAL_EPSILON);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(x);
    free(u);
}

/* A norm beyond double times a layer of zeros. */
static void test_lipschitz_of_zero_and_infinity(void **state)
{
    const real most = sizeof(real) == sizeof(double) ? (real)DBL_MAX : (real)FLT_MAX;
    const real huge[4] = {most, most, -most, most};
    const real zeros[4] = {0};
    const layer_view layers[2] = {plain_layer(2, 2, huge, NULL, DIRICHLET_ACTIVATION_TANH),
                                  plain_layer(2, 2, zeros, NULL, DIRICHLET_ACTIVATION_IDENTITY)};
    dirichlet_dense_lipschitz bound = {.struct_size = sizeof bound, .upper_bound = -1.0};
    (void)state;
    network_handle *network = create_or_fail(layers, 2, NULL);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(network, NULL, NULL, &bound) == DIRICHLET_OK);
    CHECK_IN(bound.upper_bound == 0.0, "%g", bound.upper_bound);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* Dead units below inputs whose squares overflow; factors beyond double. */
static void test_transfer_at_the_ends(void **state)
{
    const real dead[2] = {-1, 1};
    const real tiny[2] = {(real)1e-200, (real)1e-200};
    const real x[2] = {(real)1e200, 1};
    (void)state;
    for (int i = 0; i < 2 && sizeof(real) == sizeof(double); i++) {
        const real *weights = i == 0 ? dead : tiny;
        const layer_view layers[2] = {
            plain_layer(1, 1, &weights[0], NULL, DIRICHLET_ACTIVATION_RELU),
            plain_layer(1, 1, &weights[1], NULL, DIRICHLET_ACTIVATION_RELU)};
        double input_side = NAN;
        double parameter_side = NAN;
        double factors[2];
        network_handle *network = create_or_fail(layers, 2, NULL);
        dirichlet_dense_transfer_result result = {.struct_size = sizeof result,
                                                  .input_side = &input_side,
                                                  .parameter_side = &parameter_side,
                                                  .factors = factors};
        CHECK(PRECISION(dirichlet_dense_transfer)(network, 1, &x[i], NULL, &result) ==
              DIRICHLET_OK);
        CHECK_IN(isfinite(input_side) && isfinite(parameter_side), "%d: %g, %g", i, input_side,
                 parameter_side);
        CHECK_IN(isfinite(factors[0]) && isfinite(factors[1]), "%d: %g, %g", i, factors[0],
                 factors[1]);
        PRECISION(dirichlet_dense_destroy)(network);
    }
}

#endif
