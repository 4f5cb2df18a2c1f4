/* Every kind of probe against the exact energy and against the variance formulas:
 *
 *   mean of the first 20,000 draws, and of all, within 4 standard errors of ||J||_F^2;
 *   empirical variance within 5 % of the formula, which has to be at least 4 standard
 *   errors of the empirical variance, or the comparison would mean little;
 *   reported probe error within 5 % of the formula;
 *   exact to rounding where it must be: m = n without replacement, one output. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "draws.h"
#include "models.h"

#define DRAWS 100000
#define FIRST_DRAWS 20000
#define VARIANCE_MARGIN 0.05

/* Traces of A = J J^T or J^T J that the formulas need. */
struct spectrum {
    int64_t size;    /* n */
    double trace;    /* tr A = ||J||_F^2 */
    double squared;  /* ||A||_F^2 */
    double diagonal; /* sum A_ii^2 */
};

struct probe_case {
    struct scaled_map *map;
    dirichlet_method method;
    unsigned offers;
    int64_t probes;
    struct spectrum spectrum;
};

static double gram_entry(const struct scaled_map *map, int from_output, int64_t a, int64_t b)
{
    const int64_t length = from_output ? map->inputs : map->outputs;
    double sum = 0.0;
    for (int64_t i = 0; i < length; i++)
        sum += from_output ? map->matrix[a * map->inputs + i] * map->matrix[b * map->inputs + i]
                           : map->matrix[i * map->inputs + a] * map->matrix[i * map->inputs + b];
    return sum;
}

static struct spectrum spectrum_of(const struct scaled_map *map, int from_output)
{
    struct spectrum result = {.size = from_output ? map->outputs : map->inputs};
    for (int64_t a = 0; a < result.size; a++)
        for (int64_t b = 0; b < result.size; b++) {
            const double entry = gram_entry(map, from_output, a, b);
            result.squared += entry * entry;
            result.trace += a == b ? entry : 0.0;
            result.diagonal += a == b ? entry * entry : 0.0;
        }
    return result;
}

/* Variance of one sample's estimate; NaN where there is no formula (Hutch++). */
static double formula(const struct probe_case *test)
{
    const struct spectrum *a = &test->spectrum;
    const double n = (double)a->size;
    const double m = (double)test->probes;
    const double sphere = 2.0 * n / (n + 2.0) * (a->squared - a->trace * a->trace / n) / m;
    const double between = (a->diagonal - a->trace * a->trace / n) / (n - 1.0);
    if (a->size == 1 && test->method != DIRICHLET_METHOD_GAUSSIAN)
        return 0.0;
    switch (test->method) {
    case DIRICHLET_METHOD_RADEMACHER: return 2.0 * (a->squared - a->diagonal) / m;
    case DIRICHLET_METHOD_SPHERE: return sphere;
    case DIRICHLET_METHOD_GAUSSIAN: return 2.0 * a->squared / m;
    case DIRICHLET_METHOD_ORTHOGONAL: return sphere * (n - m) / (n - 1.0);
    case DIRICHLET_METHOD_UNIT: return n * n / m * (1.0 - m / n) * between;
    default: return NAN;
    }
}

struct draws_summary {
    double first_mean; /* of the first 20,000 */
    double mean;
    double variance;
    double variance_error; /* relative standard error of the variance */
};

static struct draws_summary summarize(const double *energies)
{
    struct draws_summary result = {0};
    double fourth = 0.0;
    for (int64_t i = 0; i < DRAWS; i++) {
        result.mean += energies[i] / DRAWS;
        result.first_mean += i < FIRST_DRAWS ? energies[i] / FIRST_DRAWS : 0.0;
    }
    for (int64_t i = 0; i < DRAWS; i++) {
        const double deviation = energies[i] - result.mean;
        result.variance += deviation * deviation / (DRAWS - 1);
        fourth += deviation * deviation * deviation * deviation / DRAWS;
    }
    result.variance_error = sqrt((fourth / (result.variance * result.variance) - 1.0) / DRAWS);
    return result;
}

