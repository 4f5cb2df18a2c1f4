/* The section of finite differences, and of what steps they may be merged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "state_bytes.h"
#include "support/check.h"
#include "support/subject.h"

/* Finite differences of a few samples. */
#define DIFFERENCE_ARRANGEMENT 21

static size_t end_of_sums(const struct bytes *bytes, int count)
{
    size_t place = SUMS;
    for (int i = 0; i < count; i++)
        place += 8 + 4 * (size_t)get(bytes, place + 4, 4);
    return place;
}

static dirichlet_estimator *some_differences(struct subject *subject)
{
    dirichlet_estimator *estimator = NULL;
    subject_make(&arrangements[DIFFERENCE_ARRANGEMENT], 64, subject);
    CHECK(subject_create(subject, &estimator) == DIRICHLET_OK);
    CHECK(subject_update(subject, estimator, 0, 30, NULL, NULL) == DIRICHLET_OK);
    return estimator;
}

/* Noise and steps that cannot be. */
static void hostile_differences(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = some_differences(&subject);
    const struct bytes whole = bytes_of(estimator);
    const size_t place = end_of_sums(&whole, 9) + SECTION_HEAD;
    const double wrong[3][5] = {{NAN, INFINITY, -1.0, -0.5, -INFINITY},
                                {NAN, INFINITY, -1.0, 0.0, 1e3},
                                {NAN, INFINITY, -1.0, 0.0, 1e-9}};
    for (size_t field = 0; field < 3; field++)
        for (int i = 0; i < 5; i++) {
            struct bytes bytes = whole;
            put(&bytes, place + 8 * field, 8, bits_of(wrong[field][i]));
            rehash(&bytes);
            CHECK_IN(try_bytes(bytes.data, bytes.size, &error) == DIRICHLET_E_CORRUPT,
                     "field %d: %g", (int)field, wrong[field][i]);
        }
    dirichlet_estimator_destroy(estimator);
}

/* Without its section nothing is known of their errors. */
static void without_section(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator_description d = DIRICHLET_INIT(dirichlet_estimator_description);
    dirichlet_result results[2] = {DIRICHLET_INIT(dirichlet_result),
                                   DIRICHLET_INIT(dirichlet_result)};
    dirichlet_estimator *now = some_differences(&subject);
    dirichlet_estimator *less = NULL;
    struct bytes bytes = bytes_of(now);
    bytes.size = end_of_sums(&bytes, 9) + 8;
    put(&bytes, SIZE, 8, bytes.size);
    rehash(&bytes);
    CHECK_IN(read_back(&bytes, &less, &error) == DIRICHLET_OK, "%s", error.message);
    CHECK(dirichlet_estimator_describe(less, &d) == DIRICHLET_OK && d.errors_unknown == 1);
    CHECK(dirichlet_estimator_result(now, &results[0]) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_result(less, &results[1]) == DIRICHLET_OK);
    CHECK(results[0].value == results[1].value && isnan(results[1].standard_error));
    CHECK(isnan(results[1].lower) && isnan(results[1].upper));
    const struct bytes again = bytes_of(less);
    CHECK(bytes_equal(&again, &bytes));
    CHECK(dirichlet_estimator_merge(now, less) == DIRICHLET_E_MISMATCH);
    CHECK(strstr(dirichlet_estimator_message(now), "format") != NULL);
    CHECK(dirichlet_estimator_merge(less, now) == DIRICHLET_E_MISMATCH);
    dirichlet_estimator_destroy(now);
    dirichlet_estimator_destroy(less);
}

/* Neither live ones nor those from bytes. */
static void steps_that_differ(void **state)
{
    (void)state;
    static struct subject subject;
    static const struct {
        double step, noise;
    } told[] = {{0.0, 0.0}, {0x1p-12, 0.0}, {0x1p-13, 0.0}, {0.0, 1e-7}, {0.0, 1e-6}};
    dirichlet_estimator *made[5] = {NULL};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    for (int i = 0; i < 5; i++) {
        subject_make(&arrangements[DIFFERENCE_ARRANGEMENT], 64, &subject);
        subject.options.step = told[i].step;
        subject.options.forward_noise = told[i].noise;
        CHECK(subject_create(&subject, &made[i]) == DIRICHLET_OK);
        CHECK(subject_update(&subject, made[i], 0, 20, NULL, NULL) == DIRICHLET_OK);
    }
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++) {
            dirichlet_estimator *source = NULL;
            const struct bytes before = bytes_of(made[i]);
            const struct bytes bytes = bytes_of(made[k]);
            CHECK_IN(read_back(&bytes, &source, &error) == DIRICHLET_OK, "%s", error.message);
            CHECK(dirichlet_estimator_merge(made[i], source) ==
                  (i == k ? DIRICHLET_OK : DIRICHLET_E_MISMATCH));
            if (i != k) {
                const bool steps = told[i].step != told[k].step;
                const struct bytes after = bytes_of(made[i]);
                CHECK(bytes_equal(&before, &after));
                CHECK(strstr(dirichlet_estimator_message(made[i]),
                             steps ? "step" : "forward_noise") != NULL);
                CHECK(dirichlet_estimator_merge(made[i], made[k]) == DIRICHLET_E_MISMATCH);
            }
            dirichlet_estimator_destroy(source);
        }
    for (int i = 0; i < 5; i++)
        dirichlet_estimator_destroy(made[i]);
}

/* Of all other methods they say nothing. */
static void steps_of_other_methods(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_estimator *made[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        subject_make(&arrangements[5], 64, &subject);
        subject.options.step = i * 0x1p-12;
        CHECK(subject_create(&subject, &made[i]) == DIRICHLET_OK);
    }
    CHECK(dirichlet_estimator_merge(made[0], made[1]) == DIRICHLET_OK);
    dirichlet_estimator_destroy(made[0]);
    dirichlet_estimator_destroy(made[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_differences), cmocka_unit_test(without_section),
        cmocka_unit_test(steps_that_differ), cmocka_unit_test(steps_of_other_methods)};
    return check_report("unit.serialize_differences", cmocka_run_group_tests(tests, NULL, NULL));
}
