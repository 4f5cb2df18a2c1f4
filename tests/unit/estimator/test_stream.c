/* The life of an estimator: reset, seek, clone, merge, skip, progress, one call. */
#include <math.h>
#include <string.h>

#include "support/check.h"
#include "support/subject.h"

static dirichlet_estimator *create(struct subject *subject)
{
    dirichlet_estimator *estimator = NULL;
    const dirichlet_status status = subject_create(subject, &estimator);
    CHECK_IN(status == DIRICHLET_OK, "%s", subject->error.message);
    return estimator;
}

static bool same_state(const dirichlet_estimator *a, const dirichlet_estimator *b)
{
    const struct bytes left = bytes_of(a);
    const struct bytes right = bytes_of(b);
    return bytes_equal(&left, &right);
}

static void reset_seek_clone(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            subject_make(&arrangements[a], precision, &subject);
            subject.options.first_sample = 40;
            dirichlet_estimator *straight = create(&subject);
            dirichlet_estimator *other = create(&subject);
            const struct bytes empty = bytes_of(other);
            dirichlet_result result = {.struct_size = sizeof result};
            CHECK(dirichlet_estimator_result(other, &result) == DIRICHLET_E_NO_DATA);
            CHECK(subject_update(&subject, straight, 0, 60, NULL, NULL) == DIRICHLET_OK);
            CHECK(subject_update(&subject, other, 5, 50, NULL, NULL) == DIRICHLET_OK);
            CHECK(!same_state(straight, other));
            CHECK(dirichlet_estimator_reset(other) == DIRICHLET_OK);
            const struct bytes again = bytes_of(other);
            CHECK(bytes_equal(&empty, &again));
            /* Out of order, each part at its own indices. */
            CHECK(dirichlet_estimator_seek(other, 60) == DIRICHLET_OK);
            CHECK(subject_update(&subject, other, 20, 40, NULL, NULL) == DIRICHLET_OK);
            CHECK(dirichlet_estimator_seek(other, 40) == DIRICHLET_OK);
            CHECK(subject_update(&subject, other, 0, 20, NULL, NULL) == DIRICHLET_OK);
            CHECK(dirichlet_estimator_seek(other, 100) == DIRICHLET_OK);
            CHECK(same_state(straight, other));
            dirichlet_estimator *copy = NULL;
            CHECK(dirichlet_estimator_clone(straight, &copy) == DIRICHLET_OK);
            CHECK(same_state(straight, copy));
            CHECK(subject_update(&subject, copy, 60, 30, NULL, NULL) == DIRICHLET_OK);
            CHECK(same_state(straight, other) && !same_state(straight, copy));
            CHECK(subject_update(&subject, other, 60, 30, NULL, NULL) == DIRICHLET_OK);
            CHECK(same_state(other, copy));
            dirichlet_estimator_destroy(straight);
            dirichlet_estimator_destroy(other);
            dirichlet_estimator_destroy(copy);
        }
}

/* Parts measured apart and merged, in any order and nesting, with one that is empty. */
static void merged_parts(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int order = 0; order < 4; order++) {
            dirichlet_estimator *parts[4];
            subject_make(&arrangements[a], order % 2 == 0 ? 64 : 32, &subject);
            dirichlet_estimator *whole = create(&subject);
            CHECK(subject_feed(&subject, whole, 45, subject.weights, NULL) == DIRICHLET_OK);
            for (int64_t i = 0; i < 4; i++) {
                subject.options.first_sample = i < 3 ? 50 * i : 0;
                parts[i] = create(&subject);
                const int64_t count = i == 0 || i == 1 ? 50 : i == 2 ? SUBJECT_ROWS - 100 : 0;
                CHECK(subject_update(&subject, parts[i], 50 * i, count, subject.weights, NULL) ==
                      DIRICHLET_OK);
            }
            dirichlet_estimator *target = parts[3]; /* empty, first sample 0 */
            if (order < 2) {
                for (int i = 0; i < 3; i++)
                    CHECK(dirichlet_estimator_merge(target, parts[order == 0 ? i : 2 - i]) ==
                          DIRICHLET_OK);
            } else {
                CHECK(dirichlet_estimator_merge(parts[order - 2], parts[2]) == DIRICHLET_OK);
                CHECK(dirichlet_estimator_merge(target, parts[3 - order]) == DIRICHLET_OK);
                CHECK(dirichlet_estimator_merge(target, parts[order - 2]) == DIRICHLET_OK);
            }
            CHECK_IN(same_state(whole, target), "%s, order %d", arrangements[a].name, order);
            for (int i = 0; i < 4; i++)
                dirichlet_estimator_destroy(parts[i]);
            dirichlet_estimator_destroy(whole);
        }
}

