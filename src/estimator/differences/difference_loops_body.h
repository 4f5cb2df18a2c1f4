/* A loop over the values of a central difference; body for both precisions, VECTOR as in
 * core/vector_loops_body.h. */
#ifndef DIRICHLET_ESTIMATOR_DIFFERENCE_LOOPS_BODY_H
#define DIRICHLET_ESTIMATOR_DIFFERENCE_LOOPS_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/arithmetic/vector.h"
#include "core/vector/vector_loops_body.h"

#define even_part VECTOR(even_part)

/* Of o = scale (above - below) and e = scale (above + below - 2 center): ||e||^2 and <o, e>. */
DIRICHLET_VECTORIZED
static void even_part(const real *above, const real *below, const real *center, int64_t size,
                      double scale, double *even, double *overlap)
{
    double squares[VECTOR_LANES] = {0};
    double products[VECTOR_LANES] = {0};
    for (int64_t i = 0; i < size; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES && i + q < size; q++) {
            const double high = (double)above[i + q] - (double)center[i + q];
            const double low = (double)below[i + q] - (double)center[i + q];
            const double e = scale * (high + low);
            squares[q] += e * e;
            products[q] += e * (scale * (high - low));
        }
    *even = sum_of_lanes(squares);
    *overlap = sum_of_lanes(products);
}

#endif
