/* The type the rows of a chain are carried in, here float: see chain_body.h. */
#ifndef DIRICHLET_DENSE_CARRY_F32_H
#define DIRICHLET_DENSE_CARRY_F32_H

#include "core/blas.h"

typedef float carry;
typedef struct matrix_f32 carry_matrix;

static inline void carry_multiply(int64_t rows, int64_t columns, int64_t depth, carry_matrix a,
                                  carry_matrix b, carry beta, carry *c, int64_t c_stride)
{
    blas_multiply_f32(rows, columns, depth, 1.0F, a, b, beta, c, c_stride);
}

#endif
