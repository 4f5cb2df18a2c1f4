/* What an update tells of its progress: every number is that of an estimator which has seen just
 * the samples so far. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/sine_model.h"
#include "support/subject.h"

#define MOST 256

struct heard {
    int64_t calls;
    int64_t cancel_at; /* 0: never */
    dirichlet_estimator *estimator;
    dirichlet_progress last[MOST];
};

static int32_t hear(const dirichlet_progress *progress, void *user)
{
    struct heard *heard = user;
    CHECK(progress->struct_size == sizeof *progress && heard->calls < MOST);
    if (heard->estimator != NULL)
        CHECK(dirichlet_estimator_seek(heard->estimator, 3) == DIRICHLET_E_BUSY);
    heard->last[heard->calls++] = *progress;
    return heard->calls == heard->cancel_at ? 12345 : 0;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Of an estimator without progress that was given the first rows. */
static void expect_progress(struct subject *subject, const dirichlet_progress *at, int64_t rows,
                            const char *name)
{
    dirichlet_result result = {.struct_size = sizeof result, .value = NAN, .standard_error = NAN};
    dirichlet_estimator *estimator = NULL;
    subject->options.progress = NULL;
    CHECK(subject_create(subject, &estimator) == DIRICHLET_OK);
    CHECK(subject_update(subject, estimator, 0, rows, subject->weights, NULL) == DIRICHLET_OK);
    (void)dirichlet_estimator_result(estimator, &result);
    CHECK_IN(at->samples == result.samples && at->skipped == result.skipped,
             "%s, %d rows: %d samples, %d skipped", name, (int)rows, (int)at->samples,
             (int)at->skipped);
    CHECK(at->products == result.products);
    CHECK_IN(same_number(at->value, result.value), "%s: %.17g, not %.17g", name, at->value,
             result.value);
    CHECK_IN(same_number(at->standard_error, result.standard_error), "%s: %.17g, not %.17g", name,
             at->standard_error, result.standard_error);
    dirichlet_estimator_destroy(estimator);
}

/* Two updates, tiles of 16 rows, some samples skipped. */
static void numbers(void **state)
{
    (void)state;
    static struct subject subject;
    static struct heard heard;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            dirichlet_estimator *estimator = NULL;
            int64_t rows = 0;
            memset(&heard, 0, sizeof heard);
            subject_make(a, precision, &subject);
            subject.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
            subject.options.population = 200;
            subject.options.progress = hear;
            subject.options.progress_user = &heard;
            subject.sine.max_samples = 16;
            for (int64_t i = 7; i < SUBJECT_ROWS; i += 31)
                subject_set(&subject, i, 1, NAN);
            CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
            heard.estimator = estimator;
            CHECK(subject_update(&subject, estimator, 0, 60, subject.weights, NULL) ==
                  DIRICHLET_OK);
            const int64_t first = heard.calls;
            CHECK(subject_update(&subject, estimator, 60, 40, subject.weights, NULL) ==
                  DIRICHLET_OK);
            dirichlet_estimator_destroy(estimator);
            heard.estimator = NULL;
            CHECK_IN(first > 1 && heard.calls > first + 1, "%s: %d, %d calls", a->name, (int)first,
                     (int)heard.calls);
            for (int64_t c = 0; c < heard.calls; c++) {
                const dirichlet_progress *at = &heard.last[c];
                CHECK_IN(at->samples + at->skipped > rows, "%s: %d", a->name, (int)c);
                rows = at->samples + at->skipped;
                expect_progress(&subject, at, rows, a->name);
                /* of the first update 60 rows, of the second those that were used, and 40 more */
                CHECK_IN(at->total == (c < first ? 60 : heard.last[first - 1].samples + 40),
                         "%s: %d", a->name, (int)at->total);
            }
            CHECK(rows == 100 && heard.last[first - 1].samples < 60);
        }
}

/* Not more than may be used, and none behind that. */
static void capped(void **state)
{
    (void)state;
    static struct subject subject;
    static struct heard heard;
    dirichlet_estimator *estimator = NULL;
    memset(&heard, 0, sizeof heard);
    subject_make(&arrangements[2], 64, &subject);
    subject.options.max_samples = 50;
    subject.options.progress = hear;
    subject.options.progress_user = &heard;
    subject.sine.max_samples = 16;
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    CHECK(subject_update(&subject, estimator, 0, 100, NULL, NULL) == DIRICHLET_OK);
    for (int64_t c = 0; c < heard.calls; c++)
        CHECK(heard.last[c].total == 50 && heard.last[c].samples <= 50);
    CHECK(heard.last[heard.calls - 1].samples == 50);
    const int64_t calls = heard.calls;
    CHECK(subject_update(&subject, estimator, 100, 20, NULL, NULL) == DIRICHLET_OK);
    CHECK(heard.calls == calls);
    dirichlet_estimator_destroy(estimator);
}

/* Before there is a sample there is no value. */
static void nothing_yet(void **state)
{
    (void)state;
    static struct subject subject;
    static struct heard heard;
    dirichlet_estimator *estimator = NULL;
    memset(&heard, 0, sizeof heard);
    subject_make(&arrangements[2], 64, &subject);
    subject.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
    subject.options.progress = hear;
    subject.options.progress_user = &heard;
    subject.sine.max_samples = 1;
    subject_set(&subject, 0, 0, NAN);
    subject_set(&subject, 1, 0, NAN);
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    CHECK(subject_update(&subject, estimator, 0, 4, NULL, NULL) == DIRICHLET_OK);
    CHECK(heard.calls >= 1);
    for (int64_t c = 0; c < heard.calls; c++) {
        const dirichlet_progress *at = &heard.last[c];
        CHECK((at->samples == 0) == isnan(at->value));
        CHECK(at->samples > 1 || isnan(at->standard_error));
    }
    dirichlet_estimator_destroy(estimator);
}

/* A copy tells the same listener; one from bytes has none. */
static void copies(void **state)
{
    (void)state;
    static struct subject subject;
    static struct heard heard;
    dirichlet_estimator *made[2] = {NULL, NULL};
    memset(&heard, 0, sizeof heard);
    subject_make(&arrangements[2], 64, &subject);
    subject.options.progress = hear;
    subject.options.progress_user = &heard;
    CHECK(subject_create(&subject, &made[0]) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_clone(made[0], &made[1]) == DIRICHLET_OK);
    heard.cancel_at = 1;
    CHECK(subject_update(&subject, made[1], 0, 4, NULL, NULL) == DIRICHLET_E_CANCELLED);
    CHECK(last_error(made[1]).callback_code == 12345 && last_error(made[1]).sample == -1);
    CHECK(last_error(made[0]).status == DIRICHLET_OK);
    CHECK(subject_update(&subject, made[1], 0, 4, NULL, NULL) == DIRICHLET_OK);
    CHECK(heard.calls == 2 && heard.last[1].samples == 4);
    dirichlet_estimator_destroy(made[0]);
    dirichlet_estimator_destroy(made[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(capped),
                                       cmocka_unit_test(nothing_yet), cmocka_unit_test(copies)};
    return check_report("unit.progress", cmocka_run_group_tests(tests, NULL, NULL));
}
