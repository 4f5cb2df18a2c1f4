/* Tiles on the caller's threads: whatever the pool does, all that comes of an update is what the
 * calling thread alone finds. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "lent_threads.h"
#include "support/check.h"
#include "support/pool.h"

static struct lent lent;
static struct outcome none;

#define FOR_EACH_ARRANGEMENT                                                                       \
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)    \
        for (int32_t precision = 32; precision <= 64; precision += 32)

/* From one tile to many, of one or several samples. */
static void sizes(void **state)
{
    (void)state;
    static const int64_t rows[] = {1, 2, 64, 65, 150, LENT_ROWS};
    static const int64_t most[] = {0, 1, 7, 64};
    FOR_EACH_ARRANGEMENT for (int64_t i = 0; i < 6; i++)
    {
        lent_make(a, precision, &lent);
        lent.rows = rows[i];
        lent.model.max_samples = most[i % 4];
        lent.model.max_directions = i % 3;
        const int64_t calls = lent_compare(&lent, a->name, &none);
        CHECK(none.status == DIRICHLET_OK && none.samples == rows[i]);
        CHECK_IN((most[i % 4] == 0 || rows[i] <= most[i % 4] ? 0 : 1) <= calls, "%s: %d rows",
                 a->name, (int)rows[i]);
    }
}

/* A model without limits: large batches are cut, whether or not there are threads, small ones and
 * those of a model that takes one call at a time are not. */
static void cut_by_the_batch(void **state)
{
    (void)state;
    static const struct arrangement wide = {
        "exact, vjp", DIRICHLET_METHOD_EXACT, SINE_VJP, 0, LENT_WIDTH, 40};
    static const int64_t rows[] = {60, LENT_ROWS};
    for (int i = 0; i < 4; i++) {
        lent_make(&wide, 64, &lent);
        lent.model.concurrent = i % 2;
        lent.rows = rows[i / 2];
        lent.cancel_at = 0;
        const int64_t calls = lent_compare(&lent, wide.name, &none);
        CHECK(none.status == DIRICHLET_OK && none.samples == lent.rows);
        CHECK_IN(i != 3 || (calls > 0 && none.told == 6), "told %d times", (int)none.told);
        CHECK_IN(i != 1 || (calls == 0 && none.told == 1), "told %d times", (int)none.told);
    }
}

/* Everything that a batch can say. */
static void batches(void **state)
{
    (void)state;
    FOR_EACH_ARRANGEMENT for (int bits = 0; bits < 32; bits += 1 + bits / 8)
    {
        lent_make(a, precision, &lent);
        lent.model.max_samples = 16;
        lent.weighted = (bits & 1) != 0;
        lent.indexed = (bits & 2) != 0;
        lent.grouped = (bits & 4) != 0;
        lent.stride = (bits & 8) != 0 ? a->inputs + 3 : 0;
        lent.model.ignores_first = (bits & 16) != 0;
        CHECK(lent_compare(&lent, a->name, &none) > 0);
        CHECK(none.status == DIRICHLET_OK && none.samples == LENT_ROWS);
    }
}

/* Rows that are left out move the tiles behind them where a rule of stopping cuts these. */
static void skipping(void **state)
{
    (void)state;
    FOR_EACH_ARRANGEMENT for (int64_t cap = 0; cap <= 200; cap += 100)
    {
        lent_make(a, precision, &lent);
        lent.model.max_samples = 16;
        lent.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
        lent.options.max_samples = cap;
        lent.cancel_at = 0;
        for (int64_t row = 3; row < LENT_ROWS; row += 11)
            lent_set(&lent, row, 1 + row % (lent.model.inputs - 1), row % 2 == 0 ? NAN : -INFINITY);
        const int64_t calls = lent_compare(&lent, a->name, &none);
        CHECK_IN(none.status == DIRICHLET_OK && calls > 0, "%s: %d %s, %d", a->name, none.status,
                 none.error.message, (int)calls);
        CHECK(none.samples == (cap == 0 ? LENT_ROWS - 27 : cap));
    }
}

/* The rules end an update in the middle of a round; what was measured behind that never was. */
static void stopping(void **state)
{
    (void)state;
    int64_t early = 0;
    FOR_EACH_ARRANGEMENT for (int i = 0; i < 3; i++)
    {
        lent_make(a, precision, &lent);
        lent.model.max_samples = i == 1 ? 5 : 64;
        lent.options.tolerance = i == 2 ? 0.05 : 0.3;
        lent.options.min_samples = 6;
        lent.options.max_samples = i == 0 ? 130 : 0;
        lent.cancel_at = i == 1 ? 0 : -1;
        if (i == 1) /* is not to be seen */
            lent_set(&lent, LENT_ROWS - 1, 0, 9.0);
        CHECK(lent_compare(&lent, a->name, &none) > 0);
        CHECK(none.status == DIRICHLET_OK ? none.samples <= LENT_ROWS : none.samples == 5);
        early += none.stopped && none.samples < 130;
    }
    CHECK_IN(early > ARRANGEMENT_COUNT, "%d", (int)early);
}

