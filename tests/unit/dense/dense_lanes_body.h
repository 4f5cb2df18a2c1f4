/* The caller's lanes: the same bits for every number of them and every order, and what fails. */
#ifndef DIRICHLET_UNIT_DENSE_LANES_BODY_H
#define DIRICHLET_UNIT_DENSE_LANES_BODY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dense_wide_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/parallel.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/pool.h"

/* Everything that a network says of some samples. */
struct lane_results {
    struct call_results calls;
    double sum;
    double flatness;
    double *ratios;
    double norms[8];
};

static const struct {
    int64_t widths[5];
    int64_t depth;
    dirichlet_activation activation;
} lane_networks[] = {
    {{40, 64, 48, 10}, 3, DIRICHLET_ACTIVATION_RELU},
    {{40, 64, 48, 10}, 3, DIRICHLET_ACTIVATION_TANH},
    {{30, 300, 12}, 2, DIRICHLET_ACTIVATION_RELU},
    {{30, 150, 12}, 2, DIRICHLET_ACTIVATION_GELU},
    {{60, 24, 8, 24, 60}, 4, DIRICHLET_ACTIVATION_RELU},
    {{60, 24, 8, 24, 60}, 4, DIRICHLET_ACTIVATION_SILU},
    {{90, 220, 20, 6}, 3, DIRICHLET_ACTIVATION_RELU}, /* a Gram matrix in several slices */
    {{20, 9}, 1, DIRICHLET_ACTIVATION_RELU},
};
#define LANE_NETWORKS ((int)(sizeof lane_networks / sizeof *lane_networks))
#define MOST_LANE_SAMPLES 520

static network_handle *lend_to(const struct wide_network *w, const dirichlet_parallel *parallel,
                               size_t bytes)
{
    network_handle *network = NULL;
    const dirichlet_dense_options options = {
        .struct_size = sizeof options, .workspace_bytes = bytes, .parallel = parallel};
    CHECK(PRECISION(dirichlet_dense_create)(w->layers, w->depth, &options, &network, NULL) ==
          DIRICHLET_OK);
    return network;
}

static void measure_rest(network_handle *network, const struct wide_network *w, int64_t n,
                         struct lane_results *r)
{
    const real *x = r->calls.x;
    int64_t *labels = calloc((size_t)n, sizeof *labels);
    const PRECISION(dirichlet_loss) loss = {
        .struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, .labels = labels};
    dirichlet_flatness flatness = {.struct_size = sizeof flatness};
    dirichlet_dense_transfer_result transfer = {.struct_size = sizeof transfer,
                                                .ratios = r->ratios};
    dirichlet_spectral_result norms[8];
    CHECK(labels != NULL);
    for (int l = 0; l < 8; l++)
        norms[l] = (dirichlet_spectral_result){.struct_size = sizeof norms[l]};
    CHECK(PRECISION(dirichlet_dense_energy_sum)(network, n, x, &r->sum) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_flatness_penalty)(network, n, x, &loss, 0.1, 1.0, NULL, 0,
                                                      &flatness) == DIRICHLET_OK);
    r->flatness = flatness.squared_gradient_norm;
    CHECK(PRECISION(dirichlet_dense_transfer)(network, n < 8 ? n : 8, x, NULL, &transfer) ==
          DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(network, NULL, norms, NULL) == DIRICHLET_OK);
    for (int64_t l = 0; l < w->depth; l++)
        r->norms[l] = norms[l].norm;
    free(labels);
}

static struct lane_results make_lane_results(const struct wide_network *w, int64_t n)
{
    struct lane_results r = {.calls = make_results(n, w->widths[0], w->widths[w->depth])};
    r.ratios = calloc((size_t)n, sizeof *r.ratios);
    r.calls.gradients = take_reals(count_numbers(w));
    CHECK(r.ratios != NULL);
    return r;
}

static void measure_by_lanes(const struct wide_network *w, const dirichlet_parallel *parallel,
                             size_t bytes, int64_t n, struct lane_results *r)
{
    network_handle *network = lend_to(w, parallel, bytes);
    memset(r->calls.gradients, 0, (size_t)count_numbers(w) * sizeof(real));
    call_all(network, &r->calls, 0, n);
    add_all_gradients(network, w, &r->calls, n);
    measure_rest(network, w, n, r);
    PRECISION(dirichlet_dense_destroy)(network);
}

static void free_lane_results(struct lane_results *r)
{
    free_results(&r->calls);
    free(r->ratios);
}

