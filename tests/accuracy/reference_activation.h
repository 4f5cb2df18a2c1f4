/* The activations by their definitions, in quadruple precision. */
#ifndef DIRICHLET_TESTS_ACCURACY_REFERENCE_ACTIVATION_H
#define DIRICHLET_TESTS_ACCURACY_REFERENCE_ACTIVATION_H

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

/* As a layer says it: 0 means the default. */
struct reference_activation {
    dirichlet_activation kind;
    double parameter;
    double second;
    double input_scale;
    double output_scale;
};

/* Value, first and second derivative at z; at a kink those outside. */
void reference_activation_at(const struct reference_activation *activation, quad z, quad *jet);

/* Where the derivative jumps, or the second one where it changes gradients; returns how many. */
int reference_activation_kinks(const struct reference_activation *activation, quad kinks[2]);

#endif
