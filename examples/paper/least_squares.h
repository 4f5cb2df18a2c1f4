/* Least squares with many right sides, small and in double precision. */
#ifndef EXAMPLES_PAPER_LEAST_SQUARES_H
#define EXAMPLES_PAPER_LEAST_SQUARES_H

#include <stdint.h>

#include "problem.h"

/* The coefficients C (features, outputs) that minimize ||F C - Y||_F^2 + r ||C||_F^2 for F
 * (samples, features) and Y (samples, outputs). r = ridge times the mean of the diagonal of the
 * smaller of F^T F and F F^T: as it goes to 0, C goes to the solution of least norm. 0, or -1 with
 * the problem. */
int least_squares(int64_t samples, int64_t features, int64_t outputs, const double *f,
                  const double *y, double ridge, double *c, struct problem *problem);

#endif
