/* Singular values in long double, to compare with. */
#ifndef DIRICHLET_TESTS_SINGULAR_H
#define DIRICHLET_TESTS_SINGULAR_H

#include <stdint.h>

/* The largest of a (rows x columns), row-major, by one-sided Jacobi rotations (Hestenes 1958),
 * right to about 1e-18 of it. */
long double largest_singular_value(int64_t rows, int64_t columns, const double *a);

#endif
