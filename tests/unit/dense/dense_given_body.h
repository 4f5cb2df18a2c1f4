/* Parameters of activations that are said to be given: slopes of exactly 0, and negative ones,
 * against differences of the values. */
#ifndef DIRICHLET_UNIT_DENSE_GIVEN_BODY_H
#define DIRICHLET_UNIT_DENSE_GIVEN_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

#define GIVEN_INPUTS 5
#define GIVEN_OUTPUTS 3
#define GIVEN_SAMPLES 7

static const int64_t given_widths[] = {GIVEN_INPUTS, 8, 6, GIVEN_OUTPUTS};

/* Two hidden layers of the activation with its parameter. */
static void make_given(struct wide_network *w, dirichlet_activation activation, double parameter,
                       int32_t given)
{
    make_wide(w, given_widths, 3, activation);
    w->layers[2].activation = DIRICHLET_ACTIVATION_IDENTITY;
    for (int l = 0; l < 2; l++) {
        w->layers[l].activation_parameter = parameter;
        w->layers[l].parameter_given = given;
    }
}

/* The energy penalty's value, whose gradient goes into a buffer of its own. */
static double penalty_value(network_handle *network, const struct wide_network *w, const real *x)
{
    gradient_view views[8];
    double value = NAN;
    real *gradient = take_reals(count_numbers(w));
    (void)view_gradients(w, gradient, views);
    CHECK(penalty_of(network, GIVEN_SAMPLES, x, NULL, 0.0, views, w->depth, &value) ==
          DIRICHLET_OK);
    free(gradient);
    return value;
}

/* What the network says of some samples, all its calls together. */
struct said {
    real y[GIVEN_SAMPLES * GIVEN_OUTPUTS];
    real jacobians[GIVEN_SAMPLES * GIVEN_INPUTS * GIVEN_OUTPUTS]; /* by columns */
    double energies[GIVEN_SAMPLES];
    double sum;
    double penalty;
};

static void ask_network(const struct wide_network *w, const real *x, struct said *said)
{
    real units[GIVEN_SAMPLES * GIVEN_INPUTS * GIVEN_INPUTS] = {0};
    network_handle *network = create_or_fail(w->layers, w->depth, NULL);
    memset(said, 0, sizeof *said);
    for (int n = 0; n < GIVEN_SAMPLES; n++)
        for (int i = 0; i < GIVEN_INPUTS; i++)
            units[(n * GIVEN_INPUTS + i) * GIVEN_INPUTS + i] = 1;
    CHECK(PRECISION(dirichlet_dense_forward)(network, GIVEN_SAMPLES, x, said->y) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_jvp)(network, GIVEN_SAMPLES, GIVEN_INPUTS, x, units,
                                         said->jacobians) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(network, GIVEN_SAMPLES, x, said->energies) ==
          DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energy_sum)(network, GIVEN_SAMPLES, x, &said->sum) ==
          DIRICHLET_OK);
    said->penalty = penalty_value(network, w, x);
    PRECISION(dirichlet_dense_destroy)(network);
}

static void expect_same_answers(const struct said *a, const struct said *b)
{
    CHECK(memcmp(a->y, b->y, sizeof a->y) == 0);
    CHECK(memcmp(a->jacobians, b->jacobians, sizeof a->jacobians) == 0);
    for (int n = 0; n < GIVEN_SAMPLES; n++)
        CHECK(fabs(a->energies[n] - b->energies[n]) <= 8.0 * (double)REAL_EPSILON * b->energies[n]);
}

/* 0 is relu's slope where it is given, and the default where it is not. */
static void test_given_zero(void **state)
{
    static const struct {
        dirichlet_activation activation;
        double standard;
    } cases[] = {{DIRICHLET_ACTIVATION_LEAKY_RELU, 0.01}, {DIRICHLET_ACTIVATION_ELU, 1.0}};
    real x[GIVEN_SAMPLES * GIVEN_INPUTS];
    (void)state;
    fill(x, GIVEN_SAMPLES * GIVEN_INPUTS, 3);
    for (int i = 0; i < 2; i++) {
        static const int32_t given[4] = {1, 0, 1, 0};
        struct said said[5];
        for (int k = 0; k < 5; k++) {
            struct wide_network w;
            if (k < 4)
                make_given(&w, cases[i].activation, k == 2 || k == 3 ? cases[i].standard : 0.0,
                           given[k]);
            else
                make_given(&w, DIRICHLET_ACTIVATION_RELU, 0.0, 0);
            ask_network(&w, x, &said[k]);
            free(w.numbers);
        }
        expect_same_answers(&said[0], &said[4]);
        expect_same_answers(&said[1], &said[2]);
        expect_same_answers(&said[1], &said[3]);
        CHECK(memcmp(said[0].y, said[1].y, sizeof said[0].y) != 0);
        CHECK(said[0].energies[0] != said[1].energies[0]);
    }
}

#define GIVEN_MOST 128 /* numbers of the network */

