/* From energies to a value with its error and interval, against the formulas of
 * estimator.h evaluated once more in long double. */
#include <math.h>
#include <string.h>

#include "core/statistics/student.h"
#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/sine_model.h"
#include "support/table_model.h"

#define MOST 400

struct expected {
    double value;
    double spread; /* T */
    double probes; /* P */
    double probe_freedom;
};

static dirichlet_estimator_options options_of(dirichlet_method method, int64_t probes,
                                              int64_t population)
{
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = method,
                                                 .probes = probes,
                                                 .population = population};
    return options;
}

/* norms (n, m), weights (n). */
static struct expected expect(int64_t n, int64_t m, const double *norms, const double *weights,
                              double sampled)
{
    static long double energies[MOST];
    static long double variances[MOST];
    long double sum = 0;
    long double total = 0;
    long double spread = 0;
    long double probes = 0;
    long double squares = 0;
    int64_t positive = 0;
    for (int64_t i = 0; i < n; i++) {
        energies[i] = variances[i] = 0;
        for (int64_t j = 0; j < m; j++)
            energies[i] += norms[i * m + j] / (long double)m;
        for (int64_t j = 0; j < m; j++)
            variances[i] += (norms[i * m + j] - energies[i]) * (norms[i * m + j] - energies[i]);
        variances[i] *= (1 - (long double)sampled) / ((long double)(m - 1) * (long double)m);
        sum += weights[i] * energies[i];
        total += weights[i];
        positive += weights[i] > 0.0;
    }
    for (int64_t i = 0; i < n; i++) {
        const long double deviation = weights[i] * (energies[i] - sum / total) / total;
        const long double variance = weights[i] * weights[i] * variances[i] / (total * total);
        spread += deviation * deviation;
        probes += variance;
        squares += variance * variance;
    }
    spread *= (long double)positive / (long double)(positive - 1);
    const struct expected expected = {(double)(sum / total), sqrt((double)spread),
                                      sqrt((double)probes),
                                      (double)(probes * probes / squares) * (double)(m - 1)};
    return expected;
}

static bool near(double got, double wanted)
{
    return fabs(got - wanted) <= 1e-12 * fabs(wanted);
}

static void draw(double x[MOST], double weights[MOST])
{
    sine_data_f64(MOST, 3, x);
    sine_data_f64(MOST, 4, weights);
    for (int i = 0; i < MOST; i++) {
        x[i] = 2.0 + x[i];
        weights[i] = i % 10 == 9 ? 0.0 : 1.1 + weights[i];
    }
}

static dirichlet_result measure(const dirichlet_model_f64 *model, int64_t n, const double *x,
                                const double *weights, const dirichlet_estimator_options *options)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_status status =
        dirichlet_measure_f64(model, n, x, weights, options, &result, NULL, &error);
    CHECK_IN(status == DIRICHLET_OK, "%s", error.message);
    return result;
}

static void exact_energies(void **state)
{
    (void)state;
    static struct table table = {.outputs = 1};
    const dirichlet_model_f64 model = table_energies(&table);
    double x[MOST];
    double weights[MOST];
    draw(x, weights);
    const int64_t counts[] = {2, 3, 30, MOST};
    for (size_t c = 0; c < 4; c++)
        for (int64_t population = 0; population <= 800; population += 100) {
            const int64_t n = counts[c];
            const dirichlet_estimator_options options = options_of(0, 0, population);
            const dirichlet_result got = measure(&model, n, x, weights, &options);
            const struct expected wanted = expect(n, 1, x, weights, 1.0);
            double positive = 0.0;
            for (int64_t i = 0; i < n; i++)
                positive += weights[i] > 0.0;
            const double seen = population > 0 ? fmin(1.0, positive / (double)population) : 0.0;
            CHECK(near(got.value, wanted.value));
            CHECK(got.samples == n && got.skipped == 0 && got.exact == 1 && got.products == n);
            CHECK(got.standard_error_probes == 0.0 && got.noise == 0.0);
            CHECK(near(got.standard_error_data, sqrt(1.0 - seen) * wanted.spread));
            CHECK(got.standard_error == got.standard_error_data);
            const double t = student_two_sided(0.95, positive - 1.0);
            CHECK(near(got.upper - got.value, t * got.standard_error));
            CHECK(near(got.lower, fmax(0.0, got.value - t * got.standard_error)));
            CHECK(got.confidence == 0.95 && got.method == DIRICHLET_METHOD_EXACT);
            CHECK(got.stop_reason == DIRICHLET_STOP_NONE && got.reserved == 0);
        }
}

