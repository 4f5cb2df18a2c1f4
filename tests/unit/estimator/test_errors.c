/* dirichlet_error: who may pass what, and what is in it. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/random.h"
#include "dirichlet/regularizer.h"
#include "support/check.h"
#include "support/dense_subject.h"
#include "support/sine_model.h"
#include "support/subject.h"

/* Every function that takes an error, called rightly or with a number out of its range. */

static struct sine sine;
static double x[5] = {0.1, 0.2, 0.3, 0.4, 0.5};
static double numbers[64];
static const dirichlet_parameter_f64 parameter = {.struct_size = sizeof parameter,
                                                  .values = x,
                                                  .rows = 1,
                                                  .columns = 5,
                                                  .row_stride = 5,
                                                  .column_stride = 1};

static dirichlet_status call_create(bool wrong, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP);
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .first_sample = wrong ? -1 : 0};
    dirichlet_estimator *estimator = NULL;
    const dirichlet_status status =
        dirichlet_estimator_create_f64(&model, &options, &estimator, error);
    CHECK((estimator != NULL) == (status == DIRICHLET_OK));
    dirichlet_estimator_destroy(estimator);
    return status;
}

static dirichlet_status call_measure(bool wrong, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP);
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    return dirichlet_measure_f64(&model, wrong ? -1 : 1, x, NULL, NULL, &result, NULL, error);
}

static dirichlet_status call_deserialize(bool wrong, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP);
    dirichlet_estimator *made[2] = {NULL, NULL};
    CHECK(dirichlet_estimator_create_f64(&model, NULL, &made[0], NULL) == DIRICHLET_OK);
    const struct bytes bytes = bytes_of(made[0]);
    const dirichlet_status status = dirichlet_estimator_deserialize(
        bytes.data, bytes.size - (wrong ? 1 : 0), NULL, &made[1], error);
    CHECK((made[1] != NULL) == (status == DIRICHLET_OK));
    dirichlet_estimator_destroy(made[0]);
    dirichlet_estimator_destroy(made[1]);
    return status;
}

static dirichlet_status call_dense(bool wrong, dirichlet_error *error)
{
    static struct dense_subject subject;
    dirichlet_dense_f64 *network = NULL;
    dense_subject_make(&subject);
    const dirichlet_status status = dirichlet_dense_create_f64(
        subject.layers_f64, wrong ? 0 : DENSE_LAYERS, NULL, &network, error);
    CHECK((network != NULL) == (status == DIRICHLET_OK));
    dirichlet_dense_destroy_f64(network);
    return status;
}

static dirichlet_status call_initialize(bool wrong, dirichlet_error *error)
{
    return dirichlet_initialize_f64(NULL, wrong ? -1 : 0, 3, 2, numbers, 3, 1, NULL, 0, error);
}

static dirichlet_status call_variance(bool wrong, dirichlet_error *error)
{
    return dirichlet_initialization_variance(NULL, wrong ? 0 : 3, 2, numbers, error);
}

static dirichlet_status call_expected(bool wrong, dirichlet_error *error)
{
    const int64_t widths[] = {3, 2};
    return dirichlet_expected_energy(NULL, widths, wrong ? 0 : 1, 0.0, numbers, error);
}

static dirichlet_status call_labels(bool wrong, dirichlet_error *error)
{
    int64_t labels[] = {0, 1};
    return dirichlet_noise_labels(1, 0, 0, 2, wrong ? 1 : 2, 0.5, labels, NULL, error);
}

static dirichlet_status call_noise(bool wrong, dirichlet_error *error)
{
    return dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 1, wrong ? -1 : 0, 0, 2, 2, 0.5, numbers,
                                   error);
}

static dirichlet_status call_norm(bool wrong, dirichlet_error *error)
{
    const dirichlet_parameter_norm_options options = {.struct_size = sizeof options,
                                                      .norm = DIRICHLET_NORM_L1};
    return dirichlet_parameter_norm_f64(&parameter, wrong ? -1 : 1, &options, 1.0, NULL, error);
}

static dirichlet_status call_spectral(bool wrong, dirichlet_error *error)
{
    dirichlet_singular_f64 singular = {.struct_size = sizeof singular, .vector = numbers};
    return dirichlet_spectral_penalty_f64(&parameter, wrong ? -1 : 1, &singular, NULL, 1.0, NULL,
                                          error);
}

static dirichlet_status call_operator(bool wrong, dirichlet_error *error)
{
    dirichlet_spectral_result result = DIRICHLET_INIT(dirichlet_spectral_result);
    return dirichlet_operator_norm_f64(x, wrong ? 0 : 1, 5, 5, 1, NULL, NULL, &result, error);
}

