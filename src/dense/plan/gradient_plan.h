/* How the gradient of the energies is computed: where the rows start, and whether they are
 * multiplied by an outermost matrix or by its Gram matrix; see side_body.h.
 *
 * As for energies any width can be the pivot. Beside a hidden one, a side with a single matrix has
 * no rows: its Gram matrix stands for them; without rows on either side the energies are a
 * quadratic form of the slopes; see quadratic_gradient_body.h. */
#ifndef DIRICHLET_DENSE_GRADIENT_PLAN_H
#define DIRICHLET_DENSE_GRADIENT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"
#include "dense/plan/energy_plan.h"
#include "dirichlet/dense.h"

/* The cheapest that fits, by counted operations; probes 0: the exact energy, else so many
 * cotangents of each sample, which start at the output. */
dirichlet_dense_plan dense_gradient_plan_choose(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes, dense_plan_room *room,
                                                const void *user);

/* The cheapest of those from one end to the other that multiply with the matrices themselves. */
dirichlet_dense_plan dense_gradient_plan_direct(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes);

/* Is it one of those, for any numbers of samples and probes? */
bool dense_plan_is_of_gradient(const struct dense_shape *shape, const dirichlet_dense_plan *plan);

/* Does it form the Gram matrix of the outermost matrix below, or above? */
bool dense_gradient_plan_has_gram(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                                  bool down);

bool dense_gradient_plan_is_quadratic(const struct dense_shape *shape,
                                      const dirichlet_dense_plan *plan);

#endif
