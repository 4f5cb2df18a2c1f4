/* The type the rows of a chain are carried in, here double: see network_body.h. */
#ifndef DIRICHLET_DENSE_CARRY_F64_H
#define DIRICHLET_DENSE_CARRY_F64_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/blas/blas.h"

#define CARRY(name) PRECISION(name##_wide)

typedef double carry;
typedef struct matrix_f64 carry_matrix;

/* As in carry_f32.h. */
#define CARRY_LEAST_NORM 1e-70
#define CARRY_LARGEST_NORM 1e70
#define CARRY_TRIANGLE_LIMIT 32.0
#define CARRY_GRAM_LIMIT 32.0

/* In double a replaced pivot would be seen. */
#define CARRY_LEAST_PIVOT 1e-11
#define CARRY_LARGEST_DIFFERENCE 2e-14

static inline void carry_multiply(int64_t rows, int64_t columns, int64_t depth, carry_matrix a,
                                  carry_matrix b, carry beta, carry *c, int64_t c_stride)
{
    blas_multiply_f64(rows, columns, depth, 1.0, a, b, beta, c, c_stride);
}

/* c (n x n) = a a^T + beta c, the lower triangle. */
static inline void carry_gram(int64_t n, int64_t depth, carry_matrix a, carry beta, carry *c,
                              int64_t c_stride)
{
    blas_gram_f64(n, depth, 1.0, a, beta, c, c_stride);
}

static inline void carry_multiply_lower(int64_t rows, int64_t n, const carry *l, carry *b)
{
    blas_multiply_lower_f64(rows, n, l, n, b, n);
}

#endif
