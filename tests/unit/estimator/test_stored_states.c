/* States that earlier versions wrote are read, and say what they said. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "state_bytes.h"
#include "stored_states.h"
#include "support/check.h"
#include "support/subject.h"

static dirichlet_estimator *read_stored(const struct stored_state *stored)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = NULL;
    const dirichlet_status status =
        dirichlet_estimator_deserialize(stored->bytes, stored->size, NULL, &estimator, &error);
    CHECK_IN(status == DIRICHLET_OK, "%s: %s", stored->name, error.message);
    return estimator;
}

static void expect_number(double got, double wanted, bool known, const struct stored_state *stored)
{
    CHECK_IN(known ? fabs(got - wanted) <= 4e-16 * fabs(wanted) : isnan(got),
             "%s: %.17g, wanted %.17g", stored->name, got, wanted);
}

static void expect_result(const dirichlet_estimator *estimator, const struct stored_state *stored)
{
    const dirichlet_result *wanted = &stored->result;
    const bool known = stored->errors_unknown == 0;
    dirichlet_result got = DIRICHLET_INIT(dirichlet_result);
    CHECK(dirichlet_estimator_result(estimator, &got) == DIRICHLET_OK);
    expect_number(got.value, wanted->value, true, stored);
    expect_number(got.standard_error, wanted->standard_error, known, stored);
    expect_number(got.standard_error_data, wanted->standard_error_data, true, stored);
    expect_number(got.standard_error_probes, wanted->standard_error_probes, true, stored);
    expect_number(got.standard_error_differences, wanted->standard_error_differences, known,
                  stored);
    expect_number(got.lower, wanted->lower, known, stored);
    expect_number(got.upper, wanted->upper, known, stored);
    expect_number(got.noise, wanted->noise, true, stored);
    CHECK(got.samples == wanted->samples && got.skipped == wanted->skipped);
    CHECK(got.products == wanted->products && got.method == stored->method);
}

static void say_what_they_said(void **state)
{
    (void)state;
    for (int i = 0; i < STORED_STATE_COUNT; i++) {
        dirichlet_estimator *estimator = read_stored(&stored_states[i]);
        expect_result(estimator, &stored_states[i]);
        dirichlet_estimator_destroy(estimator);
    }
}

static void describe_themselves(void **state)
{
    (void)state;
    for (int i = 0; i < STORED_STATE_COUNT; i++) {
        const struct stored_state *stored = &stored_states[i];
        dirichlet_estimator_description d = DIRICHLET_INIT(dirichlet_estimator_description);
        dirichlet_estimator *estimator = read_stored(stored);
        CHECK(dirichlet_estimator_describe(estimator, &d) == DIRICHLET_OK);
        CHECK_IN(d.state_format == stored->format, "%s: %d", stored->name, d.state_format);
        CHECK(d.inputs == 3 && d.outputs == 3 && d.seed == 77 && d.first_sample == 5);
        CHECK(d.next_sample == (stored->method == DIRICHLET_METHOD_EXACT ? 14 : 17));
        CHECK(d.population == (stored->method == DIRICHLET_METHOD_EXACT ? 0 : 40));
        CHECK(d.confidence == 0.9 && d.method == stored->method && d.groups == 0);
        CHECK(d.element_size == stored->element_size && d.has_model == 0);
        CHECK(d.workspace_bytes == 0 && d.tile_samples == 0);
        CHECK(d.errors_unknown == stored->errors_unknown);
        dirichlet_estimator_destroy(estimator);
    }
}

/* Written again in the present format, read back, copied: still the same. */
static void travel_on(void **state)
{
    (void)state;
    for (int i = 0; i < STORED_STATE_COUNT; i++) {
        const struct stored_state *stored = &stored_states[i];
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
        dirichlet_estimator *made[3] = {read_stored(stored), NULL, NULL};
        const struct bytes bytes = bytes_of(made[0]);
        CHECK_IN(read_back(&bytes, &made[1], &error) == DIRICHLET_OK, "%s: %s", stored->name,
                 error.message);
        CHECK(dirichlet_estimator_clone(made[1], &made[2]) == DIRICHLET_OK);
        const struct bytes again = bytes_of(made[2]);
        CHECK(bytes_equal(&bytes, &again));
        for (int k = 0; k < 3; k++) {
            expect_result(made[k], stored);
            dirichlet_estimator_destroy(made[k]);
        }
    }
}

