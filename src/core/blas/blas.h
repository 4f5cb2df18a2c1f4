/* The matrix products, and nothing else of BLAS. Two implementations, one of which is
 * linked: blas_cblas.c, the one file that names CBLAS, and blas_plain.c. */
#ifndef DIRICHLET_CORE_BLAS_H
#define DIRICHLET_CORE_BLAS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

/* Element (i, j) is data[i * row_stride + j * column_stride]; both strides >= 1.
 * One of them must be 1, unless the matrix has a single row or column: BLAS
 * transposes, it does not gather. */
struct matrix_f64 {
    const double *data;
    int64_t row_stride;
    int64_t column_stride;
};

struct matrix_f32 {
    const float *data;
    int64_t row_stride;
    int64_t column_stride;
};

/* C = alpha A B + beta C with A (rows x depth), B (depth x columns) and C row-major
 * (rows x columns), c_stride >= columns. beta = 0 does not read C. alpha is not 0: A and B
 * should not be read then, but are by some (OpenBLAS 0.3.21 for AVX-512, small sizes). Sizes >= 1
 * and, like the strides, at most BLAS_LARGEST: the caller has checked. */
void blas_multiply_f64(int64_t rows, int64_t columns, int64_t depth, double alpha,
                       struct matrix_f64 a, struct matrix_f64 b, double beta, double *c,
                       int64_t c_stride);
void blas_multiply_f32(int64_t rows, int64_t columns, int64_t depth, float alpha,
                       struct matrix_f32 a, struct matrix_f32 b, float beta, float *c,
                       int64_t c_stride);

/* C = alpha A A^T + beta C in the lower triangle of C (n x n, row-major), A (n x depth). The
 * elements above the diagonal are neither read nor written. */
void blas_gram_f64(int64_t n, int64_t depth, double alpha, struct matrix_f64 a, double beta,
                   double *c, int64_t c_stride);
void blas_gram_f32(int64_t n, int64_t depth, float alpha, struct matrix_f32 a, float beta, float *c,
                   int64_t c_stride);

/* B = B L in place: B (rows x n), L (n x n) lower triangular, both row-major; what stands above
 * the diagonal of L is not read. */
void blas_multiply_lower_f64(int64_t rows, int64_t n, const double *l, int64_t l_stride, double *b,
                             int64_t b_stride);
void blas_multiply_lower_f32(int64_t rows, int64_t n, const float *l, int64_t l_stride, float *b,
                             int64_t b_stride);

/* B = B L^-T in place, likewise; no element of L's diagonal is 0. */
void blas_solve_lower_f64(int64_t rows, int64_t n, const double *l, int64_t l_stride, double *b,
                          int64_t b_stride);

#define BLAS_LARGEST ((int64_t)INT32_MAX)

/* True where the bits of a row of a product do not depend on how many rows share the call. */
bool blas_keeps_bits(void);

/* Why the CBLAS that is bound must not be called, or NULL: it does not take the 32-bit integers
 * that it is given, or it is not one library and cannot be asked. Static. */
const char *blas_fault(void);

/* As dirichlet_blas_name and dirichlet_blas_library. */
const char *blas_name(void);
const char *blas_library(void);

#endif
