/* The norm of a matrix of `real`; body for both precisions. */
#ifndef DIRICHLET_CORE_OPERATOR_NORM_BODY_H
#define DIRICHLET_CORE_OPERATOR_NORM_BODY_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "core/matrix/operator_norm.h"

/* NaN if there is one. */
static double largest_of(int64_t rows, int64_t columns, struct PRECISION(matrix) a)
{
    double largest = 0.0;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
            const double size = fabs((double)a.data[i * a.row_stride + j * a.column_stride]);
            if (size > largest || isnan(size))
                largest = size;
        }
    return largest;
}

/* Columns first, first + 1, ... of a (rows x columns), times factor, to panel (rows, width). */
static void gather_panel(int64_t rows, int64_t first, int64_t width, struct PRECISION(matrix) a,
                         double factor, double *panel)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < width; j++)
            panel[i * width + j] =
                factor * (double)a.data[i * a.row_stride + (first + j) * a.column_stride];
}

/* An element of B is summed from the products of a panel and added to those before: with m
 * operations in sequence |E| <= gamma_m |A| |A|^T, whose norm is at most ||A||_F^2 gamma_m
 * (Higham 2002, section 3.5), and ||A||_F^2 is the trace of B up to as much. A few operations and
 * a hundredth more are for that. */
static double gram_error(int64_t n, int64_t depth, const double *b)
{
    const int64_t operations = smaller(depth, GRAM_PANEL) + depth / GRAM_PANEL + 8;
    double trace = 0.0;
    for (int64_t i = 0; i < n; i++)
        trace += b[i * n + i];
    return 0.505 * DBL_EPSILON * (double)operations * trace;
}

struct scaled_gram PRECISION(scaled_gram)(int64_t rows, int64_t columns, struct PRECISION(matrix) a,
                                          double *b, double *panel)
{
    if (rows > columns)
        return PRECISION(scaled_gram)(
            columns, rows, (struct PRECISION(matrix)){a.data, a.column_stride, a.row_stride}, b,
            panel);
    struct scaled_gram gram = {b, rows, 0, NAN};
    const double largest = largest_of(rows, columns, a);
    if (!(largest <= DBL_MAX))
        return gram;
    (void)frexp(largest, &gram.exponent);
    gram.exponent = gram.exponent < -1022 ? -1022 : gram.exponent;
    const double factor = ldexp(1.0, -gram.exponent);
    for (int64_t first = 0; first < columns; first += GRAM_PANEL) {
        const int64_t width = smaller(columns - first, GRAM_PANEL);
        gather_panel(rows, first, width, a, factor, panel);
        blas_gram_f64(rows, width, 1.0, (struct matrix_f64){panel, width, 1}, first > 0 ? 1.0 : 0.0,
                      b, rows);
    }
    gram.error = gram_error(rows, columns, b);
    return gram;
}

struct operator_norm PRECISION(operator_norm)(int64_t rows, int64_t columns,
                                              struct PRECISION(matrix) a,
                                              struct operator_norm_limits limits, double *vector,
                                              double *work)
{
    const int64_t n = smaller(rows, columns);
    const struct scaled_gram gram = PRECISION(scaled_gram)(rows, columns, a, work, work + n * n);
    if (isnan(gram.error)) {
        memset(vector, 0, (size_t)n * sizeof(double));
        return (struct operator_norm){.value = NAN, .lower = NAN, .upper = NAN};
    }
    struct operator_norm_limits squared = limits;
    squared.tolerance = 1.9 * limits.tolerance; /* (1 + t)^2 > 1 + 1.9 t, also rounded */
    const struct operator_norm eigenvalue =
        largest_eigenvalue(n, gram.b, gram.error, squared, vector, work + n * n);
    return root_of_eigenvalue(eigenvalue, gram.exponent, limits.tolerance);
}

#endif