static dirichlet_status call_jacobians(bool wrong, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP);
    dirichlet_jacobian_norms result = DIRICHLET_INIT(dirichlet_jacobian_norms);
    return dirichlet_jacobian_norms_f64(&model, wrong ? -1 : 1, x, NULL, NULL, &result, error);
}

static dirichlet_status call_penalty(bool wrong, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_FORWARD);
    return dirichlet_energy_penalty_f64(&model, wrong ? -1 : 1, x, NULL, 1.0, NULL, error);
}

static dirichlet_status call_penalty_batch(bool wrong, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_FORWARD);
    const dirichlet_batch_f64 batch = {
        .struct_size = sizeof batch, .samples = wrong ? -1 : 1, .x = x};
    return dirichlet_energy_penalty_batch_f64(&model, &batch, NULL, 1.0, NULL, error);
}

static int32_t flat_gradient(const double *theta, double *loss, double *gradient, void *user)
{
    (void)user;
    *loss = 0.5 * theta[0] * theta[0];
    gradient[0] = theta[0];
    return 0;
}

static dirichlet_status call_flatness(bool wrong, dirichlet_error *error)
{
    const dirichlet_objective_f64 objective = {
        .struct_size = sizeof objective, .parameters = 1, .gradient = flat_gradient};
    return dirichlet_flatness_penalty_f64(&objective, x, wrong ? -1.0 : 0.5, 1.0, NULL, NULL, NULL,
                                          error);
}

static const struct function {
    const char *name;
    dirichlet_status (*call)(bool wrong, dirichlet_error *error);
    dirichlet_status wanted;
} functions[] = {{"create", call_create, DIRICHLET_E_RANGE},
                 {"measure", call_measure, DIRICHLET_E_RANGE},
                 {"deserialize", call_deserialize, DIRICHLET_E_CORRUPT},
                 {"dense_create", call_dense, DIRICHLET_E_RANGE},
                 {"initialize", call_initialize, DIRICHLET_E_RANGE},
                 {"initialization_variance", call_variance, DIRICHLET_E_RANGE},
                 {"expected_energy", call_expected, DIRICHLET_E_RANGE},
                 {"noise_labels", call_labels, DIRICHLET_E_RANGE},
                 {"noise_add", call_noise, DIRICHLET_E_RANGE},
                 {"parameter_norm", call_norm, DIRICHLET_E_RANGE},
                 {"spectral_penalty", call_spectral, DIRICHLET_E_RANGE},
                 {"operator_norm", call_operator, DIRICHLET_E_RANGE},
                 {"jacobian_norms", call_jacobians, DIRICHLET_E_RANGE},
                 {"energy_penalty", call_penalty, DIRICHLET_E_RANGE},
                 {"energy_penalty_batch", call_penalty_batch, DIRICHLET_E_RANGE},
                 {"flatness_penalty", call_flatness, DIRICHLET_E_RANGE}};

#define FOR_EVERY_FUNCTION(f)                                                                      \
    for (const struct function *f = functions;                                                     \
         f < functions + sizeof functions / sizeof *functions; f++)

static dirichlet_error filled(size_t size)
{
    dirichlet_error error;
    memset(&error, 0x6b, sizeof error);
    error.struct_size = size;
    return error;
}

static void expect_no_numbers(const dirichlet_error *error, const char *name)
{
    CHECK_IN(error->callback_code == 0 && error->sample == -1 && error->least_bytes == 0,
             "%s: %d, %lld, %llu", name, error->callback_code, (long long)error->sample,
             (unsigned long long)error->least_bytes);
}

/* Written in full by both, cleared by success; not needed. */
static void success_and_failure(void **state)
{
    (void)state;
    sine = sine_make(5, 3);
    FOR_EVERY_FUNCTION(f)
    {
        dirichlet_error error = filled(sizeof error);
        CHECK_IN(f->call(true, &error) == f->wanted, "%s: %d", f->name, error.status);
        CHECK(error.status == f->wanted && error.struct_size == sizeof error);
        CHECK(error.message[0] != '\0' && strlen(error.message) < sizeof error.message);
        expect_no_numbers(&error, f->name);
        CHECK_IN(f->call(false, &error) == DIRICHLET_OK, "%s: %s", f->name, error.message);
        CHECK(error.status == DIRICHLET_OK && error.message[0] == '\0');
        CHECK(error.struct_size == sizeof error);
        expect_no_numbers(&error, f->name);
        CHECK(f->call(true, NULL) == f->wanted);
        CHECK(f->call(false, NULL) == DIRICHLET_OK);
    }
}

