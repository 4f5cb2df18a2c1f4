/* Energies of any magnitude: with the Jacobian times 2^k everything that a result tells of
 * energies is 4^k times as large, up to the rounding of its last digit, for all methods in both
 * precisions, with weights of any magnitude too, in one go or merged from states that were bytes
 * in between. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "support/check.h"
#include "support/subject.h"
#include "support/table_model.h"

#define ROWS 60

/* The first half is serialized, read back and merged into the second. */
static dirichlet_status measure_in_parts(struct subject *subject, const double *weights,
                                         dirichlet_result *result)
{
    dirichlet_estimator *parts[3] = {NULL, NULL, NULL};
    dirichlet_status status = subject_create(subject, &parts[0]);
    if (status == DIRICHLET_OK)
        status = subject_update(subject, parts[0], 0, ROWS / 2, weights, NULL);
    const struct bytes bytes = bytes_of(parts[0]);
    if (status == DIRICHLET_OK)
        status = dirichlet_estimator_deserialize(bytes.data, bytes.size, NULL, &parts[1], NULL);
    if (status == DIRICHLET_OK)
        status = subject_create(subject, &parts[2]);
    if (status == DIRICHLET_OK)
        status = dirichlet_estimator_seek(parts[2], ROWS / 2);
    if (status == DIRICHLET_OK)
        status = subject_update(subject, parts[2], ROWS / 2, ROWS / 2, weights, NULL);
    if (status == DIRICHLET_OK)
        status = dirichlet_estimator_merge(parts[2], parts[1]);
    if (status == DIRICHLET_OK)
        status = dirichlet_estimator_result(parts[2], result);
    for (int i = 0; i < 3; i++)
        dirichlet_estimator_destroy(parts[i]);
    return status;
}

/* The result with the Jacobian times 2^k and the weights, if there are any, times 2^w. */
static dirichlet_result measure(const struct arrangement *arrangement, int32_t precision, int k,
                                bool weighted, int w, bool parts)
{
    static struct subject subject;
    dirichlet_result result = {.struct_size = sizeof result};
    subject_make(arrangement, precision, &subject);
    subject.options.population = 80;
    for (int i = 0; i < SINE_MOST; i++)
        subject.sine.matrix[i] = ldexp(subject.sine.matrix[i], k);
    for (int i = 0; i < ROWS; i++)
        subject.weights[i] = ldexp(subject.weights[i], w);
    const double *weights = weighted ? subject.weights : NULL;
    const dirichlet_status status = parts ? measure_in_parts(&subject, weights, &result)
                                          : subject_measure(&subject, ROWS, weights, &result, NULL);
    CHECK_IN(status == DIRICHLET_OK, "%s, float%d, 2^%d, weights 2^%d: status %d %s",
             arrangement->name, (int)precision, k, w, status, subject.error.message);
    return result;
}

/* NaN where that is. */
static bool is_scaled(double got, double wanted, int exponent)
{
    if (isnan(wanted))
        return isnan(got);
    return fabs(got - ldexp(wanted, exponent)) <=
           1e-15 * ldexp(wanted, exponent) + 100 * DBL_TRUE_MIN;
}

static void check_scaled(const struct arrangement *arrangement, int32_t precision, int k,
                         bool weighted, int w, bool parts)
{
    const dirichlet_result base = measure(arrangement, precision, 0, weighted, 0, false);
    const dirichlet_result got = measure(arrangement, precision, k, weighted, w, parts);
    const double pairs[][2] = {{got.value, base.value},
                               {got.standard_error, base.standard_error},
                               {got.standard_error_data, base.standard_error_data},
                               {got.standard_error_probes, base.standard_error_probes},
                               {got.lower, base.lower},
                               {got.upper, base.upper},
                               {got.min_energy, base.min_energy},
                               {got.max_energy, base.max_energy},
                               {got.noise, base.noise}};
    CHECK(base.value > 0.0 && base.standard_error > 0.0 && isfinite(base.upper));
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_IN(is_scaled(pairs[i][0], pairs[i][1], 2 * k),
                 "%s, float%d, 2^%d, weights 2^%d, parts %d: number %d is %.17g for %.17g * 4^%d",
                 arrangement->name, (int)precision, k, w, parts, (int)i, pairs[i][0], pairs[i][1],
                 k);
    CHECK(is_scaled(got.weight_sum, base.weight_sum, w));
}

/* 4^259 is 9e155 and 4^-326 is 5e-197, the squares of which are not doubles. */
static const int wide[] = {-500, -450, -326, -260, -100, 100, 259, 400, 500};
static const int narrow[] = {-100, -60, 60, 100};