/* Two of them: twice the weight, the same mean. */
static void merge(void **state)
{
    (void)state;
    for (int i = 0; i < STORED_STATE_COUNT; i++)
        for (int k = 0; k < STORED_STATE_COUNT; k++) {
            const struct stored_state *one = &stored_states[i];
            const struct stored_state *other = &stored_states[k];
            dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
            dirichlet_estimator *made[2] = {read_stored(one), read_stored(other)};
            const bool fit =
                one->method == other->method && one->errors_unknown == other->errors_unknown;
            const dirichlet_status status = dirichlet_estimator_merge(made[0], made[1]);
            CHECK_IN(status == (fit ? DIRICHLET_OK : DIRICHLET_E_MISMATCH), "%s, %s: %s", one->name,
                     other->name, dirichlet_estimator_message(made[0]));
            CHECK(dirichlet_estimator_result(made[0], &result) == DIRICHLET_OK);
            CHECK(result.samples == (fit ? 2 : 1) * one->result.samples);
            CHECK(fabs(result.value - one->result.value) <= 4e-16 * result.value);
            dirichlet_estimator_destroy(made[0]);
            dirichlet_estimator_destroy(made[1]);
        }
}

static int32_t squares(int64_t first, int64_t samples, int64_t directions, const double *x,
                       const double *u, double *jtu, void *user)
{
    (void)first, (void)u, (void)user;
    for (int64_t i = 0; i < samples * directions * 3; i++)
        jtu[i] = x[i / (3 * directions) * 3];
    return 0;
}

static int32_t sums(int64_t first, int64_t samples, int64_t points, const double *x, double *y,
                    void *user)
{
    (void)first, (void)user;
    for (int64_t i = 0; i < samples * points * 3; i++)
        y[i] = x[i / 3 * 3];
    return 0;
}

/* To go on measuring, as their options were: probes do; of differences nobody knows the step. */
static void merged_into_live_ones(void **state)
{
    (void)state;
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = 3, .outputs = 3, .forward = sums, .vjp = squares};
    const double x[3] = {1.0, 2.0, 3.0};
    for (int i = 0; i < STORED_STATE_COUNT; i++) {
        const struct stored_state *stored = &stored_states[i];
        const bool differences = stored->method == DIRICHLET_METHOD_FINITE_DIFFERENCE;
        const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                     .method = stored->method,
                                                     .probes = differences ? 2 : 3,
                                                     .seed = 77,
                                                     .population = 40};
        dirichlet_estimator *live = NULL;
        dirichlet_estimator *old = read_stored(stored);
        dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
        if (stored->element_size == 4) { /* in single precision */
            dirichlet_estimator_destroy(old);
            continue;
        }
        CHECK(dirichlet_estimator_create_f64(&model, &options, &live, NULL) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_merge(live, old) ==
              (differences ? DIRICHLET_E_MISMATCH : DIRICHLET_OK));
        if (!differences) {
            CHECK(dirichlet_estimator_update_f64(live, 1, x, NULL, NULL) == DIRICHLET_OK);
            CHECK(dirichlet_estimator_result(live, &result) == DIRICHLET_OK);
            CHECK(result.samples == stored->result.samples + 1);
            const double weight = result.weight_sum - 1.0; /* of the old samples */
            const double wanted = (weight * stored->result.value + 3.0) / result.weight_sum;
            CHECK_IN(fabs(result.value - wanted) <= 1e-14 * wanted, "%.17g, not %.17g",
                     result.value, wanted);
        }
        dirichlet_estimator_destroy(live);
        dirichlet_estimator_destroy(old);
    }
}

/* Damaged ones are refused as those of the present format are. */
static void damaged(void **state)
{
    (void)state;
    for (int i = 0; i < STORED_STATE_COUNT; i++) {
        const struct stored_state *stored = &stored_states[i];
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
        for (size_t place = 0; place < stored->size; place++) {
            unsigned char bytes[512];
            memcpy(bytes, stored->bytes, stored->size);
            bytes[place] ^= 0x10;
            const dirichlet_status status = try_bytes(bytes, stored->size, &error);
            CHECK_IN(status == DIRICHLET_E_CORRUPT || status == DIRICHLET_E_FORMAT,
                     "%s, byte %d: %d", stored->name, (int)place, status);
            CHECK(try_bytes(stored->bytes, place, &error) != DIRICHLET_OK);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(say_what_they_said),
                                       cmocka_unit_test(describe_themselves),
                                       cmocka_unit_test(travel_on),
                                       cmocka_unit_test(merge),
                                       cmocka_unit_test(merged_into_live_ones),
                                       cmocka_unit_test(damaged)};
    return check_report("unit.stored_states", cmocka_run_group_tests(tests, NULL, NULL));
}