/* One that is too small is refused, as is none at all, and not written to. */
static void sizes(void **state)
{
    (void)state;
    static const size_t wrong[] = {0, 1, 8, 24, sizeof(dirichlet_error) - 1};
    sine = sine_make(5, 3);
    FOR_EVERY_FUNCTION(f)
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dirichlet_error error = filled(wrong[i]);
        const dirichlet_error before = error;
        CHECK_IN(f->call(false, &error) == DIRICHLET_E_STRUCT_SIZE, "%s, size %d", f->name,
                 (int)wrong[i]);
        CHECK(memcmp(&error, &before, sizeof error) == 0);
    }
}

/* A caller with a later version's, larger one gets what this one knows. */
static void later_version(void **state)
{
    (void)state;
    struct {
        dirichlet_error error;
        unsigned char more[40];
    } larger;
    sine = sine_make(5, 3);
    FOR_EVERY_FUNCTION(f)
    {
        memset(&larger, 0, sizeof larger);
        larger.error.struct_size = sizeof larger;
        CHECK_IN(f->call(true, &larger.error) == f->wanted, "%s", f->name);
        CHECK(larger.error.status == f->wanted && larger.error.struct_size == sizeof larger);
        for (size_t i = 0; i < sizeof larger.more; i++)
            CHECK(larger.more[i] == 0);
    }
}

static void last_errors(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_estimator *estimator = NULL;
    subject_make(&arrangements[2], 64, &subject);
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_last_error(estimator, NULL) == DIRICHLET_E_NULL);
    dirichlet_error error = filled(sizeof error - 1);
    const dirichlet_error before = error;
    CHECK(dirichlet_estimator_last_error(estimator, &error) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(memcmp(&error, &before, sizeof error) == 0);
    error.struct_size = sizeof error;
    CHECK(dirichlet_estimator_last_error(estimator, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_OK && error.message[0] == '\0');
    expect_no_numbers(&error, "before any failure");
    subject_set(&subject, 12, 1, INFINITY);
    CHECK(dirichlet_estimator_seek(estimator, 1000) == DIRICHLET_OK);
    CHECK(subject_update(&subject, estimator, 0, 30, NULL, NULL) == DIRICHLET_E_NOT_FINITE);
    error = last_error(estimator);
    CHECK(error.status == DIRICHLET_E_NOT_FINITE && error.sample == 1012);
    CHECK(error.callback_code == 0 && error.least_bytes == 0);
    CHECK(strcmp(error.message, dirichlet_estimator_message(estimator)) == 0);
    CHECK(dirichlet_estimator_seek(estimator, -1) == DIRICHLET_E_RANGE); /* no sample's fault */
    error = last_error(estimator);
    CHECK(error.status == DIRICHLET_E_RANGE && error.sample == -1);
    dirichlet_estimator_destroy(estimator);
}

/* The sample is named by every call that looks at samples, wherever its numbers go wrong. */
static void samples_at_fault(void **state)
{
    (void)state;
    static struct subject subject;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32)
            for (int64_t row = 0; row < 40; row += 13) {
                dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
                subject_make(a, precision, &subject);
                subject.options.first_sample = 500;
                subject_set(&subject, row, 0, NAN);
                CHECK(subject_measure(&subject, 40, NULL, &result, NULL) == DIRICHLET_E_NOT_FINITE);
                CHECK_IN(subject.error.sample == 500 + row, "%s: %lld", a->name,
                         (long long)subject.error.sample);
            }
}

/* The least budget that is named is the least. */
static void least_bytes(void **state)
{
    (void)state;
    static struct subject subject;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32)
            for (int64_t rows = 0; rows < 3; rows++) {
                dirichlet_estimator *estimator = NULL;
                subject_make(a, precision, &subject);
                subject.sine.max_samples = rows;
                subject.options.workspace_bytes = 1;
                CHECK(subject_create(&subject, &estimator) == DIRICHLET_E_WORKSPACE);
                const uint64_t least = subject.error.least_bytes;
                CHECK(least > 1 && subject.error.sample == -1);
                subject.options.workspace_bytes = (size_t)least - 1;
                CHECK(subject_create(&subject, &estimator) == DIRICHLET_E_WORKSPACE);
                CHECK(subject.error.least_bytes == least && estimator == NULL);
                subject.options.workspace_bytes = (size_t)least;
                CHECK_IN(subject_create(&subject, &estimator) == DIRICHLET_OK, "%s: %s", a->name,
                         subject.error.message);
                CHECK(subject.error.least_bytes == 0);
                CHECK(subject_feed(&subject, estimator, 33, NULL, NULL) == DIRICHLET_OK);
                dirichlet_estimator_destroy(estimator);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_and_failure), cmocka_unit_test(sizes),
        cmocka_unit_test(later_version),       cmocka_unit_test(last_errors),
        cmocka_unit_test(samples_at_fault),    cmocka_unit_test(least_bytes)};
    return check_report("unit.errors", cmocka_run_group_tests(tests, NULL, NULL));
}