/* Every way in which two estimators do not belong together, by name. */
static void mismatches(void **state)
{
    (void)state;
    static struct subject base;
    static struct subject other;
    const struct arrangement *sphere = &arrangements[8];
    const struct arrangement shapes[] = {{"inputs", DIRICHLET_METHOD_SPHERE, SINE_VJP, 3, 4, 4},
                                         {"outputs", DIRICHLET_METHOD_SPHERE, SINE_VJP, 3, 5, 3},
                                         {"method", DIRICHLET_METHOD_GAUSSIAN, SINE_VJP, 3, 5, 4},
                                         {"probes", DIRICHLET_METHOD_SPHERE, SINE_VJP, 2, 5, 4},
                                         {"probes", DIRICHLET_METHOD_SPHERE, SINE_JVP, 3, 5, 4}};
    subject_make(sphere, 64, &base);
    dirichlet_estimator *target = create(&base);
    CHECK(subject_update(&base, target, 0, 20, NULL, NULL) == DIRICHLET_OK);
    const struct bytes before = bytes_of(target);
    for (int i = 0; i < 8; i++) {
        const char *named = i < 5    ? shapes[i].name
                            : i == 5 ? "precision"
                            : i == 6 ? "seed"
                                     : "population";
        subject_make(i < 5 ? &shapes[i] : sphere, i == 5 ? 32 : 64, &other);
        other.options.seed += i == 6;
        other.options.population += i == 7;
        dirichlet_estimator *source = create(&other);
        CHECK(subject_update(&other, source, 20, 20, NULL, NULL) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_merge(target, source) == DIRICHLET_E_MISMATCH);
        CHECK_IN(strstr(dirichlet_estimator_message(target), named) != NULL, "%s lacks %s",
                 dirichlet_estimator_message(target), named);
        const struct bytes after = bytes_of(target);
        CHECK(bytes_equal(&before, &after));
        dirichlet_estimator_destroy(source);
    }
    CHECK(dirichlet_estimator_merge(target, target) == DIRICHLET_E_RANGE);
    CHECK(dirichlet_estimator_merge(target, NULL) == DIRICHLET_E_NULL);
    CHECK(strstr(dirichlet_estimator_message(target), "source") != NULL);
    CHECK(dirichlet_estimator_merge(NULL, target) == DIRICHLET_E_NULL);
    dirichlet_estimator_destroy(target);
}

/* 8 and 9 products of Hutch++ differ in the sketch alone. */
static void mismatched_sketch(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_estimator *made[2] = {NULL, NULL};
    subject_make(&arrangements[19], 64, &subject);
    for (int i = 0; i < 2; i++) {
        subject.options.probes = 8 + i;
        CHECK(subject_create(&subject, &made[i]) == DIRICHLET_OK);
    }
    CHECK(dirichlet_estimator_merge(made[0], made[1]) == DIRICHLET_E_MISMATCH);
    CHECK(strstr(dirichlet_estimator_message(made[0]), "probes") != NULL);
    dirichlet_estimator_destroy(made[0]);
    dirichlet_estimator_destroy(made[1]);
}

