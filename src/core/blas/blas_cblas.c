/* The one file that names CBLAS. */
#include "core/blas/blas.h"

#include <cblas.h>
#include <stddef.h>

#include "core/blas/loaded_object.h"

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

/* Which CBLAS answers is decided when the program starts: a library that was loaded with global
 * symbols before the one we were built with (LD_PRELOAD, RTLD_GLOBAL, another file behind
 * libblas.so.3) takes its place. So it is asked of what is bound. This file is compiled with
 * -fno-plt: its calls and these addresses are then bound at the same moment to the same
 * function, where a call through the PLT may be bound later, to a library loaded meanwhile. */

typedef void (*function)(void);

/* All that is called here, after the one that can be asked for its integers. */
static const function called[] = {
    (function)cblas_ddot,  (function)cblas_dgemm, (function)cblas_sgemm, (function)cblas_dsyrk,
    (function)cblas_ssyrk, (function)cblas_dtrmm, (function)cblas_strmm, (function)cblas_dtrsm};

#if defined(__ELF__) && defined(__GNUC__)

/* Functions that are there or NULL; by other names, since cblas.h may declare them. */
#define MAYBE __attribute__((weak))
extern void
openblas_extension(void) __asm__("cblas_dgeadd") MAYBE; /* Debian's libblas.so.3 has it too */
extern void openblas_memory(void) __asm__("blas_memory_alloc") MAYBE; /* a static link has it too */
extern void blis_version(void) __asm__("bli_info_get_version_str") MAYBE;
extern void blis_init(void) __asm__("bli_init") MAYBE; /* likewise */
extern void mkl_version(void) __asm__("mkl_get_version_string") MAYBE;
extern void atlas_errors(void) __asm__("cblas_errprn") MAYBE;
extern void reference_helper(void) __asm__("dcabs1sub_") MAYBE;
extern void fortran_dgemm(void) __asm__("dgemm_") MAYBE;
extern void fortran_sgemm(void) __asm__("sgemm_") MAYBE;
extern void fortran_dsyrk(void) __asm__("dsyrk_") MAYBE;
extern void fortran_ssyrk(void) __asm__("ssyrk_") MAYBE;
extern void fortran_dtrmm(void) __asm__("dtrmm_") MAYBE;
extern void fortran_strmm(void) __asm__("strmm_") MAYBE;
extern void fortran_dtrsm(void) __asm__("dtrsm_") MAYBE;

/* What only this library has, and whether its CBLAS passes the work on to the functions of
 * Fortran by their names, so that another library may take these over. */
struct vendor {
    const char *name;
    function marks[2];
    bool over_fortran;
};

static const struct vendor vendors[] = {{"openblas", {openblas_extension, openblas_memory}, false},
                                        {"blis", {blis_version, blis_init}, true},
                                        {"mkl", {mkl_version, NULL}, false},
                                        {"atlas", {atlas_errors, NULL}, false},
                                        {"reference", {reference_helper, NULL}, true}};

static const function fortran[] = {fortran_dgemm, fortran_sgemm, fortran_dsyrk, fortran_ssyrk,
                                   fortran_dtrmm, fortran_strmm, fortran_dtrsm};

#endif

static bool holds_all(const struct loaded_object *object, const function *functions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!loaded_object_holds(object, (uintptr_t)functions[i]))
            return false;
    return true;
}

/* What holds the first function that is called; false where that is not known. */
static bool find_bound(struct loaded_object *object)
{
    return loaded_object_find((uintptr_t)called[0], object);
}

static bool is_one_library(const struct loaded_object *object)
{
    return holds_all(object, called, sizeof called / sizeof *called);
}

/* The vendor whose marks lie beside the functions that are called; NULL for none or several. */
static const char *vendor_of(const struct loaded_object *object)
{
    const char *name = NULL;
#if defined(__ELF__) && defined(__GNUC__)
    for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++) {
        const struct vendor *vendor = &vendors[i];
        if (!loaded_object_holds(object, (uintptr_t)vendor->marks[0]) &&
            !loaded_object_holds(object, (uintptr_t)vendor->marks[1]))
            continue;
        const bool foreign =
            vendor->over_fortran && !holds_all(object, fortran, sizeof fortran / sizeof *fortran);
        if (name != NULL || foreign)
            return NULL;
        name = vendor->name;
    }
#else
    (void)object;
#endif
    return name;
}

const char *blas_name(void)
{
    struct loaded_object object;
    const char *vendor = NULL;
    if (find_bound(&object) && is_one_library(&object))
        vendor = vendor_of(&object);
    return vendor != NULL ? vendor : "unknown (built for " DIRICHLET_BLAS_NAME ")";
}

const char *blas_library(void)
{
    struct loaded_object object;
    return find_bound(&object) && is_one_library(&object) ? object.name : "";
}

/* A 64-bit BLAS reads past the 32-bit sizes it is passed. Ask for a dot product of
 * length -2^32 + 2: 32-bit callees see 2, 64-bit ones a negative length, which is
 * defined to give 0. The answer holds for the library that gives it. */
const char *blas_fault(void)
{
    typedef double (*wide_dot)(int64_t, const double *, int64_t, const double *, int64_t);
    const double ones[2] = {1.0, 1.0};
    struct loaded_object object;
    if (((wide_dot)called[0])(INT64_C(-4294967294), ones, 1, ones, 1) != 2.0)
        return "the CBLAS that is bound uses 64-bit integers; 32-bit is needed";
    if (find_bound(&object) && !is_one_library(&object))
        return "the functions of CBLAS are bound to several libraries, so that the width of their "
               "integers is not known";
    return NULL;
}
