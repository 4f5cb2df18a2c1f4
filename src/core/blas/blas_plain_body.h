/* The product without a BLAS: slow, exact in its promises. Every element of C is
 * summed in double in an order that depends on the depth and on B's layout alone, so
 * its bits do not depend on how many rows share the call. */
#ifndef DIRICHLET_CORE_BLAS_PLAIN_BODY_H
#define DIRICHLET_CORE_BLAS_PLAIN_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/blas/blas.h"

/* Columns of C summed side by side, and partial sums of a dot product. */
#define BLOCK 64
#define LANES 8

/* One row of A against `width` columns of B that are stored side by side. */
static void PRECISION(row_times_columns)(const real *a, int64_t a_stride, const real *b,
                                         int64_t b_row_stride, int64_t depth, int64_t width,
                                         double *sums)
{
    for (int64_t j = 0; j < width; j++)
        sums[j] = 0.0;
    for (int64_t p = 0; p < depth; p++) {
        const double factor = a[p * a_stride];
        const real *row = b + p * b_row_stride;
        for (int64_t j = 0; j < width; j++)
            sums[j] += factor * row[j];
    }
}

/* Dot product of two strided vectors. */
static double PRECISION(dot)(const real *a, int64_t a_stride, const real *b, int64_t b_stride,
                             int64_t depth)
{
    double lanes[LANES] = {0};
    int64_t p = 0;
    for (; p + LANES <= depth; p += LANES)
        for (int64_t q = 0; q < LANES; q++)
            lanes[q] += (double)a[(p + q) * a_stride] * b[(p + q) * b_stride];
    for (; p < depth; p++)
        lanes[0] += (double)a[p * a_stride] * b[p * b_stride];
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static void PRECISION(multiply_block)(int64_t row, int64_t first, int64_t width, int64_t depth,
                                      struct PRECISION(matrix) a, struct PRECISION(matrix) b,
                                      double *sums)
{
    const real *a_row = a.data + row * a.row_stride;
    if (b.column_stride == 1) {
        PRECISION(row_times_columns)
        (a_row, a.column_stride, b.data + first, b.row_stride, depth, width, sums);
        return;
    }
    for (int64_t j = 0; j < width; j++)
        sums[j] = PRECISION(dot)(a_row, a.column_stride, b.data + (first + j) * b.column_stride,
                                 b.row_stride, depth);
}

void PRECISION(blas_multiply)(int64_t rows, int64_t columns, int64_t depth, real alpha,
                              struct PRECISION(matrix) a, struct PRECISION(matrix) b, real beta,
                              real *c, int64_t c_stride)
{
    double sums[BLOCK];
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t first = 0; first < columns; first += BLOCK) {
            const int64_t width = columns - first < BLOCK ? columns - first : BLOCK;
            real *out = c + i * c_stride + first;
            PRECISION(multiply_block)(i, first, width, depth, a, b, sums);
            if (beta == 0)
                for (int64_t j = 0; j < width; j++)
                    out[j] = (real)(alpha * sums[j]);
            else
                for (int64_t j = 0; j < width; j++)
                    out[j] = (real)(alpha * sums[j] + beta * (double)out[j]);
        }
    }
}

void PRECISION(blas_gram)(int64_t n, int64_t depth, real alpha, struct PRECISION(matrix) a,
                          real beta, real *c, int64_t c_stride)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++) {
            const double sum = PRECISION(dot)(a.data + i * a.row_stride, a.column_stride,
                                              a.data + j * a.row_stride, a.column_stride, depth);
            real *out = c + i * c_stride + j;
            *out = (real)(beta == 0 ? alpha * sum : alpha * sum + beta * (double)*out);
        }
}

/* Columns from left to right: one of them needs no element of B to its left. */
void PRECISION(blas_multiply_lower)(int64_t rows, int64_t n, const real *l, int64_t l_stride,
                                    real *b, int64_t b_stride)
{
    double sums[BLOCK];
    for (int64_t r = 0; r < rows; r++)
        for (int64_t first = 0; first < n; first += BLOCK) {
            const int64_t width = n - first < BLOCK ? n - first : BLOCK;
            real *row = b + r * b_stride;
            for (int64_t j = 0; j < width; j++)
                sums[j] = 0.0;
            for (int64_t i = first; i < n; i++) {
                const double factor = row[i];
                const real *below = l + i * l_stride + first;
                const int64_t filled = i - first < width ? i - first + 1 : width;
                for (int64_t j = 0; j < filled; j++)
                    sums[j] += factor * below[j];
            }
            for (int64_t j = 0; j < width; j++)
                row[first + j] = (real)sums[j];
        }
}

#endif
