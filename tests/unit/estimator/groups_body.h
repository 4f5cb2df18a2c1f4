/* Groups: averages of parts from one pass, as separate estimators of the same samples give. */
#ifndef DIRICHLET_UNIT_GROUPS_BODY_H
#define DIRICHLET_UNIT_GROUPS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "conditional_fixture_body.h"
#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/conditional_model.h"
#include "support/sine_model.h"

#define GROUPS 4 /* the last of them stays empty */

struct grouped {
    struct conditional_fixture f;
    int64_t groups[CONDITIONAL_SAMPLES];
    double weights[CONDITIONAL_SAMPLES];
    double energies[CONDITIONAL_SAMPLES];
};

/* Groups of different sizes, some samples in none; weights, some of them 0. */
static void make_grouped(struct grouped *g, const struct arrangement *arrangement)
{
    memset(g, 0, sizeof *g);
    make_conditional(&g->f, arrangement);
    g->f.options.groups = GROUPS;
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++) {
        g->groups[i] = i % 11 == 10 ? -1 - i : i * i % 7 % (GROUPS - 1);
        g->weights[i] = i % 9 == 8 ? 0.0 : 1.0 + 0.25 * (double)(i % 6);
    }
}

static batch_view batch_of(struct grouped *g, int64_t from, int64_t samples)
{
    const batch_view batch = {.struct_size = sizeof batch,
                              .samples = samples,
                              .x = row_at(&g->f.c, CONDITIONAL_FIRST + from),
                              .weights = g->weights + from,
                              .groups = g->groups + from,
                              .energies = g->energies + from};
    return batch;
}

static void feed_groups(struct grouped *g, dirichlet_estimator *estimator, int64_t from,
                        int64_t count, int64_t size)
{
    CHECK(dirichlet_estimator_seek(estimator, CONDITIONAL_FIRST + from) == DIRICHLET_OK);
    for (int64_t i = 0; i < count; i += size) {
        const batch_view batch = batch_of(g, from + i, count - i < size ? count - i : size);
        CHECK_IN(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_OK,
                 "%s", dirichlet_estimator_message(estimator));
    }
}

/* An estimator of one group's samples alone, one by one. */
static dirichlet_estimator *of_group_alone(struct grouped *g, int64_t group)
{
    g->f.options.groups = 0;
    dirichlet_estimator *estimator = create_conditional(&g->f);
    g->f.options.groups = GROUPS;
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++) {
        batch_view batch = batch_of(g, i, 1);
        const int64_t index = CONDITIONAL_FIRST + i;
        batch.groups = NULL;
        batch.indices = &index;
        if (g->groups[i] == group)
            CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_OK);
    }
    return estimator;
}

/* Of the group all, but what is documented to be that of all samples. */
static void expect_same_result(const dirichlet_result *group, const dirichlet_result *alone,
                               const char *name)
{
    const double pairs[][2] = {
        {group->value, alone->value},
        {group->standard_error, alone->standard_error},
        {group->standard_error_data, alone->standard_error_data},
        {group->standard_error_probes, alone->standard_error_probes},
        {group->standard_error_differences, alone->standard_error_differences},
        {group->lower, alone->lower},
        {group->upper, alone->upper},
        {group->weight_sum, alone->weight_sum},
        {group->min_energy, alone->min_energy},
        {group->max_energy, alone->max_energy},
        {group->noise, alone->noise},
        {group->step_error, alone->step_error},
        {group->confidence, alone->confidence}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_IN(same_number(pairs[i][0], pairs[i][1]), "%s: number %d: %.17g, not %.17g", name,
                 (int)i, pairs[i][0], pairs[i][1]);
    CHECK(group->samples == alone->samples);
    CHECK(group->method == alone->method && group->exact == alone->exact);
}

static dirichlet_result group_of(const dirichlet_estimator *estimator, int64_t group)
{
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    const dirichlet_status status = dirichlet_estimator_group_result(estimator, group, &result);
    CHECK_IN(status == DIRICHLET_OK || status == DIRICHLET_E_NOISE, "group %d: %d", (int)group,
             status);
    return result;
}

static void expect_groups(struct grouped *g, const dirichlet_estimator *estimator, const char *name)
{
    for (int64_t group = 0; group < GROUPS - 1; group++) {
        dirichlet_result wanted = DIRICHLET_INIT(dirichlet_result);
        dirichlet_estimator *alone = of_group_alone(g, group);
        const dirichlet_status status = dirichlet_estimator_result(alone, &wanted);
        CHECK_IN(status == DIRICHLET_OK, "%s: %d", name, status);
        const dirichlet_result got = group_of(estimator, group);
        CHECK(got.samples > 3);
        expect_same_result(&got, &wanted, name);
        dirichlet_estimator_destroy(alone);
    }
}

static void groups_apart(void **state)
{
    static struct grouped g;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int64_t size = 1; size <= CONDITIONAL_SAMPLES; size += 59 / 2) {
            make_grouped(&g, a);
            dirichlet_estimator *estimator = create_conditional(&g.f);
            feed_groups(&g, estimator, 0, CONDITIONAL_SAMPLES, size);
            expect_energies(g.energies, g.f.wanted, CONDITIONAL_SAMPLES, a->name);
            expect_groups(&g, estimator, a->name);
            dirichlet_estimator_destroy(estimator);
        }
}

