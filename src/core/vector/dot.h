/* Inner products in double, in lanes that the compiler can vectorize within a loop marked
 * DIRICHLET_VECTORIZED; their order depends on the length alone. */
#ifndef DIRICHLET_CORE_DOT_H
#define DIRICHLET_CORE_DOT_H

#include <stdint.h>

#define DOT_LANES 8

/* sum_i a_i b_i. */
static inline double dot_of_doubles(const double *a, const double *b, int64_t n)
{
    double lanes[DOT_LANES] = {0};
    int64_t i = 0;
    for (; i + DOT_LANES <= n; i += DOT_LANES)
        for (int64_t lane = 0; lane < DOT_LANES; lane++)
            lanes[lane] += a[i + lane] * b[i + lane];
    for (; i < n; i++)
        lanes[0] += a[i] * b[i];
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

#endif
