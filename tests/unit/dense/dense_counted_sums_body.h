/* The sum of energies by counts of units that are on (src/dense/energy/pattern_sum_body.h). */
#ifndef DIRICHLET_UNIT_DENSE_COUNTED_SUMS_BODY_H
#define DIRICHLET_UNIT_DENSE_COUNTED_SUMS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dense_plans_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

/* More samples than the sum by counts gathers at a time, the last batch a part of a word. */
static void test_sum_by_counts_of_many_samples(void **state)
{
    const int64_t samples = 2 * DENSE_PATTERN_TILE + 77;
    const int64_t widths[] = {5, 70, 2};
    struct wide_network w;
    real *x = take_reals(samples * 5);
    double *energies = malloc((size_t)samples * sizeof *energies);
    double sum = NAN;
    (void)state;
    CHECK(energies != NULL);
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_LEAKY_RELU);
    w.layers[0].activation_parameter = 0.3;
    fill(x, samples * 5, 35);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, samples);
    dirichlet_dense_plan counts = blank_plan();
    counts.pivot = 1;
    counts.sum = 1;
    CHECK(dense_plan_count(&network->shape, samples, &counts));
    CHECK(PRECISION(dense_make_room)(network, &counts) == DIRICHLET_OK);
    PRECISION(dense_energy_sum_by)(network, &counts, samples, x, &sum);
    CHECK(network->plan.sum == 1);
    PRECISION(dense_energies_by)(network, &direct, samples, x, energies);
    CHECK_IN(fabs(sum - sum_of(energies, samples)) <= PLAN_ENERGY_BOUND * sum, "%.17g", sum);
    PRECISION(dirichlet_dense_destroy)(network);
    free(w.numbers);
    free(energies);
    free(x);
}

/* The sum by counts has no term that cancels: a slope that no sample uses changes nothing. */
static void test_sum_by_counts_of_steep_slopes(void **state)
{
    enum { SAMPLES = 70 };
    static const double slopes[] = {0.001, 33.3, 1e8, 1e15};
    const int64_t widths[] = {20, 64, 20};
    struct wide_network w;
    real *x = take_reals(SAMPLES * 20);
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_LEAKY_RELU);
    fill(x, SAMPLES * 20, 37);
    for (int i = 0; i < 64; i++)
        w.numbers[64 * 20 + i] = 1000; /* biases: every unit on */
    for (int i = 0; i < 4; i++) {
        w.layers[0].activation_parameter = slopes[i];
        network_handle *network = create_or_fail(w.layers, 2, NULL);
        CHECK(check_plans(network, SAMPLES, x, PLAN_ENERGY_BOUND) >= 4);
        PRECISION(dirichlet_dense_destroy)(network);
    }
    for (int i = 0; i < 64; i += 2)
        w.numbers[64 * 20 + i] = -1000; /* every second one off */
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    CHECK(check_plans(network, SAMPLES, x, PLAN_ENERGY_BOUND) >= 4);
    PRECISION(dirichlet_dense_destroy)(network);
    free(x);
    free(w.numbers);
}

#endif
