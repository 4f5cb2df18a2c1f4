/* Orthonormal frames, in double for both precisions. */
#ifndef DIRICHLET_ESTIMATOR_FRAME_BODY_H
#define DIRICHLET_ESTIMATOR_FRAME_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/vector.h"
#include "core/vector/vector_loops_body.h"

#define extend_frame VECTOR(extend_frame)

static inline double frame_overlap(const double *a, const double *b, int64_t size)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= size; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++)
            lanes[q] += a[i + q] * b[i + q];
    for (; i < size; i++)
        lanes[0] += a[i] * b[i];
    return sum_of_lanes(lanes);
}

/* v -= factor w. */
static inline void frame_subtract(double *v, double factor, const double *w, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        v[i] -= factor * w[i];
}

/* One random vector made orthogonal to the `count` unit vectors of the frame before it,
 * twice over ("twice is enough": Giraud, Langou, Rozloznik and van den Eshof 2005), and of
 * unit length. */
DIRICHLET_VECTORIZED
static void extend_frame(double *frame, int64_t count, int64_t size)
{
    double *last = frame + count * size;
    for (int64_t pass = 0; pass < 2; pass++)
        for (int64_t i = 0; i < count; i++)
            frame_subtract(last, frame_overlap(frame + i * size, last, size), frame + i * size,
                           size);
    const double length = sqrt(frame_overlap(last, last, size));
    for (int64_t j = 0; j < size; j++)
        last[j] /= length;
}

#endif
