#include "dense/spectral/lipschitz.h"

#include <math.h>

#include "dirichlet/activation.h"

/* Where a'' = 0: for gelu 2 = z^2, for the others a root that was found in 40 digits. */
#define GELU_STEEPEST 1.128904145185155
#define GELU_TANH_STEEPEST 1.128993068658772
#define SILU_STEEPEST 1.099839320128867
#define MISH_STEEPEST 1.088498161251662

/* A NaN stays one. */
static double at_least_one(double slope)
{
    return fabs(slope) <= 1.0 ? 1.0 : fabs(slope);
}

/* The largest |a'(u)|, before scales. */
static double steepest(struct dense_activation activation)
{
    switch (activation.kind) {
    case DIRICHLET_ACTIVATION_LEAKY_RELU:
    case DIRICHLET_ACTIVATION_PRELU:
    case DIRICHLET_ACTIVATION_ELU: return at_least_one(activation.parameter);
    case DIRICHLET_ACTIVATION_RELU_SQUARED: return INFINITY;
    case DIRICHLET_ACTIVATION_HARD_SIGMOID: return 1.0 / 6.0;
    case DIRICHLET_ACTIVATION_HARD_SWISH: return 1.5;
    case DIRICHLET_ACTIVATION_SELU: return DENSE_SELU_NEGATIVE;
    case DIRICHLET_ACTIVATION_GELU: return GELU_STEEPEST;
    case DIRICHLET_ACTIVATION_GELU_TANH: return GELU_TANH_STEEPEST;
    case DIRICHLET_ACTIVATION_SILU: return SILU_STEEPEST;
    case DIRICHLET_ACTIVATION_MISH: return MISH_STEEPEST;
    case DIRICHLET_ACTIVATION_SIGMOID: return 0.25;
    default: return 1.0;
    }
}

double dense_activation_lipschitz(struct dense_activation activation)
{
    return fabs(activation.output_scale * activation.input_scale) * steepest(activation);
}
