/* Loops over parameters and points, beside those of core/vector/vector_loops_body.h; body for both
 * precisions, VECTOR as there. The order of all sums depends on the sizes alone. */
#ifndef DIRICHLET_REGULARIZER_LOOPS_BODY_H
#define DIRICHLET_REGULARIZER_LOOPS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/arithmetic/vector.h"
#include "core/vector/dot.h"
#include "core/vector/vector_loops_body.h"

#define sum_magnitudes VECTOR(sum_magnitudes)
#define sum_squares VECTOR(sum_squares)
#define strided_dot VECTOR(strided_dot)
#define strided_add VECTOR(strided_add)
#define double_norm VECTOR(double_norm)
#define place_pair VECTOR(place_pair)
#define make_cotangents VECTOR(make_cotangents)
#define place_along VECTOR(place_along)
#define moved_along VECTOR(moved_along)

/* sum |v_i|. */
DIRICHLET_VECTORIZED
static double sum_magnitudes(const real *values, int64_t count, int64_t stride)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= count; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++)
            lanes[q] += (double)real_abs(values[(i + q) * stride]);
    for (; i < count; i++)
        lanes[0] += (double)real_abs(values[i * stride]);
    return sum_of_lanes(lanes);
}

/* sum v_i^2. */
DIRICHLET_VECTORIZED
static double sum_squares(const real *values, int64_t count, int64_t stride)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= count; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++) {
            const double value = (double)values[(i + q) * stride];
            lanes[q] += value * value;
        }
    for (; i < count; i++)
        lanes[0] += (double)values[i * stride] * (double)values[i * stride];
    return sum_of_lanes(lanes);
}

/* <w, v>. */
DIRICHLET_VECTORIZED
static double strided_dot(const real *w, int64_t stride, const double *v, int64_t size)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= size; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++)
            lanes[q] += (double)w[(i + q) * stride] * v[i + q];
    for (; i < size; i++)
        lanes[0] += (double)w[i * stride] * v[i];
    return sum_of_lanes(lanes);
}

/* out += factor w. */
DIRICHLET_VECTORIZED
static void strided_add(double *out, double factor, const real *w, int64_t stride, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        out[i] += factor * (double)w[i * stride];
}

/* ||v||. */
DIRICHLET_VECTORIZED
static double double_norm(const double *v, int64_t size)
{
    return sqrt(dot_of_doubles(v, v, size));
}

/* above = x + h v, below = x - h v with above - below = 2 h v exactly, wherever h is not lost in
 * x: the point farther from 0 is rounded, and from there to the other there are no roundings. */
DIRICHLET_VECTORIZED
static void place_pair(const real *x, real h, const real *v, int64_t size, real *above, real *below)
{
    for (int64_t j = 0; j < size; j++) {
        const real step = h * v[j];
        const bool upward = (x[j] >= (real)0) == (step >= (real)0);
        const real outward = upward ? step : -step;
        const real outer = x[j] + outward;
        const real inner = outer - (real)2 * outward;
        above[j] = upward ? outer : inner;
        below[j] = upward ? inner : outer;
    }
}

/* From f(x + h v) and f(x - h v) the cotangents c and -c with c = factor u,
 * u = (above - below) * half_inverse; ||u||^2. */
DIRICHLET_VECTORIZED
static double make_cotangents(real *above, real *below, double half_inverse, double factor,
                              int64_t size)
{
    double energy = 0.0;
    for (int64_t j = 0; j < size; j++) {
        const double u = ((double)above[j] - (double)below[j]) * half_inverse;
        const real cotangent = (real)(factor * u);
        energy += u * u;
        above[j] = cotangent;
        below[j] = -cotangent;
    }
    return energy;
}

/* point = theta + step g. */
DIRICHLET_VECTORIZED
static void place_along(const real *theta, double step, const real *g, int64_t size, real *point)
{
    for (int64_t i = 0; i < size; i++)
        point[i] = (real)((double)theta[i] + step * (double)g[i]);
}

/* <point - theta, g>: how far rounding has let the point move. */
DIRICHLET_VECTORIZED
static double moved_along(const real *point, const real *theta, const real *g, int64_t size)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= size; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++)
            lanes[q] += ((double)point[i + q] - (double)theta[i + q]) * (double)g[i + q];
    for (; i < size; i++)
        lanes[0] += ((double)point[i] - (double)theta[i]) * (double)g[i];
    return sum_of_lanes(lanes);
}

#endif
