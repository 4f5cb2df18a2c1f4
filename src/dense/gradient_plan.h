/* How the gradient of the energies is computed: from which end the rows are sent, and whether
 * they are multiplied by the outermost matrix or by its Gram matrix; see side_body.h. */
#ifndef DIRICHLET_DENSE_GRADIENT_PLAN_H
#define DIRICHLET_DENSE_GRADIENT_PLAN_H

#include "dense/energy_plan.h"

/* The cheapest that fits, by counted operations; probes 0: the exact energy, from the k outputs
 * or the d inputs, else so many cotangents of each sample. */
dirichlet_dense_plan dense_gradient_plan_choose(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes, dense_plan_room *room,
                                                const void *user);

/* The cheapest of those that multiply with the matrices themselves. */
dirichlet_dense_plan dense_gradient_plan_direct(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes);

#endif
