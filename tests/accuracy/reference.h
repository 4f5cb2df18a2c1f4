/* Dense networks and their Jacobians computed from the definitions, one scalar at a time, in
 * quadruple precision: what the library is compared with. */
#ifndef DIRICHLET_TESTS_ACCURACY_REFERENCE_H
#define DIRICHLET_TESTS_ACCURACY_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "dirichlet/dense.h"
#include "reference_activation.h"

struct reference_layer {
    int64_t inputs;
    int64_t outputs;
    double *weights; /* (outputs, inputs) */
    double *bias;    /* (outputs) or NULL */
    dirichlet_activation activation;
    double parameter; /* 0: the default */
    double second;
    double input_scale; /* 0: 1 */
    double output_scale;
    double *slopes; /* (outputs): parameters of their own; NULL: none */
    /* The layer that is meant has weights + shift * weight_direction, and so on; NULL: no shift. */
    quad shift;
    const double *weight_direction;
    const double *bias_direction;
};

#define REFERENCE_LARGEST_DEPTH 32

/* Everything about one sample. */
struct reference {
    int64_t depth;
    const struct reference_layer *layers;
    quad *inputs[REFERENCE_LARGEST_DEPTH + 1]; /* h_1 = x, ..., h_{L+1} = f(x) */
    quad *slopes[REFERENCE_LARGEST_DEPTH];     /* a_l'(z_l) */
    quad *jacobian;                            /* (k, d) */
    quad energy;
    quad terms; /* sum of squares of all the terms that the z_L are sums of */
    /* Smallest |z - kink| / (sum of |the terms of z| + |kink|) over the units that have kinks. */
    double margin;
};

void reference_compute(struct reference *reference, const struct reference_layer *layers,
                       int64_t depth, const double *x);
void reference_free(struct reference *reference);

/* Backpropagate a cotangent c (k): add scale c^T df/dW_l to weights[l] (outputs, inputs) and the
 * same for the biases. */
void reference_add_gradient(const struct reference *reference, const quad *cotangent, quad scale,
                            quad *const *weights, quad *const *biases);

#endif
