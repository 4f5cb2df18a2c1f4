#include "dirichlet/version.h"

#include "core/blas/blas.h"

const char *dirichlet_blas_name(void)
{
    return blas_name();
}

const char *dirichlet_blas_library(void)
{
    return blas_library();
}
