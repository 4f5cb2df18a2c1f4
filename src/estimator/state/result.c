#include "estimator/state/result.h"

#include <math.h>
#include <stddef.h>

#include "core/interface/environment.h"
#include "core/interface/versioned_struct.h"
#include "core/statistics/moments.h"
#include "core/statistics/student.h"

/* What noise and steps of finite differences add may be so large a part of the value. */
#define MOST_NOISE 0.25

/* Share of a finite population that has been seen. */
static double seen_fraction(const struct moments *moments, int64_t size)
{
    const double seen = (double)moments->positive;
    const double population = (double)size;
    return population > 0.0 ? fmin(1.0, seen / population) : 0.0;
}

/* Two-stage sampling (Cochran, Sampling Techniques, 1977, ch. 10): the spread between
 * estimates holds both the data's and the probes' share, T = B + P. Of a population
 * of which a fraction f was seen, the data's share is (1 - f) B, so
 * Var = (1 - f) (T - P) + P. */
static void split_error(const struct moments_summary *summary, double seen,
                        dirichlet_result *result)
{
    const double spread = summary->spread;
    const double probes = summary->probes;
    result->standard_error_probes = probes;
    if (isnan(probes)) {
        result->standard_error_data = spread;
        result->standard_error = spread;
    } else if (isnan(spread)) {
        result->standard_error_data = seen < 1.0 ? NAN : 0.0;
        result->standard_error = seen < 1.0 ? NAN : probes;
    } else {
        const double ratio = spread > probes ? probes / spread : 1.0;
        const double between = spread * sqrt((1.0 - ratio) * (1.0 + ratio));
        result->standard_error_data = sqrt(1.0 - seen) * between;
        result->standard_error = hypot(result->standard_error_data, probes);
    }
}

/* Welch and Satterthwaite: degrees of freedom of (1 - f) T + f P. */
static double degrees_of_freedom(const dirichlet_estimator *estimator,
                                 const struct moments *moments,
                                 const struct moments_summary *summary, double seen)
{
    const double probes_a_sample = (double)(estimator->plan.directions - estimator->plan.sketch);
    const double spread_freedom = (double)moments->positive - 1.0;
    const double probe_freedom = fmax(summary->probe_freedom * (probes_a_sample - 1.0), 1.0);
    if (isnan(summary->probes) || !(summary->spread > 0.0))
        return seen < 1.0 || isnan(summary->probes) ? spread_freedom : probe_freedom;
    const double ratio = summary->probes / summary->spread;
    const double data_share = 1.0 - seen;
    const double probe_share = seen * ratio * ratio;
    const double total = data_share + probe_share;
    return total * total /
           (data_share * data_share / spread_freedom + probe_share * probe_share / probe_freedom);
}

static double half_width(double confidence, double freedom, double standard_error)
{
    return standard_error == 0.0 ? 0.0 : student_two_sided(confidence, freedom) * standard_error;
}

void result_estimate(const dirichlet_estimator *estimator, const struct moments *moments,
                     int64_t population, dirichlet_result *result)
{
    const struct moments_summary summary = moments_summarize(moments);
    const double seen = seen_fraction(moments, population);
    result->value = summary.mean;
    result->weight_sum = summary.weight_sum;
    result->noise = summary.noise;
    result->confidence = estimator->options.confidence;
    split_error(&summary, seen, result);
    result->step_error = summary.step_error;
    result->standard_error_differences =
        estimator->errors_unknown ? NAN
                                  : hypot(summary.noise + summary.step_error, summary.differences);
    const double freedom = degrees_of_freedom(estimator, moments, &summary, seen);
    const double half =
        hypot(half_width(result->confidence, freedom, result->standard_error),
              half_width(result->confidence, INFINITY, result->standard_error_differences));
    if (result->standard_error_differences != 0.0)
        result->standard_error = hypot(result->standard_error, result->standard_error_differences);
    result->lower = isnan(half) ? half : fmax(0.0, result->value - half);
    result->upper = result->value + half;
}

static void fill_counts(const dirichlet_estimator *estimator, const struct moments *moments,
                        dirichlet_result *result)
{
    result->samples = moments->count;
    result->skipped = moments->skipped;
    result->min_energy = moments->min_energy;
    result->max_energy = moments->max_energy;
    result->products = estimator->state.products;
    result->forward_noise = moments->most_noise;
    result->min_step = isinf(moments->shortest_step) ? 0.0 : moments->shortest_step;
    result->max_step = moments->longest_step;
    result->method = estimator->plan.method;
    result->exact = estimator->plan.exact;
    result->stop_reason = estimator->state.stopped;
}

static dirichlet_status read_moments(const dirichlet_estimator *estimator,
                                     const struct moments *moments, int64_t population,
                                     dirichlet_result *result)
{
    dirichlet_result ours = {.struct_size = sizeof ours};
    if (moments->positive == 0)
        return DIRICHLET_E_NO_DATA;
    result_estimate(estimator, moments, population, &ours);
    if (!(ours.noise + ours.step_error <= MOST_NOISE * ours.value))
        return DIRICHLET_E_NOISE;
    fill_counts(estimator, moments, &ours);
    return versioned_struct_write(&ours, sizeof ours, result, result->struct_size, "result", NULL);
}

dirichlet_status result_read(const dirichlet_estimator *estimator, dirichlet_result *result)
{
    return read_moments(estimator, &estimator->state.moments, estimator->options.population,
                        result);
}

dirichlet_status dirichlet_estimator_group_result(const dirichlet_estimator *estimator,
                                                  int64_t group, dirichlet_result *result)
{
    if (estimator == NULL || result == NULL)
        return DIRICHLET_E_NULL;
    if (group < 0 || group >= estimator->options.groups)
        return DIRICHLET_E_RANGE;
    struct environment caller;
    environment_enter(&caller);
    const dirichlet_status status =
        read_moments(estimator, &estimator->state.groups[group], 0, result);
    environment_leave(&caller);
    return status;
}

dirichlet_status dirichlet_estimator_result(const dirichlet_estimator *estimator,
                                            dirichlet_result *result)
{
    if (estimator == NULL || result == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_enter(&caller);
    const dirichlet_status status = result_read(estimator, result);
    environment_leave(&caller);
    return status;
}