static void expect_failure(const char *name, dirichlet_status status, int64_t told)
{
    CHECK_IN(none.status == status && none.error.status == status, "%s: %d %s", name, none.status,
             none.error.message);
    CHECK_IN(none.told == told, "%s: told %d times", name, (int)none.told);
    for (int64_t row = 5; row < LENT_ROWS; row++) /* behind the first update */
        CHECK(none.energies[row] == 0.0 && none.deviations[row] == 0.0);
}

/* Progress is told of tiles in their order, and may end it all. */
static void cancelled(void **state)
{
    (void)state;
    FOR_EACH_ARRANGEMENT for (int64_t at = 0; at <= 20; at += 1 + at)
    {
        lent_make(a, precision, &lent);
        lent.model.max_samples = 16;
        lent.cancel_at = at;
        CHECK(at == 1 || lent_compare(&lent, a->name, &none) > 0);
        if (at > 1)
            expect_failure(a->name, DIRICHLET_E_CANCELLED, at);
        if (at == 0)
            CHECK(none.told == 20 && none.status == DIRICHLET_OK);
    }
}

/* The first of the samples at fault is told, and the progress of those before it. */
static void failing(void **state)
{
    (void)state;
    FOR_EACH_ARRANGEMENT for (int64_t row = 5; row < LENT_ROWS; row += 59)
    {
        lent_make(a, precision, &lent);
        lent.model.max_samples = 16;
        lent.cancel_at = 0;
        lent_set(&lent, row, 0, 21.0);
        for (int64_t other = row + 1; other < LENT_ROWS; other += 37)
            lent_set(&lent, other, 0, 22.0);
        CHECK(lent_compare(&lent, a->name, &none) > 0);
        expect_failure(a->name, DIRICHLET_E_CALLBACK, 1 + (row - 5) / 16);
        CHECK_IN(none.error.callback_code == 21, "%s: %d", a->name, none.error.callback_code);
        lent_set(&lent, row, 0, NAN);
        CHECK(lent_compare(&lent, a->name, &none) > 0);
        expect_failure(a->name, DIRICHLET_E_NOT_FINITE, 1 + (row - 5) / 16);
        CHECK(none.error.sample == row);
    }
}

/* As many lanes as fit; the budget changes no result but for the tiles that all have. */
static void budgets(void **state)
{
    (void)state;
    FOR_EACH_ARRANGEMENT
    {
        int64_t few = 0;
        int64_t many = 0;
        for (size_t bytes = 16384; bytes <= ((size_t)1 << 22); bytes *= 4) {
            lent_make(a, precision, &lent);
            lent.model.max_samples = 8;
            lent.options.workspace_bytes = bytes;
            lent.stride = a->inputs + 3;
            const int64_t calls = lent_compare(&lent, a->name, &none);
            CHECK(none.status == DIRICHLET_OK);
            few = bytes == 16384 ? calls : few;
            many = calls;
        }
        CHECK_IN(few == 0 && many > 0, "%s: %d, %d", a->name, (int)few, (int)many);
    }
}

/* A pool that runs nothing changes nothing. */
static void broken_pools(void **state)
{
    (void)state;
    static struct outcome outcome;
    FOR_EACH_ARRANGEMENT for (int kind = POOL_FAILS; kind <= POOL_FORGETS; kind++)
    {
        struct pool pool = {.kind = kind};
        lent_make(a, precision, &lent);
        lent.model.max_samples = 16;
        lent.rows = 5; /* in one tile: nobody is asked */
        lent_run(&lent, NULL, 1, &none);
        lent_run(&lent, &pool, 4, &outcome);
        CHECK(outcomes_equal(&none, &outcome) && pool.calls == 0);
        lent.rows = LENT_ROWS;
        lent_run(&lent, &pool, 4, &outcome);
        CHECK_IN(outcome.status == DIRICHLET_E_CALLBACK, "%s: %d", a->name, outcome.status);
        CHECK(outcome.error.callback_code == (kind == POOL_FAILS ? 17 : 0));
        CHECK(outcome.size == none.size && memcmp(outcome.state, none.state, none.size) == 0);
        CHECK(memcmp(outcome.energies, none.energies, sizeof none.energies) == 0);
    }
}

/* On threads of a pool the model's callbacks meet. */
static void at_the_same_time(void **state)
{
    (void)state;
    static struct outcome outcome;
    struct pool pool = {.kind = POOL_THREADS};
    int64_t met = 0;
    for (int round = 0; round < 50; round++) {
        lent_make(&arrangements[2], 64, &lent);
        lent.model.max_samples = 16;
        lent.model.slow = 1;
        lent_run(&lent, &pool, 4, &outcome);
        CHECK(outcome.status == DIRICHLET_OK && lent.model.abroad > 0);
        CHECK(lent.model.most_calls <= 4);
        met += lent.model.most_calls > 1;
    }
    print_message("calls at the same time in %d of 50 rounds\n", (int)met);
    CHECK(met > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_by_the_batch), cmocka_unit_test(sizes),
        cmocka_unit_test(batches),          cmocka_unit_test(skipping),
        cmocka_unit_test(stopping),         cmocka_unit_test(cancelled),
        cmocka_unit_test(failing),          cmocka_unit_test(budgets),
        cmocka_unit_test(broken_pools),     cmocka_unit_test(at_the_same_time),
    };
    return check_report("unit.tiles", cmocka_run_group_tests(tests, NULL, NULL));
}