static const char *side_name(unsigned offers)
{
    return offers == OFFER_VJP ? "vjp" : offers == OFFER_NORMS ? "norms" : "jvp";
}

/* The judgement of a case with a variance. */
static void judge_spread(const char *name, const struct draws_summary *seen,
                         const dirichlet_result *result, double exact, double expected)
{
    const double first = (seen->first_mean - exact) / sqrt(expected / FIRST_DRAWS);
    const double all = (seen->mean - exact) / sqrt(expected / DRAWS);
    const double ratio = seen->variance / expected;
    const double reported = isnan(result->standard_error_probes) ? result->standard_error_data
                                                                 : result->standard_error_probes;
    const double reported_ratio = reported * reported * DRAWS / expected;
    printf("  %-26s %8.2f %8.2f %10.4f %8.4f %10.4f\n", name, first, all, ratio,
           seen->variance_error, reported_ratio);
    holds(fabs(first) <= 4.0, "%s: mean of 20,000 draws is %g standard errors off", name, first);
    holds(fabs(all) <= 4.0, "%s: mean of all draws is %g standard errors off", name, all);
    holds(fabs(ratio - 1.0) <= VARIANCE_MARGIN, "%s: variance is %g of the formula", name, ratio);
    holds(4.0 * seen->variance_error <= VARIANCE_MARGIN, "%s: the variance is known to %g only",
          name, seen->variance_error);
    holds(fabs(reported_ratio - 1.0) <= VARIANCE_MARGIN,
          "%s: reported variance is %g of the formula", name, reported_ratio);
}

/* The judgement of a case without. */
static void judge_exact(const char *name, const double *energies, const dirichlet_result *result,
                        double exact, double tolerance)
{
    double worst = 0.0;
    for (int64_t i = 0; i < DRAWS; i++)
        worst = fmax(worst, isnan(energies[i]) ? INFINITY : fabs(energies[i] / exact - 1.0));
    printf("  %-26s exact: worst relative error %.2g\n", name, worst);
    holds(worst <= tolerance, "%s: off by %g", name, worst);
    holds(result->exact == 1 && result->standard_error_probes == 0.0,
          "%s: reported error %g, exact %d", name, result->standard_error_probes, result->exact);
}

static void run_case(const struct probe_case *test, int single, double *energies)
{
    dirichlet_estimator_options options = {.struct_size = sizeof options};
    dirichlet_result result = {.struct_size = sizeof result};
    char name[64];
    options.method = test->method;
    options.probes = test->probes;
    options.seed = 20220613;
    scaled_map_measure(single, test->map, test->offers, &options, DRAWS, NULL, NULL, energies,
                       &result);
    snprintf(name, sizeof name, "%s %s m=%d", dirichlet_method_name(test->method),
             side_name(test->offers), (int)test->probes);
    const double expected = formula(test);
    holds(result.products == DRAWS * test->probes, "%s: %lld products", name,
          (long long)result.products);
    if (expected <= 1e-12 * test->spectrum.squared)
        judge_exact(name, energies, &result, test->spectrum.trace, single ? 2e-6 : 1e-13);
    else {
        const struct draws_summary seen = summarize(energies);
        holds(isnan(result.standard_error_probes) == (test->probes == 1),
              "%s: reported probe error %g", name, result.standard_error_probes);
        judge_spread(name, &seen, &result, test->spectrum.trace, expected);
    }
}

static void run_methods(struct scaled_map *map, unsigned offers, int single, double *energies)
{
    static const dirichlet_method methods[] = {DIRICHLET_METHOD_RADEMACHER, DIRICHLET_METHOD_SPHERE,
                                               DIRICHLET_METHOD_GAUSSIAN,
                                               DIRICHLET_METHOD_ORTHOGONAL, DIRICHLET_METHOD_UNIT};
    const struct spectrum spectrum = spectrum_of(map, offers != OFFER_JVP);
    const int64_t probes[] = {1, 3, spectrum.size};
    heading("J %d x %d in %s precision, probes by %s\n"
            "  method                       z 20,000    z all   variance   +-       reported",
            (int)map->outputs, (int)map->inputs, single ? "single" : "double", side_name(offers));
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        for (size_t j = spectrum.size == 1 ? 2 : 0; j < sizeof probes / sizeof *probes; j++) {
            const struct probe_case test = {map, methods[i], offers, probes[j], spectrum};
            run_case(&test, single, energies);
        }
}

