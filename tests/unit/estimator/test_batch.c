/* update_batch: deviations against their definition, and what a batch may not be. Strides,
 * indices and groups are in the tests of conditional models and of groups. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/sine_model.h"
#include "support/subject.h"
#include "support/table_model.h"

#define SAMPLES 50
#define OUTPUTS 6

/* Standard deviation of the mean of m norms, of which a fraction was drawn without replacement. */
static double deviation_of(const double *norms, int64_t m, double fraction)
{
    long double mean = 0;
    long double squares = 0;
    for (int64_t j = 0; j < m; j++)
        mean += norms[j] / (long double)m;
    for (int64_t j = 0; j < m; j++)
        squares += (norms[j] - mean) * (norms[j] - mean);
    return (double)sqrtl(squares / (long double)(m * (m - 1)) * (1 - (long double)fraction));
}

static void check_deviations(dirichlet_method method, int64_t m)
{
    static struct table table;
    static double x[SAMPLES];
    double energies[SAMPLES];
    double deviations[SAMPLES];
    table = (struct table){.spread = 0.3, .outputs = OUTPUTS};
    const dirichlet_model_f64 model = table_norms(&table);
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .method = method, .probes = m, .seed = 8};
    const bool apart = method == DIRICHLET_METHOD_SPHERE || method == DIRICHLET_METHOD_RADEMACHER;
    dirichlet_estimator *estimator = NULL;
    sine_data_f64(SAMPLES, 3, x);
    for (int i = 0; i < SAMPLES; i++)
        x[i] += 2.0;
    const dirichlet_batch_f64 batch = {.struct_size = sizeof batch,
                                       .samples = SAMPLES,
                                       .x = x,
                                       .energies = energies,
                                       .deviations = deviations};
    CHECK(dirichlet_estimator_create_f64(&model, &options, &estimator, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_update_batch_f64(estimator, &batch) == DIRICHLET_OK);
    CHECK(table.count == SAMPLES * m);
    for (int64_t i = 0; i < SAMPLES; i++) {
        const double wanted =
            deviation_of(table.norms + i * m, m, apart ? 0.0 : (double)m / OUTPUTS);
        if (m == 1)
            CHECK(isnan(deviations[i]));
        else if (!apart && m == OUTPUTS)
            CHECK(deviations[i] == 0.0);
        else
            CHECK_IN(fabs(deviations[i] - wanted) <= 1e-12 * wanted, "%s, m %d: %.17g, not %.17g",
                     dirichlet_method_name(method), (int)m, deviations[i], wanted);
    }
    dirichlet_estimator_destroy(estimator);
}

static void deviations_by_definition(void **state)
{
    (void)state;
    for (int64_t m = 1; m <= OUTPUTS; m++) {
        check_deviations(DIRICHLET_METHOD_RADEMACHER, m);
        check_deviations(DIRICHLET_METHOD_SPHERE, m);
        check_deviations(DIRICHLET_METHOD_ORTHOGONAL, m);
        check_deviations(DIRICHLET_METHOD_UNIT, m);
    }
}

/* Either precision's batch. */
static dirichlet_status update_rows(struct subject *subject, dirichlet_estimator *estimator,
                                    int64_t first, int64_t count, double *energies,
                                    double *deviations)
{
    const int64_t start = first * subject->sine.inputs;
    const dirichlet_batch_f64 wide = {.struct_size = sizeof wide,
                                      .samples = count,
                                      .x = subject->wide + start,
                                      .weights = subject->weights + first,
                                      .energies = energies,
                                      .deviations = deviations};
    const dirichlet_batch_f32 narrow = {.struct_size = sizeof narrow,
                                        .samples = count,
                                        .x = subject->narrow + start,
                                        .weights = subject->weights + first,
                                        .energies = energies,
                                        .deviations = deviations};
    return subject->precision == 64 ? dirichlet_estimator_update_batch_f64(estimator, &wide)
                                    : dirichlet_estimator_update_batch_f32(estimator, &narrow);
}

