/* Numbers that are none, or hardly: NaN, infinities, the largest, subnormal, -0 and
 * negative ones, at the first, middle and last element of what every callback writes, of
 * the data and of the weights. Never OK with a result that is not finite. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet/regularizer.h"
#include "support/check.h"
#include "support/subject.h"

#define ROWS 20
#define FIRST_SAMPLE 300

static const double poisons[] = {NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, 5e-324, -0.0, -1.0};
#define POISON_COUNT (sizeof poisons / sizeof *poisons)

static bool is_finite_number(double value)
{
    return isfinite(value) != 0;
}

/* In single precision the largest is FLT_MAX, the subnormal 2^-149. */
static double poison_for(const struct subject *subject, size_t i)
{
    if (subject->precision == 64 || subject->callbacks == SINE_ENERGIES ||
        subject->callbacks == SINE_NORMS)
        return poisons[i];
    return i == 3 ? FLT_MAX : i == 4 ? -FLT_MAX : i == 5 ? 0x1p-149 : poisons[i];
}

/* A result that was OK: everything finite but the upper end, which may be too large. */
static void check_finite(const dirichlet_result *result)
{
    CHECK(is_finite_number(result->value) && is_finite_number(result->weight_sum));
    CHECK(is_finite_number(result->min_energy) && is_finite_number(result->max_energy));
    CHECK(result->min_energy <= result->value && result->value <= result->max_energy);
    CHECK(is_finite_number(result->standard_error) && result->standard_error >= 0.0);
    CHECK(is_finite_number(result->standard_error_data));
    CHECK(is_finite_number(result->standard_error_probes));
    CHECK(is_finite_number(result->noise));
    CHECK(is_finite_number(result->lower) && result->lower <= result->value);
    CHECK(result->upper >= result->value);
}

static void check_result(const dirichlet_estimator *estimator, int64_t skipped)
{
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_status status = dirichlet_estimator_result(estimator, &result);
    CHECK(status == DIRICHLET_OK || status == DIRICHLET_E_NOISE);
    if (status == DIRICHLET_OK) {
        check_finite(&result);
        CHECK(result.skipped == skipped && result.samples == ROWS - skipped);
    }
}

struct run {
    dirichlet_status status;
    dirichlet_estimator *estimator;
    double energies[ROWS];
};

static struct run run(struct subject *subject, const double *weights)
{
    struct run run = {.status = DIRICHLET_OK};
    subject->sine.calls = 0;
    CHECK(subject_create(subject, &run.estimator) == DIRICHLET_OK);
    run.status = subject_update(subject, run.estimator, 0, ROWS, weights, run.energies);
    return run;
}

static bool close_run(struct run *run, const struct bytes *wanted)
{
    const struct bytes bytes = bytes_of(run->estimator);
    dirichlet_estimator_destroy(run->estimator);
    return bytes_equal(&bytes, wanted);
}

/* All rows are in one call: its first element is of the first sample, its last of the last. */
static void check_named_sample(const dirichlet_estimator *estimator, enum sine_place place)
{
    const char *message = dirichlet_estimator_message(estimator);
    const char *named = strstr(message, "sample ");
    CHECK(named != NULL);
    const long sample = strtol(named + strlen("sample "), NULL, 10);
    dirichlet_error error = {.struct_size = sizeof error};
    CHECK(dirichlet_estimator_last_error(estimator, &error) == DIRICHLET_OK);
    CHECK_IN(error.sample == sample, "%s", message);
    CHECK_IN(place == SINE_MIDDLE ? sample > FIRST_SAMPLE && sample < FIRST_SAMPLE + ROWS - 1
                                  : sample == FIRST_SAMPLE + (place == SINE_LAST ? ROWS - 1 : 0),
             "%s", message);
}

/* One poisoned output, with both ways to treat it. */
static void poison_output(struct subject *subject, const struct bytes *empty, size_t which,
                          const char *name)
{
    const double poison = poison_for(subject, which);
    const bool negative =
        poison < 0.0 && (subject->callbacks == SINE_ENERGIES || subject->callbacks == SINE_NORMS);
    subject->sine.poison = poison;
    subject->options.on_nonfinite = DIRICHLET_NONFINITE_FAIL;
    struct run failing = run(subject, NULL);
    if (!isfinite(poison))
        CHECK_IN(failing.status == DIRICHLET_E_NOT_FINITE, "%s: %g in call %d: %d", name, poison,
                 (int)subject->sine.poison_at, failing.status);
    else if (negative)
        CHECK(failing.status == DIRICHLET_E_RANGE || failing.status == DIRICHLET_E_NOT_FINITE);
    else
        CHECK(failing.status == DIRICHLET_OK || failing.status == DIRICHLET_E_NOT_FINITE);
    if (failing.status == DIRICHLET_OK)
        check_result(failing.estimator, 0);
    else
        check_named_sample(failing.estimator, subject->sine.place);
    const dirichlet_status status = failing.status;
    CHECK(close_run(&failing, empty) == (status != DIRICHLET_OK));
    subject->options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
    struct run skipping = run(subject, NULL);
    CHECK(skipping.status == (status == DIRICHLET_E_NOT_FINITE ? DIRICHLET_OK : status));
    if (skipping.status == DIRICHLET_OK)
        check_result(skipping.estimator, status == DIRICHLET_E_NOT_FINITE);
    int64_t spoilt = 0;
    for (int i = 0; i < ROWS && skipping.status == DIRICHLET_OK; i++)
        spoilt += isnan(skipping.energies[i]);
    CHECK(spoilt == (status == DIRICHLET_E_NOT_FINITE));
    dirichlet_estimator_destroy(skipping.estimator);
}