/* Of norms x (1 + 0.3 z): sphere probes are independent, orthonormal ones a part of n. */
static void check_probes(dirichlet_method method, int64_t m, int64_t population)
{
    static struct table table;
    double x[MOST];
    double weights[MOST];
    table = (struct table){.spread = 0.3, .outputs = 6};
    const dirichlet_model_f64 model = table_norms(&table);
    const dirichlet_estimator_options options = options_of(method, m, population);
    draw(x, weights);
    const dirichlet_result got = measure(&model, MOST, x, weights, &options);
    const double sampled = method == DIRICHLET_METHOD_SPHERE ? 0.0 : (double)m / 6.0;
    const struct expected wanted = expect(MOST, m, table.norms, weights, sampled);
    const double positive = 0.9 * MOST;
    const double seen = population > 0 ? fmin(1.0, positive / (double)population) : 0.0;
    const double between =
        sqrt(wanted.spread * wanted.spread - wanted.probes * wanted.probes) * sqrt(1.0 - seen);
    CHECK(table.count == MOST * m && near(got.value, wanted.value));
    CHECK(got.products == MOST * m && got.exact == 0);
    CHECK_IN(near(got.standard_error_probes, wanted.probes), "%.17g %.17g",
             got.standard_error_probes, wanted.probes);
    CHECK(near(got.standard_error_data, between));
    CHECK(near(got.standard_error, hypot(between, wanted.probes)));
    double freedom = positive - 1.0;
    if (seen > 0.0) { /* Satterthwaite's */
        const double data = (1.0 - seen) * wanted.spread * wanted.spread;
        const double probes = seen * wanted.probes * wanted.probes;
        freedom = (data + probes) * (data + probes) /
                  (data * data / (positive - 1.0) + probes * probes / wanted.probe_freedom);
    }
    CHECK(near(got.upper, got.value + student_two_sided(0.95, freedom) * got.standard_error));
}

static void with_probes(void **state)
{
    (void)state;
    const int64_t populations[] = {0, 360, 400, 500, 100000, 100};
    for (int64_t m = 2; m < 6; m++)
        for (size_t p = 0; p < sizeof populations / sizeof *populations; p++) {
            check_probes(DIRICHLET_METHOD_SPHERE, m, populations[p]);
            check_probes(DIRICHLET_METHOD_ORTHOGONAL, m, populations[p]);
            check_probes(DIRICHLET_METHOD_UNIT, m, populations[p]);
        }
}

/* One probe a sample: the data part holds both, whatever the population. */
static void one_probe(void **state)
{
    (void)state;
    static struct table table;
    double x[MOST];
    double weights[MOST];
    draw(x, weights);
    const int64_t populations[] = {0, 360, 500, 100};
    for (size_t p = 0; p < sizeof populations / sizeof *populations; p++) {
        table = (struct table){.spread = 0.3, .outputs = 6};
        const dirichlet_model_f64 model = table_norms(&table);
        const dirichlet_estimator_options options =
            options_of(DIRICHLET_METHOD_RADEMACHER, 1, populations[p]);
        const dirichlet_result got = measure(&model, MOST, x, weights, &options);
        const struct expected wanted = expect(MOST, 1, table.norms, weights, 1.0);
        CHECK(isnan(got.standard_error_probes));
        CHECK(near(got.standard_error, wanted.spread));
        CHECK(got.standard_error_data == got.standard_error);
        const double t = student_two_sided(0.95, 0.9 * MOST - 1.0);
        CHECK_IN(near(got.upper, got.value + t * got.standard_error), "population %d: %g, not %g",
                 (int)populations[p], (got.upper - got.value) / got.standard_error, t);
    }
}

static void one_sample(void **state)
{
    (void)state;
    static struct table table;
    const double x[] = {3.0};
    table = (struct table){.spread = 0.3, .outputs = 6};
    const dirichlet_model_f64 energies = table_energies(&table);
    const dirichlet_model_f64 norms = table_norms(&table);
    dirichlet_result got = measure(&energies, 1, x, NULL, NULL);
    CHECK(got.value == 3.0 && got.min_energy == 3.0 && got.max_energy == 3.0);
    CHECK(isnan(got.standard_error) && isnan(got.standard_error_data) && isnan(got.lower) &&
          isnan(got.upper));
    CHECK(got.standard_error_probes == 0.0);
    dirichlet_estimator_options options = options_of(DIRICHLET_METHOD_AUTO, 0, 1);
    got = measure(&energies, 1, x, NULL, &options); /* all there is of the population */
    CHECK(got.standard_error == 0.0 && got.lower == 3.0 && got.upper == 3.0);
    options = options_of(DIRICHLET_METHOD_SPHERE, 4, 1);
    got = measure(&norms, 1, x, NULL, &options);
    CHECK(got.standard_error == got.standard_error_probes && got.standard_error_data == 0.0);
    CHECK(near(got.upper, got.value + student_two_sided(0.95, 3.0) * got.standard_error));
    options = options_of(DIRICHLET_METHOD_SPHERE, 4, 2);
    got = measure(&norms, 1, x, NULL, &options);
    CHECK(isnan(got.standard_error) && got.standard_error_probes > 0.0);
    options = options_of(DIRICHLET_METHOD_SPHERE, 1, 0);
    got = measure(&norms, 1, x, NULL, &options);
    CHECK(isnan(got.standard_error) && isnan(got.standard_error_probes));
}