/* The result's error by probes is made of them: sum (w s)^2 = (error * sum w)^2. */
static void check_sum(const struct subject *subject, const dirichlet_estimator *estimator,
                      const double *deviations, const char *name)
{
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    double squares = 0.0;
    (void)dirichlet_estimator_result(estimator, &result);
    for (int i = 0; i < SUBJECT_ROWS; i++)
        squares += pow(subject->weights[i] * deviations[i], 2.0);
    const double wanted = sqrt(squares) / result.weight_sum;
    CHECK_IN(result.weight_sum > 0.0 &&
                 fabs(result.standard_error_probes - wanted) <= 1e-12 * wanted,
             "%s: %.17g, not %.17g", name, result.standard_error_probes, wanted);
}

/* By every method, in batches, and the same numbers without the energies. */
static void deviations_of_every_method(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            double energies[SUBJECT_ROWS];
            double deviations[2][SUBJECT_ROWS];
            dirichlet_estimator *made[2] = {NULL, NULL};
            subject_make(&arrangements[a], precision, &subject);
            for (int i = 0; i < 2; i++) {
                const int64_t size = i == 0 ? 40 : SUBJECT_ROWS;
                CHECK(subject_create(&subject, &made[i]) == DIRICHLET_OK);
                for (int64_t first = 0; first < SUBJECT_ROWS; first += size)
                    CHECK(update_rows(&subject, made[i], first, size,
                                      i == 0 ? energies + first : NULL,
                                      deviations[i] + first) == DIRICHLET_OK);
            }
            check_sum(&subject, made[0], deviations[0], arrangements[a].name);
            CHECK(memcmp(deviations[0], deviations[1], sizeof deviations[0]) == 0);
            for (int i = 0; i < SUBJECT_ROWS; i++) /* of signs they may all be the same */
                CHECK_IN(arrangements[a].method == DIRICHLET_METHOD_EXACT ||
                                 arrangements[a].probes == DIRICHLET_PROBES_ALL
                             ? deviations[0][i] == 0.0
                             : deviations[0][i] >= 0.0,
                         "%s: %g", arrangements[a].name, deviations[0][i]);
            dirichlet_estimator_destroy(made[0]);
            dirichlet_estimator_destroy(made[1]);
        }
}

/* Skipped, behind the end, and of failed updates. */
static void deviations_that_are_not(void **state)
{
    (void)state;
    static struct subject subject;
    double energies[SUBJECT_ROWS] = {0.0};
    double deviations[SUBJECT_ROWS] = {0.0};
    dirichlet_estimator *estimator = NULL;
    subject_make(&arrangements[5], 64, &subject);
    subject_set(&subject, 7, 2, NAN);
    subject.options.max_samples = 30;
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    CHECK(update_rows(&subject, estimator, 0, 40, energies, deviations) == DIRICHLET_E_NOT_FINITE);
    for (int i = 0; i < SUBJECT_ROWS; i++)
        CHECK(energies[i] == 0.0 && deviations[i] == 0.0);
    dirichlet_estimator_destroy(estimator);
    subject.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    CHECK(update_rows(&subject, estimator, 0, 40, energies, deviations) == DIRICHLET_OK);
    for (int i = 0; i < 40; i++)
        CHECK(i == 7   ? isnan(energies[i]) && isnan(deviations[i])
              : i < 31 ? energies[i] > 0.0 && deviations[i] > 0.0
                       : energies[i] == 0.0 && deviations[i] == 0.0);
    dirichlet_estimator_destroy(estimator);
}

static dirichlet_estimator *expecting;

static void refused(const dirichlet_batch_f64 *batch, dirichlet_status wanted, const char *text)
{
    const struct bytes before = bytes_of(expecting);
    const dirichlet_status status = dirichlet_estimator_update_batch_f64(expecting, batch);
    CHECK_IN(status == wanted, "%s: status %d, wanted %d", text, status, wanted);
    CHECK_IN(strstr(dirichlet_estimator_message(expecting), text) != NULL, "%s lacks %s",
             dirichlet_estimator_message(expecting), text);
    CHECK(last_error(expecting).status == wanted);
    const struct bytes after = bytes_of(expecting);
    CHECK(bytes_equal(&before, &after));
}

