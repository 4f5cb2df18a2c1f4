/* A program that is linked with libdirichlet in the usual way. */
#include "blas/bound.h"

int main(int argc, char **argv)
{
    const struct library library = {dirichlet_blas_name, dirichlet_blas_library,
                                    dirichlet_dense_create_f64, dirichlet_dense_forward_f64,
                                    dirichlet_dense_destroy_f64};
    return argc == 4 && bound_as_expected(&library, argv) ? 0 : 1;
}
