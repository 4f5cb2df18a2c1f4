/* What the caller chooses for the initialization. */
#ifndef DIRICHLET_RANDOM_OPTIONS_H
#define DIRICHLET_RANDOM_OPTIONS_H

#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/random.h"
#include "dirichlet/status.h"

/* Inputs or outputs of a layer, and its number: what random/key.h has room for. */
#define MOST_UNITS ((int64_t)INT32_MAX)

/* Ours from the caller's (NULL: none), checked, with the defaults filled in. */
dirichlet_status options_of_initialization(const dirichlet_initialization_options *given,
                                           dirichlet_initialization_options *out,
                                           struct message *message);

/* Variance of a weight for scale 1; the scheme has been checked, the sizes are >= 1. */
double plain_variance(dirichlet_initialization scheme, int64_t inputs, int64_t outputs);

#endif
