/* Loops over the entries of vectors; body for both precisions. Every one of them depends on the
 * sizes alone in the order of what it adds, so that all copies (core/arithmetic/vector.h) give the
 * same bits. A source file that includes this defines VECTOR(name) before, which makes the names
 * unique in the library, as those copies need. */
#ifndef DIRICHLET_CORE_VECTOR_LOOPS_BODY_H
#define DIRICHLET_CORE_VECTOR_LOOPS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/arithmetic/vector.h"
#include "core/statistics/counter.h"

#ifndef VECTOR
#define VECTOR(name) PRECISION(name)
#endif

#define squared_norms VECTOR(squared_norms)
#define inner_product VECTOR(inner_product)
#define is_finite_vector VECTOR(is_finite)
#define add_multiple VECTOR(add_multiple)
#define scale_vector VECTOR(scale)
#define place_point VECTOR(place_point)
#define take_difference VECTOR(take_difference)
#define spread_signs VECTOR(spread_signs)

#define VECTOR_LANES 16
#define FINITE_LANES 16

static inline double sum_of_lanes(double *lanes)
{
    for (int64_t width = VECTOR_LANES / 2; width > 0; width /= 2)
        for (int64_t q = 0; q < width; q++)
            lanes[q] += lanes[q + width];
    return lanes[0];
}

/* Nobody needs all of them; no attribute says so that clang lets stand beside the copies. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif

/* <a, b> in double. */
DIRICHLET_VECTORIZED
static double inner_product(const real *a, const real *b, int64_t size)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= size; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++)
            lanes[q] += (double)a[i + q] * (double)b[i + q];
    for (; i < size; i++)
        lanes[0] += (double)a[i] * (double)b[i];
    return sum_of_lanes(lanes);
}

/* ||v||^2 of so many rows, the same number as <v, v>; every element is converted to double
 * once. */
DIRICHLET_VECTORIZED
static void squared_norms(const real *rows, int64_t count, int64_t size, double *norms)
{
    for (const real *v = rows; v < rows + count * size; v += size) {
        double lanes[VECTOR_LANES] = {0};
        int64_t i = 0;
        for (; i + VECTOR_LANES <= size; i += VECTOR_LANES)
            for (int64_t q = 0; q < VECTOR_LANES; q++) {
                const double element = (double)v[i + q];
                lanes[q] += element * element;
            }
        for (; i < size; i++)
            lanes[0] += (double)v[i] * (double)v[i];
        *norms++ = sum_of_lanes(lanes);
    }
}

static inline double squared_norm(const real *v, int64_t size)
{
    double norm = 0.0;
    squared_norms(v, 1, size, &norm);
    return norm;
}

/* Zero times a number is zero exactly if the number is finite. */
DIRICHLET_VECTORIZED
static bool is_finite_vector(const real *v, int64_t size)
{
    real lanes[FINITE_LANES] = {0};
    int64_t i = 0;
    for (; i + FINITE_LANES <= size; i += FINITE_LANES)
        for (int64_t q = 0; q < FINITE_LANES; q++)
            lanes[q] += v[i + q] * (real)0;
    for (; i < size; i++)
        lanes[0] += v[i] * (real)0;
    for (int64_t q = 0; q < FINITE_LANES / 2; q++)
        lanes[q] += lanes[q + FINITE_LANES / 2];
    for (int64_t q = 1; q < FINITE_LANES / 2; q++)
        lanes[0] += lanes[q];
    return lanes[0] == (real)0;
}

/* The largest |v_i| of finite numbers. By comparison: on fmax over floats that are widened to
 * double gcc 12 for arm64 dies at -O3 ("internal compiler error: in vect_transform_reduction"). */
static inline double largest_magnitude(const real *v, int64_t size)
{
    double largest = 0.0;
    for (int64_t i = 0; i < size; i++) {
        const double magnitude = fabs((double)v[i]);
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

/* v += factor w. */
DIRICHLET_VECTORIZED
static void add_multiple(real *v, real factor, const real *w, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        v[i] += factor * w[i];
}

DIRICHLET_VECTORIZED
static void scale_vector(real *v, double factor, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        v[i] = (real)(factor * (double)v[i]);
}

/* point = x + step v. */
DIRICHLET_VECTORIZED
static void place_point(const real *x, real step, const real *v, int64_t size, real *point)
{
    for (int64_t i = 0; i < size; i++)
        point[i] = x[i] + step * v[i];
}

/* above = (above - below) * scale. */
DIRICHLET_VECTORIZED
static void take_difference(real *above, const real *below, real scale, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        above[i] = (above[i] - below[i]) * scale;
}

/* Bit 0 of words[0], bit 1, and so on to signs: 1 for 0, -1 for 1. */
DIRICHLET_VECTORIZED
static void spread_signs(const uint32_t *words, int64_t size, real *signs)
{
    for (; size >= 32; size -= 32, words++, signs += 32)
        for (uint32_t i = 0; i < 32; i++)
            signs[i] = (real)(1 - (int32_t)(2 * (*words >> i & 1)));
    for (int64_t i = 0; i < size; i++)
        signs[i] = (real)(1 - (int32_t)(2 * (*words >> i & 1)));
}

/* The stream's random signs, 128 to a block of bits. */
static inline void draw_signs(const struct counter_stream *stream, int64_t size, real *signs)
{
    for (int64_t first = 0; first < size; first += 128) {
        const struct counter_block bits = counter_bits(stream, (uint32_t)(first / 128));
        const int64_t count = size - first < 128 ? size - first : 128;
        spread_signs(bits.word, count, signs + first);
    }
}

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif
