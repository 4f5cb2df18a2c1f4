#include "core/arithmetic/real_f64.h"

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
