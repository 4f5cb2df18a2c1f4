/* Products with a matrix of weights, whatever its layout and type. */
#ifndef DIRICHLET_DENSE_MULTIPLY_BODY_H
#define DIRICHLET_DENSE_MULTIPLY_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/lanes_body.h"

/* A matrix of weights or its transpose: element (i, j) is data[i * row_stride + j * column_stride].
 */
struct weights_view {
    const real *data;
    int64_t row_stride;
    int64_t column_stride;
};

static struct weights_view weights_of(const struct dense_layer *layer)
{
    return (struct weights_view){layer->weights, layer->output_stride, layer->input_stride};
}

static struct weights_view transposed(struct weights_view view)
{
    return (struct weights_view){view.data, view.column_stride, view.row_stride};
}

static struct weights_view rows_from(struct weights_view view, int64_t first)
{
    view.data += first * view.row_stride;
    return view;
}

static struct weights_view columns_from(struct weights_view view, int64_t first)
{
    return transposed(rows_from(transposed(view), first));
}

/* Strides are 1 along extents of 1, so that one unit stride is all that BLAS asks for. */
static bool readable_by_blas(struct weights_view view)
{
    return sizeof(real) == sizeof(carry) && (view.row_stride == 1 || view.column_stride == 1);
}

static carry_matrix as_matrix(struct weights_view view)
{
    return (carry_matrix){(const carry *)(const void *)view.data, view.row_stride,
                          view.column_stride};
}

static carry_matrix row_major(const carry *data, int64_t stride)
{
    return (carry_matrix){data, stride, 1};
}

static double row_squares(struct weights_view view, int64_t row, int64_t depth)
{
    const real *from = view.data + row * view.row_stride;
    double sum = 0.0;
    if (view.column_stride == 1 && sizeof(real) == sizeof(carry))
        return sum_of_squares((const carry *)(const void *)from, depth);
    for (int64_t i = 0; i < depth; i++) {
        const double weight = (double)from[i * view.column_stride];
        sum += weight * weight;
    }
    return sum;
}

/* The view's first (rows x columns), copied in the order that its memory has. */
static struct matrix_f64 gather_double(struct weights_view view, int64_t rows, int64_t columns,
                                       double *out)
{
    if (view.row_stride < view.column_stride) {
        const struct matrix_f64 copy = gather_double(transposed(view), columns, rows, out);
        return (struct matrix_f64){copy.data, copy.column_stride, copy.row_stride};
    }
    for (int64_t i = 0; i < rows; i++) {
        const real *from = view.data + i * view.row_stride;
        if (view.column_stride == 1)
            widen_row(from, out + i * columns, columns);
        else
            for (int64_t j = 0; j < columns; j++)
                out[i * columns + j] = (double)from[j * view.column_stride];
    }
    return (struct matrix_f64){out, columns, 1};
}

/* The same in the carried type. */
static carry_matrix gather(struct weights_view view, int64_t rows, int64_t columns, double *out)
{
    carry *own = (carry *)(void *)out;
    if (sizeof(carry) == sizeof(double)) {
        const struct matrix_f64 copy = gather_double(view, rows, columns, out);
        return (carry_matrix){own, copy.row_stride, copy.column_stride};
    }
    if (view.row_stride < view.column_stride) {
        const carry_matrix copy = gather(transposed(view), columns, rows, out);
        return (carry_matrix){own, copy.column_stride, copy.row_stride};
    }
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            own[i * columns + j] = (carry)view.data[i * view.row_stride + j * view.column_stride];
    return row_major(own, columns);
}

/* A few rows do not pay for a copy of the weights (measured: a single one takes 1.8 times the
 * time). It is not for builds where the bits of a row must not depend on how many there are. */
#define FEW_ROWS 16

static bool is_for_few(int64_t rows, struct weights_view b)
{
    return rows <= (b.row_stride == 1 ? FEW_ROWS : 1) &&
           (b.row_stride == 1 || b.column_stride == 1) && !blas_keeps_bits();
}

/* By the columns of b, whose numbers stand next to each other. */
static void multiply_by_columns(int64_t rows, int64_t columns, int64_t depth, const carry *a,
                                struct weights_view b, carry *c)
{
    for (int64_t j = 0; j < columns; j++) {
        const real *column = b.data + j * b.column_stride;
        int64_t r = 0;
        for (; r + ROWS_AT_ONCE <= rows; r += ROWS_AT_ONCE) {
            double dots[ROWS_AT_ONCE];
            dots_with_weights(column, a + r * depth, depth, depth, dots);
            for (int64_t i = 0; i < ROWS_AT_ONCE; i++)
                c[(r + i) * columns + j] = (carry)dots[i];
        }
        for (; r < rows; r++)
            c[r * columns + j] = (carry)dot_with_weights(column, a + r * depth, depth);
    }
}

static void multiply_few(int64_t rows, int64_t columns, int64_t depth, const carry *a,
                         struct weights_view b, carry *c)
{
    if (b.row_stride == 1) {
        multiply_by_columns(rows, columns, depth, a, b, c);
        return;
    }
    memset(c, 0, (size_t)columns * sizeof *c);
    for (int64_t i = 0; i < depth; i++)
        add_weights(b.data + i * b.row_stride, a[i], c, columns);
}

/* c (rows x columns) = a (rows x depth) b. What BLAS cannot read, by its strides or because it
 * is of another type, is gathered by groups of columns. */
static void multiply_weights(const struct dense_workspace *workspace, int64_t rows, int64_t columns,
                             int64_t depth, const carry *a, struct weights_view b, carry *c)
{
    if (readable_by_blas(b)) {
        carry_multiply(rows, columns, depth, row_major(a, depth), as_matrix(b), 0, c, columns);
        return;
    }
    if (is_for_few(rows, b)) {
        multiply_few(rows, columns, depth, a, b, c);
        return;
    }
    const int64_t room = workspace->sizes.gathered / depth;
    for (int64_t first = 0; first < columns; first += room) {
        const int64_t width = smaller(columns - first, room);
        carry_multiply(rows, width, depth, row_major(a, depth),
                       gather(columns_from(b, first), depth, width, workspace->gathered), 0,
                       c + first, columns);
    }
}

/* c (rows x columns) = a b^T of two matrices of weights, (rows x depth) and (columns x depth). */
static void multiply_views(const struct dense_workspace *workspace, int64_t rows, int64_t columns,
                           int64_t depth, struct weights_view a, struct weights_view b, carry *c)
{
    if (readable_by_blas(a) && readable_by_blas(b)) {
        carry_multiply(rows, columns, depth, as_matrix(a), as_matrix(transposed(b)), 0, c, columns);
        return;
    }
    double *left = workspace->gathered;
    const int64_t room = workspace->sizes.gathered / (rows + columns);
    for (int64_t first = 0; first < depth; first += room) {
        const int64_t width = smaller(depth - first, room);
        const carry_matrix from = gather(columns_from(a, first), rows, width, left);
        const carry_matrix by =
            gather(transposed(columns_from(b, first)), width, columns, left + rows * width);
        carry_multiply(rows, columns, width, from, by, first > 0, c, columns);
    }
}

#endif