static bool same(const void *a, const void *b, int64_t count, size_t size)
{
    return memcmp(a, b, (size_t)count * size) == 0;
}

static void check_same_bits(const struct wide_network *w, int64_t n, const struct lane_results *a,
                            const struct lane_results *b, const char *pool, int64_t lanes)
{
    const int64_t d = w->widths[0];
    const int64_t k = w->widths[w->depth];
    const int64_t m = CALL_DIRECTIONS;
    const bool equal[] = {
        same(a->calls.y, b->calls.y, n * k, sizeof(real)),
        same(a->calls.jv, b->calls.jv, n * m * k, sizeof(real)),
        same(a->calls.jtu, b->calls.jtu, n * m * d, sizeof(real)),
        same(a->calls.energies, b->calls.energies, n, sizeof(double)),
        same(a->calls.norms, b->calls.norms, n * m, sizeof(double)),
        same(a->calls.gradients, b->calls.gradients, count_numbers(w), sizeof(real)),
        same(&a->sum, &b->sum, 1, sizeof(double)),
        same(&a->flatness, &b->flatness, 1, sizeof(double)),
        same(a->ratios, b->ratios, n, sizeof(double)),
        same(a->norms, b->norms, w->depth, sizeof(double))};
    static const char *const names[] = {"forward",  "jvp",           "vjp", "energies",
                                        "norms",    "gradients",     "sum", "flatness",
                                        "transfer", "spectral norms"};
    for (size_t i = 0; i < sizeof equal / sizeof *equal; i++)
        CHECK_IN(equal[i], "%s of %lld samples, %s, %lld lanes: other bits", names[i], (long long)n,
                 pool, (long long)lanes);
}

static void check_lanes(const struct wide_network *w, int64_t n, size_t bytes)
{
    struct lane_results expected = make_lane_results(w, n);
    struct lane_results found = make_lane_results(w, n);
    measure_by_lanes(w, NULL, bytes, n, &expected);
    for (int i = 0; i < POOLS_LENT; i++) {
        struct pool pool = {.kind = pools_lent[i].kind};
        const dirichlet_parallel parallel = pool_lend(&pool, pools_lent[i].lanes);
        measure_by_lanes(w, &parallel, bytes, n, &found);
        check_same_bits(w, n, &expected, &found, pool_name(pool.kind), pools_lent[i].lanes);
        if (n >= MOST_LANE_SAMPLES && w->depth > 1 && pools_lent[i].lanes > 1)
            CHECK(pool.calls > 0);
    }
    free_lane_results(&expected);
    free_lane_results(&found);
}

static void test_bits_of_lanes(void **state)
{
    static const int64_t samples[] = {1, 130, MOST_LANE_SAMPLES};
    (void)state;
    for (int i = 0; i < LANE_NETWORKS; i++)
        for (int s = 0; s < 3; s++) {
            struct wide_network w;
            make_wide(&w, lane_networks[i].widths, lane_networks[i].depth,
                      lane_networks[i].activation);
            check_lanes(&w, samples[s], 0);
            if (s == 1)
                check_lanes(&w, samples[s], 500000);
            free(w.numbers);
        }
}

static void test_pools_that_fail(void **state)
{
    struct wide_network w;
    struct lane_results r;
    (void)state;
    make_wide(&w, lane_networks[0].widths, lane_networks[0].depth, lane_networks[0].activation);
    r = make_lane_results(&w, MOST_LANE_SAMPLES);
    for (int kind = POOL_FAILS; kind <= POOL_FORGETS; kind++) {
        struct pool pool = {.kind = kind};
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
        const dirichlet_parallel parallel = pool_lend(&pool, 4);
        network_handle *network = lend_to(&w, &parallel, 0);
        CHECK(PRECISION(dirichlet_dense_energies)(network, MOST_LANE_SAMPLES, r.calls.x,
                                                  r.calls.energies) == DIRICHLET_E_CALLBACK);
        CHECK(PRECISION(dirichlet_dense_last_error)(network, &error) == DIRICHLET_OK);
        CHECK(strstr(error.message, "parallel_for") != NULL);
        CHECK(error.callback_code == (kind == POOL_FAILS ? 17 : 0));
        CHECK(PRECISION(dirichlet_dense_energies)(network, 1, r.calls.x, r.calls.energies) ==
              DIRICHLET_OK);
        PRECISION(dirichlet_dense_destroy)(network);
    }
    free_lane_results(&r);
    free(w.numbers);
}

