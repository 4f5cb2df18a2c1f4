/* A model that looks at the index of its samples, by every method, however the samples come. */
#ifndef DIRICHLET_UNIT_CONDITIONAL_TESTS_BODY_H
#define DIRICHLET_UNIT_CONDITIONAL_TESTS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "conditional_batch_body.h"
#include "conditional_fixture_body.h"
#include "conditional_prepare_body.h"
#include "conditional_returns_body.h"
#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/conditional_model.h"
#include "support/sine_model.h"
#include "support/subject.h"

#define FOR_EVERY_ARRANGEMENT(a)                                                                   \
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)

static bool is_without_probe_error(const struct arrangement *a)
{
    return a->method == DIRICHLET_METHOD_EXACT || a->probes == DIRICHLET_PROBES_ALL;
}

/* What is compared with below is the energy itself, where the method has no error by probes. */
static void reference_is_right(void **state)
{
    static struct conditional_fixture f;
    (void)state;
    FOR_EVERY_ARRANGEMENT(a)
    {
        const bool single = sizeof(real) == sizeof(float);
        const bool differences = a->method == DIRICHLET_METHOD_FINITE_DIFFERENCE;
        const double bound = differences ? (single ? 1e-3 : 1e-8) : (single ? 2e-6 : 1e-13);
        make_conditional(&f, a);
        for (int64_t i = 0; i < CONDITIONAL_SAMPLES && is_without_probe_error(a); i++) {
            const double energy = conditional_energy(&f.c, CONDITIONAL_FIRST + i);
            CHECK_IN(fabs(f.wanted[i] - energy) <= bound * energy, "%s: %.17g, not %.17g", a->name,
                     f.wanted[i], energy);
        }
    }
}

/* One tiling: limits of the model, a budget and a size of batches. */
static void check_tiling(struct conditional_fixture *f, const char *name, int64_t batch)
{
    double energies[CONDITIONAL_SAMPLES];
    conditional_forget(&f->c);
    dirichlet_estimator *estimator = create_conditional(f);
    feed_in_batches(f, estimator, batch, energies);
    dirichlet_estimator_destroy(estimator);
    expect_energies(energies, f->wanted, CONDITIONAL_SAMPLES, name);
    expect_seen(&f->c, 0, CONDITIONAL_SAMPLES, name);
    CHECK(f->c.max_samples == 0 || f->c.most_rows <= f->c.max_samples);
    CHECK(f->c.max_directions == 0 || f->c.most_directions <= f->c.max_directions);
}

static void tilings(void **state)
{
    static const int64_t batches[] = {1, 7, CONDITIONAL_SAMPLES};
    static const int64_t rows[] = {0, 1, 2, 5, CONDITIONAL_SAMPLES};
    static struct conditional_fixture f;
    (void)state;
    FOR_EVERY_ARRANGEMENT(a)
    {
        make_conditional(&f, a);
        for (int r = 0; r < 5; r++)
            for (int64_t directions = 0; directions < 3; directions++)
                for (int budget = 0; budget < 3; budget++)
                    for (int b = 0; b < 3; b++) {
                        f.c.max_samples = rows[r];
                        f.c.max_directions = directions;
                        f.options.workspace_bytes = 0;
                        if (budget < 2)
                            f.options.workspace_bytes =
                                least_workspace(&f) * (size_t)(1 + 3 * budget);
                        check_tiling(&f, a->name, batches[b]);
                    }
    }
}

static void seek_and_reset(void **state)
{
    static struct conditional_fixture f;
    (void)state;
    FOR_EVERY_ARRANGEMENT(a)
    {
        double energies[CONDITIONAL_SAMPLES];
        make_conditional(&f, a);
        dirichlet_estimator *estimator = create_conditional(&f);
        CHECK(dirichlet_estimator_seek(estimator, CONDITIONAL_FIRST + 20) == DIRICHLET_OK);
        CHECK(feed_conditional(&f, estimator, 20, 15, energies) == DIRICHLET_OK);
        expect_energies(energies, f.wanted + 20, 15, a->name);
        expect_seen(&f.c, 20, 15, a->name);
        conditional_forget(&f.c);
        CHECK(dirichlet_estimator_reset(estimator) == DIRICHLET_OK);
        CHECK(feed_conditional(&f, estimator, 0, 9, energies) == DIRICHLET_OK);
        expect_energies(energies, f.wanted, 9, a->name);
        expect_seen(&f.c, 0, 9, a->name);
        dirichlet_estimator_destroy(estimator);
    }
}

