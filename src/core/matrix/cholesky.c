#include "core/matrix/cholesky.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/vector.h"
#include "core/blas/blas.h"
#include "core/vector/dot.h"

/* Columns factored before the rest is updated by one product. */
#define BLOCK ((int64_t)64)

/* A pivot of a row of zeros is 1, so that nothing is divided by 0. */
static inline double pivot_of(double rest, double diagonal, double least)
{
    if (!(diagonal > 0.0))
        return 1.0;
    return sqrt(rest >= least * diagonal ? rest : least * diagonal);
}

/* The diagonal block at `g`, column by column. */
DIRICHLET_VECTORIZED
static bool cholesky_factor_block(int64_t n, double least, double *g, int64_t stride,
                                  const double *diagonal)
{
    for (int64_t j = 0; j < n; j++) {
        double *row = g + j * stride;
        const double rest = row[j] - dot_of_doubles(row, row, j);
        if (diagonal == NULL && !(rest > 0.0))
            return false;
        row[j] = diagonal == NULL ? sqrt(rest) : pivot_of(rest, diagonal[j], least);
        for (int64_t below = j + 1; below < n; below++) {
            double *other = g + below * stride;
            other[j] = (other[j] - dot_of_doubles(other, row, j)) / row[j];
        }
    }
    return true;
}

bool cholesky_factor(int64_t n, int64_t columns, double least, const double *diagonal, double *g)
{
    for (int64_t first = 0; first < columns; first += BLOCK) {
        const int64_t width = smaller(columns - first, BLOCK);
        const int64_t rest = n - first - width;
        double *block = g + first * n + first;
        double *below = block + width * n;
        if (!cholesky_factor_block(width, least, block, n,
                                   diagonal == NULL ? NULL : diagonal + first))
            return false;
        if (rest == 0)
            break;
        blas_solve_lower_f64(rest, width, block, n, below, n);
        blas_gram_f64(rest, width, -1.0, (struct matrix_f64){below, n, 1}, 1.0, below + width, n);
    }
    return true;
}

/* A few operations more, for divisions by products with an inverse and for what the bound
 * itself is rounded by. The unit of rounding is half of DBL_EPSILON; gamma_m is m of them and,
 * for any m that there can be, less than a hundredth more. */
double cholesky_error(int64_t n)
{
    const int64_t operations = smaller(n, BLOCK) + n / BLOCK + 8;
    return 0.505 * DBL_EPSILON * (double)operations;
}
