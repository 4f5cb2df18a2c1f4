/* jacobian_norms and energy_penalty on the caller's threads: whatever the pool does, all that comes
 * of a call is what the calling thread alone finds. */
#ifndef DIRICHLET_UNIT_LANES_TESTS_BODY_H
#define DIRICHLET_UNIT_LANES_TESTS_BODY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lanes_fixture_body.h"
#include "support/check.h"
#include "support/pool.h"

static struct lanes_fixture f;
static struct outcome none;
static struct outcome other;

static void make_norms(int bits)
{
    make_lanes(&f, 24, 20, (bits & 1) != 0 ? SINE_VJP : SINE_JVP);
    f.model.concurrent = (bits & 2) != 0;
    f.model.max_samples = (bits & 4) != 0 ? 9 : 0;
    f.model.max_directions = (bits & 4) != 0 ? 7 : 0;
    f.rows = 60;
}

static void norms_of_samples(void **state)
{
    (void)state;
    for (int bits = 0; bits < 8; bits++) {
        make_norms(bits);
        CHECK_IN(compare_lanes(&f, call_norms, "norms", &none) > 0, "%d", bits);
        expect_outcome(&none, "norms", DIRICHLET_OK);
        f.cancel_at = 0;
        (void)compare_lanes(&f, call_norms, "norms with progress", &none);
        CHECK(none.status == DIRICHLET_OK && none.told == f.rows);
        for (int64_t i = 0; i < f.rows; i++)
            CHECK(none.progress[i].samples == i + 1);
        for (f.cancel_at = 1; f.cancel_at < 60; f.cancel_at += 17) {
            (void)compare_lanes(&f, call_norms, "cancelled norms", &none);
            expect_nothing(&none, "cancelled norms", DIRICHLET_E_CANCELLED);
            CHECK(none.told == f.cancel_at);
        }
    }
}

static void norms_that_fail(void **state)
{
    (void)state;
    for (int bits = 0; bits < 8; bits++)
        for (int64_t row = 0; row < 60; row += 19) {
            make_norms(bits);
            *row_at(&f, row) = (real)23;
            *row_at(&f, 59) = (real)24;
            f.cancel_at = 0;
            (void)compare_lanes(&f, call_norms, "faults", &none);
            expect_nothing(&none, "faults", DIRICHLET_E_CALLBACK);
            CHECK(none.error.callback_code == 23 && none.told <= row);
            *row_at(&f, row) = (real)-23;
            (void)compare_lanes(&f, call_norms, "no numbers", &none);
            if ((bits & 4) != 0 && row / 9 < 59 / 9) {
                expect_nothing(&none, "no numbers", DIRICHLET_E_NOT_FINITE);
                CHECK(none.error.sample == 11 + row && none.told == row);
            }
        }
}

/* As many lanes as fit; the least budget is that of one. */
static void norms_in_budgets(void **state)
{
    (void)state;
    for (int bits = 0; bits < 4; bits++) {
        int64_t calls = 0;
        make_norms(bits);
        f.workspace_bytes = 1;
        run_lanes(&f, call_norms, NULL, 1, &none);
        expect_nothing(&none, "a byte", DIRICHLET_E_WORKSPACE);
        f.workspace_bytes = (size_t)none.error.least_bytes;
        CHECK(compare_lanes(&f, call_norms, "the least budget", &none) == 0);
        expect_outcome(&none, "the least budget", DIRICHLET_OK);
        for (int i = 0; i < 8; i++) {
            f.workspace_bytes *= 2;
            calls += compare_lanes(&f, call_norms, "a budget", &none);
        }
        CHECK(calls > 0);
    }
}

static void broken_pools(void **state)
{
    (void)state;
    for (int bits = 0; bits < 4; bits++)
        for (int kind = POOL_FAILS; kind <= POOL_FORGETS; kind++) {
            struct pool pool = {.kind = kind};
            make_norms(bits);
            run_lanes(&f, call_norms, &pool, 4, &other);
            expect_nothing(&other, "norms", DIRICHLET_E_CALLBACK);
            CHECK(pool.calls == 1 && other.error.callback_code == (kind == POOL_FAILS ? 17 : 0));
            make_lanes(&f, 400, 10, SINE_FORWARD | THREADED_PARAMETERS);
            f.model.concurrent = bits % 2;
            f.model.ignores_first = bits / 2;
            f.probes = 3;
            run_lanes(&f, call_penalty, &pool, 4, &other);
            expect_nothing(&other, "penalty", DIRICHLET_E_CALLBACK);
            CHECK(pool.calls == 2 && other.error.callback_code == (kind == POOL_FAILS ? 17 : 0));
        }
}

