/* Moments against two passes in quadruple precision. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/compensated.h"
#include "core/statistics/moments.h"
#include "support/check.h"
#include "support/quad.h"
#include "support/sine_model.h"

#define MOST 500

struct sample {
    double energy[MOST];
    double weight[MOST];
    double deviation[MOST];
    double noise[MOST];
    int count;
};

struct oracle {
    quad mean;
    quad spread; /* squares of the standard errors */
    quad probes;
    quad noise;
};

static struct oracle two_passes(const struct sample *sample)
{
    struct oracle oracle = {0, 0, 0, 0};
    quad weights = 0;
    quad positive = 0;
    for (int i = 0; i < sample->count; i++) {
        weights += (quad)sample->weight[i];
        oracle.mean += (quad)sample->weight[i] * (quad)sample->energy[i];
        oracle.noise += (quad)sample->weight[i] * (quad)sample->noise[i];
        positive += sample->weight[i] > 0.0;
    }
    oracle.mean /= weights;
    oracle.noise /= weights;
    for (int i = 0; i < sample->count; i++) {
        const quad relative = (quad)sample->weight[i] / weights;
        const quad deviation = relative * ((quad)sample->energy[i] - oracle.mean);
        oracle.spread += deviation * deviation;
        oracle.probes +=
            relative * relative * (quad)sample->deviation[i] * (quad)sample->deviation[i];
    }
    oracle.spread *= positive / (positive - 1);
    return oracle;
}

static struct moments moments_of(const struct sample *sample)
{
    struct moments moments;
    moments_clear(&moments);
    for (int i = 0; i < sample->count; i++) {
        const struct measure measure = {.energy = sample->energy[i],
                                        .deviation = sample->deviation[i],
                                        .noise = sample->noise[i]};
        CHECK(moments_add(&moments, measure, sample->weight[i]));
    }
    return moments;
}

static bool near(double got, quad wanted, double tolerance)
{
    return fabs(got - (double)wanted) <= tolerance * (double)wanted;
}

static double root(quad x)
{
    return (double)quad_sqrt(x, sqrt((double)x));
}

static void check_sample(const struct sample *sample, double spread_tolerance, const char *what)
{
    const struct moments moments = moments_of(sample);
    const struct moments_summary got = moments_summarize(&moments);
    const struct oracle wanted = two_passes(sample);
    CHECK_IN(near(got.mean, wanted.mean, 2.3e-16), "%s: mean %.17g", what, got.mean);
    CHECK_IN(near(got.noise, wanted.noise, 4e-16), "%s: noise %.17g", what, got.noise);
    CHECK_IN(fabs(got.spread - root(wanted.spread)) <= spread_tolerance * root(wanted.spread),
             "%s: spread %.17g, not %.17g", what, got.spread, root(wanted.spread));
    CHECK_IN(fabs(got.probes - root(wanted.probes)) <= 1e-15 * root(wanted.probes),
             "%s: probes %.17g", what, got.probes);
}

static struct sample draw(int count, uint64_t seed, double scale)
{
    struct sample sample;
    static double numbers[4 * MOST];
    sine_data_f64(4 * MOST, seed, numbers);
    sample.count = count;
    for (int i = 0; i < count; i++) {
        sample.energy[i] = scale * (1.0 + numbers[i]);
        sample.weight[i] = 1.0 + 0.9 * numbers[MOST + i];
        sample.deviation[i] = scale * sqrt(1.0 + numbers[2 * MOST + i]);
        sample.noise[i] = 0.01 * scale * (1.0 + numbers[3 * MOST + i]);
    }
    return sample;
}

static void many_scales(void **state)
{
    (void)state;
    for (int exponent = -150; exponent <= 150; exponent += 10)
        for (uint64_t seed = 1; seed < 20; seed++) {
            struct sample sample = draw(2 + (int)seed * 25, seed, pow(10.0, exponent));
            check_sample(&sample, 2e-15, "scales");
            for (int i = 0; i < sample.count; i++)
                sample.weight[i] = i % 3 == 0 ? 0.0 : sample.weight[i] * 1e-140;
            sample.weight[1] = 1e-140;
            if (sample.count > 2)
                check_sample(&sample, 2e-15, "zero weights");
        }
}

