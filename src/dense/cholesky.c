#include "dense/cholesky.h"

#include <math.h>

#include "core/blas.h"

/* Columns factored before the rest is updated by one product. */
#define BLOCK ((int64_t)64)

/* A pivot of a row of zeros is 1 until the end, so that nothing is divided by it. */
static double pivot_of(double rest, double diagonal, double least, int64_t *replaced)
{
    if (!(diagonal > 0.0))
        return 1.0;
    if (rest >= least * diagonal)
        return sqrt(rest);
    ++*replaced;
    return sqrt(least * diagonal);
}

/* The diagonal block at `g`, column by column. */
static int64_t factor_block(int64_t n, double least, double *g, int64_t stride,
                            const double *diagonal)
{
    int64_t replaced = 0;
    for (int64_t j = 0; j < n; j++) {
        double *row = g + j * stride;
        for (int64_t i = 0; i < j; i++)
            row[j] -= row[i] * row[i];
        row[j] = pivot_of(row[j], diagonal[j], least, &replaced);
        for (int64_t below = j + 1; below < n; below++) {
            double *other = g + below * stride;
            for (int64_t i = 0; i < j; i++)
                other[j] -= other[i] * row[i];
            other[j] /= row[j];
        }
    }
    return replaced;
}

int64_t dense_cholesky(int64_t n, double least, double *g, double *diagonal)
{
    int64_t replaced = 0;
    for (int64_t j = 0; j < n; j++)
        diagonal[j] = g[j * n + j];
    for (int64_t first = 0; first < n; first += BLOCK) {
        const int64_t width = n - first < BLOCK ? n - first : BLOCK;
        const int64_t rest = n - first - width;
        double *block = g + first * n + first;
        double *below = block + width * n;
        replaced += factor_block(width, least, block, n, diagonal + first);
        if (rest == 0)
            break;
        blas_solve_lower_f64(rest, width, block, n, below, n);
        blas_gram_f64(rest, width, -1.0, (struct matrix_f64){below, n, 1}, 1.0, below + width, n);
    }
    for (int64_t j = 0; j < n; j++)
        if (!(diagonal[j] > 0.0))
            g[j * n + j] = 0.0;
    return replaced;
}
