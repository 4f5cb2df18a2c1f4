/* How spectral norms, the largest singular values of matrices, are found: shared by the functions
 * of other headers that do.
 *
 *     ||A||_2 = max ||A v|| / ||v||
 *
 * A search gives two bounds. The lower one is that of a vector, the upper one is proven by the
 * Cholesky factor of s I - A A^T (or A^T A, the smaller), which exists if and only if s exceeds
 * every eigenvalue. Bounds of the rounding errors are added to both (Rump 2006), so that neither
 * an unlucky start nor singular values that all but coincide make a norm seem converged that is
 * not. Time: O(n^2 m + n^3) for n <= m rows and columns. */
#ifndef DIRICHLET_SPECTRAL_H
#define DIRICHLET_SPECTRAL_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dirichlet_spectral_options {
    size_t struct_size;
    double tolerance;       /* by which the bounds may differ, relative to the lower one, for a norm
                               to have converged; 0: 1e-10, else above 0 and below 1. Rounding keeps
                               them some 1e-14 n apart. */
    int64_t max_iterations; /* Cholesky factorizations for each norm; 0: 200, which no matrix needs;
                               else >= 1 */
    /* Called before every matrix: progress->samples of progress->total are done, and
     * progress->value is the largest lower bound so far. NULL: not wanted. */
    dirichlet_progress_fn progress;
    void *progress_user;
} dirichlet_spectral_options;

/* What a search has found. */
typedef struct dirichlet_spectral_result {
    size_t struct_size; /* set by the caller; as much is filled in */
    double norm;        /* between the bounds */
    double lower;       /* proven: lower <= ||A||_2 <= upper */
    double upper;
    int64_t iterations; /* Cholesky factorizations done */
    int32_t converged;  /* 1: upper <= (1 + tolerance) lower */
    int32_t reserved;   /* 0 */
} dirichlet_spectral_result;

#ifdef __cplusplus
}
#endif

#endif
