/* The type the rows of a chain are carried in, here double: see chain_body.h. */
#ifndef DIRICHLET_DENSE_CARRY_F64_H
#define DIRICHLET_DENSE_CARRY_F64_H

#include "core/blas.h"

typedef double carry;
typedef struct matrix_f64 carry_matrix;

static inline void carry_multiply(int64_t rows, int64_t columns, int64_t depth, carry_matrix a,
                                  carry_matrix b, carry beta, carry *c, int64_t c_stride)
{
    blas_multiply_f64(rows, columns, depth, 1.0, a, b, beta, c, c_stride);
}

#endif
