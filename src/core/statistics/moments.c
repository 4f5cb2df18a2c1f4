#include "core/statistics/moments.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/arithmetic/compensated.h"

/* Relative rounding of a double-double, with room: a spread below it is none. */
#define SPREAD_FLOOR 1e-30

void moments_clear(struct moments *moments)
{
    memset(moments, 0, sizeof *moments);
    moments->min_energy = INFINITY;
    moments->max_energy = -INFINITY;
    moments->shortest_step = INFINITY;
}

/* Scaled so that the square of every normal number is one. */
#define FOURTHS_SMALL_EXPONENT 511
#define FOURTHS_LARGE_EXPONENT (-512)

static void add_probe_deviation(struct moments *moments, double deviation)
{
    if (isnan(deviation)) {
        moments->unknown++;
        return;
    }
    const bool small = deviation < 2.0;
    const double scaled = deviation * (small ? 0x1p511 : 0x1p-512);
    const double variance = scaled * scaled;
    exact_sum_add_product(&moments->sums[MOMENT_PROBE_VARIANCE], deviation, deviation);
    exact_sum_add_product(
        &moments->sums[small ? MOMENT_PROBE_FOURTHS_SMALL : MOMENT_PROBE_FOURTHS_LARGE], variance,
        variance);
}

/* What is lost below the smallest double must not make an error 0. */
static double weighted_deviation(double weight, double deviation)
{
    if (!(weight > 0.0))
        return 0.0;
    return deviation > 0.0 ? fmax(weight * deviation, DBL_TRUE_MIN) : weight * deviation;
}

static void add_differences(struct moments *moments, const struct measure *measure, double weight)
{
    if (!(measure->step > 0.0))
        return;
    exact_sum_add(&moments->sums[MOMENT_INSPECTED], weight * measure->inspected);
    exact_sum_add(&moments->sums[MOMENT_LOSS], weight * measure->loss);
    exact_sum_add(&moments->sums[MOMENT_UNRESOLVED], weight * measure->unresolved);
    moments->most_noise = fmax(moments->most_noise, measure->relative_noise);
    moments->shortest_step = fmin(moments->shortest_step, measure->step);
    moments->longest_step = fmax(moments->longest_step, measure->step);
}

bool moments_add(struct moments *moments, struct measure measure, double weight)
{
    const double energy = measure.energy + 0.0; /* -0.0 becomes 0.0: equal states, equal bits */
    const double weighted = weight * energy;
    const double noise = weight * measure.noise;
    const double deviation = weighted_deviation(weight, measure.deviation);
    const double step_error = weight * measure.step_error;
    const double differences = weight * measure.difference_deviation;
    if (!isfinite(weighted) || !isfinite(noise) || isinf(deviation) || !isfinite(step_error) ||
        !isfinite(differences))
        return false;
    moments->count++;
    moments->min_energy = energy < moments->min_energy ? energy : moments->min_energy;
    moments->max_energy = energy > moments->max_energy ? energy : moments->max_energy;
    if (!(weight > 0.0))
        return true;
    add_differences(moments, &measure, weight);
    moments->positive++;
    exact_sum_add(&moments->sums[MOMENT_WEIGHT], weight);
    exact_sum_add_product(&moments->sums[MOMENT_WEIGHTED], weight, energy);
    exact_sum_add_product(&moments->sums[MOMENT_NOISE], weight, measure.noise);
    exact_sum_add_product(&moments->sums[MOMENT_STEP_ERROR], weight, measure.step_error);
    exact_sum_add_product(&moments->sums[MOMENT_DIFFERENCE_VARIANCE], differences, differences);
    exact_sum_add_product(&moments->sums[MOMENT_WEIGHTED_SQUARED], weighted, weighted);
    exact_sum_add_product(&moments->sums[MOMENT_WEIGHTED_TIMES_WEIGHT], weighted, weight);
    exact_sum_add_product(&moments->sums[MOMENT_WEIGHT_SQUARED], weight, weight);
    add_probe_deviation(moments, deviation);
    return true;
}