/* Exact energies are the same however they were found. */
static void exact_by_other_callbacks(void **state)
{
    (void)state;
    static struct subject subject;
    const int32_t callbacks[] = {SINE_ENERGIES, SINE_VJP, SINE_JVP, SINE_NORMS};
    for (int shape = 0; shape < 2; shape++)
        for (int a = 0; a < 4; a++)
            for (int b = 0; b < 4; b++) {
                const int64_t inputs = shape == 0 ? 5 : 3;
                const struct arrangement arrangement = {
                    "exact", DIRICHLET_METHOD_EXACT, 0, 9 * b, inputs, 8 - inputs};
                dirichlet_estimator *made[2] = {NULL, NULL};
                subject_make(&arrangement, 64, &subject);
                for (int i = 0; i < 2; i++) {
                    subject.callbacks = callbacks[i == 0 ? a : b];
                    CHECK(subject_create(&subject, &made[i]) == DIRICHLET_OK);
                    CHECK(dirichlet_estimator_seek(made[i], 20 * i) == DIRICHLET_OK);
                    CHECK(subject_update(&subject, made[i], 20 * i, 20, NULL, NULL) ==
                          DIRICHLET_OK);
                }
                CHECK_IN(dirichlet_estimator_merge(made[0], made[1]) == DIRICHLET_OK, "%d %d: %s",
                         a, b, dirichlet_estimator_message(made[0]));
                dirichlet_estimator_destroy(made[0]);
                dirichlet_estimator_destroy(made[1]);
            }
}

/* Weights that fit in each, not in both together. */
static void weights_too_large_together(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_estimator *made[2] = {NULL, NULL};
    subject_make(&arrangements[0], 64, &subject);
    subject.weights[0] = 1.7e308;
    for (int i = 0; i < SUBJECT_WIDTH; i++)
        subject_set(&subject, 0, i, acos(0.0));
    for (int i = 0; i < 2; i++) {
        CHECK(subject_create(&subject, &made[i]) == DIRICHLET_OK);
        CHECK(subject_update(&subject, made[i], 0, 1, subject.weights, NULL) == DIRICHLET_OK);
    }
    const struct bytes before = bytes_of(made[0]);
    CHECK(dirichlet_estimator_merge(made[0], made[1]) == DIRICHLET_E_OVERFLOW);
    const struct bytes after = bytes_of(made[0]);
    CHECK(bytes_equal(&before, &after));
    dirichlet_estimator_destroy(made[0]);
    dirichlet_estimator_destroy(made[1]);
}

/* Samples that are not finite: refused with their index, or left out and counted. */
static void not_finite(void **state)
{
    (void)state;
    static struct subject subject;
    const double values[] = {NAN, INFINITY, -INFINITY};
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int v = 0; v < 3; v++)
            for (int64_t row = 0; row < 30; row += 29) {
                char named[40];
                double energies[30];
                double clean[30];
                subject_make(&arrangements[a], v == 1 ? 32 : 64, &subject);
                subject.options.first_sample = 1000;
                dirichlet_estimator *estimator = create(&subject);
                CHECK(subject_update(&subject, estimator, 0, 30, NULL, clean) == DIRICHLET_OK);
                CHECK(dirichlet_estimator_reset(estimator) == DIRICHLET_OK);
                const struct bytes before = bytes_of(estimator);
                subject_set(&subject, row, subject.sine.inputs - 1, values[v]);
                for (int i = 0; i < 30; i++)
                    energies[i] = -4.0;
                CHECK(subject_update(&subject, estimator, 0, 30, NULL, energies) ==
                      DIRICHLET_E_NOT_FINITE);
                snprintf(named, sizeof named, "sample %d", 1000 + (int)row);
                CHECK(strstr(dirichlet_estimator_message(estimator), named) != NULL);
                const struct bytes after = bytes_of(estimator);
                CHECK(bytes_equal(&before, &after) && energies[0] == -4.0);
                dirichlet_estimator_destroy(estimator);
                subject.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
                estimator = create(&subject);
                CHECK(subject_update(&subject, estimator, 0, 30, NULL, energies) == DIRICHLET_OK);
                for (int i = 0; i < 30; i++)
                    CHECK(i == row ? isnan(energies[i]) : energies[i] == clean[i]);
                dirichlet_result result = {.struct_size = sizeof result};
                CHECK(dirichlet_estimator_result(estimator, &result) == DIRICHLET_OK);
                CHECK(result.samples == 29 && result.skipped == 1 && isfinite(result.value));
                dirichlet_estimator_destroy(estimator);
            }
}

