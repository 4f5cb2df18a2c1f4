/* The distributions of initial weights and biases against theory. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/statistics/counter.h"
#include "initialization.h"
#include "support/check.h"

/* Largest difference from theory, in standard errors. Twelve distributions with five figures
 * each: one beyond this has a chance of about 0.4 %. */
#define MOST_STANDARD_ERRORS 4.0

/* The table of the header once more. */
static double variance_of(int scheme, double inputs, double outputs)
{
    const double variances[] = {1.0 / inputs, 2.0 / (inputs + outputs), 2.0 / inputs,
                                1.0 / (3.0 * inputs)};
    return variances[scheme];
}

/* Density of the standard normal distribution at 2, and its mass between -2 and 2. */
static double density_at_cut(void)
{
    return exp(-2.0) / sqrt(2.0 * acos(-1.0));
}

static double mass_within_cut(void)
{
    return erf(sqrt(2.0));
}

/* Variance of a standard normal number between -2 and 2. */
static double variance_within_cut(void)
{
    return 1.0 - 4.0 * density_at_cut() / mass_within_cut();
}

/* E z^power of the distribution at variance 1, power even. By parts, the moments of the normal
 * one cut at +-c are m_p = (p - 1) m_{p-2} - 2 c^{p-1} phi(c) / mass. */
static double moment(dirichlet_distribution distribution, int power)
{
    double normal = 1.0;
    double cut = 1.0;
    for (int p = 2; p <= power; p += 2) {
        normal *= p - 1;
        cut = (p - 1) * cut - 2.0 * pow(2.0, p - 1) * density_at_cut() / mass_within_cut();
    }
    switch (distribution) {
    case DIRICHLET_DISTRIBUTION_NORMAL: return normal;
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL:
        return cut / pow(variance_within_cut(), 0.5 * power);
    default: return pow(3.0, 0.5 * power) / (power + 1);
    }
}

/* Mass between -z and z at variance 1. */
static double mass_within(dirichlet_distribution distribution, double z)
{
    switch (distribution) {
    case DIRICHLET_DISTRIBUTION_NORMAL: return erf(z / sqrt(2.0));
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL:
        return erf(z *
                   sqrt(moment(DIRICHLET_DISTRIBUTION_NORMAL, 2) -
                        4.0 * density_at_cut() / mass_within_cut()) /
                   sqrt(2.0)) /
               mass_within_cut();
    default: return z / sqrt(3.0);
    }
}

/* No |z| is larger; there is none near it for the normal distribution. */
static double largest(dirichlet_distribution distribution)
{
    switch (distribution) {
    case DIRICHLET_DISTRIBUTION_NORMAL: return 8.6;
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL: return 2.0 / sqrt(variance_within_cut());
    default: return sqrt(3.0);
    }
}

#define INPUTS 301
#define OUTPUTS 500
#define WEIGHTS (INPUTS * OUTPUTS)

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* sqrt(n) times the largest distance of the distribution functions of |z| (Kolmogorov). */
static double kolmogorov(dirichlet_distribution distribution, const double *z, int count)
{
    double *sorted = malloc((size_t)count * sizeof *sorted);
    double distance = 0.0;
    CHECK(sorted != NULL);
    for (int i = 0; i < count; i++)
        sorted[i] = fabs(z[i]);
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    for (int i = 0; i < count; i++) {
        const double mass = mass_within(distribution, sorted[i]);
        const double before = fabs(mass - (double)i / count);
        const double after = fabs(mass - (double)(i + 1) / count);
        const double farther = before > after ? before : after;
        distance = farther > distance ? farther : distance;
    }
    free(sorted);
    return sqrt(count) * distance;
}

/* Mean, variance, third and fourth moment of weights over their deviation: how many standard
 * errors from theory. */
static void check_moments(const char *name, dirichlet_distribution distribution, const double *z,
                          int count)
{
    double sums[5] = {0};
    double extreme = 0.0;
    for (int i = 0; i < count; i++) {
        CHECK(isfinite(z[i]));
        for (int p = 1; p <= 4; p++)
            sums[p] += pow(z[i], p);
        extreme = fmax(extreme, fabs(z[i]));
    }
    print_message("%s:", name);
    for (int p = 1; p <= 4; p++) {
        const double expected = p % 2 == 0 ? moment(distribution, p) : 0.0;
        const double error = sqrt((moment(distribution, 2 * p) - expected * expected) / count);
        const double off = (sums[p] / count - expected) / error;
        print_message(" z%d %5.2f", p, off);
        CHECK_IN(fabs(off) <= MOST_STANDARD_ERRORS, "%s: moment %d is %g", name, p,
                 sums[p] / count);
    }
    const double distance = kolmogorov(distribution, z, count);
    print_message(", Kolmogorov %.2f, largest %.6f of %.6f\n", distance, extreme,
                  largest(distribution));
    CHECK_IN(distance <= 1.95, "%s: Kolmogorov", name); /* 0.1 % */
    CHECK_IN(extreme <= largest(distribution) * (1.0 + DBL_EPSILON), "%s: bound", name);
    CHECK_IN(extreme >= 0.999 * fmin(largest(distribution), 3.9), "%s: extremes", name);
}

