/* How the type of a body is called, where dense_subject has its numbers, and the smallest of these
 * with all digits. */
#ifndef DIRICHLET_ENVIRONMENT_TYPE_H
#define DIRICHLET_ENVIRONMENT_TYPE_H

#include "core/arithmetic/real.h"

#ifdef DIRICHLET_CORE_REAL_F32_H
#define PRECISION_NAME(name) name "_f32"
#define NUMBERS narrow
#else
#define PRECISION_NAME(name) name "_f64"
#define NUMBERS wide
#endif
#define REAL_LEAST REAL_SMALLEST

#endif