/* The calls that share work out, one for each kind of tiles. */
enum { FAILING_SUM, FAILING_PENALTY, FAILING_PROBES, FAILING_LOSS, FAILING_CALLS };

static dirichlet_status call_failing(network_handle *network, const struct wide_network *w,
                                     int call, int64_t n, struct lane_results *r)
{
    gradient_view views[8];
    const dirichlet_dense_penalty_options probing = {.struct_size = sizeof probing, .probes = 2};
    const PRECISION(dirichlet_loss)
        loss = {.struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SQUARED, .targets = r->calls.y};
    (void)view_gradients(w, r->calls.gradients, views);
    if (call == FAILING_SUM)
        return PRECISION(dirichlet_dense_energy_sum)(network, n, r->calls.x, &r->sum);
    if (call == FAILING_LOSS)
        return PRECISION(dirichlet_dense_loss_gradient)(network, n, r->calls.x, &loss, 1.0, views,
                                                        w->depth, NULL);
    return penalty_of(network, n, r->calls.x, call == FAILING_PROBES ? &probing : NULL, 1.0, views,
                      w->depth, NULL);
}

/* Does the call succeed with a pool that does so often? It must exactly where nothing failed. */
static bool succeeds_after(const struct wide_network *w, int call, int64_t works,
                           struct lane_results *r)
{
    struct pool pool = {.kind = POOL_FAILS, .works = works};
    const dirichlet_parallel parallel = pool_lend(&pool, 4);
    network_handle *network = lend_to(w, &parallel, 0);
    const dirichlet_status status = call_failing(network, w, call, MOST_LANE_SAMPLES, r);
    CHECK_IN(status == (pool.calls > works ? DIRICHLET_E_CALLBACK : DIRICHLET_OK),
             "call %d, %lld of %lld calls of the pool work: status %d", call, (long long)works,
             (long long)pool.calls, (int)status);
    PRECISION(dirichlet_dense_destroy)(network);
    return pool.calls <= works;
}

/* Whichever of its calls fails. */
static void test_pools_that_fail_later(void **state)
{
    (void)state;
    for (int i = 0; i < LANE_NETWORKS; i++) {
        struct wide_network w;
        make_wide(&w, lane_networks[i].widths, lane_networks[i].depth, lane_networks[i].activation);
        struct lane_results r = make_lane_results(&w, MOST_LANE_SAMPLES);
        for (int call = 0; call < FAILING_CALLS; call++) {
            int64_t works = 0;
            while (!succeeds_after(&w, call, works, &r))
                works++;
            CHECK(w.depth == 1 || works > 0);
        }
        free_lane_results(&r);
        free(w.numbers);
    }
}

/* A pool that calls the network that it works for. */
struct meddling {
    network_handle *network;
    const real *x;
    dirichlet_status status;
};

static int32_t meddle(int64_t tasks, dirichlet_task_fn task, void *argument, void *user)
{
    struct meddling *meddling = user;
    double energy = 0.0;
    for (int64_t i = 0; i < tasks; i++)
        task(i, argument);
    meddling->status =
        PRECISION(dirichlet_dense_energies)(meddling->network, 1, meddling->x, &energy);
    return 0;
}

static void test_pool_that_calls_its_network(void **state)
{
    struct wide_network w;
    struct lane_results r;
    struct meddling meddling = {.status = DIRICHLET_OK};
    const dirichlet_parallel parallel = {
        .struct_size = sizeof parallel, .lanes = 2, .parallel_for = meddle, .user = &meddling};
    (void)state;
    make_wide(&w, lane_networks[0].widths, lane_networks[0].depth, lane_networks[0].activation);
    r = make_lane_results(&w, MOST_LANE_SAMPLES);
    meddling.network = lend_to(&w, &parallel, 0);
    meddling.x = r.calls.x;
    CHECK(PRECISION(dirichlet_dense_energies)(meddling.network, MOST_LANE_SAMPLES, r.calls.x,
                                              r.calls.energies) == DIRICHLET_OK);
    CHECK(meddling.status == DIRICHLET_E_BUSY);
    PRECISION(dirichlet_dense_destroy)(meddling.network);
    free_lane_results(&r);
    free(w.numbers);
}

static int run_lanes_tests(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits_of_lanes),
        cmocka_unit_test(test_pools_that_fail),
        cmocka_unit_test(test_pools_that_fail_later),
        cmocka_unit_test(test_pool_that_calls_its_network),
    };
    return check_report(name, cmocka_run_group_tests(tests, NULL, NULL));
}

#endif
