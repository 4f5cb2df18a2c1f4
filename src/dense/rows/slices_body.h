/* Products of whole matrices, which come once a call, by slices of their rows: the caller's lanes
 * share them. How many slices there are depends on the sizes alone. */
#ifndef DIRICHLET_DENSE_SLICES_BODY_H
#define DIRICHLET_DENSE_SLICES_BODY_H

#include "dense/rows/carry.h"

#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "core/lent/lanes.h"
#include "dense/network/network_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/network/views_body.h"
#include "dirichlet/status.h"

/* Fewer rows make a product slow, and more slices find no lanes. */
#define LEAST_ROWS_OF_SLICE ((int64_t)100)
#define MOST_SLICES ((int64_t)8)

static int64_t slices_of(int64_t rows)
{
    return larger(1, smaller(rows / LEAST_ROWS_OF_SLICE, MOST_SLICES));
}

/* The lower triangle of g = view view^T (n, n), rows of `depth` numbers; of double or of the
 * carried type. */
struct gram_job {
    dense_network *network;
    struct weights_view view;
    int64_t n;
    int64_t depth;
    void *g;
    int64_t slices;
};

/* Rows begin, ..., end - 1. What BLAS cannot read is gathered by groups of columns. */
static void form_rows_in_double(const struct dense_workspace *workspace, const struct gram_job *job,
                                int64_t begin, int64_t end)
{
    double *rows = (double *)job->g + begin * job->n;
    const bool direct = sizeof(real) == sizeof(double) &&
                        (job->view.row_stride == 1 || job->view.column_stride == 1);
    const int64_t room = direct ? job->depth : workspace->sizes.gathered / end;
    for (int64_t first = 0; first < job->depth; first += room) {
        const struct weights_view group = columns_from(job->view, first);
        const int64_t width = smaller(job->depth - first, room);
        const struct matrix_f64 all =
            direct ? (struct matrix_f64){(const double *)(const void *)group.data, group.row_stride,
                                         group.column_stride}
                   : gather_double(group, end, width, workspace->gathered);
        const struct matrix_f64 own = {all.data + begin * all.row_stride, all.row_stride,
                                       all.column_stride};
        const struct matrix_f64 before = {all.data, all.column_stride, all.row_stride};
        if (begin > 0)
            blas_multiply_f64(end - begin, begin, width, 1.0, own, before, first > 0, rows, job->n);
        blas_gram_f64(end - begin, width, 1.0, own, first > 0, rows + begin, job->n);
    }
}

static void form_rows(const struct dense_workspace *workspace, const struct gram_job *job,
                      int64_t begin, int64_t end)
{
    carry *rows = (carry *)job->g + begin * job->n;
    const bool direct = readable_by_blas(job->view);
    const int64_t room = direct ? job->depth : workspace->sizes.gathered / end;
    for (int64_t first = 0; first < job->depth; first += room) {
        const struct weights_view group = columns_from(job->view, first);
        const int64_t width = smaller(job->depth - first, room);
        const carry_matrix all =
            direct ? as_matrix(group) : gather(group, end, width, workspace->gathered);
        const carry_matrix own = {all.data + begin * all.row_stride, all.row_stride,
                                  all.column_stride};
        const carry_matrix before = {all.data, all.column_stride, all.row_stride};
        const carry kept = first > 0 ? 1 : 0;
        if (begin > 0)
            carry_multiply(end - begin, begin, width, own, before, kept, rows, job->n);
        carry_gram(end - begin, width, own, kept, rows + begin, job->n);
    }
}

/* The longest rows first. */
static void bounds_of_slice(const struct gram_job *job, int64_t piece, int64_t *begin, int64_t *end)
{
    const int64_t slice = job->slices - 1 - piece;
    *begin = job->n * slice / job->slices;
    *end = job->n * (slice + 1) / job->slices;
}

static dirichlet_status gram_piece_in_double(struct lane *lane, int64_t piece, void *argument)
{
    const struct gram_job *job = argument;
    int64_t begin = 0;
    int64_t end = 0;
    bounds_of_slice(job, piece, &begin, &end);
    form_rows_in_double(&view_of(job->network, lane)->workspace, job, begin, end);
    return DIRICHLET_OK;
}

static dirichlet_status gram_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct gram_job *job = argument;
    int64_t begin = 0;
    int64_t end = 0;
    bounds_of_slice(job, piece, &begin, &end);
    form_rows(&view_of(job->network, lane)->workspace, job, begin, end);
    return DIRICHLET_OK;
}

static void gram_in_double(dense_network *network, int64_t n, int64_t depth,
                           struct weights_view view, double *g)
{
    struct gram_job job = {network, view, n, depth, g, slices_of(n)};
    (void)run_pieces(network, job.slices, gram_piece_in_double, &job);
}

static void gram_in_carried(dense_network *network, int64_t n, int64_t depth,
                            struct weights_view view, carry *g)
{
    struct gram_job job = {network, view, n, depth, g, slices_of(n)};
    (void)run_pieces(network, job.slices, gram_piece, &job);
}

/* out (rows, columns) += a b. */
struct product_job {
    int64_t rows;
    int64_t columns;
    int64_t depth;
    carry_matrix a;
    carry_matrix b;
    carry *out;
    int64_t stride;
    int64_t slices;
};

static dirichlet_status product_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct product_job *job = argument;
    const int64_t begin = job->rows * piece / job->slices;
    const int64_t end = job->rows * (piece + 1) / job->slices;
    const carry_matrix own = {job->a.data + begin * job->a.row_stride, job->a.row_stride,
                              job->a.column_stride};
    (void)lane;
    carry_multiply(end - begin, job->columns, job->depth, own, job->b, 1,
                   job->out + begin * job->stride, job->stride);
    return DIRICHLET_OK;
}

static void add_product_of_matrices(dense_network *network, struct product_job job)
{
    job.slices = slices_of(job.rows);
    (void)run_pieces(network, job.slices, product_piece, &job);
}

#endif