static void every_method(void **state)
{
    (void)state;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int parts = 0; parts < 2; parts++)
            for (int weighted = 0; weighted < 2; weighted++) {
                for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
                    check_scaled(&arrangements[a], 64, wide[i], weighted, 0, parts);
                for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
                    check_scaled(&arrangements[a], 32, narrow[i], weighted, 0, parts);
            }
}

/* w e and its square must be numbers: the magnitudes take turns. */
static void weights_of_any_magnitude(void **state)
{
    (void)state;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int w = -1000; w <= 1000; w += 200)
            for (int k = -480; k <= 480; k += 96)
                if (w + 2 * k > -980 && w + 2 * k < 980)
                    check_scaled(&arrangements[a], 64, k, true, w, false);
}

/* ||J^T u||^2 = x (2 + u_0 u_1). */
static int32_t pair_norms(int64_t first, int64_t samples, int64_t directions, const double *x,
                          const double *u, double *norms, void *user)
{
    (void)first;
    (void)user;
    for (int64_t i = 0; i < samples * directions; i++)
        norms[i] = x[i / directions] * (2.0 + u[2 * i] * u[2 * i + 1]);
    return 0;
}

static const dirichlet_model_f64 pair_model = {
    .struct_size = sizeof pair_model, .inputs = 1, .outputs = 2, .product_norms = pair_norms};

/* Probes of samples whose energies lie 10^300 apart: the errors are those of the large ones, and
 * of either kind alone those that it has in the unit range. */
static void far_apart(void **state)
{
    (void)state;
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_RADEMACHER,
                                                 .probes = 4,
                                                 .population = 40};
    double x[40];
    dirichlet_result large = {.struct_size = sizeof large};
    dirichlet_result mixed = {.struct_size = sizeof mixed};
    for (int i = 0; i < 40; i++)
        x[i] = i < 20 ? 1e150 * (1.0 + 0.01 * i) : 0.0;
    CHECK(dirichlet_measure_f64(&pair_model, 40, x, NULL, &options, &large, NULL, NULL) ==
          DIRICHLET_OK);
    for (int i = 20; i < 40; i++)
        x[i] = 1e-150;
    CHECK(dirichlet_measure_f64(&pair_model, 40, x, NULL, &options, &mixed, NULL, NULL) ==
          DIRICHLET_OK);
    CHECK_IN(large.standard_error_probes > 1e147 && fabs(mixed.value / large.value - 1.0) < 1e-15,
             "%g of %g, %g", large.standard_error_probes, large.value, mixed.value);
    CHECK(mixed.standard_error == large.standard_error && mixed.upper == large.upper);
    CHECK(mixed.standard_error_probes == large.standard_error_probes);
}

/* Where weight times energy is lost in the smallest doubles the mean is right all the same, and
 * the error is not small but large. */
static void products_below_all_doubles(void **state)
{
    (void)state;
    static struct table table = {.outputs = 2, .spread = 0.5};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_RADEMACHER,
                                                 .probes = 4,
                                                 .population = 8};
    const double x[] = {1e-200, 2e-200, 3e-200, 4e-200, 5e-200, 6e-200, 7e-200, 8e-200};
    const double weights[] = {1e-200, 1e-200, 1e-200, 1e-200, 3e-200, 3e-200, 3e-200, 3e-200};
    dirichlet_result result = {.struct_size = sizeof result};
    dirichlet_model_f64 model = table_energies(&table);
    CHECK(dirichlet_measure_f64(&model, 8, x, weights, NULL, &result, NULL, NULL) == DIRICHLET_OK);
    CHECK_IN(fabs(result.value / 5.5e-200 - 1.0) <= 1e-15, "mean %.17g", result.value);
    CHECK_IN(result.standard_error >= 1e-200, "error %g", result.standard_error);
    model = table_norms(&table);
    CHECK(dirichlet_measure_f64(&model, 8, x, weights, &options, &result, NULL, NULL) ==
          DIRICHLET_OK);
    CHECK_IN(result.standard_error_probes >= 1e-200 && result.upper >= 5.5e-200,
             "error by the probes %g", result.standard_error_probes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method), cmocka_unit_test(weights_of_any_magnitude),
        cmocka_unit_test(far_apart), cmocka_unit_test(products_below_all_doubles)};
    return check_report("unit.magnitudes", cmocka_run_group_tests(tests, NULL, NULL));
}