/* What is not finite moves no index. */
static void skipped_samples(void **state)
{
    static const int64_t spoilt[] = {0, 3, 17, 18, CONDITIONAL_SAMPLES - 1};
    static const int64_t batches[] = {1, 7, CONDITIONAL_SAMPLES};
    static struct conditional_fixture f;
    (void)state;
    FOR_EVERY_ARRANGEMENT(a)
    {
        make_conditional(&f, a);
        f.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
        for (int i = 0; i < 5; i++) {
            conditional_set(&f.c, CONDITIONAL_FIRST + spoilt[i], i % f.c.inputs,
                            i % 2 == 0 ? (double)NAN : (double)INFINITY);
            f.wanted[spoilt[i]] = NAN;
        }
        for (int b = 0; b < 3; b++) {
            double energies[CONDITIONAL_SAMPLES];
            dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
            conditional_forget(&f.c);
            dirichlet_estimator *estimator = create_conditional(&f);
            feed_in_batches(&f, estimator, batches[b], energies);
            expect_energies(energies, f.wanted, CONDITIONAL_SAMPLES, a->name);
            CHECK_IN(f.c.strays == 0, "%s: %d strays", a->name, (int)f.c.strays);
            (void)dirichlet_estimator_result(estimator, &result);
            CHECK(result.skipped == 5 && result.samples == CONDITIONAL_SAMPLES - 5);
            dirichlet_estimator_destroy(estimator);
        }
    }
}

/* By a number of samples, which may lie within a tile, and by the tolerance. */
static void stopping(void **state)
{
    static struct conditional_fixture f;
    (void)state;
    FOR_EVERY_ARRANGEMENT(a)
    {
        make_conditional(&f, a);
        for (int by_tolerance = 0; by_tolerance < 2; by_tolerance++) {
            f.options.max_samples = by_tolerance ? 0 : 13;
            f.options.tolerance = by_tolerance ? 100.0 : 0.0;
            f.options.min_samples = by_tolerance ? 13 : 0;
            for (int64_t batch = 1; batch <= CONDITIONAL_SAMPLES; batch += 6) {
                double energies[CONDITIONAL_SAMPLES] = {0};
                conditional_forget(&f.c);
                dirichlet_estimator *estimator = create_conditional(&f);
                feed_in_batches(&f, estimator, batch, energies);
                CHECK(dirichlet_estimator_stopped(estimator) == 1);
                expect_energies(energies, f.wanted, 13, a->name);
                for (int i = 13; i < CONDITIONAL_SAMPLES; i++)
                    CHECK(energies[i] == 0.0);
                CHECK_IN(f.c.strays == 0, "%s: %d strays", a->name, (int)f.c.strays);
                dirichlet_estimator_destroy(estimator);
            }
        }
    }
}

/* Parts that were measured apart, and a copy that goes on. */
static void merge_and_clone(void **state)
{
    static struct conditional_fixture f;
    double energies[CONDITIONAL_SAMPLES];
    (void)state;
    FOR_EVERY_ARRANGEMENT(a)
    {
        dirichlet_estimator *made[3] = {NULL, NULL, NULL};
        make_conditional(&f, a);
        for (int i = 0; i < 2; i++)
            made[i] = create_conditional(&f);
        feed_in_batches(&f, made[0], 16, energies);
        const struct bytes whole = bytes_of(made[0]);
        CHECK(dirichlet_estimator_reset(made[0]) == DIRICHLET_OK);
        CHECK(feed_conditional(&f, made[0], 0, 25, energies) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_clone(made[0], &made[2]) == DIRICHLET_OK);
        conditional_forget(&f.c);
        CHECK(feed_conditional(&f, made[2], 25, 35, energies) == DIRICHLET_OK);
        expect_energies(energies, f.wanted + 25, 35, a->name);
        expect_seen(&f.c, 25, 35, a->name);
        CHECK(dirichlet_estimator_seek(made[1], CONDITIONAL_FIRST + 25) == DIRICHLET_OK);
        CHECK(feed_conditional(&f, made[1], 25, 35, energies) == DIRICHLET_OK);
        expect_energies(energies, f.wanted + 25, 35, a->name);
        CHECK(dirichlet_estimator_merge(made[0], made[1]) == DIRICHLET_OK);
        const struct bytes merged = bytes_of(made[0]);
        const struct bytes copied = bytes_of(made[2]);
        CHECK_IN(bytes_equal(&whole, &merged) && bytes_equal(&whole, &copied), "%s", a->name);
        for (int i = 0; i < 3; i++)
            dirichlet_estimator_destroy(made[i]);
    }
}

static int run_conditional_tests(const char *name)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reference_is_right),
                                       cmocka_unit_test(tilings),
                                       cmocka_unit_test(seek_and_reset),
                                       cmocka_unit_test(skipped_samples),
                                       cmocka_unit_test(stopping),
                                       cmocka_unit_test(merge_and_clone),
                                       cmocka_unit_test(shuffled_batches),
                                       cmocka_unit_test(rows_of_a_call),
                                       cmocka_unit_test(index_after_batch),
                                       cmocka_unit_test(codes),
                                       cmocka_unit_test(out_of_domain),
                                       cmocka_unit_test(out_of_domain_when_prepared),
                                       cmocka_unit_test(prepared_products),
                                       cmocka_unit_test(prepared_shuffled),
                                       cmocka_unit_test(owners),
                                       cmocka_unit_test(owners_of_failures)};
    return check_report(name, cmocka_run_group_tests(tests, NULL, NULL));
}

#endif
