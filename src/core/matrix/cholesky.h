/* The triangular factor of a symmetric matrix, G = L L^T. */
#ifndef DIRICHLET_CORE_CHOLESKY_H
#define DIRICHLET_CORE_CHOLESKY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

/* Replace the lower triangle of g (n x n, row-major) by the first `columns` <= n columns of L;
 * what is beyond them is undefined, what is above the diagonal is not touched.
 *
 * diagonal NULL: false, at the first pivot that is not positive.
 * diagonal (n), that of G: no failure. A pivot below `least` > 0 times its element of the diagonal
 * is replaced by that, and by 1 where the diagonal has a 0. */
bool cholesky_factor(int64_t n, int64_t columns, double least, const double *diagonal, double *g);

/* A bound of the rounding errors: L L^T = G + E with ||E||_2 <= this times the trace of G.
 *
 * |E| <= gamma_m |L| |L|^T where an element is made of m operations in sequence (Higham, Accuracy
 * and Stability of Numerical Algorithms, 2002, theorem 10.3; Rump, Verification of positive
 * definiteness, BIT 46, 2006), here those of a block and one for each block before. So
 * ||E||_2 <= gamma_m ||L||_F^2. Likewise, if the factorization fails, an eigenvalue of G is at
 * most this times its trace. */
double cholesky_error(int64_t n);

#endif