/* Spread 1e-12 of the value, where a sum of squares in double would be all noise. With
 * weights, w e is rounded to double before it is squared. */
static void nearly_constant(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 40; seed++) {
        struct sample sample = draw(400, seed, 1.0);
        for (int i = 0; i < sample.count; i++)
            sample.energy[i] = 3.7 * (1.0 + 1e-12 * sample.energy[i]);
        check_sample(&sample, 1e-4, "nearly constant, weighted");
        for (int i = 0; i < sample.count; i++)
            sample.weight[i] = 1.0;
        check_sample(&sample, 1e-7, "nearly constant");
    }
}

static void constant(void **state)
{
    (void)state;
    for (int exponent = -300; exponent <= 300; exponent += 20) {
        struct sample sample = draw(300, 5, 1.0);
        for (int i = 0; i < sample.count; i++) {
            sample.energy[i] = ldexp(1.1, exponent);
            sample.weight[i] = 1.0;
        }
        const struct moments moments = moments_of(&sample);
        CHECK(moments_summarize(&moments).mean == sample.energy[0]);
        CHECK(moments_summarize(&moments).spread == 0.0);
        CHECK(moments.min_energy == sample.energy[0] && moments.max_energy == sample.energy[0]);
    }
}

/* Rounding of w e must not take the mean out of the range of the energies. */
static void mean_within_range(void **state)
{
    (void)state;
    const double scales[] = {0x1p-1074, 0x1p-1060, 1e-300, 1.0, 1e300, DBL_MAX / 4.0};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        for (uint64_t seed = 1; seed < 50; seed++) {
            struct sample sample = draw(3, seed, 1.0);
            struct moments moments;
            moments_clear(&moments);
            for (int i = 0; i < sample.count; i++) {
                const struct measure measure = {.energy = sample.energy[0] * scales[s]};
                CHECK(moments_add(&moments, measure, sample.weight[i]));
            }
            const double mean = moments_summarize(&moments).mean;
            CHECK_IN(mean >= moments.min_energy && mean <= moments.max_energy,
                     "%g: %g not in %g %g", scales[s], mean, moments.min_energy,
                     moments.max_energy);
        }
}

static void few_samples(void **state)
{
    (void)state;
    struct moments moments;
    moments_clear(&moments);
    const struct measure measure = {.energy = 2.5, .deviation = 0.5, .noise = 0.0};
    CHECK(moments_add(&moments, measure, 0.0));
    CHECK(moments.count == 1 && moments.positive == 0 && moments.min_energy == 2.5);
    CHECK(moments_add(&moments, measure, 4.0));
    struct moments_summary summary = moments_summarize(&moments);
    CHECK(summary.mean == 2.5 && summary.weight_sum == 4.0 && isnan(summary.spread));
    CHECK(summary.probes == 0.5);
    const struct measure unknown = {.energy = 2.5, .deviation = NAN, .noise = 0.0};
    CHECK(moments_add(&moments, unknown, 4.0));
    summary = moments_summarize(&moments);
    CHECK(summary.spread == 0.0 && isnan(summary.probes));
}

/* As if every variance were that of one degree of freedom: (sum v)^2 / sum v^2. */
static void probe_freedom(void **state)
{
    (void)state;
    for (int exponent = -140; exponent <= 140; exponent += 20) {
        struct sample sample = draw(200, 7, pow(10.0, exponent));
        quad sum = 0;
        quad squares = 0;
        for (int i = 0; i < sample.count; i++) {
            const double deviation = sample.weight[i] * sample.deviation[i];
            const quad variance = (quad)deviation * (quad)deviation;
            sum += variance;
            squares += variance * variance;
        }
        const struct moments moments = moments_of(&sample);
        const double got = moments_summarize(&moments).probe_freedom;
        CHECK_IN(near(got, sum * sum / squares, 1e-14), "1e%d: %g", exponent, got);
    }
    struct moments exact; /* no deviation: all samples count */
    moments_clear(&exact);
    for (int i = 0; i < 3; i++)
        CHECK(moments_add(&exact, (struct measure){.energy = 1.0 + i}, 1.0));
    CHECK(moments_summarize(&exact).probe_freedom == 3.0);
}

