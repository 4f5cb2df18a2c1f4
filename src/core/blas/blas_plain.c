/* What is said of the products of blas_plain_body.h. */
#include "core/blas/blas.h"

#include <stddef.h>

bool blas_keeps_bits(void)
{
    return true;
}

const char *blas_fault(void)
{
    return NULL;
}

const char *blas_name(void)
{
    return "none";
}

const char *blas_library(void)
{
    return "";
}
