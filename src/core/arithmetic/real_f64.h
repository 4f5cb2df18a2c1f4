/* The names a *_body.h file is written in, here meaning double. A source file
 * includes this or real_f32.h, once, and then the bodies it consists of. */
#ifndef DIRICHLET_CORE_REAL_F64_H
#define DIRICHLET_CORE_REAL_F64_H

#include <float.h>
#include <math.h>

#include "core/arithmetic/arithmetic.h"

typedef double real;

/* PRECISION(dirichlet_dense_create) is the public name with its suffix. */
#define PRECISION(name) name##_f64
#define REAL_EPSILON DBL_EPSILON
#define REAL_LARGEST DBL_MAX
#define REAL_SMALLEST DBL_MIN /* with all its digits */

static inline real real_exp(real z)
{
    return exp(z);
}
static inline real real_expm1(real z)
{
    return expm1(z);
}
static inline real real_log1p(real z)
{
    return log1p(z);
}
static inline real real_tanh(real z)
{
    return tanh(z);
}
static inline real real_erfc(real z)
{
    return erfc(z);
}
static inline real real_sin(real z)
{
    return sin(z);
}
static inline real real_cos(real z)
{
    return cos(z);
}
static inline real real_abs(real z)
{
    return fabs(z);
}

#endif
