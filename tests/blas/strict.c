/* A CBLAS before the real one that passes every call on, after a look at its arguments: none may
 * be what some library prints about, exits for (BLIS, the reference, ATLAS, GSL), or reads beyond
 * what is promised (alpha = 0 reads A and B in OpenBLAS 0.3.21 for AVX-512). The first that is
 * not allowed is printed and ends the process with 99; where none was looked at it ends with 98. */
#define _GNU_SOURCE 1 /* RTLD_NEXT */
/* They stand in for a library whose header this file does not see. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112, LOWER = 122, NON_UNIT = 131, RIGHT = 142 };

static long calls;

static void require(int good, const char *function, const char *what)
{
    calls++;
    if (good)
        return;
    fprintf(stderr, "strict: %s: %s\n", function, what);
    _Exit(99);
}

static void find(const char *name, void *function)
{
    void *address = dlsym(RTLD_NEXT, name);
    require(address != NULL, name, "not in the library");
    memcpy(function, &address, sizeof address);
}

__attribute__((destructor)) static void count_calls(void)
{
    printf("strict: %ld arguments looked at\n", calls);
    if (calls == 0)
        _Exit(98);
}

static int is_transposition(int trans)
{
    return trans == NO_TRANS || trans == TRANS;
}

/* The leading dimension of a row-major (rows x columns) operand after its transposition. */
static int reaches(int trans, int rows, int columns, int leading)
{
    return leading >= (trans == NO_TRANS ? columns : rows);
}

static void check_gemm(const char *name, int order, int trans_a, int trans_b, int m, int n, int k,
                       int lda, int ldb, int ldc, double alpha)
{
    require(order == ROW_MAJOR && is_transposition(trans_a) && is_transposition(trans_b), name,
            "a constant");
    require(m >= 1 && n >= 1 && k >= 1, name, "a size below 1");
    require(reaches(trans_a, m, k, lda) && reaches(trans_b, k, n, ldb) && ldc >= n, name,
            "a leading dimension");
    require(alpha != 0.0, name, "alpha = 0");
}

static void check_syrk(const char *name, int order, int uplo, int trans, int n, int k, int lda,
                       int ldc, double alpha)
{
    require(order == ROW_MAJOR && uplo == LOWER && is_transposition(trans), name, "a constant");
    require(n >= 1 && k >= 1, name, "a size below 1");
    require(reaches(trans, n, k, lda) && ldc >= n, name, "a leading dimension");
    require(alpha != 0.0, name, "alpha = 0");
}

static void check_triangle(const char *name, int order, int side, int uplo, int trans, int diagonal,
                           int m, int n, int lda, int ldb, double alpha)
{
    require(order == ROW_MAJOR && side == RIGHT && uplo == LOWER && is_transposition(trans) &&
                diagonal == NON_UNIT,
            name, "a constant");
    require(m >= 1 && n >= 1 && lda >= n && ldb >= n, name, "a size or a leading dimension");
    require(alpha != 0.0, name, "alpha = 0");
}

/* clang-format off */
#define FOR_TYPE(type, gemm, syrk, trmm)                                                           \
    void gemm(int o, int ta, int tb, int m, int n, int k, type alpha, const type *a, int lda,      \
              const type *b, int ldb, type beta, type *c, int ldc)                                 \
    {                                                                                              \
        void (*real)(int, int, int, int, int, int, type, const type *, int, const type *, int,     \
                     type, type *, int);                                                           \
        check_gemm(#gemm, o, ta, tb, m, n, k, lda, ldb, ldc, (double)alpha);                       \
        find(#gemm, &real);                                                                        \
        real(o, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                             \
    }                                                                                              \
    void syrk(int o, int uplo, int t, int n, int k, type alpha, const type *a, int lda,            \
              type beta, type *c, int ldc)                                                         \
    {                                                                                              \
        void (*real)(int, int, int, int, int, type, const type *, int, type, type *, int);         \
        check_syrk(#syrk, o, uplo, t, n, k, lda, ldc, (double)alpha);                              \
        find(#syrk, &real);                                                                        \
        real(o, uplo, t, n, k, alpha, a, lda, beta, c, ldc);                                       \
    }                                                                                              \
    void trmm(int o, int side, int uplo, int t, int diagonal, int m, int n, type alpha,            \
              const type *a, int lda, type *b, int ldb)                                            \
    {                                                                                              \
        void (*real)(int, int, int, int, int, int, int, type, const type *, int, type *, int);     \
        check_triangle(#trmm, o, side, uplo, t, diagonal, m, n, lda, ldb, (double)alpha);          \
        find(#trmm, &real);                                                                        \
        real(o, side, uplo, t, diagonal, m, n, alpha, a, lda, b, ldb);                             \
    }
/* clang-format on */

FOR_TYPE(double, cblas_dgemm, cblas_dsyrk, cblas_dtrmm)
FOR_TYPE(float, cblas_sgemm, cblas_ssyrk, cblas_strmm)

void cblas_dtrsm(int o, int side, int uplo, int t, int diagonal, int m, int n, double alpha,
                 const double *a, int lda, double *b, int ldb)
{
    void (*real)(int, int, int, int, int, int, int, double, const double *, int, double *, int);
    check_triangle("cblas_dtrsm", o, side, uplo, t, diagonal, m, n, lda, ldb, alpha);
    find("cblas_dtrsm", &real);
    real(o, side, uplo, t, diagonal, m, n, alpha, a, lda, b, ldb);
}

/* Only asked for the width of its integers. */
double cblas_ddot(int n, const double *x, int x_stride, const double *y, int y_stride)
{
    double (*real)(int, const double *, int, const double *, int);
    find("cblas_ddot", &real);
    return real(n, x, x_stride, y, y_stride);
}
