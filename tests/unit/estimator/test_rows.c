/* A model that takes one call at a time: its callbacks stay on the calling thread, and what the
 * estimator does with the rows of a tile goes to the caller's threads, where it is worth that. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "lent_threads.h"
#include "support/check.h"
#include "support/pool.h"

#define INPUTS 48
#define OUTPUTS 40
#define PROBES 24

static struct lent lent;
static struct outcome none;
static struct outcome outcome;

/* An arrangement with vectors that are long enough. */
static struct arrangement enlarge(const struct arrangement *a)
{
    struct arrangement large = *a;
    large.inputs = a->inputs < a->outputs ? OUTPUTS : INPUTS;
    large.outputs = a->inputs < a->outputs ? INPUTS : OUTPUTS;
    if (a->probes > 0)
        large.probes = PROBES;
    return large;
}

static void make_rows(const struct arrangement *a, int32_t precision)
{
    const struct arrangement large = enlarge(a);
    lent_make(&large, precision, &lent);
    lent.model.concurrent = 0;
}

static int64_t compare(const char *name)
{
    int64_t calls = 0;
    lent_run(&lent, NULL, 1, &none);
    for (int kind = 0; kind < POOL_KINDS; kind++) {
        struct pool pool = {.kind = kind};
        lent_run(&lent, &pool, kind % 2 == 0 ? 3 : 7, &outcome);
        CHECK_IN(outcomes_equal(&none, &outcome), "%s, %d bits, %s: status %d, %s; not %d, %s",
                 name, (int)lent.precision, pool_name(kind), outcome.status, outcome.error.message,
                 none.status, none.error.message);
        calls += pool.calls;
    }
    return calls;
}

static void every_method(void **state)
{
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            make_rows(a, precision);
            const int64_t calls = compare(a->name);
            CHECK(none.status == DIRICHLET_OK && none.samples == LENT_ROWS);
            if (precision == 32) /* tiles of doubles are of half as many rows */
                CHECK_IN((calls > 0) == (a->callbacks != SINE_ENERGIES), "%s: %d calls", a->name,
                         (int)calls);
        }
}

/* Blocks of some of the directions, a batch with everything in it, rows that are skipped. */
static void parts(void **state)
{
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        make_rows(a, 32);
        lent.model.max_directions = 20;
        lent.weighted = lent.indexed = lent.grouped = true;
        lent.model.ignores_first = 1;
        lent.stride = lent.model.inputs + 1;
        lent.cancel_at = 0;
        lent.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
        lent_set(&lent, 100, 3, NAN);
        CHECK((compare(a->name) > 0) == (a->callbacks != SINE_ENERGIES));
        CHECK(none.status == DIRICHLET_OK && none.samples == LENT_ROWS - 1);
    }
}

static void failing(void **state)
{
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        make_rows(a, a->inputs % 2 == 0 ? 32 : 64);
        lent_set(&lent, 200, 0, 31.0);
        lent_set(&lent, 201, 0, 32.0);
        (void)compare(a->name);
        CHECK(none.status == DIRICHLET_E_CALLBACK && none.error.callback_code == 31);
        CHECK(none.samples == 5);
    }
}

/* Whatever was being done when the pool failed: nothing has happened. */
static void broken_pools(void **state)
{
    (void)state;
    for (const struct arrangement *a = arrangements + 1; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int kind = POOL_FAILS; kind <= POOL_FORGETS; kind++) {
            struct pool pool = {.kind = kind};
            make_rows(a, 32);
            lent_run(&lent, &pool, 4, &outcome);
            CHECK_IN(outcome.status == DIRICHLET_E_CALLBACK && pool.calls == 1, "%s: %d", a->name,
                     outcome.status);
            CHECK(outcome.error.callback_code == (kind == POOL_FAILS ? 17 : 0));
            lent.rows = outcome.samples;
            lent_run(&lent, NULL, 1, &none);
            CHECK(outcome.samples == 0 || outcome.samples == 5); /* that of the first update */
            CHECK_IN(outcome.size == none.size && memcmp(outcome.state, none.state, none.size) == 0,
                     "%s: %d samples, not %d", a->name, (int)outcome.samples, (int)none.samples);
        }
}

/* A batch of one sample, or of short vectors: nobody else is asked. */
static void little_work(void **state)
{
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        struct pool pool = {.kind = POOL_THREADS};
        lent_make(a, 64, &lent);
        lent.model.concurrent = 0;
        lent_run(&lent, &pool, 4, &outcome);
        CHECK(outcome.status == DIRICHLET_OK && pool.calls == 0);
        make_rows(a, 64);
        lent.rows = 1;
        lent_run(&lent, &pool, 4, &outcome);
        CHECK(outcome.status == DIRICHLET_OK && pool.calls == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_method), cmocka_unit_test(parts),
                                       cmocka_unit_test(failing), cmocka_unit_test(broken_pools),
                                       cmocka_unit_test(little_work)};
    return check_report("unit.rows", cmocka_run_group_tests(tests, NULL, NULL));
}
