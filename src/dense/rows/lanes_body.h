/* The loops over single numbers, plain enough for the compiler to vectorize. Several sums side
 * by side let it; their order depends on the length alone. Every chain has its own copies, whose
 * names CARRY makes unique. */
#ifndef DIRICHLET_DENSE_LANES_BODY_H
#define DIRICHLET_DENSE_LANES_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/arithmetic/vector.h"
#include "dense/rows/carry.h"

#define SUM_LANES 8

static double sum_of_lanes(const double *lanes)
{
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

DIRICHLET_VECTORIZED
static double CARRY(sum_of_squares)(const carry *row, int64_t width)
{
    double lanes[SUM_LANES] = {0};
    int64_t i = 0;
    for (; i + SUM_LANES <= width; i += SUM_LANES)
        for (int64_t lane = 0; lane < SUM_LANES; lane++)
            lanes[lane] += (double)row[i + lane] * (double)row[i + lane];
    for (; i < width; i++)
        lanes[0] += (double)row[i] * (double)row[i];
    return sum_of_lanes(lanes);
}

/* out = row o diagonal. */
DIRICHLET_VECTORIZED
static void CARRY(scale_row)(carry *restrict row, const carry *restrict diagonal, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        row[i] *= diagonal[i];
}

/* out += row. */
DIRICHLET_VECTORIZED
static void CARRY(add_row)(const carry *restrict row, carry *restrict out, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        out[i] += row[i];
}

/* out += a o b. */
DIRICHLET_VECTORIZED
static void CARRY(add_product)(const carry *restrict a, const carry *restrict b,
                               carry *restrict out, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        out[i] += a[i] * b[i];
}

DIRICHLET_VECTORIZED
static void CARRY(scale_all)(carry *row, carry factor, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        row[i] *= factor;
}

/* sum_i row_i^2 weights_i, of which only the size is wanted. */
DIRICHLET_VECTORIZED
static double CARRY(weigh_row)(const carry *restrict row, const carry *restrict weights,
                               int64_t width)
{
    carry lanes[2 * SUM_LANES] = {0};
    int64_t i = 0;
    for (; i + 2 * SUM_LANES <= width; i += 2 * SUM_LANES)
        for (int64_t lane = 0; lane < 2 * SUM_LANES; lane++)
            lanes[lane] += row[i + lane] * row[i + lane] * weights[i + lane];
    for (; i < width; i++)
        lanes[0] += row[i] * row[i] * weights[i];
    double sum = 0.0;
    for (int lane = 0; lane < 2 * SUM_LANES; lane++)
        sum += (double)lanes[lane];
    return sum;
}

/* out = factor row. */
DIRICHLET_VECTORIZED
static void CARRY(copy_scaled)(const carry *restrict row, carry factor, carry *restrict out,
                               int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        out[i] = factor * row[i];
}

/* out = row, in the carried type or from it. */
DIRICHLET_VECTORIZED
static void CARRY(widen_row)(const real *restrict row, double *restrict out, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        out[i] = (double)row[i];
}

DIRICHLET_VECTORIZED
static void CARRY(keep_row)(const double *restrict row, carry *restrict out, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        out[i] = (carry)row[i];
}

/* sum_i a_i b_i. */
DIRICHLET_VECTORIZED
static double CARRY(dot_of_rows)(const carry *a, const carry *b, int64_t width)
{
    double lanes[SUM_LANES] = {0};
    int64_t i = 0;
    for (; i + SUM_LANES <= width; i += SUM_LANES)
        for (int64_t lane = 0; lane < SUM_LANES; lane++)
            lanes[lane] += (double)a[i + lane] * (double)b[i + lane];
    for (; i < width; i++)
        lanes[0] += (double)a[i] * (double)b[i];
    return sum_of_lanes(lanes);
}

/* Of `samples`, `first` have one unit on, `second` another, and `both` have both: the sum of the
 * products of their slopes, 1 where on and `off` elsewhere. */
static inline double sum_of_products(double samples, double first, double second, double both,
                                     double off)
{
    const double one = (first - both) + (second - both);
    const double none = (samples - first) - (second - both);
    return both + off * (one + off * none);
}

/* sum_j weights_j times that of unit j and the one that is on in `own` samples. */
DIRICHLET_VECTORIZED
static double CARRY(weigh_counts)(const int32_t *counts, const double *active, const carry *weights,
                                  double samples, double own, double off, int64_t width)
{
    double lanes[SUM_LANES] = {0};
    int64_t j = 0;
    for (; j + SUM_LANES <= width; j += SUM_LANES)
        for (int64_t lane = 0; lane < SUM_LANES; lane++)
            lanes[lane] +=
                sum_of_products(samples, own, active[j + lane], (double)counts[j + lane], off) *
                (double)weights[j + lane];
    for (; j < width; j++)
        lanes[0] +=
            sum_of_products(samples, own, active[j], (double)counts[j], off) * (double)weights[j];
    return sum_of_lanes(lanes);
}

/* Set a bit where a slope is that of units that are on. */
DIRICHLET_VECTORIZED
static void CARRY(note_bit)(const carry *restrict slopes, carry on, uint64_t bit,
                            uint64_t *restrict bits, int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        bits[i] |= slopes[i] == on ? bit : 0;
}

/* sum_i weights_i row_i. */
DIRICHLET_VECTORIZED
static double CARRY(dot_with_weights)(const real *weights, const carry *row, int64_t width)
{
    enum { LANES = 4 * SUM_LANES };
    double lanes[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= width; i += LANES)
        for (int64_t lane = 0; lane < LANES; lane++)
            lanes[lane] += (double)weights[i + lane] * (double)row[i + lane];
    for (; i < width; i++)
        lanes[0] += (double)weights[i] * (double)row[i];
    for (int64_t lane = 0; lane < SUM_LANES; lane++)
        lanes[lane] = (lanes[lane] + lanes[lane + SUM_LANES]) +
                      (lanes[lane + 2 * SUM_LANES] + lanes[lane + 3 * SUM_LANES]);
    return sum_of_lanes(lanes);
}

#define ROWS_AT_ONCE 4

/* The same for some rows, which stand `stride` apart: every weight is widened once for all of
 * them. */
DIRICHLET_VECTORIZED
static void CARRY(dots_with_weights)(const real *weights, const carry *rows, int64_t stride,
                                     int64_t width, double *dots)
{
    enum { LANES = 2 * SUM_LANES };
    double lanes[ROWS_AT_ONCE][LANES] = {{0}};
    int64_t i = 0;
    for (; i + LANES <= width; i += LANES)
        for (int64_t r = 0; r < ROWS_AT_ONCE; r++)
            for (int64_t lane = 0; lane < LANES; lane++)
                lanes[r][lane] += (double)weights[i + lane] * (double)rows[r * stride + i + lane];
    for (int64_t r = 0; r < ROWS_AT_ONCE; r++) {
        for (int64_t k = i; k < width; k++)
            lanes[r][0] += (double)weights[k] * (double)rows[r * stride + k];
        for (int64_t lane = 0; lane < SUM_LANES; lane++)
            lanes[r][lane] += lanes[r][lane + SUM_LANES];
        dots[r] = sum_of_lanes(lanes[r]);
    }
}

/* out += factor weights. */
DIRICHLET_VECTORIZED
static void CARRY(add_weights)(const real *restrict weights, carry factor, carry *restrict out,
                               int64_t width)
{
    for (int64_t i = 0; i < width; i++)
        out[i] += factor * (carry)weights[i];
}

#define sum_of_squares CARRY(sum_of_squares)
#define scale_row CARRY(scale_row)
#define scale_all CARRY(scale_all)
#define add_row CARRY(add_row)
#define add_product CARRY(add_product)
#define weigh_row CARRY(weigh_row)
#define copy_scaled CARRY(copy_scaled)
#define dot_of_rows CARRY(dot_of_rows)
#define widen_row CARRY(widen_row)
#define keep_row CARRY(keep_row)
#define dot_with_weights CARRY(dot_with_weights)
#define dots_with_weights CARRY(dots_with_weights)
#define add_weights CARRY(add_weights)
#define weigh_counts CARRY(weigh_counts)
#define note_bit CARRY(note_bit)

#endif