/* The same network in double precision, for differences that cross no kink. */
static dirichlet_dense_f64 *widen(const struct wide_network *w, double numbers[GIVEN_MOST])
{
    dirichlet_dense_layer_f64 layers[3];
    dirichlet_dense_f64 *network = NULL;
    CHECK(count_numbers(w) <= GIVEN_MOST);
    for (int64_t i = 0; i < count_numbers(w); i++)
        numbers[i] = (double)w->numbers[i];
    for (int l = 0; l < 3; l++) {
        const layer_view *from = &w->layers[l];
        layers[l] = (dirichlet_dense_layer_f64){
            .struct_size = sizeof layers[l],
            .inputs = from->inputs,
            .outputs = from->outputs,
            .weights = numbers + (from->weights - w->numbers),
            .output_stride = from->output_stride,
            .input_stride = from->input_stride,
            .bias = from->bias == NULL ? NULL : numbers + (from->bias - w->numbers),
            .bias_stride = from->bias_stride,
            .activation = from->activation,
            .parameter_given = from->parameter_given,
            .activation_parameter = from->activation_parameter};
    }
    CHECK(dirichlet_dense_create_f64(layers, 3, NULL, &network, NULL) == DIRICHLET_OK);
    return network;
}

/* Its central differences. */
static void difference_network(const struct wide_network *w, const real *x, struct said *said)
{
    const double step = 0x1p-18;
    double numbers[GIVEN_MOST];
    dirichlet_dense_f64 *network = widen(w, numbers);
    memset(said, 0, sizeof *said);
    for (int n = 0; n < GIVEN_SAMPLES; n++)
        for (int i = 0; i < GIVEN_INPUTS; i++) {
            double points[2 * GIVEN_INPUTS];
            double y[2 * GIVEN_OUTPUTS];
            for (int p = 0; p < 2 * GIVEN_INPUTS; p++)
                points[p] = (double)x[n * GIVEN_INPUTS + p % GIVEN_INPUTS];
            points[i] += step;
            points[GIVEN_INPUTS + i] -= step;
            CHECK(dirichlet_dense_forward_f64(network, 2, points, y) == DIRICHLET_OK);
            for (int j = 0; j < GIVEN_OUTPUTS; j++) {
                const double entry = (y[j] - y[GIVEN_OUTPUTS + j]) / (2.0 * step);
                said->jacobians[(n * GIVEN_INPUTS + i) * GIVEN_OUTPUTS + j] = (real)entry;
                said->energies[n] += entry * entry;
            }
        }
    dirichlet_dense_destroy_f64(network);
}

/* Largest error of the penalty's gradient in the weights, by differences of its value. */
static double penalty_gradient_error(struct wide_network *w, const real *x)
{
    const double step = 0x1p-16;
    const int64_t count = count_numbers(w);
    gradient_view views[8];
    real *gradient = take_reals(count);
    double worst = 0.0;
    network_handle *network = create_or_fail(w->layers, w->depth, NULL);
    (void)view_gradients(w, gradient, views);
    CHECK(penalty_of(network, GIVEN_SAMPLES, x, NULL, 1.0, views, w->depth, NULL) == DIRICHLET_OK);
    for (int64_t i = 0; i < count; i += 3) {
        const real kept = w->numbers[i];
        double values[2];
        for (int p = 0; p < 2; p++) {
            w->numbers[i] = kept + (real)(p == 0 ? step : -step);
            values[p] = penalty_value(network, w, x);
        }
        w->numbers[i] = kept;
        const double error = fabs((values[0] - values[1]) / (2.0 * step) - (double)gradient[i]);
        worst = error <= worst ? worst : error;
    }
    PRECISION(dirichlet_dense_destroy)(network);
    free(gradient);
    return worst;
}

static void check_slope(dirichlet_activation activation, double parameter, const real *x)
{
    const double bound = sizeof(real) == sizeof(float) ? 1e-5 : 1e-8;
    struct wide_network w;
    struct said said;
    struct said wanted;
    make_given(&w, activation, parameter, 1);
    ask_network(&w, x, &said);
    difference_network(&w, x, &wanted);
    for (int i = 0; i < GIVEN_SAMPLES * GIVEN_INPUTS * GIVEN_OUTPUTS; i++)
        CHECK_IN(fabs((double)said.jacobians[i] - (double)wanted.jacobians[i]) <= bound,
                 "%d, %g: %.17g, not %.17g", (int)activation, parameter, (double)said.jacobians[i],
                 (double)wanted.jacobians[i]);
    double sum = 0.0;
    for (int n = 0; n < GIVEN_SAMPLES; n++) {
        CHECK_IN(fabs(said.energies[n] - wanted.energies[n]) <= 10.0 * bound, "%d, %g: %g, not %g",
                 (int)activation, parameter, said.energies[n], wanted.energies[n]);
        sum += said.energies[n];
    }
    CHECK(fabs(said.sum - sum) <= 1e-5 * sum &&
          fabs(said.penalty * GIVEN_SAMPLES - sum) <= 1e-5 * sum);
    if (sizeof(real) == sizeof(double)) {
        const double error = penalty_gradient_error(&w, x);
        CHECK_IN(error <= 1e-7, "%d, %g: gradient off by %.2e", (int)activation, parameter, error);
    }
    free(w.numbers);
}

static void test_given_slopes(void **state)
{
    static const double slopes[] = {-1.5, -1.0, -0.3, -0.01, 0.0, 0.01, 0.25, 1.0, 2.0};
    real x[GIVEN_SAMPLES * GIVEN_INPUTS];
    (void)state;
    fill(x, GIVEN_SAMPLES * GIVEN_INPUTS, 3);
    for (size_t i = 0; i < sizeof slopes / sizeof *slopes; i++) {
        check_slope(DIRICHLET_ACTIVATION_LEAKY_RELU, slopes[i], x);
        check_slope(DIRICHLET_ACTIVATION_ELU, slopes[i], x);
        check_slope(DIRICHLET_ACTIVATION_PRELU, slopes[i], x);
    }
}

#endif