struct progress {
    int64_t calls;
    int64_t last;
    int64_t cancel_at;
    bool rising;
};

static int32_t watch(const dirichlet_progress *so_far, void *user)
{
    struct progress *progress = user;
    progress->calls++;
    progress->rising = progress->rising && so_far->samples > progress->last;
    progress->last = so_far->samples;
    return progress->calls == progress->cancel_at ? -77 : 0;
}

static void progress_and_cancel(void **state)
{
    (void)state;
    static struct subject subject;
    struct progress progress = {.rising = true};
    subject_make(&arrangements[2], 64, &subject);
    subject.sine.max_samples = 16;
    subject.options.progress = watch;
    subject.options.progress_user = &progress;
    dirichlet_estimator *estimator = create(&subject);
    CHECK(subject_update(&subject, estimator, 0, 100, NULL, NULL) == DIRICHLET_OK);
    CHECK(progress.calls == 7 && progress.last == 100 && progress.rising);
    const struct bytes before = bytes_of(estimator);
    for (int64_t at = 1; at <= 4; at++) {
        double energies[60] = {-1.0};
        progress.calls = 0;
        progress.last = 100;
        progress.cancel_at = at;
        CHECK(subject_update(&subject, estimator, 100, 60, NULL, energies) ==
              DIRICHLET_E_CANCELLED);
        CHECK(progress.calls == at && progress.rising && energies[0] == -1.0);
        CHECK(last_error(estimator).callback_code == -77);
        CHECK(last_error(estimator).status == DIRICHLET_E_CANCELLED);
        CHECK(strstr(dirichlet_estimator_message(estimator), "progress") != NULL);
        const struct bytes after = bytes_of(estimator);
        CHECK(bytes_equal(&before, &after));
    }
    progress.cancel_at = 0;
    progress.last = 100;
    CHECK(subject_update(&subject, estimator, 100, 60, NULL, NULL) == DIRICHLET_OK);
    CHECK(progress.last == 160 && progress.rising);
    dirichlet_estimator_destroy(estimator);
}

/* dirichlet_measure is create, update, result, destroy. */
static void one_call(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            double energies[2][SUBJECT_ROWS];
            dirichlet_result results[2];
            memset(results, 0, sizeof results);
            results[0].struct_size = results[1].struct_size = sizeof results[0];
            subject_make(&arrangements[a], precision, &subject);
            subject.options.max_samples = 100;
            for (int i = 0; i < SUBJECT_ROWS; i++)
                energies[0][i] = energies[1][i] = -3.0;
            dirichlet_estimator *estimator = create(&subject);
            CHECK(subject_update(&subject, estimator, 0, SUBJECT_ROWS, subject.weights,
                                 energies[0]) == DIRICHLET_OK);
            CHECK(dirichlet_estimator_result(estimator, &results[0]) == DIRICHLET_OK);
            dirichlet_estimator_destroy(estimator);
            CHECK(subject_measure(&subject, SUBJECT_ROWS, subject.weights, &results[1],
                                  energies[1]) == DIRICHLET_OK);
            CHECK(subject.error.message[0] == '\0');
            CHECK(memcmp(&results[0], &results[1], sizeof results[0]) == 0);
            CHECK(memcmp(energies[0], energies[1], sizeof energies[0]) == 0);
            CHECK(energies[0][99] >= 0.0 && energies[0][100] == -3.0);
            CHECK(results[0].stop_reason == DIRICHLET_STOP_SAMPLES);
        }
}

