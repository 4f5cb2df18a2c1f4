/* The product without a BLAS: slow, exact in its promises. Every element of C is
 * summed in double in an order that depends on the depth and on B's layout alone, so
 * its bits do not depend on how many rows share the call. */
#include "core/blas.h"

/* Columns of C summed side by side, and partial sums of a dot product. */
#define BLOCK 64
#define LANES 8

#define REAL double
#define MATRIX struct matrix_f64
#define MULTIPLY blas_multiply_f64
#define FUNCTION(name) name##_f64
#include "core/blas_plain_body.h"
#undef REAL
#undef MATRIX
#undef MULTIPLY
#undef FUNCTION

#define REAL float
#define MATRIX struct matrix_f32
#define MULTIPLY blas_multiply_f32
#define FUNCTION(name) name##_f32
#include "core/blas_plain_body.h"

bool blas_width_fits(void)
{
    return true;
}

const char *blas_name(void)
{
    return "none";
}
