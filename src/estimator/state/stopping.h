/* When enough samples have been seen. */
#ifndef DIRICHLET_ESTIMATOR_STOPPING_H
#define DIRICHLET_ESTIMATOR_STOPPING_H

#include <stdint.h>

#include "dirichlet/estimator.h"
#include "estimator/state/estimator.h"

/* Samples that may still be taken after so many before stopping has to be considered: >= 1, or 0
 * where the cap has been reached. */
int64_t stopping_room(const dirichlet_estimator *estimator, int64_t count);

/* Set state->stopped if it is time to. */
void stopping_consider(const dirichlet_estimator *estimator, struct state *state);

#endif
