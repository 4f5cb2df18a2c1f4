/* A callback that leaves rows of its output unwritten must not have what was there before
 * taken for its answer: both ends of every row are NaN until it writes them. */
#ifndef DIRICHLET_MODEL_SPOIL_BODY_H
#define DIRICHLET_MODEL_SPOIL_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/real.h"

static inline void spoil_rows(real *output, int64_t rows, int64_t size)
{
    for (int64_t i = 0; i < rows; i++)
        output[i * size] = output[(i + 1) * size - 1] = (real)NAN;
}

#endif
