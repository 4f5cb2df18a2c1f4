/* Counting in how many samples two units are on together. Word t of unit j, 64 samples, is
 * bits[t * stride + j].
 *
 * Units are counted by groups: behind the last word of the table, and behind the counts that are
 * asked for, up to SHARED_BITS_GROUP - 1 more are read and written. */
#ifndef DIRICHLET_CORE_SHARED_BITS_H
#define DIRICHLET_CORE_SHARED_BITS_H

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

#define SHARED_BITS_GROUP ((int64_t)32)

struct bit_table {
    const uint64_t *bits;
    int64_t stride;
    int64_t words; /* even, at most 2^24 */
};

/* counts[j] = the samples that unit `unit` shares with unit first + j, j < count. */
void shared_bits_count(struct bit_table table, int64_t unit, int64_t first, int64_t count,
                       int32_t *counts);

/* The same without an instruction that counts bits, which the other takes where there is one. */
void shared_bits_count_plain(struct bit_table table, int64_t unit, int64_t first, int64_t count,
                             int32_t *counts);

#endif
