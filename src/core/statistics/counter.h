/* Counter-based random numbers: Philox-4x32-10 of Random123 (Salmon, Moraes, Dror and
 * Shaw, SC 2011). A value depends on its key and its place alone, never on what was
 * drawn before, so results do not depend on batches, tiles or threads. */
#ifndef DIRICHLET_CORE_COUNTER_H
#define DIRICHLET_CORE_COUNTER_H

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

/* One stream of numbers: that of a probe of a sample. */
struct counter_stream {
    uint64_t seed;
    uint64_t sample;
    uint32_t probe;
};

/* 128 random bits, the block-th of the stream. */
struct counter_block {
    uint32_t word[4];
};
struct counter_block counter_bits(const struct counter_stream *stream, uint32_t block);

/* Bit i < 128 as a random sign: 1 for 0, -1 for 1. */
static inline int32_t counter_sign(const struct counter_block *bits, int64_t i)
{
    return 1 - (int32_t)(2 * (bits->word[i / 32] >> (i % 32) & 1));
}

/* Independent standard normal numbers first .. first + count - 1 of the stream, first even:
 * two from each block (Box and Muller 1958), the same on every machine. None is larger than
 * sqrt(-2 log(2^-53)) = 8.5717. */
#define COUNTER_LARGEST_NORMAL 8.6
void counter_normals(const struct counter_stream *stream, int64_t first, int64_t count,
                     double *normals);

/* Numbers 0 .. count - 1, count even and not 0, of the stream and of those of the `probes - 1` next
 * probes of its sample, one probe after the other: the same numbers as one call for each, and less
 * work where `count` is small. */
void counter_normals_of_probes(const struct counter_stream *stream, int64_t probes, int64_t count,
                               double *normals);

/* Independent numbers first .. first + count - 1 of the stream, first even, uniform on the middles
 * of the 2^52 equal parts of (0, 1), hence symmetric around 1/2 and never 0 or 1: two from each
 * block. */
void counter_uniforms(const struct counter_stream *stream, int64_t first, int64_t count,
                      double *uniforms);

/* Uniform on 0 .. bound-1, bound >= 1; the bias is below bound / 2^64. */
uint64_t counter_below(const struct counter_stream *stream, uint32_t block, uint64_t bound);

#endif
