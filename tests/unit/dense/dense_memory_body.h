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
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/counting_allocator.h"

/* A network of given widths with all weights and biases from one array. */
struct wide_network {
    real *numbers;
    layer_view layers[8];
    int64_t depth;
    int64_t widths[9];
};

static void make_wide(struct wide_network *w, const int64_t *widths, int64_t depth,
                      dirichlet_activation activation)
{
    int64_t count = 0;
    for (int64_t l = 0; l < depth; l++)
        count += widths[l + 1] * (widths[l] + 1);
    w->numbers = malloc((size_t)count * sizeof(real));
    CHECK(w->numbers != NULL);
    fill(w->numbers, count, 99);
    w->depth = depth;
    real *next = w->numbers;
    w->widths[0] = widths[0];
    for (int64_t l = 0; l < depth; l++) {
        const int64_t weights = widths[l] * widths[l + 1];
        for (int64_t i = 0; i < weights; i++)
            next[i] = (real)((double)next[i] / sqrt((double)widths[l]));
        w->widths[l + 1] = widths[l + 1];
        w->layers[l] = plain_layer(widths[l], widths[l + 1], next, next + weights,
                                   l == depth - 1 ? DIRICHLET_ACTIVATION_IDENTITY : activation);
        next += weights + widths[l + 1];
    }
}

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

/* Call everything; the arrays are as large as m = 3 directions need. */
struct call_results {
    real *x, *v, *u, *y, *jv, *jtu;
    double *energies, *norms;
    real *gradients; /* of everything added up, layer by layer; NULL: not wanted */
};

#define CALL_DIRECTIONS 3

static real *take_reals(int64_t count)
{
    real *values = calloc((size_t)count, sizeof(real));
    CHECK(values != NULL);
    return values;
}

static struct call_results make_results(int64_t n, int64_t d, int64_t k)
{
    struct call_results r = {.x = take_reals(n * d),
                             .v = take_reals(n * CALL_DIRECTIONS * d),
                             .u = take_reals(n * CALL_DIRECTIONS * k),
                             .y = take_reals(n * k),
                             .jv = take_reals(n * CALL_DIRECTIONS * k),
                             .jtu = take_reals(n * CALL_DIRECTIONS * d),
                             .energies = calloc((size_t)n, sizeof(double)),
                             .norms = calloc((size_t)(n * CALL_DIRECTIONS), sizeof(double))};
    CHECK(r.energies != NULL && r.norms != NULL);
    fill(r.x, n * d, 1);
    fill(r.v, n * CALL_DIRECTIONS * d, 2);
    fill(r.u, n * CALL_DIRECTIONS * k, 3);
    return r;
}

static void free_results(struct call_results *r)
{
    void *blocks[] = {r->x, r->v, r->u, r->y, r->jv, r->jtu, r->energies, r->norms, r->gradients};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        free(blocks[i]);
}

/* All calls on samples [first, first + n). */
static void call_all(network_handle *network, const struct call_results *r, int64_t first,
                     int64_t n)
{
    const int64_t m = CALL_DIRECTIONS;
    const int64_t d = PRECISION(dirichlet_dense_inputs)(network);
    const int64_t k = PRECISION(dirichlet_dense_outputs)(network);
    const real *x = r->x + first * d;
    const real *u = r->u + first * m * k;
    CHECK(PRECISION(dirichlet_dense_forward)(network, n, x, r->y + first * k) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_jvp)(network, n, m, x, r->v + first * m * d,
                                         r->jv + first * m * k) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_vjp)(network, n, m, x, u, r->jtu + first * m * d) ==
          DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(network, n, x, r->energies + first) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_product_norms)(network, n, m, x, u, r->norms + first * m) ==
          DIRICHLET_OK);
}

/* Gradient views over one array of numbers, in the order of the layers. */
static int64_t view_gradients(const struct wide_network *w, real *numbers, gradient_view *views)
{
    int64_t used = 0;
    for (int64_t l = 0; l < w->depth; l++) {
        const int64_t inputs = w->widths[l];
        const int64_t outputs = w->widths[l + 1];
        views[l] = (gradient_view){.struct_size = sizeof *views,
                                   .weights = numbers + used,
                                   .output_stride = inputs,
                                   .input_stride = 1,
                                   .bias = NULL,
                                   .bias_stride = 1};
        used += inputs * outputs;
        if (w->layers[l].bias != NULL)
            views[l].bias = numbers + used;
        used += outputs;
    }
    return used;
}

/* The sum of all penalties' gradients, which is the same whatever the tiles. */
static void add_all_gradients(network_handle *network, const struct wide_network *w,
                              const struct call_results *r, int64_t n)
{
    gradient_view views[8];
    gradient_view directions[8];
    tangent_view tangents[8];
    int64_t *labels = calloc((size_t)n, sizeof *labels);
    CHECK(labels != NULL);
    const PRECISION(dirichlet_loss) loss = {
        .struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, .labels = labels};
    const dirichlet_dense_penalty_options probing = {.struct_size = sizeof probing, .probes = 2};
    (void)view_gradients(w, r->gradients, views);
    (void)view_gradients(w, w->numbers, directions);
    view_tangents(directions, w->depth, tangents);
    for (int64_t l = 0; l < w->depth; l++)
        tangents[l].bias = NULL;
    CHECK(penalty_of(network, n, r->x, NULL, 1.0, views, w->depth, NULL) == DIRICHLET_OK);
    CHECK(penalty_of(network, n, r->x, &probing, 1.0, views, w->depth, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_loss_gradient)(network, n, r->x, &loss, 1.0, views, w->depth,
                                                   NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_loss_hvp)(network, n, r->x, &loss, tangents, 1.0, views,
                                              w->depth) == DIRICHLET_OK);
    free(labels);
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

static int64_t count_numbers(const struct wide_network *w)
{
    int64_t count = 0;
    for (int64_t l = 0; l < w->depth; l++)
        count += w->widths[l + 1] * (w->widths[l] + 1);
    return count;
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
