/* The step of central differences around a vector; body for both precisions. */
#ifndef DIRICHLET_REGULARIZER_STEP_BODY_H
#define DIRICHLET_REGULARIZER_STEP_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"

/* How far each entry of v is to move: `relative`, or where that is 0 the automatic step, times
 * the larger of 1 and the root mean square of v. The error of a central difference is O(step^2)
 * by truncation and O(epsilon / step) by rounding, so that the best step is of the order of the
 * cube root of epsilon (Nocedal and Wright, Numerical Optimization, 2006, sec. 8.1); the factor
 * of 1 was measured (tests/accuracy/energy_penalty_*). */
static double difference_step(double relative, const real *v, int64_t size)
{
    const double scale = fmax(1.0, sqrt(squared_norm(v, size) / (double)size));
    return (relative > 0.0 ? relative : cbrt((double)REAL_EPSILON)) * scale;
}

#endif
