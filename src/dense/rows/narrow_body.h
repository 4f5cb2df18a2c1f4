/* From double to the caller's type. */
#ifndef DIRICHLET_DENSE_NARROW_BODY_H
#define DIRICHLET_DENSE_NARROW_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"

static void narrow(int64_t count, const double *values, real *out)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = (real)values[i];
}

#endif
