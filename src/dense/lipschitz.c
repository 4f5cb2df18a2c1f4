#include "dense/lipschitz.h"

/* Where a'' = 0: for gelu 2 = z^2, for the others a root that was found in 40 digits. */
#define GELU_STEEPEST 1.128904145185155
#define GELU_TANH_STEEPEST 1.128993068658772
#define SILU_STEEPEST 1.099839320128867

double dense_activation_lipschitz(struct dense_activation activation)
{
    switch (activation.kind) {
    case DIRICHLET_ACTIVATION_LEAKY_RELU:
    case DIRICHLET_ACTIVATION_ELU: return activation.parameter > 1.0 ? activation.parameter : 1.0;
    case DIRICHLET_ACTIVATION_GELU: return GELU_STEEPEST;
    case DIRICHLET_ACTIVATION_GELU_TANH: return GELU_TANH_STEEPEST;
    case DIRICHLET_ACTIVATION_SILU: return SILU_STEEPEST;
    case DIRICHLET_ACTIVATION_SIGMOID: return 0.25;
    default: return 1.0;
    }
}
