/* The triangular factor of a Gram matrix, by which a product is as long as by the matrix itself:
 * with G = W W^T = L L^T, ||u W|| = ||u L||. */
#ifndef DIRICHLET_DENSE_CHOLESKY_H
#define DIRICHLET_DENSE_CHOLESKY_H

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

/* Replace the lower triangle of g (n x n, row-major), symmetric and positive semidefinite up to
 * rounding, by the first `columns` <= n columns of L; what is beyond them is undefined.
 * `diagonal` (n) receives that of G. Rows of zeros stay rows of zeros.
 *
 * Where G is singular, pivots are rounding errors, and what is divided by them is worse. A pivot
 * below `least` times G_jj is therefore replaced by that, `least` being well above the rounding
 * errors: then L L^T = G + E with E diagonal, 0 <= E_jj <= least G_jj.
 *
 * Returns the largest difference between the diagonals of L L^T and G, relative to the latter:
 * what replaced pivots add, what columns left out lack, and all that rounding did. */
double dense_cholesky(int64_t n, int64_t columns, double least, double *g, double *diagonal);

#endif
