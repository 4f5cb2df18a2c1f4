/* Reproducible numbers for the accuracy tests: splitmix64 (Steele, Lea, Flood 2014). */
#ifndef DIRICHLET_TESTS_ACCURACY_RANDOM_H
#define DIRICHLET_TESTS_ACCURACY_RANDOM_H

#include <math.h>
#include <stdint.h>

static inline double random_uniform(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static inline double random_normal(uint64_t *state)
{
    const double radius = sqrt(-2.0 * log(random_uniform(state)));
    return radius * cos(6.283185307179586 * random_uniform(state));
}

#endif
