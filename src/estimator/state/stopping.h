/* When enough samples have been seen. */
#ifndef DIRICHLET_ESTIMATOR_STOPPING_H
#define DIRICHLET_ESTIMATOR_STOPPING_H

#include <stdint.h>

#include "dirichlet/estimator.h"
#include "estimator/state/estimator.h"

/* Samples that may still be taken before stopping has to be considered: >= 1, or 0 if
 * the estimator has stopped. */
int64_t stopping_room(const dirichlet_estimator *estimator, const struct state *state);

/* Set state->stopped if it is time to. */
void stopping_consider(const dirichlet_estimator *estimator, struct state *state);

#endif
