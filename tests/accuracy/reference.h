/* Dense networks and their Jacobians computed from the definitions, one scalar at a time, in
 * quadruple precision: what the library is compared with. */
#ifndef DIRICHLET_TESTS_ACCURACY_REFERENCE_H
#define DIRICHLET_TESTS_ACCURACY_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "dirichlet/dense.h"

/* Without libquadmath, long double: on x86 still 2000 times finer than double. */
#ifdef DIRICHLET_HAVE_QUADMATH
__extension__ typedef __float128 quad;
#define REFERENCE_NAME "__float128"
#else
typedef long double quad;
#define REFERENCE_NAME "long double"
#endif

quad quad_abs(quad value);
quad quad_sqrt(quad value);
quad quad_exp(quad value);
quad quad_log(quad value);

/* Value and derivative of an activation; p is what the header's table calls p, never 0. */
void reference_activation(dirichlet_activation kind, quad p, quad z, quad *value, quad *derivative);

struct reference_layer {
    int64_t inputs;
    int64_t outputs;
    double *weights; /* (outputs, inputs) */
    double *bias;    /* (outputs) or NULL */
    dirichlet_activation activation;
    double parameter; /* 0: the default */
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
    /* Smallest |z| / sum of |its terms| over the units that have a kink at z = 0. */
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
