/* States of finite differences, format 3, and what version 0.1 wrote, format 1. */
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

/* The first digit of the sum at `place`, moved by `digits`; an empty one is as it is. */
static void shift_sum(struct bytes *bytes, size_t place, uint64_t digits)
{
    if (get(bytes, place + 4, 4) > 0)
        put(bytes, place, 4, get(bytes, place, 4) + digits);
}

/* As version 0.1 wrote it: of the two sums of fourth powers one, 64 digits further up, and nothing
 * behind the noise. */
static struct bytes of_version_0_1(const struct bytes *bytes)
{
    struct bytes old = *bytes;
    const size_t small = end_of_sums(bytes, 6);
    const size_t large = end_of_sums(bytes, 7);
    const size_t end = end_of_sums(bytes, 9);
    memcpy(old.data + small, bytes->data + large, end - large);
    shift_sum(&old, small, 64);
    old.size = small + (end - large) + 8;
    put(&old, FORMAT, 4, 1);
    put(&old, SIZE, 8, old.size);
    rehash(&old);
    return old;
}

static int32_t steep_vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                         const double *u, double *jtu, void *user)
{
    (void)first;
    (void)user;
    for (int64_t i = 0; i < samples * directions; i++)
        for (int64_t j = 0; j < 3; j++)
            jtu[i * 3 + j] = (u[2 * i] + (double)(j + 1) * u[2 * i + 1]) * x[i / directions * 3];
    return 0;
}

/* All of what it says, interval and degrees of freedom too. */
static void old_probes(void **state)
{
    (void)state;
    static const double x[15] = {10, 0, 0, 21, 0, 0, 32, 0, 0, 43, 0, 0, 54, 0, 0};
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = 3, .outputs = 2, .vjp = steep_vjp};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_SPHERE,
                                                 .probes = 3,
                                                 .population = 5};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *now = NULL;
    dirichlet_estimator *before = NULL;
    dirichlet_result results[2] = {{.struct_size = sizeof results[0]},
                                   {.struct_size = sizeof results[1]}};
    CHECK(dirichlet_estimator_create_f64(&model, &options, &now, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_update_f64(now, 5, x, NULL, NULL) == DIRICHLET_OK);
    const struct bytes bytes = bytes_of(now);
    CHECK(get(&bytes, FORMAT, 4) == 2);
    const struct bytes old = of_version_0_1(&bytes);
    CHECK_IN(read_back(&old, &before, &error) == DIRICHLET_OK, "%s", error.message);
    CHECK(dirichlet_estimator_result(now, &results[0]) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_result(before, &results[1]) == DIRICHLET_OK);
    CHECK(results[0].standard_error > 0.0 && results[0].lower < results[0].value);
    CHECK(memcmp(&results[0], &results[1], sizeof results[0]) == 0);
    const struct bytes again = bytes_of(before);
    CHECK(bytes_equal(&again, &bytes));
    dirichlet_estimator_destroy(now);
    dirichlet_estimator_destroy(before);
}

/* Read, with its value, but no error; kept so; not merged with new ones. */
static void old_differences(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *now = some_differences(&subject);
    dirichlet_estimator *before = NULL;
    dirichlet_estimator *copy = NULL;
    dirichlet_result results[2] = {{.struct_size = sizeof results[0]},
                                   {.struct_size = sizeof results[1]}};
    const struct bytes bytes = bytes_of(now);
    CHECK(get(&bytes, FORMAT, 4) == 3);
    const struct bytes old = of_version_0_1(&bytes);
    CHECK_IN(read_back(&old, &before, &error) == DIRICHLET_OK, "%s", error.message);
    CHECK(dirichlet_estimator_result(now, &results[0]) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_result(before, &results[1]) == DIRICHLET_OK);
    CHECK(results[0].value == results[1].value && results[0].noise == results[1].noise);
    CHECK(results[0].standard_error_differences > 0.0 && results[0].min_step > 0.0);
    CHECK(isnan(results[1].standard_error_differences) && isnan(results[1].standard_error));
    CHECK(isnan(results[1].lower) && isnan(results[1].upper));
    CHECK(dirichlet_estimator_clone(before, &copy) == DIRICHLET_OK);
    const struct bytes again = bytes_of(copy);
    CHECK(get(&again, FORMAT, 4) == 2); /* its errors stay unknown */
    dirichlet_estimator *third = NULL;
    CHECK_IN(read_back(&again, &third, &error) == DIRICHLET_OK, "%s", error.message);
    const struct bytes same = bytes_of(third);
    CHECK(bytes_equal(&again, &same));
    dirichlet_estimator_destroy(third);
    CHECK(dirichlet_estimator_merge(now, before) == DIRICHLET_E_MISMATCH);
    CHECK(strstr(dirichlet_estimator_message(now), "format") != NULL);
    CHECK(dirichlet_estimator_merge(before, now) == DIRICHLET_E_MISMATCH);
    CHECK(dirichlet_estimator_merge(before, copy) == DIRICHLET_OK);
    dirichlet_estimator_destroy(now);
    dirichlet_estimator_destroy(before);
    dirichlet_estimator_destroy(copy);
}

/* Noise and steps that cannot be. */
static void hostile_differences(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = some_differences(&subject);
    const struct bytes whole = bytes_of(estimator);
    const size_t place = end_of_sums(&whole, 9);
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(old_probes),
                                       cmocka_unit_test(old_differences),
                                       cmocka_unit_test(hostile_differences)};
    return check_report("unit.serialize_differences", cmocka_run_group_tests(tests, NULL, NULL));
}