static void outputs(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            subject_make(&arrangements[a], precision, &subject);
            subject.options.first_sample = FIRST_SAMPLE;
            struct run clean = run(&subject, NULL);
            CHECK(clean.status == DIRICHLET_OK);
            const int64_t calls = subject.sine.calls;
            dirichlet_estimator_reset(clean.estimator);
            const struct bytes empty = bytes_of(clean.estimator);
            dirichlet_estimator_destroy(clean.estimator);
            for (int64_t at = 1; at <= calls; at++)
                for (int place = SINE_FIRST; place <= SINE_LAST; place++)
                    for (size_t p = 0; p < POISON_COUNT; p++) {
                        subject.sine.poison_at = at;
                        subject.sine.place = (enum sine_place)place;
                        poison_output(&subject, &empty, p, arrangements[a].name);
                    }
        }
}

/* A callback that returns success and writes nothing. */
static void unwritten(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            subject_make(&arrangements[a], precision, &subject);
            subject.sine.max_samples = 8;
            struct run clean = run(&subject, NULL);
            const int64_t calls = subject.sine.calls;
            dirichlet_estimator_destroy(clean.estimator);
            for (int64_t at = 1; at <= calls; at++) {
                subject.sine.silent_at = at;
                struct run silent = run(&subject, NULL);
                CHECK_IN(silent.status == DIRICHLET_E_NOT_FINITE, "%s, call %d: %d",
                         arrangements[a].name, (int)at, silent.status);
                dirichlet_estimator_destroy(silent.estimator);
            }
        }
}

static void data(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32)
            for (int place = 0; place < 3; place++)
                for (size_t p = 0; p < POISON_COUNT; p++) {
                    subject_make(&arrangements[a], precision, &subject);
                    const int64_t last = ROWS * subject.sine.inputs - 1;
                    const int64_t element = place == 0 ? 0 : place == 1 ? last / 2 : last;
                    double poison = poisons[p];
                    if (precision == 32 && isfinite(poison) && fabs(poison) > FLT_MAX)
                        poison = copysign(FLT_MAX, poison);
                    subject_set(&subject, 0, element, poison);
                    struct run failing = run(&subject, NULL);
                    if (!isfinite(poison))
                        CHECK(failing.status == DIRICHLET_E_NOT_FINITE);
                    else
                        CHECK(failing.status == DIRICHLET_OK ||
                              (fabs(poison) > 1.0 && failing.status == DIRICHLET_E_NOT_FINITE));
                    if (failing.status == DIRICHLET_OK)
                        check_result(failing.estimator, 0);
                    const bool spoilt = failing.status != DIRICHLET_OK;
                    dirichlet_estimator_destroy(failing.estimator);
                    subject.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
                    struct run skipping = run(&subject, NULL);
                    CHECK(skipping.status == DIRICHLET_OK);
                    check_result(skipping.estimator, spoilt);
                    dirichlet_estimator_destroy(skipping.estimator);
                }
}

static void weights(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int place = 0; place < 3; place++)
            for (size_t p = 0; p < POISON_COUNT; p++) {
                subject_make(&arrangements[a], 64, &subject);
                subject.weights[place == 0 ? 0 : place == 1 ? ROWS / 2 : ROWS - 1] = poisons[p];
                struct run got = run(&subject, subject.weights);
                if (!isfinite(poisons[p]))
                    CHECK(got.status == DIRICHLET_E_NOT_FINITE);
                else if (poisons[p] < 0.0)
                    CHECK(got.status == DIRICHLET_E_RANGE);
                else if (poisons[p] == DBL_MAX)
                    CHECK(got.status == DIRICHLET_OK || got.status == DIRICHLET_E_OVERFLOW);
                else
                    CHECK(got.status == DIRICHLET_OK);
                if (got.status == DIRICHLET_OK)
                    check_result(got.estimator, 0);
                else
                    CHECK(strstr(dirichlet_estimator_message(got.estimator), "weights[") != NULL);
                dirichlet_estimator_destroy(got.estimator);
            }
}

