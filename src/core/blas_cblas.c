/* The one file that names CBLAS. */
#include "core/blas.h"

#include <cblas.h>
#include <stddef.h>

#ifndef DIRICHLET_BLAS_NAME
#define DIRICHLET_BLAS_NAME "cblas"
#endif

/* How CBLAS wants a strided operand: a transposition and a leading dimension, which
 * must be at least the extent along the other stride even where it is not used. */
struct operand {
    bool transposed; /* not CBLAS's type: the headers of the vendors name it differently */
    int leading;
};

static struct operand operand_of(int64_t rows, int64_t columns, int64_t row_stride,
                                 int64_t column_stride)
{
    bool plain = column_stride == 1 || columns == 1;
    int64_t leading = plain ? row_stride : column_stride;
    int64_t least = plain ? columns : rows;
    struct operand operand = {!plain, (int)(leading > least ? leading : least)};
    return operand;
}

void blas_multiply_f64(int64_t rows, int64_t columns, int64_t depth, double alpha,
                       struct matrix_f64 a, struct matrix_f64 b, double beta, double *c,
                       int64_t c_stride)
{
    struct operand left = operand_of(rows, depth, a.row_stride, a.column_stride);
    struct operand right = operand_of(depth, columns, b.row_stride, b.column_stride);
    cblas_dgemm(CblasRowMajor, left.transposed ? CblasTrans : CblasNoTrans,
                right.transposed ? CblasTrans : CblasNoTrans, (int)rows, (int)columns, (int)depth,
                alpha, a.data, left.leading, b.data, right.leading, beta, c, (int)c_stride);
}

void blas_multiply_f32(int64_t rows, int64_t columns, int64_t depth, float alpha,
                       struct matrix_f32 a, struct matrix_f32 b, float beta, float *c,
                       int64_t c_stride)
{
    struct operand left = operand_of(rows, depth, a.row_stride, a.column_stride);
    struct operand right = operand_of(depth, columns, b.row_stride, b.column_stride);
    cblas_sgemm(CblasRowMajor, left.transposed ? CblasTrans : CblasNoTrans,
                right.transposed ? CblasTrans : CblasNoTrans, (int)rows, (int)columns, (int)depth,
                alpha, a.data, left.leading, b.data, right.leading, beta, c, (int)c_stride);
}

void blas_gram_f64(int64_t n, int64_t depth, double alpha, struct matrix_f64 a, double beta,
                   double *c, int64_t c_stride)
{
    struct operand factor = operand_of(n, depth, a.row_stride, a.column_stride);
    cblas_dsyrk(CblasRowMajor, CblasLower, factor.transposed ? CblasTrans : CblasNoTrans, (int)n,
                (int)depth, alpha, a.data, factor.leading, beta, c, (int)c_stride);
}

void blas_gram_f32(int64_t n, int64_t depth, float alpha, struct matrix_f32 a, float beta, float *c,
                   int64_t c_stride)
{
    struct operand factor = operand_of(n, depth, a.row_stride, a.column_stride);
    cblas_ssyrk(CblasRowMajor, CblasLower, factor.transposed ? CblasTrans : CblasNoTrans, (int)n,
                (int)depth, alpha, a.data, factor.leading, beta, c, (int)c_stride);
}

void blas_multiply_lower_f64(int64_t rows, int64_t n, const double *l, int64_t l_stride, double *b,
                             int64_t b_stride)
{
    cblas_dtrmm(CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, (int)rows,
                (int)n, 1.0, l, (int)l_stride, b, (int)b_stride);
}

void blas_multiply_lower_f32(int64_t rows, int64_t n, const float *l, int64_t l_stride, float *b,
                             int64_t b_stride)
{
    cblas_strmm(CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, (int)rows,
                (int)n, 1.0F, l, (int)l_stride, b, (int)b_stride);
}

void blas_solve_lower_f64(int64_t rows, int64_t n, const double *l, int64_t l_stride, double *b,
                          int64_t b_stride)
{
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (int)rows, (int)n,
                1.0, l, (int)l_stride, b, (int)b_stride);
}

bool blas_keeps_bits(void)
{
    return false;
}

/* A 64-bit BLAS reads past the 32-bit sizes it is passed. Ask for a dot product of
 * length -2^32 + 2: 32-bit callees see 2, 64-bit ones a negative length, which is
 * defined to give 0. */
bool blas_width_fits(void)
{
    typedef double (*wide_dot)(int64_t, const double *, int64_t, const double *, int64_t);
    const double ones[2] = {1.0, 1.0};
    wide_dot dot = (wide_dot)(void (*)(void))cblas_ddot;
    return dot(INT64_C(-4294967294), ones, 1, ones, 1) == 2.0;
}

const char *blas_name(void)
{
    return DIRICHLET_BLAS_NAME;
}