/* Samples that are not finite are left out of their groups, and counted there. */
static void groups_that_skip(void **state)
{
    static struct grouped g;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        make_grouped(&g, a);
        g.f.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
        for (int64_t i = 3; i < CONDITIONAL_SAMPLES; i += 20)
            conditional_set(&g.f.c, CONDITIONAL_FIRST + i, 0, (double)NAN);
        dirichlet_estimator *estimator = create_conditional(&g.f);
        feed_groups(&g, estimator, 0, CONDITIONAL_SAMPLES, 16);
        expect_groups(&g, estimator, a->name);
        for (int64_t group = 0; group < GROUPS - 1; group++) {
            int64_t skipped = 0;
            for (int64_t i = 3; i < CONDITIONAL_SAMPLES; i += 20)
                skipped += g.groups[i] == group;
            CHECK_IN(group_of(estimator, group).skipped == skipped, "%s: not %d skipped", a->name,
                     (int)skipped);
        }
        dirichlet_estimator_destroy(estimator);
    }
}

/* Merged, cloned, and read back from bytes: the same groups; behind reset there are none. */
static void groups_travel(void **state)
{
    static struct grouped g;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
        dirichlet_estimator *made[5] = {NULL};
        struct conditional_fixture *f = &g.f;
        make_grouped(&g, a);
        for (int i = 0; i < 3; i++)
            made[i] = create_conditional(f);
        feed_groups(&g, made[0], 0, 23, 23);
        feed_groups(&g, made[1], 23, CONDITIONAL_SAMPLES - 23, 10);
        CHECK(dirichlet_estimator_merge(made[0], made[1]) == DIRICHLET_OK);
        size_t size = 0;
        unsigned char bytes[65536];
        CHECK(dirichlet_estimator_serialize(made[0], bytes, sizeof bytes, &size) == DIRICHLET_OK);
        CHECK_IN(dirichlet_estimator_deserialize(bytes, size, NULL, &made[3], &f->error) ==
                     DIRICHLET_OK,
                 "%s", f->error.message);
        CHECK(dirichlet_estimator_clone(made[3], &made[4]) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_merge(made[2], made[4]) == DIRICHLET_OK);
        for (int i = 0; i < 5; i++)
            if (i != 1)
                expect_groups(&g, made[i], a->name);
        CHECK(dirichlet_estimator_reset(made[0]) == DIRICHLET_OK);
        for (int64_t group = 0; group < GROUPS; group++)
            CHECK(dirichlet_estimator_group_result(made[0], group, &result) == DIRICHLET_E_NO_DATA);
        for (int i = 0; i < 5; i++)
            dirichlet_estimator_destroy(made[i]);
    }
}

/* An update that fails late leaves the groups as they were. */
static void groups_of_failed_updates(void **state)
{
    static struct grouped g;
    (void)state;
    make_grouped(&g, &arrangements[5]);
    g.f.c.max_samples = 4;
    dirichlet_estimator *estimator = create_conditional(&g.f);
    feed_groups(&g, estimator, 0, 30, 30);
    const dirichlet_result before = group_of(estimator, 1);
    g.f.c.faulty = SINE_VJP;
    g.f.c.fail_at = 5;
    g.f.c.code = 3;
    const batch_view batch = batch_of(&g, 30, 30);
    CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_E_CALLBACK);
    const dirichlet_result after = group_of(estimator, 1);
    expect_same_result(&after, &before, "after a failure");
    g.f.c.faulty = 0;
    feed_groups(&g, estimator, 30, 30, 30);
    expect_groups(&g, estimator, "after a repetition");
    dirichlet_estimator_destroy(estimator);
}