bool moments_merge(struct moments *moments, const struct moments *other)
{
    struct exact_sum weight = moments->sums[MOMENT_WEIGHT];
    exact_sum_merge(&weight, &other->sums[MOMENT_WEIGHT]);
    if (other->count > INT64_MAX - moments->count ||
        other->skipped > INT64_MAX - moments->skipped || !isfinite(exact_sum_value(&weight)))
        return false;
    moments->count += other->count;
    moments->positive += other->positive;
    moments->skipped += other->skipped;
    moments->unknown += other->unknown;
    moments->min_energy = fmin(moments->min_energy, other->min_energy);
    moments->max_energy = fmax(moments->max_energy, other->max_energy);
    moments->most_noise = fmax(moments->most_noise, other->most_noise);
    moments->shortest_step = fmin(moments->shortest_step, other->shortest_step);
    moments->longest_step = fmax(moments->longest_step, other->longest_step);
    for (int i = 0; i < MOMENT_COUNT; i++)
        exact_sum_merge(&moments->sums[i], &other->sums[i]);
    return true;
}

/* Double-double numbers: high + low, about 106 bits (Dekker 1971). What is multiplied is scaled
 * to the size of a mean, far from either end of the range. */
struct pair {
    double high;
    double low;
};

static struct pair pair_add(struct pair x, struct pair y)
{
    const double sum = x.high + y.high;
    const double back = sum - x.high;
    const double error = (x.high - (sum - back)) + (y.high - back) + (x.low + y.low);
    const struct pair result = {sum + error, error - ((sum + error) - sum)};
    return result;
}

static struct pair pair_multiply(struct pair x, struct pair y)
{
    const double product = x.high * y.high;
    const double error =
        rest_of_product(x.high, y.high, product) + (x.high * y.low + x.low * y.high);
    const struct pair result = {product + error, error - ((product + error) - product)};
    return result;
}

static struct pair pair_negate(struct pair x)
{
    const struct pair result = {-x.high, -x.low};
    return result;
}

static struct pair pair_divide(struct pair x, struct pair y)
{
    const struct pair first = {x.high / y.high, 0.0};
    const struct pair rest = pair_add(x, pair_negate(pair_multiply(first, y)));
    const struct pair second = {rest.high / y.high, 0.0};
    return pair_add(first, second);
}

/* sum * 2^-exponent. */
static struct pair pair_of(const struct exact_sum *sum, int exponent)
{
    const struct scaled value = exact_sum_read(sum);
    const struct pair result = {ldexp(value.high, value.exponent - exponent),
                                ldexp(value.low, value.exponent - exponent)};
    return result;
}

/* Binary exponent of a sum, so that sum * 2^-exponent is in [1, 2); 0 for zero. */
static int exponent_of(const struct exact_sum *sum)
{
    const struct scaled value = exact_sum_read(sum);
    return value.high > 0.0 ? ilogb(value.high) + value.exponent : 0;
}

/* sum w^2 (e - m)^2 = sum a^2 - m (2 sum a w - m sum w^2), all scaled. Where a is below the
 * normal numbers it is off by up to 2^-1075, which counts as spread. */
static double spread_of(const struct moments *moments, struct pair mean, int weight_scale,
                        int energy_scale)
{
    const struct pair squared =
        pair_of(&moments->sums[MOMENT_WEIGHTED_SQUARED], 2 * (weight_scale + energy_scale));
    const struct pair crossed =
        pair_of(&moments->sums[MOMENT_WEIGHTED_TIMES_WEIGHT], 2 * weight_scale + energy_scale);
    const struct pair weights = pair_of(&moments->sums[MOMENT_WEIGHT_SQUARED], 2 * weight_scale);
    const struct pair twice = pair_add(crossed, crossed);
    const struct pair rest = pair_add(twice, pair_negate(pair_multiply(mean, weights)));
    const struct pair spread = pair_add(squared, pair_negate(pair_multiply(mean, rest)));
    const double lost = ldexp((double)moments->positive, -2150 - 2 * (weight_scale + energy_scale));
    const double floor = SPREAD_FLOOR * squared.high;
    return (spread.high > floor ? spread.high : 0.0) + (lost > floor ? lost : 0.0);
}

