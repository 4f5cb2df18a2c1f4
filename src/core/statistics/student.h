/* Quantiles for confidence intervals. */
#ifndef DIRICHLET_CORE_STUDENT_H
#define DIRICHLET_CORE_STUDENT_H

#include "core/arithmetic/arithmetic.h"

/* t with P(|T| <= t) = confidence, T of Student's distribution with `freedom` >= 1
 * degrees (not necessarily whole; INFINITY for the normal distribution);
 * confidence in (0, 1). */
double student_two_sided(double confidence, double freedom);

#endif
