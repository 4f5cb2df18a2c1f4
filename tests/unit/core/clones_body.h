/* Body of clones_f32.c and clones_f64.c, which are compiled once for every vector unit,
 * with DIRICHLET_VECTORIZED the attribute and CLONE its name. */
#ifndef DIRICHLET_UNIT_CLONES_BODY_H
#define DIRICHLET_UNIT_CLONES_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "clones.h"
#include "core/arithmetic/real.h"
#include "core/statistics/normal.h"
#include "core/vector/vector_loops_body.h"
#include "estimator/directions/frame_body.h"
#include "regularizer/loops_body.h"

#ifndef SUFFIX
#define SUFFIX _f64 /* where this is read alone */
#endif

#define JOIN(a, b, c) a##b##c
#define TRIAL(clone, suffix) JOIN(clones_, clone, suffix)
#define OUT(data, count) out = put(out, data, (size_t)(count) * sizeof *(data))

static unsigned char *put(unsigned char *out, const void *data, size_t size)
{
    memcpy(out, data, size);
    return out + size;
}

/* Numbers of many magnitudes; some are infinite or NaN if `wild`. */
static void numbers_of(const uint32_t *bits, int64_t size, int wild, real *numbers)
{
    for (int64_t i = 0; i < size; i++)
        numbers[i] = (real)ldexp((double)bits[i] - 2147483648.0, (int)(bits[i] % 61) - 61);
    if (wild)
        numbers[bits[0] % size] = bits[1] % 2 ? (real)NAN : (real)INFINITY;
}

int64_t TRIAL(CLONE, SUFFIX)(int64_t size, const uint32_t *bits, unsigned char *output)
{
    real a[CLONES_LONGEST] = {0};
    real b[2 * CLONES_LONGEST] = {0};
    real c[CLONES_LONGEST] = {0};
    double norms[2] = {0};
    double wide[2 * CLONES_LONGEST] = {0};
    uint32_t word[4][NORMAL_LANES] = {{0}};
    double normals[2 * NORMAL_LANES];
    unsigned char *out = output;
    numbers_of(bits, size, 0, a);
    numbers_of(bits + size, 2 * size, 0, b);
    squared_norms(b, 2, size, norms);
    OUT(norms, 2);
    norms[0] = inner_product(a, b, size);
    norms[1] = squared_norm(a, size);
    OUT(norms, 2);
    place_point(a, (real)0.3, b, size, c);
    OUT(c, size);
    take_difference(c, a, (real)1.7, size);
    OUT(c, size);
    add_multiple(c, (real)-0.7, b, size);
    OUT(c, size);
    scale_vector(c, 1.0 / 3.0, size);
    OUT(c, size);
    spread_signs(bits, size, c);
    OUT(c, size);
    norms[0] = sum_magnitudes(b, size, 2);
    norms[1] = sum_squares(b, size, 2);
    OUT(norms, 2);
    for (int64_t i = 0; i < size; i++)
        wide[i] = ldexp((double)bits[i], (int)(bits[i + size] % 40) - 60);
    norms[0] = strided_dot(b, 2, wide, size);
    norms[1] = double_norm(wide, size);
    OUT(norms, 2);
    strided_add(wide, 1.0 / 7.0, b, 2, size);
    OUT(wide, size);
    place_pair(a, (real)0x1p-9, c, size, b, b + size);
    OUT(b, 2 * size);
    norms[0] = make_cotangents(b, b + size, 256.0, 1.0 / 3.0, size);
    norms[1] = moved_along(b, a, c, size);
    OUT(norms, 2);
    OUT(b, 2 * size);
    place_along(a, 0.3, b, size, c);
    OUT(c, size);
    numbers_of(bits, size, bits[2] % 2, a);
    for (int64_t i = 0; i < 2 * size; i++)
        wide[i] = ldexp((double)bits[i], (int)(bits[i + size] % 40));
    extend_frame(wide, 0, size);
    extend_frame(wide, 1, size);
    OUT(wide, 2 * size);
    memcpy(word, bits, sizeof word);
    normal_fill((const uint32_t(*)[NORMAL_LANES])word, normals);
    OUT(normals, 2 * NORMAL_LANES);
    const int finite = is_finite_vector(a, size);
    OUT(&finite, 1);
    return out - output;
}

#endif
