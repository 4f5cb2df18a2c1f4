/* The matrix product, and nothing else of BLAS. Two implementations, one of which is
 * linked: blas_cblas.c, the one file that names CBLAS, and blas_plain.c. */
#ifndef DIRICHLET_CORE_BLAS_H
#define DIRICHLET_CORE_BLAS_H

#include <stdbool.h>
#include <stdint.h>

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
 * (rows x columns), c_stride >= columns. beta = 0 does not read C. Sizes >= 1 and,
 * like the strides, at most BLAS_LARGEST: the caller has checked. */
void blas_multiply_f64(int64_t rows, int64_t columns, int64_t depth, double alpha,
                       struct matrix_f64 a, struct matrix_f64 b, double beta, double *c,
                       int64_t c_stride);
void blas_multiply_f32(int64_t rows, int64_t columns, int64_t depth, float alpha,
                       struct matrix_f32 a, struct matrix_f32 b, float beta, float *c,
                       int64_t c_stride);

#define BLAS_LARGEST ((int64_t)INT32_MAX)

/* True if the linked BLAS takes the 32-bit integers it is given. */
bool blas_width_fits(void);

const char *blas_name(void);

#endif
