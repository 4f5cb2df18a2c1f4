/* The largest singular value of a matrix, between two bounds that are proven.
 *
 * It is the root of the largest eigenvalue of the Gram matrix B of the smaller side. Below, the
 * Rayleigh quotient of any vector bounds that. Above, it is less than s if s I - B has a Cholesky
 * factor; if there is none, it is not much less than s. Both hold in floating point with the
 * bounds of the rounding errors added (Rump, Verification of positive definiteness, BIT 46, 2006),
 * so that neither a start orthogonal to the leading vector nor eigenvalues that all but coincide
 * can give a wrong answer. And where there is a factor, it gives the next vector by inverse
 * iteration, which converges the faster the closer s is.
 *
 * The proofs take the BLAS to sum products in any order, but to multiply as is defined. */
#ifndef DIRICHLET_CORE_OPERATOR_NORM_H
#define DIRICHLET_CORE_OPERATOR_NORM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"
#include "core/blas/blas.h"

struct operator_norm_limits {
    double tolerance;       /* relative, > 0 and < 1; below 1e-14 it is hardly ever reached */
    int64_t max_iterations; /* factorizations, >= 0 */
};

/* Three to six factorizations are usual; the limit is beyond what bisection alone takes. */
#define OPERATOR_NORM_TOLERANCE 1e-10
#define OPERATOR_NORM_ITERATIONS 200

struct operator_norm {
    double value; /* the best guess between the bounds */
    double lower; /* lower <= ||A||_2 <= upper */
    double upper;
    int64_t iterations; /* factorizations done */
    bool converged;     /* upper <= (1 + tolerance) lower, or all is 0 */
};

/* The largest eigenvalue of b, symmetric and positive semidefinite up to rounding, row-major
 * (n x n), n >= 1, of which the lower triangle is read. b is known up to `error` >= 0: the bounds
 * hold for all matrices that differ from it by so much in the 2-norm.
 *
 * vector (n): where to start, zeros for anywhere; replaced by the best unit vector found. work:
 * as many doubles as eigenvalue_work says. b is multiplied by a power of two meanwhile, so that
 * the smallest entries beside the largest may lose digits, and is scaled like that afterwards.
 *
 * If b is not finite, the numbers are NaN and the vector is zeros. Where the bounds are beyond
 * the doubles, they are the largest of them and infinity, or 0 and the smallest normal one. */
struct operator_norm largest_eigenvalue(int64_t n, double *b, double error,
                                        struct operator_norm_limits limits, double *vector,
                                        double *work);

/* Doubles of work; false where they do not fit the address space. */
bool eigenvalue_work(int64_t n, int64_t *doubles);

/* ||A||_2 of a (rows x columns) matrix with any strides >= 1 and sizes from 1 to BLAS_LARGEST.
 * vector: that of the smaller side (of the rows if they are as many), as above. The rounding of
 * the Gram matrix is within the bounds; entries of any magnitude are squared safely. */
struct operator_norm operator_norm_f64(int64_t rows, int64_t columns, struct matrix_f64 a,
                                       struct operator_norm_limits limits, double *vector,
                                       double *work);
struct operator_norm operator_norm_f32(int64_t rows, int64_t columns, struct matrix_f32 a,
                                       struct operator_norm_limits limits, double *vector,
                                       double *work);

/* Doubles of work for that; likewise. */
bool operator_norm_work(int64_t rows, int64_t columns, int64_t *doubles);

/* The Gram matrix of the smaller side, times 4^-exponent. */
struct scaled_gram {
    double *b; /* (n, n), lower triangle */
    int64_t n;
    int exponent;
    double error; /* ||B - A A^T||_2 at most, by rounding; NaN if an entry is not finite */
};

/* The columns of a matrix that are gathered at a time; so long are the sums that the bound of
 * the error depends on, beside the number of them. */
#define GRAM_PANEL ((int64_t)128)

/* b (n, n) and panel (n, GRAM_PANEL) are written. */
struct scaled_gram scaled_gram_f64(int64_t rows, int64_t columns, struct matrix_f64 a, double *b,
                                   double *panel);
struct scaled_gram scaled_gram_f32(int64_t rows, int64_t columns, struct matrix_f32 a, double *b,
                                   double *panel);

/* That of A from that of its Gram matrix. */
struct operator_norm root_of_eigenvalue(struct operator_norm eigenvalue, int exponent,
                                        double tolerance);

#endif
