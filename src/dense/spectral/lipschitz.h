/* The least Lipschitz constants of the activations. */
#ifndef DIRICHLET_DENSE_LIPSCHITZ_H
#define DIRICHLET_DENSE_LIPSCHITZ_H

#include "dense/activation/jet.h"

/* The largest |a'(z)|, rounded up. */
double dense_activation_lipschitz(struct dense_activation activation);

#endif
