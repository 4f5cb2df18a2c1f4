/* The smaller and the larger of two sizes, and how many of one are in the other. */
#ifndef DIRICHLET_CORE_EXTREMES_H
#define DIRICHLET_CORE_EXTREMES_H

#include <stdint.h>

static inline int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* a / b rounded up; a >= 0, b > 0. */
static inline int64_t ceiling(int64_t a, int64_t b)
{
    return a / b + (a % b != 0 ? 1 : 0);
}

#endif