/* All weights subnormal: w e is rounded to a few bits, the value stays in its range. */
static void subnormal_weights(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        subject_make(&arrangements[a], 64, &subject);
        for (int i = 0; i < ROWS; i++)
            subject.weights[i] = (double)(1 + i % 4) * 0x1p-1074;
        struct run got = run(&subject, subject.weights);
        CHECK(got.status == DIRICHLET_OK);
        check_result(got.estimator, 0);
        dirichlet_estimator_destroy(got.estimator);
    }
}

/* A model whose derivatives do not show what x holds, like that of a saturated unit. */
static int32_t constant_energies(int64_t first, int64_t samples, const double *x, double *energies,
                                 void *user)
{
    (void)first, (void)x, (void)user;
    for (int64_t i = 0; i < samples; i++)
        energies[i] = 2.0;
    return 0;
}

static int32_t constant_product(int64_t first, int64_t samples, int64_t directions, const double *x,
                                const double *u, double *products, void *user)
{
    (void)first, (void)x, (void)u, (void)user;
    for (int64_t i = 0; i < samples * directions * 3; i++)
        products[i] = 1.0;
    return 0;
}

static void data_that_derivatives_hide(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++)
        for (int place = 0; place < 12; place++) {
            const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                               .inputs = 3,
                                               .outputs = 2,
                                               .energies = side == 0 ? constant_energies : NULL,
                                               .vjp = side == 1 ? constant_product : NULL};
            dirichlet_estimator_options options = {.struct_size = sizeof options};
            dirichlet_result result = {.struct_size = sizeof result};
            dirichlet_jacobian_norms norms = {.struct_size = sizeof norms};
            dirichlet_error error = {.struct_size = sizeof error};
            char wanted[32];
            double x[12] = {0.0};
            x[place] = place % 2 == 0 ? NAN : INFINITY;
            (void)snprintf(wanted, sizeof wanted, "sample %d", place / 3);
            CHECK(dirichlet_measure_f64(&model, 4, x, NULL, &options, &result, NULL, &error) ==
                  DIRICHLET_E_NOT_FINITE);
            CHECK_IN(strstr(error.message, wanted) != NULL, "%s", error.message);
            CHECK(error.status == DIRICHLET_E_NOT_FINITE && error.sample == place / 3);
            options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
            CHECK(dirichlet_measure_f64(&model, 4, x, NULL, &options, &result, NULL, NULL) ==
                  DIRICHLET_OK);
            CHECK(result.samples == 3 && result.skipped == 1);
            if (side == 1)
                CHECK(dirichlet_jacobian_norms_f64(&model, 4, x, NULL, NULL, &norms, NULL) ==
                      DIRICHLET_E_NOT_FINITE);
        }
}

/* Rows of which a callback leaves the first or the last element unwritten. */
struct partial {
    int64_t first; /* so many are left out at the beginning of a row */
    int64_t last;  /* and so many at its end */
    int64_t size;
};

static int32_t write_part(int64_t rows, double *output, const struct partial *partial)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = partial->first; j < partial->size - partial->last; j++)
            output[i * partial->size + j] = 1.0;
    return 0;
}

static int32_t partial_forward(int64_t first, int64_t samples, int64_t points, const double *x,
                               double *y, void *user)
{
    (void)first, (void)x;
    return write_part(samples * points, y, user);
}

static int32_t partial_product(int64_t first, int64_t samples, int64_t directions, const double *x,
                               const double *u, double *products, void *user)
{
    (void)first, (void)x, (void)u;
    return write_part(samples * directions, products, user);
}

static void partly_written_rows(void **state)
{
    (void)state;
    const double x[12] = {0.5};
    for (int side = 0; side < 3; side++)
        for (int end = 0; end < 2; end++) {
            struct partial partial = {end == 0, end == 1, 3};
            const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                               .inputs = 3,
                                               .outputs = 3,
                                               .forward = side == 0 ? partial_forward : NULL,
                                               .vjp = side == 1 ? partial_product : NULL,
                                               .jvp = side == 2 ? partial_product : NULL,
                                               .user = &partial};
            dirichlet_result result = {.struct_size = sizeof result};
            dirichlet_jacobian_norms norms = {.struct_size = sizeof norms};
            CHECK(dirichlet_measure_f64(&model, 4, x, NULL, NULL, &result, NULL, NULL) ==
                  DIRICHLET_E_NOT_FINITE);
            dirichlet_penalty_result value = {.struct_size = sizeof value};
            CHECK((side == 0 ? dirichlet_energy_penalty_f64(&model, 4, x, NULL, 1.0, &value, NULL)
                             : dirichlet_jacobian_norms_f64(&model, 4, x, NULL, NULL, &norms,
                                                            NULL)) == DIRICHLET_E_NOT_FINITE);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(outputs),
                                       cmocka_unit_test(unwritten),
                                       cmocka_unit_test(partly_written_rows),
                                       cmocka_unit_test(data_that_derivatives_hide),
                                       cmocka_unit_test(data),
                                       cmocka_unit_test(weights),
                                       cmocka_unit_test(subnormal_weights)};
    return check_report("fault.poison", cmocka_run_group_tests(tests, NULL, NULL));
}