/* Of Hutch++ only the probes of the rest have degrees of freedom: 3 of 7 products. */
static void freedom_of_hutchpp(void **state)
{
    (void)state;
    struct sine sine = sine_make(5, 4);
    const double x[] = {0.1, 0.7, -0.4, 0.3, 1.1};
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP | SINE_JVP);
    const dirichlet_estimator_options options = options_of(DIRICHLET_METHOD_HUTCHPP, 7, 1);
    const dirichlet_result got = measure(&model, 1, x, NULL, &options);
    CHECK(got.standard_error > 0.0);
    CHECK(near(got.upper, got.value + student_two_sided(0.95, 2.0) * got.standard_error));
}

/* Up to a quarter of the value may be rounding noise, which goes with the square of what is told.
 */
static void noise_of_differences(void **state)
{
    (void)state;
    struct sine sine = sine_make(5, 3);
    const double x[] = {0.1, 0.7, -0.4, 0.3, 1.1};
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_FORWARD);
    dirichlet_estimator_options options = options_of(DIRICHLET_METHOD_FINITE_DIFFERENCE, 0, 0);
    options.step = 0x1p-10;
    options.forward_noise = 1e-6;
    const dirichlet_result got = measure(&model, 1, x, NULL, &options);
    const double unit = 1e-6 * sqrt(got.value / got.noise);
    dirichlet_result result = {.struct_size = sizeof result, .value = -3.0};
    options.forward_noise = unit * sqrt(0.249);
    CHECK(dirichlet_measure_f64(&model, 1, x, NULL, &options, &result, NULL, NULL) == DIRICHLET_OK);
    CHECK(fabs(result.noise / result.value - 0.249) <= 1e-9);
    result.value = -3.0;
    options.forward_noise = unit * sqrt(0.251);
    CHECK(dirichlet_measure_f64(&model, 1, x, NULL, &options, &result, NULL, NULL) ==
          DIRICHLET_E_NOISE);
    CHECK(result.value == -3.0);
}

static void confidence_levels(void **state)
{
    (void)state;
    static struct table table = {.outputs = 1};
    const dirichlet_model_f64 model = table_energies(&table);
    double x[MOST];
    double weights[MOST];
    const double levels[] = {1e-300, 0.1, 0.5, 0.9, 0.999, 1 - 1e-12, 1 - 0x1p-53};
    draw(x, weights);
    double before = 0.0;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        dirichlet_estimator_options options = options_of(0, 0, 0);
        options.confidence = levels[i];
        const dirichlet_result got = measure(&model, MOST, x, NULL, &options);
        CHECK(got.confidence == levels[i] && got.lower >= 0.0 && got.lower <= got.value);
        CHECK(isfinite(got.upper) && got.upper - got.value >= before);
        before = got.upper - got.value;
    }
}

/* All energies alike: no error, an interval without width. */
static void no_spread(void **state)
{
    (void)state;
    static struct table table = {.outputs = 1};
    const dirichlet_model_f64 model = table_energies(&table);
    double x[MOST];
    for (int i = 0; i < MOST; i++)
        x[i] = 0.7;
    const dirichlet_result got = measure(&model, MOST, x, NULL, NULL);
    CHECK(got.value == 0.7 && got.standard_error == 0.0);
    CHECK(got.lower == got.value && got.upper == got.value);
    memset(x, 0, sizeof x);
    const dirichlet_result zero = measure(&model, MOST, x, NULL, NULL);
    CHECK(zero.value == 0.0 && zero.standard_error == 0.0 && zero.upper == 0.0);
}

/* A power of two on all energies is one on everything in their unit. */
static void scales(void **state)
{
    (void)state;
    static struct table table = {.outputs = 1};
    const dirichlet_model_f64 model = table_energies(&table);
    double x[MOST];
    double weights[MOST];
    draw(x, weights);
    const dirichlet_estimator_options options = options_of(0, 0, 500);
    const dirichlet_result base = measure(&model, MOST, x, weights, &options);
    for (int shift = -1000; shift <= 1000; shift += 100) {
        double scaled[MOST];
        for (int i = 0; i < MOST; i++)
            scaled[i] = ldexp(x[i], shift);
        const dirichlet_result got = measure(&model, MOST, scaled, weights, &options);
        CHECK(got.value == ldexp(base.value, shift));
        CHECK_IN(near(got.standard_error, ldexp(base.standard_error, shift)), "2^%d: %g", shift,
                 got.standard_error);
        CHECK(near(got.upper, ldexp(base.upper, shift)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(exact_energies),
                                       cmocka_unit_test(with_probes),
                                       cmocka_unit_test(one_probe),
                                       cmocka_unit_test(one_sample),
                                       cmocka_unit_test(freedom_of_hutchpp),
                                       cmocka_unit_test(noise_of_differences),
                                       cmocka_unit_test(confidence_levels),
                                       cmocka_unit_test(no_spread),
                                       cmocka_unit_test(scales)};
    return check_report("unit.result", cmocka_run_group_tests(tests, NULL, NULL));
}