/* Hutch++ has no closed formula: unbiased, its reported variance that of the draws, and
 * better than as many plain probes where few directions dominate. */
static void run_hutchpp(struct scaled_map *map, int64_t probes, int single, double *energies)
{
    dirichlet_estimator_options options = {.struct_size = sizeof options};
    dirichlet_result result = {.struct_size = sizeof result};
    const double exact = squared_frobenius(map->matrix, map->inputs * map->outputs);
    const double plain =
        2.0 * spectrum_of(map, map->outputs <= map->inputs).squared / (double)probes;
    char name[64];
    options.method = DIRICHLET_METHOD_HUTCHPP;
    options.probes = probes;
    scaled_map_measure(single, map, OFFER_VJP | OFFER_JVP, &options, DRAWS, NULL, NULL, energies,
                       &result);
    const struct draws_summary seen = summarize(energies);
    snprintf(name, sizeof name, "hutchpp %dx%d m=%d", (int)map->outputs, (int)map->inputs,
             (int)probes);
    judge_spread(name, &seen, &result, exact, seen.variance);
    note("relative standard deviation", sqrt(seen.variance) / exact);
    note("that of as many Gaussian probes", sqrt(plain) / exact);
    holds(seen.variance <= 0.25 * plain, "%s: no better than Gaussian probes", name);
}

/* Singular values falling off: row i of a random matrix times decay^i. */
static void fill_matrix(uint64_t seed, double decay, struct scaled_map *map, double *matrix)
{
    struct draws draws = {seed};
    draw_normals_into(&draws, 1.0, matrix, map->inputs * map->outputs);
    for (int64_t i = 0; i < map->outputs; i++)
        for (int64_t j = 0; j < map->inputs; j++)
            matrix[i * map->inputs + j] *= pow(decay, (double)i);
    map->matrix = matrix;
}

int main(void)
{
    double *energies = take(DRAWS, sizeof *energies);
    double matrix[256];
    struct scaled_map wide = {.outputs = 5, .inputs = 8};
    struct scaled_map narrow = {.outputs = 7, .inputs = 4};
    struct scaled_map single_output = {.outputs = 1, .inputs = 6};
    fill_matrix(1, 1.0, &wide, matrix);
    run_methods(&wide, OFFER_VJP, 0, energies);
    run_methods(&wide, OFFER_JVP, 0, energies);
    run_methods(&wide, OFFER_VJP, 1, energies);
    fill_matrix(2, 0.6, &narrow, matrix);
    run_methods(&narrow, OFFER_NORMS, 0, energies);
    run_methods(&narrow, OFFER_JVP, 1, energies);
    fill_matrix(3, 1.0, &single_output, matrix);
    run_methods(&single_output, OFFER_VJP, 0, energies);
    run_methods(&single_output, OFFER_VJP, 1, energies);

    heading("Hutch++ (variance compared with the draws themselves)");
    struct scaled_map dominated = {.outputs = 12, .inputs = 16};
    fill_matrix(4, 0.5, &dominated, matrix);
    run_hutchpp(&dominated, 3, 0, energies);
    run_hutchpp(&dominated, 9, 0, energies);
    run_hutchpp(&dominated, 9, 1, energies);
    struct scaled_map mirrored = {.outputs = 16, .inputs = 12};
    fill_matrix(5, 0.7, &mirrored, matrix);
    run_hutchpp(&mirrored, 9, 0, energies);
    run_hutchpp(&mirrored, 12, 0, energies);
    free(energies);
    return verdict();
}