static void wrong_batches(void **state)
{
    (void)state;
    static struct subject subject;
    double weights[4] = {1.0, 1.0, 1.0, 1.0};
    double out[4] = {-5.0, -5.0, -5.0, -5.0};
    subject_make(&arrangements[2], 64, &subject);
    CHECK(subject_create(&subject, &expecting) == DIRICHLET_OK);
    const dirichlet_batch_f64 good = {.struct_size = sizeof good,
                                      .samples = 4,
                                      .x = subject.wide,
                                      .weights = weights,
                                      .energies = out,
                                      .deviations = out};
    const dirichlet_batch_f32 narrow = {
        .struct_size = sizeof narrow, .samples = 4, .x = subject.narrow};
#define BAD(field, value, status, text)                                                            \
    do {                                                                                           \
        dirichlet_batch_f64 bad = good;                                                            \
        bad.field = (value);                                                                       \
        refused(&bad, status, text);                                                               \
    } while (0)
    BAD(struct_size, 3, DIRICHLET_E_STRUCT_SIZE, "batch.struct_size is 3");
    BAD(samples, -1, DIRICHLET_E_RANGE, "samples is -1");
    BAD(samples, INT64_MAX, DIRICHLET_E_OVERFLOW, "");
    BAD(x, NULL, DIRICHLET_E_NULL, "x is NULL");
    BAD(row_stride, 4, DIRICHLET_E_SHAPE, "row_stride is 4");
    BAD(row_stride, -5, DIRICHLET_E_SHAPE, "row_stride is -5");
    BAD(row_stride, INT64_MAX, DIRICHLET_E_OVERFLOW, "");
    weights[2] = -0.5;
    refused(&good, DIRICHLET_E_RANGE, "weights[2] is negative");
    weights[2] = NAN;
    refused(&good, DIRICHLET_E_NOT_FINITE, "weights[2] is not finite");
    weights[2] = INFINITY;
    refused(&good, DIRICHLET_E_NOT_FINITE, "weights[2] is not finite");
    weights[2] = 1.0;
#undef BAD
    refused(NULL, DIRICHLET_E_NULL, "batch is NULL");
    CHECK(dirichlet_estimator_update_batch_f32(expecting, &narrow) == DIRICHLET_E_PRECISION);
    CHECK(dirichlet_estimator_update_batch_f64(NULL, &good) == DIRICHLET_E_NULL);
    for (int i = 0; i < 4; i++)
        CHECK(out[i] == -5.0);
    const dirichlet_batch_f64 none = DIRICHLET_INIT(dirichlet_batch_f64);
    CHECK(dirichlet_estimator_update_batch_f64(expecting, &none) == DIRICHLET_OK);
    CHECK(subject.sine.calls == 0);
    dirichlet_estimator_destroy(expecting);
}

/* A batch of an older version ends before the deviations. */
static void older_batches(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_estimator *made[2] = {NULL, NULL};
    subject_make(&arrangements[2], 64, &subject);
    for (int i = 0; i < 2; i++) {
        const dirichlet_batch_f64 batch = {
            .struct_size = i == 0 ? sizeof batch : offsetof(dirichlet_batch_f64, weights),
            .samples = 9,
            .x = subject.wide,
            .weights = i == 0 ? NULL : subject.weights};
        CHECK(subject_create(&subject, &made[i]) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_update_batch_f64(made[i], &batch) == DIRICHLET_OK);
    }
    const struct bytes first = bytes_of(made[0]);
    const struct bytes second = bytes_of(made[1]);
    CHECK(bytes_equal(&first, &second));
    dirichlet_estimator_destroy(made[0]);
    dirichlet_estimator_destroy(made[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deviations_by_definition), cmocka_unit_test(deviations_of_every_method),
        cmocka_unit_test(deviations_that_are_not), cmocka_unit_test(wrong_batches),
        cmocka_unit_test(older_batches)};
    return check_report("unit.batch", cmocka_run_group_tests(tests, NULL, NULL));
}