static void refused(void **state)
{
    (void)state;
    struct moments moments;
    moments_clear(&moments);
    const struct measure good = {.energy = 1.0, .deviation = 1.0, .noise = 0.0};
    CHECK(moments_add(&moments, good, 1.0));
    const struct moments before = moments;
    const struct measure large = {.energy = 1e300, .deviation = 1.0, .noise = 0.0};
    const struct measure noisy = {.energy = 1.0, .deviation = 1.0, .noise = 1e300};
    const struct measure varied = {.energy = 1.0, .deviation = 1e300, .noise = 0.0};
    CHECK(!moments_add(&moments, large, 1e10));
    CHECK(!moments_add(&moments, noisy, 1e10));
    CHECK(!moments_add(&moments, varied, 1e200));
    CHECK(memcmp(&before, &moments, sizeof before) == 0);
    struct moments other = moments;
    other.count = INT64_MAX;
    CHECK(!moments_merge(&moments, &other));
    other.count = 1;
    other.skipped = INT64_MAX;
    moments.skipped = 1;
    CHECK(!moments_merge(&moments, &other));
    moments.skipped = 0;
    CHECK(memcmp(&before, &moments, sizeof before) == 0);
}

/* -0.0 is 0.0, or the order of samples would show in the bits. */
static void negative_zero(void **state)
{
    (void)state;
    struct moments moments;
    moments_clear(&moments);
    const struct measure zero = {.energy = -0.0, .deviation = 0.0, .noise = -0.0};
    CHECK(moments_add(&moments, zero, -0.0));
    CHECK(moments_add(&moments, zero, 1.0));
    CHECK(!signbit(moments.min_energy) && !signbit(moments.max_energy));
    CHECK(moments.positive == 1 && moments_summarize(&moments).mean == 0.0);
}

/* Any split, merged in any order. */
static void merging(void **state)
{
    (void)state;
    const struct sample sample = draw(MOST, 11, 1e3);
    struct moments whole = moments_of(&sample);
    for (int i = 0; i < MOMENT_COUNT; i++)
        exact_sum_settle(&whole.sums[i]);
    for (int parts = 2; parts < 9; parts++)
        for (int first = 0; first < parts; first++) {
            struct moments part[9];
            for (int i = 0; i < parts; i++)
                moments_clear(&part[i]);
            for (int i = 0; i < MOST; i++) {
                const struct measure measure = {.energy = sample.energy[i],
                                                .deviation = sample.deviation[i],
                                                .noise = sample.noise[i]};
                CHECK(moments_add(&part[i * 7 / 5 % parts], measure, sample.weight[i]));
            }
            for (int i = 1; i < parts; i++)
                CHECK(moments_merge(&part[first], &part[(first + i) % parts]));
            for (int i = 0; i < MOMENT_COUNT; i++)
                exact_sum_settle(&part[first].sums[i]);
            CHECK(memcmp(&part[first], &whole, sizeof whole) == 0);
        }
}

/* Without a fused multiply-add, to the last bit. */
static void products(void **state)
{
    (void)state;
    double numbers[MOST];
    sine_data_f64(MOST, 8, numbers);
    for (int i = 0; i < MOST; i++)
        for (int j = 0; j < MOST; j++) {
            const double a = ldexp(numbers[i], i % 600 - 300);
            const double b = ldexp(numbers[j], j % 500 - 250);
            const double product = a * b;
            CHECK(rest_of_product(a, b, product) == (double)((quad)a * (quad)b - (quad)product));
        }
    CHECK(rest_of_product(1.0 + DBL_EPSILON, 1.0 + DBL_EPSILON, 1.0 + 2.0 * DBL_EPSILON) ==
          DBL_EPSILON * DBL_EPSILON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_scales), cmocka_unit_test(nearly_constant),
        cmocka_unit_test(constant),    cmocka_unit_test(mean_within_range),
        cmocka_unit_test(few_samples), cmocka_unit_test(probe_freedom),
        cmocka_unit_test(refused),     cmocka_unit_test(negative_zero),
        cmocka_unit_test(merging),     cmocka_unit_test(products)};
    return check_report("unit.moments", cmocka_run_group_tests(tests, NULL, NULL));
}
