#include "dense/rows/cholesky.h"

#include <math.h>

#include "core/matrix/cholesky.h"
#include "core/vector/dot.h"

static double difference_of_row(const double *row, int64_t count, double diagonal)
{
    const double sum = dot_of_doubles(row, row, count);
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
    (void)cholesky_factor(n, columns, least, diagonal, g);
    for (int64_t j = 0; j < columns; j++)
        if (!(diagonal[j] > 0.0))
            g[j * n + j] = 0.0;
    return largest_difference(n, columns, g, diagonal);
}
