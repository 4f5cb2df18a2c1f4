/* What a network's products give, and what they are said to run on. */
#ifndef DIRICHLET_TESTS_BLAS_BOUND_H
#define DIRICHLET_TESTS_BLAS_BOUND_H

#include <dirichlet/dirichlet.h>
#include <stdbool.h>

/* The functions of libdirichlet, however they were come by. */
struct library {
    const char *(*blas_name)(void);
    const char *(*blas_library)(void);
    dirichlet_status (*create)(const dirichlet_dense_layer_f64 *, int64_t,
                               const dirichlet_dense_options *, dirichlet_dense_f64 **,
                               dirichlet_error *);
    dirichlet_status (*forward)(dirichlet_dense_f64 *, int64_t, const double *, double *);
    void (*destroy)(dirichlet_dense_f64 *);
};

/* Prints both answers and the status of creating a network; true if they are those expected:
 *   argv[1]  the name
 *   argv[2]  what the name of the file ends with; "-" for no file
 *   argv[3]  "right", "refused" or, where products are those of fake.c, "fake" */
bool bound_as_expected(const struct library *library, char **argv);

#endif
