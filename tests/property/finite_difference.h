/* What finite_difference.c and its two precisions share. */
#ifndef PROPERTY_FINITE_DIFFERENCE_H
#define PROPERTY_FINITE_DIFFERENCE_H

#include <stdint.h>

#include "dirichlet/dirichlet.h"

#define MOST_LAYERS 3

/* Sizes, activation and data of a network; data are standard normal times `scale`, or
 * pixels in [0, 1], a third of them not zero, where scale is 0. */
struct shape {
    int layers;
    int64_t sizes[MOST_LAYERS + 1];
    double scale;
    int64_t samples;
};

/* Weights and data, held in single precision too, so that all networks made from them are
 * the same function. */
struct problem {
    struct shape shape;
    dirichlet_activation activation;
    double *weights[MOST_LAYERS];
    double *biases[MOST_LAYERS];
    double *x;
};

struct errors {
    double value;     /* relative error of the mean */
    double sample;    /* the worst of a single sample */
    double noise;     /* reported, relative to the value */
    double deviation; /* of the mean, over the stated error of the differences */
    int refused;
};

/* Finite differences along all coordinates, against the exact energies in double. */
struct errors coordinate_errors_f64(const struct problem *problem);
struct errors coordinate_errors_f32(const struct problem *problem);

/* The single-precision network behind double-precision callbacks. */
struct errors hidden_single_errors(const struct problem *problem);

/* Standard errors between `probes` random sign vectors a sample and the exact value. */
double probe_deviation_f64(const struct problem *problem, int64_t probes);
double probe_deviation_f32(const struct problem *problem, int64_t probes);

/* Exact energies in double. */
void exact_energies(const struct problem *problem, double *energies);

/* Errors of measured energies and of the result they gave. */
struct errors compare(const struct problem *problem, const double *energies,
                      const dirichlet_result *result);

#endif
