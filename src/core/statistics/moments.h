/* What is known of a weighted sample of energies, kept exactly.
 *
 * The sums of w and w e give the weighted mean m, those of a^2, a w and w^2, with a = w e
 * rounded once, the spread sum (a - m w)^2 = sum w^2 (e - m)^2 of the ratio estimator (Cochran,
 * Sampling Techniques, 1977, ch. 6) in one pass. */
#ifndef DIRICHLET_CORE_MOMENTS_H
#define DIRICHLET_CORE_MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"
#include "core/arithmetic/exact_sum.h"

enum moment {
    MOMENT_WEIGHT,                /* w */
    MOMENT_WEIGHTED,              /* w e */
    MOMENT_WEIGHTED_SQUARED,      /* a^2 */
    MOMENT_WEIGHTED_TIMES_WEIGHT, /* a w */
    MOMENT_WEIGHT_SQUARED,        /* w^2 */
    MOMENT_PROBE_VARIANCE,        /* (w s)^2, s the standard deviation of a sample's estimate */
    MOMENT_PROBE_FOURTHS_SMALL,   /* (w s)^4 where w s < 2, times 2^2044, */
    MOMENT_PROBE_FOURTHS_LARGE,   /* and where it is not, times 2^-2048: one sum has no room */
    MOMENT_NOISE,                 /* w times the rounding noise of a sample */
    MOMENT_STEP_ERROR,            /* w times the error by the step of a difference */
    MOMENT_DIFFERENCE_VARIANCE,   /* w^2 v, v the variance by noise and steps of differences */
    MOMENT_INSPECTED,             /* w of samples whose forward pass was looked at, */
    MOMENT_LOSS,                  /* and w times what their assumed step would have lost */
    MOMENT_UNRESOLVED,            /* w of samples of which differences say nothing */
    MOMENT_COUNT
};

struct moments {
    int64_t count;    /* samples added */
    int64_t positive; /* those of positive weight */
    int64_t skipped;  /* samples left out; counted here by others */
    int64_t unknown;  /* those whose probe variance is not known */
    double min_energy;
    double max_energy;
    double most_noise;    /* relative, of the forward pass; 0: none seen */
    double shortest_step; /* of differences; INFINITY: none seen */
    double longest_step;
    struct exact_sum sums[MOMENT_COUNT];
};

/* One sample's measure. */
struct measure {
    double energy;
    double deviation; /* standard deviation of the energy by its probes (its square may be no
                         double); NaN: unknown */
    double noise;     /* part of the energy that is rounding noise */
    /* Of finite differences, else 0: */
    double step_error;           /* error of the energy by the step, one-sided or unknown */
    double difference_deviation; /* of the energy, by noise and kinks, independent of others' */
    double relative_noise;       /* of the forward pass */
    double step;
    double unresolved; /* 1: the energy may be anything */
    double inspected;  /* 1: the forward pass around the sample was looked at */
    double loss;       /* by the step that is taken for other samples; relative */
};

void moments_clear(struct moments *moments);

/* weight finite and >= 0; energy and noise finite and >= 0. False, nothing changed,
 * where the weight times one of them does not fit a double. */
bool moments_add(struct moments *moments, struct measure measure, double weight);

/* False, nothing changed, where a count or the sum of weights would overflow. */
bool moments_merge(struct moments *moments, const struct moments *other);

struct moments_summary {
    double mean;
    double weight_sum;
    double noise;
    double step_error;    /* with that of samples that were not inspected, by those that were */
    double differences;   /* standard error by noise and steps, without their bias */
    double spread;        /* standard error of the mean by the spread of energies, probe noise
                             included; NaN for fewer than two samples of positive weight */
    double probes;        /* standard error by the probes; NaN if unknown */
    double probe_freedom; /* degrees of freedom of the latter, as if each variance had one */
};

/* Needs a sample of positive weight. */
struct moments_summary moments_summarize(const struct moments *moments);

#endif
