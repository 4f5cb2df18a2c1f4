/* The type the rows of a chain are carried in, here float, of float networks alone: see
 * network_body.h. */
#ifndef DIRICHLET_DENSE_CARRY_F32_H
#define DIRICHLET_DENSE_CARRY_F32_H

#include "core/arithmetic/real_f32.h"

#include <stdint.h>

#include "core/blas/blas.h"

/* Names of one pair of types, as core/arithmetic/vector.h asks for. */
#define CARRY(name) name##_narrow_f32

typedef float carry;
typedef struct matrix_f32 carry_matrix;

/* Ends are made of matrices whose rows have norms between these: their squares, and products of
 * those, are then numbers of the type with full relative accuracy. */
#define CARRY_LEAST_NORM 1e-8
#define CARRY_LARGEST_NORM 1e8

/* A triangle comes from a Gram matrix in double, and costs digits only beyond this ratio of
 * terms to result; a Gram matrix of this type beyond the other. See ends_body.h. */
#define CARRY_TRIANGLE_LIMIT 1e3
#define CARRY_GRAM_LIMIT 8.0

/* Pivots of a triangle below this part of their row's square are replaced by it; a triangle that
 * differs by more from its Gram matrix is not used. At the limit above this is still float. */
#define CARRY_LEAST_PIVOT 1e-10
#define CARRY_LARGEST_DIFFERENCE 1e-9

static inline void carry_multiply(int64_t rows, int64_t columns, int64_t depth, carry_matrix a,
                                  carry_matrix b, carry beta, carry *c, int64_t c_stride)
{
    blas_multiply_f32(rows, columns, depth, 1.0F, a, b, beta, c, c_stride);
}

/* c (n x n) = a a^T + beta c, the lower triangle. */
static inline void carry_gram(int64_t n, int64_t depth, carry_matrix a, carry beta, carry *c,
                              int64_t c_stride)
{
    blas_gram_f32(n, depth, 1.0F, a, beta, c, c_stride);
}

static inline void carry_multiply_lower(int64_t rows, int64_t n, const carry *l, carry *b)
{
    blas_multiply_lower_f32(rows, n, l, n, b, n);
}

#endif