/* (sum v)^2 / sum v^2 of the variances v, which is 1 to n. */
static double freedom_of(const struct moments *moments)
{
    const struct exact_sum *sum = &moments->sums[MOMENT_PROBE_VARIANCE];
    const int scale = exponent_of(sum);
    const double variance = pair_of(sum, scale).high;
    const double squares =
        pair_of(&moments->sums[MOMENT_PROBE_FOURTHS_SMALL], 2 * scale + 4 * FOURTHS_SMALL_EXPONENT)
            .high +
        pair_of(&moments->sums[MOMENT_PROBE_FOURTHS_LARGE], 2 * scale + 4 * FOURTHS_LARGE_EXPONENT)
            .high;
    return squares > 0.0 ? variance * variance / squares : (double)moments->positive;
}

/* The part of the mean that samples without a meaning may have wrong: as much as the others
 * have in the mean. */
static double unresolved_part(const struct moments *moments, int weight_scale)
{
    const double all = pair_of(&moments->sums[MOMENT_WEIGHT], weight_scale).high;
    const double lost = pair_of(&moments->sums[MOMENT_UNRESOLVED], weight_scale).high;
    return lost > 0.0 ? lost / fmax(all - lost, 1e-300 * all) : 0.0;
}

/* The part of the mean that samples which were not inspected may have wrong: they are believed
 * as far as the assumed step would have been right for those that were. */
static double unseen_loss(const struct moments *moments, int weight_scale)
{
    const double all = pair_of(&moments->sums[MOMENT_WEIGHT], weight_scale).high;
    const double seen = pair_of(&moments->sums[MOMENT_INSPECTED], weight_scale).high;
    const double lost = pair_of(&moments->sums[MOMENT_LOSS], weight_scale).high;
    return lost > 0.0 ? (all - seen) / all * (lost / seen) : 0.0;
}

/* The scales of the weights and of the energies, and the sum of the weights on the former. */
struct scales {
    int weight;
    int energy;
    double weights;
};

/* A sum of energies, divided by the weights. */
static double average_of(const struct moments *moments, int sum, struct scales scales)
{
    const struct pair energies = pair_of(&moments->sums[sum], scales.weight + scales.energy);
    return ldexp(energies.high / scales.weights, scales.energy);
}

/* The root of a sum of squares of energies, likewise. */
static double deviation_of(const struct moments *moments, int sum, struct scales scales)
{
    const struct pair squares = pair_of(&moments->sums[sum], 2 * (scales.weight + scales.energy));
    return ldexp(sqrt(squares.high) / scales.weights, scales.energy);
}

struct moments_summary moments_summarize(const struct moments *moments)
{
    const int weight_scale = exponent_of(&moments->sums[MOMENT_WEIGHT]);
    const int energy_scale = exponent_of(&moments->sums[MOMENT_WEIGHTED]) - weight_scale;
    const struct pair weights = pair_of(&moments->sums[MOMENT_WEIGHT], weight_scale);
    const struct pair mean =
        pair_divide(pair_of(&moments->sums[MOMENT_WEIGHTED], weight_scale + energy_scale), weights);
    const struct scales scales = {weight_scale, energy_scale, weights.high};
    const double n = (double)moments->positive;
    const double spread = spread_of(moments, mean, weight_scale, energy_scale);
    struct moments_summary summary = {0};
    /* The rounding of w e must not take the mean out of the range of the energies. */
    summary.mean =
        fmin(fmax(ldexp(mean.high, energy_scale), moments->min_energy), moments->max_energy);
    summary.weight_sum = exact_sum_value(&moments->sums[MOMENT_WEIGHT]);
    summary.noise = average_of(moments, MOMENT_NOISE, scales);
    summary.step_error =
        average_of(moments, MOMENT_STEP_ERROR, scales) +
        (unseen_loss(moments, weight_scale) + unresolved_part(moments, weight_scale)) *
            summary.mean;
    summary.differences = deviation_of(moments, MOMENT_DIFFERENCE_VARIANCE, scales);
    summary.spread =
        n > 1.0 ? ldexp(sqrt(spread * n / (n - 1.0)) / weights.high, energy_scale) : NAN;
    summary.probes =
        moments->unknown == 0 ? deviation_of(moments, MOMENT_PROBE_VARIANCE, scales) : NAN;
    summary.probe_freedom = freedom_of(moments);
    return summary;
}
