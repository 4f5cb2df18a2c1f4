/* Philox-4x32-10 (core/statistics/counter.h) of several counters at a time, in the lanes of the
 * processor's vector unit. Whole numbers: the same bits on every machine. */
#ifndef DIRICHLET_CORE_PHILOX_H
#define DIRICHLET_CORE_PHILOX_H

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

#define PHILOX_LANES 32

/* From the counter word[0 .. 3][lane] of every lane to its random bits, in place. */
void philox_lanes(uint64_t seed, uint32_t word[4][PHILOX_LANES]);

/* The same, one lane after the other, and by each vector unit: the library takes the best that the
 * processor has. NULL where build or processor does not know the unit. */
typedef void philox_function(uint64_t seed, uint32_t word[4][PHILOX_LANES]);
void philox_lanes_plain(uint64_t seed, uint32_t word[4][PHILOX_LANES]);
philox_function *philox_avx2(void);
philox_function *philox_avx512(void);

#endif
