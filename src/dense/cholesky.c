#include "dense/cholesky.h"

#include <math.h>

#include "core/blas.h"
#include "core/vector.h"

/* Columns factored before the rest is updated by one product. */
#define BLOCK ((int64_t)64)

#define LANES 8

/* sum_i a_i b_i. */
static inline double dot(const double *a, const double *b, int64_t n)
{
    double lanes[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int64_t lane = 0; lane < LANES; lane++)
            lanes[lane] += a[i + lane] * b[i + lane];
    for (; i < n; i++)
        lanes[0] += a[i] * b[i];
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/* A pivot of a row of zeros is 1 until the end, so that nothing is divided by it. */
static inline double pivot_of(double rest, double diagonal, double least)
{
    if (!(diagonal > 0.0))
        return 1.0;
    return sqrt(rest >= least * diagonal ? rest : least * diagonal);
}

/* The diagonal block at `g`, column by column. */
DIRICHLET_VECTORIZED
static void cholesky_factor_block(int64_t n, double least, double *g, int64_t stride,
                                  const double *diagonal)
{
    for (int64_t j = 0; j < n; j++) {
        double *row = g + j * stride;
        row[j] = pivot_of(row[j] - dot(row, row, j), diagonal[j], least);
        for (int64_t below = j + 1; below < n; below++) {
            double *other = g + below * stride;
            other[j] = (other[j] - dot(other, row, j)) / row[j];
        }
    }
}

static double difference_of_row(const double *row, int64_t count, double diagonal)
{
    const double sum = dot(row, row, count);
    return sum == diagonal ? 0.0 : fabs(sum - diagonal) / diagonal;
}

static double largest_difference(int64_t n, int64_t columns, const double *g,
                                 const double *diagonal)
{
    double largest = 0.0;
    for (int64_t j = 0; j < n; j++) {
        const int64_t count = j + 1 < columns ? j + 1 : columns;
        const double difference = difference_of_row(g + j * n, count, diagonal[j]);
        if (!(difference <= largest))
            largest = difference >= 0.0 ? difference : INFINITY;
    }
    return largest;
}

double dense_cholesky(int64_t n, int64_t columns, double least, double *g, double *diagonal)
{
    for (int64_t j = 0; j < n; j++)
        diagonal[j] = g[j * n + j];
    for (int64_t first = 0; first < columns; first += BLOCK) {
        const int64_t width = columns - first < BLOCK ? columns - first : BLOCK;
        const int64_t rest = n - first - width;
        double *block = g + first * n + first;
        double *below = block + width * n;
        cholesky_factor_block(width, least, block, n, diagonal + first);
        if (rest == 0)
            break;
        blas_solve_lower_f64(rest, width, block, n, below, n);
        blas_gram_f64(rest, width, -1.0, (struct matrix_f64){below, n, 1}, 1.0, below + width, n);
    }
    for (int64_t j = 0; j < columns; j++)
        if (!(diagonal[j] > 0.0))
            g[j * n + j] = 0.0;
    return largest_difference(n, columns, g, diagonal);
}
