/* Memory: every allocation failing, none after create, the budget kept. */
#ifndef DIRICHLET_UNIT_DENSE_MEMORY_BODY_H
#define DIRICHLET_UNIT_DENSE_MEMORY_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dense_wide_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/counting_allocator.h"

static dirichlet_dense_options counting_options(const dirichlet_allocator *hooks, size_t bytes)
{
    return (dirichlet_dense_options){.struct_size = sizeof(dirichlet_dense_options),
                                     .workspace_bytes = bytes,
                                     .allocator = hooks};
}

static void test_failing_allocations(void **state)
{
    struct fixture f;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    const dirichlet_dense_options options = counting_options(&hooks, 0);
    int64_t failures = 0;
    (void)state;
    make_fixture(&f);
    for (int64_t n = 1;; n++) {
        network_handle *network = NULL;
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
        counting_arm(&counts, n, (int32_t)(n % 2));
        const dirichlet_status status =
            PRECISION(dirichlet_dense_create)(f.layers, FIXTURE_LAYERS, &options, &network, &error);
        if (counts.failed == 0) {
            CHECK(status == DIRICHLET_OK);
            PRECISION(dirichlet_dense_destroy)(network);
            break;
        }
        failures++;
        CHECK(status == DIRICHLET_E_MEMORY && network == NULL && error.message[0] != '\0');
        CHECK(counts.live == 0 && counts.bytes == 0);
    }
    CHECK(failures == 2);
    CHECK(counts.live == 0 && counts.bytes == 0 && counts.damaged == 0);
}

/* Tiles add to the buffers one after the other: their rounding differs, also without a BLAS. */
static void check_gradients(const real *a, const real *b, int64_t count)
{
    double scale = 0.0;
    for (int64_t i = 0; i < count; i++)
        scale = fabs((double)b[i]) > scale ? fabs((double)b[i]) : scale;
    for (int64_t i = 0; i < count; i++)
        CHECK_IN(fabs((double)a[i] - (double)b[i]) <= 64.0 * (double)REAL_EPSILON * scale,
                 "gradient[%lld]: %.17g and %.17g", (long long)i, (double)a[i], (double)b[i]);
    CHECK(scale > 0.0);
}

static void check_same_results(const struct call_results *a, const struct call_results *b,
                               int64_t n, int64_t d, int64_t k)
{
    const int64_t m = CALL_DIRECTIONS;
    check_agreement(a->y, b->y, n * k, "y");
    check_agreement(a->jv, b->jv, n * m * k, "jv");
    check_agreement(a->jtu, b->jtu, n * m * d, "jtu");
    check_doubles(a->energies, b->energies, n, "energies");
    check_doubles(a->norms, b->norms, n * m, "norms");
}

/* The least budget, as the message of a refusal gives it. */
static size_t least_budget(const struct wide_network *w)
{
    network_handle *network = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_dense_options options = counting_options(NULL, 1);
    const dirichlet_status status =
        PRECISION(dirichlet_dense_create)(w->layers, w->depth, &options, &network, &error);
    const char *found = strstr(error.message, "at least ");
    CHECK(status == DIRICHLET_E_WORKSPACE && found != NULL);
    return (size_t)strtoull(found + strlen("at least "), NULL, 10);
}

/* Within `bytes`, the results are those of the default budget, and nothing is allocated after
 * create. */
static void check_budget(const struct wide_network *w, int64_t n, size_t bytes,
                         const struct call_results *expected)
{
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    const dirichlet_dense_options options = counting_options(&hooks, bytes);
    const int64_t d = w->widths[0];
    const int64_t k = w->widths[w->depth];
    struct call_results r = make_results(n, d, k);
    network_handle *network = create_or_fail(w->layers, w->depth, &options);
    const int64_t calls = counts.calls;
    CHECK_IN(counts.bytes <= (int64_t)bytes, "%lld bytes of %zu", (long long)counts.bytes, bytes);
    r.gradients = take_reals(count_numbers(w));
    call_all(network, &r, 0, n);
    add_all_gradients(network, w, &r, n);
    CHECK(counts.calls == calls);
    check_same_results(&r, expected, n, d, k);
    check_gradients(r.gradients, expected->gradients, count_numbers(w));
    PRECISION(dirichlet_dense_destroy)(network);
    CHECK(counts.live == 0 && counts.damaged == 0);
    free_results(&r);
}