static void distributions_are_those_of_theory(void **state)
{
    (void)state;
    static double weights[WEIGHTS];
    for (int s = 0; s < SCHEMES; s++)
        for (int d = 0; d < DISTRIBUTIONS; d++) {
            const dirichlet_initialization_options options =
                options_of(s, d, (uint64_t)(10 * s + d));
            char name[64];
            double variance = 0.0;
            snprintf(name, sizeof name, "scheme %d, distribution %d", (int)schemes[s],
                     (int)distributions[d]);
            CHECK(dirichlet_initialize_f64(&options, 3, INPUTS, OUTPUTS, weights, INPUTS, 1, NULL,
                                           0, NULL) == DIRICHLET_OK);
            CHECK(dirichlet_initialization_variance(&options, INPUTS, OUTPUTS, &variance, NULL) ==
                  DIRICHLET_OK);
            const double expected = variance_of(s, INPUTS, OUTPUTS);
            CHECK_IN(fabs(variance - expected) <= 4.0 * DBL_EPSILON * expected, "%s", name);
            for (int i = 0; i < WEIGHTS; i++)
                weights[i] /= sqrt(expected);
            check_moments(name, distributions[d], weights, WEIGHTS);
        }
}

/* What the library has as a number. */
static void the_cut_is_that_of_the_formula(void **state)
{
    (void)state;
    const double formula = sqrt(variance_within_cut());
    print_message("deviation within two: %.17g\n", formula);
    CHECK(fabs(formula - 0.87962566103423978) <= 2.0 * DBL_EPSILON);
}

/* No correlation along a row, between rows, layers, seeds, or with the estimator's probes. */
static void neighbours_are_independent(void **state)
{
    (void)state;
    static double weights[4][WEIGHTS];
    dirichlet_initialization_options options = options_of(0, 0, 7);
    options.scale = sqrt(INPUTS);
    for (int i = 0; i < 3; i++) {
        options.seed = i == 2 ? 8 : 7;
        CHECK(dirichlet_initialize_f64(&options, i == 1, INPUTS, OUTPUTS, weights[i], INPUTS, 1,
                                       NULL, 0, NULL) == DIRICHLET_OK);
    }
    for (int o = 0; o < OUTPUTS; o++) {
        const struct counter_stream probe = {7, (uint64_t)o, 0};
        counter_normals(&probe, 0, INPUTS, weights[3] + o * INPUTS);
    }
    const struct {
        const char *what;
        const double *other;
        int shift;
    } pairs[] = {{"next input", weights[0], 1},
                 {"next output", weights[0], INPUTS},
                 {"other layer", weights[1], 0},
                 {"other seed", weights[2], 0},
                 {"probes", weights[3], 0}};
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        const int count = WEIGHTS - pairs[p].shift;
        double sum = 0.0;
        for (int i = 0; i < count; i++)
            sum += weights[0][i] * pairs[p].other[i + pairs[p].shift];
        print_message("%s: z %.2f\n", pairs[p].what, sum / sqrt(count));
        CHECK_IN(fabs(sum / sqrt(count)) <= MOST_STANDARD_ERRORS, "%s", pairs[p].what);
    }
}

/* Biases: zero by default, else uniform on +- 1 / sqrt(inputs) whatever the scheme. */
static void biases(void **state)
{
    (void)state;
    static double weights[20000];
    static double bias[10000];
    dirichlet_initialization_options options = options_of(2, 0, 3);
    bias[0] = bias[1] = 5.0;
    CHECK(dirichlet_initialize_f64(&options, 1, 2, 2, weights, 2, 1, bias, 1, NULL) ==
          DIRICHLET_OK);
    CHECK(bias[0] == 0.0 && bias[1] == 0.0);
    options.bias = DIRICHLET_INITIAL_BIAS_UNIFORM;
    CHECK(dirichlet_initialize_f64(&options, 1, 2, 10000, weights, 2, 1, bias, 1, NULL) ==
          DIRICHLET_OK);
    for (int o = 0; o < 10000; o++)
        bias[o] *= sqrt(3.0) * sqrt(2.0);
    check_moments("biases", DIRICHLET_DISTRIBUTION_UNIFORM, bias, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distributions_are_those_of_theory),
                                       cmocka_unit_test(the_cut_is_that_of_the_formula),
                                       cmocka_unit_test(neighbours_are_independent),
                                       cmocka_unit_test(biases)};
    return check_report("unit.distributions", cmocka_run_group_tests(tests, NULL, NULL));
}