/* A population is that of all samples: no group is corrected for it. */
static void groups_of_a_population(void **state)
{
    static struct grouped g;
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    (void)state;
    make_grouped(&g, &arrangements[0]);
    g.f.options.population = CONDITIONAL_SAMPLES;
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++)
        g.weights[i] = 1.0;
    dirichlet_estimator *estimator = create_conditional(&g.f);
    feed_groups(&g, estimator, 0, CONDITIONAL_SAMPLES, 16);
    CHECK(dirichlet_estimator_result(estimator, &result) == DIRICHLET_OK);
    CHECK(result.standard_error == 0.0);
    g.f.options.population = 0;
    expect_groups(&g, estimator, "population");
    dirichlet_estimator_destroy(estimator);
}

static void expect_batch_refused(dirichlet_estimator *estimator, const batch_view *batch,
                                 dirichlet_status wanted, const char *text)
{
    const dirichlet_status status = PRECISION(dirichlet_estimator_update_batch)(estimator, batch);
    CHECK_IN(status == wanted, "%d, wanted %d", status, wanted);
    CHECK_IN(strstr(dirichlet_estimator_message(estimator), text) != NULL, "%s lacks %s",
             dirichlet_estimator_message(estimator), text);
}

static void wrong_groups(void **state)
{
    static struct grouped g;
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    dirichlet_estimator *made[2] = {NULL};
    (void)state;
    make_grouped(&g, &arrangements[2]);
    dirichlet_estimator *estimator = create_conditional(&g.f);
    const batch_view batch = batch_of(&g, 0, 10);
    g.groups[7] = GROUPS;
    expect_batch_refused(estimator, &batch, DIRICHLET_E_RANGE, "groups[7] is 4");
    g.groups[7] = INT64_MAX;
    expect_batch_refused(estimator, &batch, DIRICHLET_E_RANGE, "groups[7] is 9");
    g.groups[7] = INT64_MIN;
    CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_group_result(estimator, -1, &result) == DIRICHLET_E_RANGE);
    CHECK(dirichlet_estimator_group_result(estimator, GROUPS, &result) == DIRICHLET_E_RANGE);
    CHECK(dirichlet_estimator_group_result(estimator, 0, NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_group_result(NULL, 0, &result) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_group_result(estimator, GROUPS - 1, &result) == DIRICHLET_E_NO_DATA);
    result.struct_size = 3;
    CHECK(dirichlet_estimator_group_result(estimator, 0, &result) == DIRICHLET_E_STRUCT_SIZE);
    result.struct_size = sizeof result;
    for (int64_t groups = 0; groups < 2; groups++) { /* other numbers of groups do not mix */
        g.f.options.groups = groups;
        made[groups] = create_conditional(&g.f);
        CHECK(dirichlet_estimator_merge(estimator, made[groups]) == DIRICHLET_E_MISMATCH);
        CHECK(strstr(dirichlet_estimator_message(estimator), "groups") != NULL);
        CHECK(dirichlet_estimator_merge(made[groups], estimator) == DIRICHLET_E_MISMATCH);
    }
    g.groups[7] = 0;
    expect_batch_refused(made[0], &batch, DIRICHLET_E_RANGE, "groups[");
    CHECK(dirichlet_estimator_group_result(made[0], 0, &result) == DIRICHLET_E_RANGE);
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++)
        g.groups[i] = -1;
    CHECK(PRECISION(dirichlet_estimator_update_batch)(made[0], &batch) == DIRICHLET_OK);
    dirichlet_estimator_destroy(estimator);
    dirichlet_estimator_destroy(made[0]);
    dirichlet_estimator_destroy(made[1]);
}

static void wrong_number_of_groups(void **state)
{
    static const int64_t numbers[] = {-1, INT64_MIN, (INT64_C(1) << 20) + 1, INT64_MAX};
    static struct conditional_fixture f;
    dirichlet_estimator *estimator = NULL;
    (void)state;
    make_conditional(&f, &arrangements[2]);
    const model_table model = PRECISION(conditional_model)(&f.c, f.callbacks);
    for (int i = 0; i < 4; i++) {
        f.options.groups = numbers[i];
        CHECK(PRECISION(dirichlet_estimator_create)(&model, &f.options, &estimator, &f.error) ==
              DIRICHLET_E_RANGE);
        CHECK(estimator == NULL && strstr(f.error.message, "options.groups") != NULL);
    }
}

static int run_grouped_tests(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_apart),           cmocka_unit_test(groups_that_skip),
        cmocka_unit_test(groups_travel),          cmocka_unit_test(groups_of_failed_updates),
        cmocka_unit_test(groups_of_a_population), cmocka_unit_test(wrong_groups),
        cmocka_unit_test(wrong_number_of_groups)};
    return check_report(name, cmocka_run_group_tests(tests, NULL, NULL));
}

#endif