/* Vectors of inputs or of outputs that are long enough to be sent out. */
static void make_penalty(int bits, int64_t inputs, int64_t outputs, int64_t probes)
{
    make_lanes(&f, inputs, outputs, SINE_FORWARD | ((bits & 1) != 0 ? THREADED_PARAMETERS : 0));
    f.model.concurrent = (bits & 2) != 0;
    f.model.ignores_first = (bits & 4) != 0;
    f.model.max_samples = (bits & 8) != 0 ? 100 : 0;
    f.probes = probes;
    f.weighted = (bits & 16) != 0;
    f.indexed = (bits & 16) != 0;
    f.stride = (bits & 16) != 0 ? inputs + 1 : 0;
}

static void penalties(void **state)
{
    (void)state;
    for (int bits = 0; bits < 32; bits += 1 + bits / 4) {
        make_penalty(bits, 400, 10, 3);
        const int64_t calls = compare_lanes(&f, call_penalty, "long inputs", &none);
        expect_outcome(&none, "long inputs", DIRICHLET_OK);
        CHECK_IN(calls > 0 || (bits & 8) != 0, "%d: long inputs", bits);
        make_penalty(bits, 16, 250, 3);
        CHECK(compare_lanes(&f, call_penalty, "long outputs", &none) > 0 || (bits & 8) != 0);
        expect_outcome(&none, "long outputs", DIRICHLET_OK);
        make_penalty(bits, 6, 5, (bits & 1) != 0 ? DIRICHLET_PROBES_ALL : 1);
        f.cancel_at = 0;
        (void)compare_lanes(&f, call_penalty, "short vectors", &none);
        expect_outcome(&none, "short vectors", DIRICHLET_OK);
        CHECK(none.told > 0);
    }
}

static void penalties_that_fail(void **state)
{
    (void)state;
    for (int bits = 0; bits < 32; bits += 1 + bits / 4) {
        make_penalty(bits, 20, 6, 3);
        *row_at(&f, 77) = (real)-23;
        *row_at(&f, 78) = (real)-24;
        (void)compare_lanes(&f, call_penalty, "no numbers", &none);
        expect_nothing(&none, "no numbers", DIRICHLET_E_NOT_FINITE);
        CHECK(none.error.sample == (f.indexed ? f.indices[77] : 77));
        *row_at(&f, 76) = (real)23;
        *row_at(&f, 90) = (real)24;
        (void)compare_lanes(&f, call_penalty, "faults", &none);
        expect_nothing(&none, "faults", DIRICHLET_E_CALLBACK);
        CHECK(none.error.callback_code == 23);
        make_penalty(bits, 20, 6, 3);
        for (f.cancel_at = 1; f.cancel_at < 3; f.cancel_at++) {
            f.workspace_bytes = 40000;
            (void)compare_lanes(&f, call_penalty, "cancelled", &none);
            expect_nothing(&none, "cancelled", DIRICHLET_E_CANCELLED);
        }
    }
}

static void penalties_in_budgets(void **state)
{
    (void)state;
    for (int bits = 0; bits < 8; bits++) {
        int64_t calls = 0;
        make_penalty(bits, 300, 12, 3);
        f.workspace_bytes = 1;
        run_lanes(&f, call_penalty, NULL, 1, &none);
        expect_nothing(&none, "a byte", DIRICHLET_E_WORKSPACE);
        f.workspace_bytes = (size_t)none.error.least_bytes;
        CHECK(compare_lanes(&f, call_penalty, "the least budget", &none) == 0);
        expect_outcome(&none, "the least budget", DIRICHLET_OK);
        for (int i = 0; i < 10; i++) {
            f.workspace_bytes *= 2;
            calls += compare_lanes(&f, call_penalty, "a budget", &none);
        }
        CHECK(calls > 0);
    }
}

/* On threads of a pool the callbacks of a concurrent model meet. */
static void at_the_same_time(void **state)
{
    (void)state;
    struct pool pool = {.kind = POOL_THREADS};
    int64_t met = 0;
    for (int round = 0; round < 20; round++) {
        make_norms(7);
        f.model.slow = 1;
        run_lanes(&f, call_norms, &pool, 4, &other);
        CHECK(other.status == DIRICHLET_OK && f.model.abroad > 0 && f.model.most_calls <= 4);
        met += f.model.most_calls > 1;
        make_penalty(7, 20, 6, 3);
        f.model.slow = 1;
        run_lanes(&f, call_penalty, &pool, 4, &other);
        CHECK(other.status == DIRICHLET_OK && f.model.abroad > 0 && f.model.most_calls <= 4);
        met += f.model.most_calls > 1;
    }
    print_message("calls at the same time in %d of 40 calls\n", (int)met);
    CHECK(met > 0);
}

static int run_lanes_tests(const char *name)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(norms_of_samples),
                                       cmocka_unit_test(norms_that_fail),
                                       cmocka_unit_test(norms_in_budgets),
                                       cmocka_unit_test(broken_pools),
                                       cmocka_unit_test(penalties),
                                       cmocka_unit_test(penalties_that_fail),
                                       cmocka_unit_test(penalties_in_budgets),
                                       cmocka_unit_test(at_the_same_time)};
    return check_report(name, cmocka_run_group_tests(tests, NULL, NULL));
}

#endif