static void check_budgets(const int64_t *widths, int64_t depth, int64_t n)
{
    struct wide_network w;
    network_handle *refused = NULL;
    make_wide(&w, widths, depth, DIRICHLET_ACTIVATION_TANH);
    struct call_results expected = make_results(n, widths[0], widths[depth]);
    network_handle *network = create_or_fail(w.layers, w.depth, NULL);
    expected.gradients = take_reals(count_numbers(&w));
    call_all(network, &expected, 0, n);
    add_all_gradients(network, &w, &expected, n);
    PRECISION(dirichlet_dense_destroy)(network);
    const size_t least = least_budget(&w);
    for (size_t bytes = least; bytes < 64 * least; bytes = bytes * 5 / 2)
        check_budget(&w, n, bytes, &expected);
    const dirichlet_dense_options options = counting_options(NULL, least - 1);
    CHECK(PRECISION(dirichlet_dense_create)(w.layers, w.depth, &options, &refused, NULL) ==
          DIRICHLET_E_WORKSPACE);
    free_results(&expected);
    free(w.numbers);
}

static void test_budgets(void **state)
{
    const int64_t classifier[] = {20, 30, 17, 5};
    const int64_t decoder[] = {3, 40, 50};
    const int64_t linear[] = {6, 7};
    (void)state;
    check_budgets(classifier, 3, 40);
    check_budgets(decoder, 2, 33);
    check_budgets(linear, 1, 21);
}

/* One sample of a wide classifier fits a small budget: rows are carried in blocks. */
static void test_budget_of_wide_outputs(void **state)
{
    const int64_t widths[] = {3072, 16, 1000};
    struct wide_network w;
    struct call_results expected = make_results(2, 3072, 1000);
    (void)state;
    make_wide(&w, widths, 2, DIRICHLET_ACTIVATION_TANH);
    network_handle *network = create_or_fail(w.layers, 2, NULL);
    expected.gradients = take_reals(count_numbers(&w));
    call_all(network, &expected, 0, 2);
    add_all_gradients(network, &w, &expected, 2);
    PRECISION(dirichlet_dense_destroy)(network);
    CHECK(least_budget(&w) < 300000);
    check_budget(&w, 2, least_budget(&w), &expected);
    check_budget(&w, 2, 1000000, &expected);
    free_results(&expected);
    free(w.numbers);
}

/* Whose rows take more than what is kept of the samples, but are no fewer than these: all samples
 * are in the gradient, which is their number. */
static void test_budgets_of_gradients(void **state)
{
    enum { SAMPLES = 700, OUTPUTS = 50 };
    const int64_t widths[] = {1, OUTPUTS};
    struct wide_network w;
    gradient_view views[8];
    real *ones = take_reals(SAMPLES * OUTPUTS);
    (void)state;
    make_wide(&w, widths, 1, DIRICHLET_ACTIVATION_IDENTITY);
    for (int64_t i = 0; i < SAMPLES * OUTPUTS; i++)
        ones[i] = 1;
    const size_t least = least_budget(&w);
    for (size_t bytes = least; bytes < 4000000; bytes += bytes / 8) {
        const dirichlet_dense_options options = counting_options(NULL, bytes);
        real *gradient = take_reals(count_numbers(&w));
        network_handle *network = create_or_fail(w.layers, 1, &options);
        (void)view_gradients(&w, gradient, views);
        CHECK(PRECISION(dirichlet_dense_parameter_vjp)(network, SAMPLES, ones, ones, 1.0, views,
                                                       1) == DIRICHLET_OK);
        for (int64_t i = 0; i < count_numbers(&w); i++)
            CHECK_IN(gradient[i] == SAMPLES, "%zu bytes: %g", bytes, (double)gradient[i]);
        PRECISION(dirichlet_dense_destroy)(network);
        free(gradient);
    }
    free(ones);
    free(w.numbers);
}

#endif
