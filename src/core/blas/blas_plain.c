/* The product without a BLAS: slow, exact in its promises. Every element of C is
 * summed in double in an order that depends on the depth and on B's layout alone, so
 * its bits do not depend on how many rows share the call. */
#include "core/blas/blas.h"

#include <stddef.h>

/* Columns of C summed side by side, and partial sums of a dot product. */
#define BLOCK 64
#define LANES 8

#define REAL double
#define MATRIX struct matrix_f64
#define MULTIPLY blas_multiply_f64
#define GRAM blas_gram_f64
#define MULTIPLY_LOWER blas_multiply_lower_f64
#define FUNCTION(name) name##_f64
#include "core/blas/blas_plain_body.h"
#undef REAL
#undef MATRIX
#undef MULTIPLY
#undef GRAM
#undef MULTIPLY_LOWER
#undef FUNCTION

#define REAL float
#define MATRIX struct matrix_f32
#define MULTIPLY blas_multiply_f32
#define GRAM blas_gram_f32
#define MULTIPLY_LOWER blas_multiply_lower_f32
#define FUNCTION(name) name##_f32
#include "core/blas/blas_plain_body.h"

/* x L^T = b, one element of x after the other. */
void blas_solve_lower_f64(int64_t rows, int64_t n, const double *l, int64_t l_stride, double *b,
                          int64_t b_stride)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < n; j++) {
            double *row = b + r * b_stride;
            const double *factors = l + j * l_stride;
            row[j] = (row[j] - dot_f64(row, 1, factors, 1, j)) / factors[j];
        }
}

bool blas_keeps_bits(void)
{
    return true;
}

const char *blas_fault(void)
{
    return NULL;
}

const char *blas_name(void)
{
    return "none";
}

const char *blas_library(void)
{
    return "";
}