/* Where the result fails, so does the call, and nothing has been handed out. */
static void one_call_fails(void **state)
{
    (void)state;
    static struct subject subject;
    for (int which = 0; which < 3; which++) {
        double energies[SUBJECT_ROWS];
        dirichlet_result result = {.struct_size = sizeof result, .value = -5.0};
        subject_make(&arrangements[which == 1 ? 21 : 0], 64, &subject);
        memset(subject.weights, 0, sizeof subject.weights);
        if (which == 1) /* a flat place: all differences are rounding */
            for (int row = 0; row < SUBJECT_ROWS; row++)
                for (int i = 0; i < 5; i++)
                    subject_set(&subject, row, i, acos(0.0));
        for (int i = 0; i < SUBJECT_ROWS; i++)
            energies[i] = -3.0;
        const dirichlet_status status =
            subject_measure(&subject, which == 2 ? 0 : SUBJECT_ROWS,
                            which == 0 ? subject.weights : NULL, &result, energies);
        CHECK(status == (which == 1 ? DIRICHLET_E_NOISE : DIRICHLET_E_NO_DATA));
        CHECK(result.value == -5.0 && subject.error.message[0] != '\0');
        for (int i = 0; i < SUBJECT_ROWS; i++)
            CHECK(energies[i] == -3.0);
    }
}

static void messages(void **state)
{
    (void)state;
    static struct subject subject;
    subject_make(&arrangements[2], 64, &subject);
    dirichlet_estimator *estimator = create(&subject);
    const float x[5] = {0};
    CHECK(strcmp(dirichlet_estimator_message(estimator), "") == 0);
    CHECK(last_error(estimator).status == DIRICHLET_OK);
    CHECK(last_error(estimator).callback_code == 0 && last_error(estimator).sample == -1);
    CHECK(dirichlet_estimator_update_f32(estimator, 1, x, NULL, NULL) == DIRICHLET_E_PRECISION);
    CHECK(strstr(dirichlet_estimator_message(estimator), "precision") != NULL);
    CHECK(subject_update(&subject, estimator, 0, 3, NULL, NULL) == DIRICHLET_OK);
    CHECK(strstr(dirichlet_estimator_message(estimator), "precision") != NULL);
    CHECK(dirichlet_estimator_seek(estimator, -1) == DIRICHLET_E_RANGE);
    CHECK(strstr(dirichlet_estimator_message(estimator), "sample_index") != NULL);
    dirichlet_estimator *copy = NULL;
    CHECK(dirichlet_estimator_clone(estimator, &copy) == DIRICHLET_OK);
    CHECK(strcmp(dirichlet_estimator_message(copy), "") == 0);
    dirichlet_estimator_destroy(copy);
    dirichlet_estimator_destroy(estimator);
    CHECK(strcmp(dirichlet_estimator_message(NULL), "") == 0);
    CHECK(dirichlet_estimator_stopped(NULL) == 0);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    CHECK(dirichlet_estimator_last_error(NULL, &error) == DIRICHLET_E_NULL);
    dirichlet_estimator_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reset_seek_clone),
                                       cmocka_unit_test(merged_parts),
                                       cmocka_unit_test(mismatches),
                                       cmocka_unit_test(mismatched_sketch),
                                       cmocka_unit_test(exact_by_other_callbacks),
                                       cmocka_unit_test(weights_too_large_together),
                                       cmocka_unit_test(not_finite),
                                       cmocka_unit_test(progress_and_cancel),
                                       cmocka_unit_test(one_call),
                                       cmocka_unit_test(one_call_fails),
                                       cmocka_unit_test(messages)};
    return check_report("unit.stream", cmocka_run_group_tests(tests, NULL, NULL));
}
