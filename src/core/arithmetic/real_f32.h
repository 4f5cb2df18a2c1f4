/* The names a *_body.h file is written in, here meaning float. A source file
 * includes this or real_f64.h, once, and then the bodies it consists of. */
#ifndef DIRICHLET_CORE_REAL_F32_H
#define DIRICHLET_CORE_REAL_F32_H

#include <float.h>
#include <math.h>

#include "core/arithmetic/arithmetic.h"

typedef float real;

/* PRECISION(dirichlet_dense_create) is the public name with its suffix. */
#define PRECISION(name) name##_f32
#define REAL_EPSILON FLT_EPSILON
#define REAL_LARGEST FLT_MAX
#define REAL_SMALLEST FLT_MIN /* with all its digits */

static inline real real_exp(real z)
{
    return expf(z);
}
static inline real real_expm1(real z)
{
    return expm1f(z);
}
static inline real real_log1p(real z)
{
    return log1pf(z);
}
static inline real real_tanh(real z)
{
    return tanhf(z);
}
static inline real real_erfc(real z)
{
    return erfcf(z);
}
static inline real real_sin(real z)
{
    return sinf(z);
}
static inline real real_cos(real z)
{
    return cosf(z);
}
static inline real real_abs(real z)
{
    return fabsf(z);
}

#endif
