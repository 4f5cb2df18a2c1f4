#include "core/counter.h"

#include <Random123/philox.h>
#include <math.h>

#define TWO_PI 6.28318530717958647693
#define TWO_TO_MINUS_53 1.11022302462515654042e-16

struct counter_block counter_bits(const struct counter_stream *stream, uint32_t block)
{
    const philox4x32_ctr_t counter = {
        {block, stream->probe, (uint32_t)stream->sample, (uint32_t)(stream->sample >> 32)}};
    const philox4x32_key_t key = {{(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)}};
    const philox4x32_ctr_t bits = philox4x32(counter, key);
    const struct counter_block result = {{bits.v[0], bits.v[1], bits.v[2], bits.v[3]}};
    return result;
}

static uint64_t join(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

void counter_normals(const struct counter_stream *stream, uint32_t block, double normals[2])
{
    const struct counter_block bits = counter_bits(stream, block);
    /* (0, 1], so that the logarithm is finite, and [0, 1). */
    const double radius = ((double)(join(bits.word[0], bits.word[1]) >> 11) + 1.0);
    const double angle = (double)(join(bits.word[2], bits.word[3]) >> 11);
    const double length = sqrt(-2.0 * log(radius * TWO_TO_MINUS_53));
    normals[0] = length * cos(TWO_PI * TWO_TO_MINUS_53 * angle);
    normals[1] = length * sin(TWO_PI * TWO_TO_MINUS_53 * angle);
}

uint64_t counter_below(const struct counter_stream *stream, uint32_t block, uint64_t bound)
{
    const struct counter_block bits = counter_bits(stream, block);
    /* High half of the 128-bit product of a 64-bit fraction and the bound (Lemire 2019). */
    const uint64_t low = bits.word[0];
    const uint64_t high = bits.word[1];
    const uint64_t bound_low = (uint32_t)bound;
    const uint64_t bound_high = bound >> 32;
    const uint64_t middle = high * bound_low + (low * bound_low >> 32);
    const uint64_t cross = low * bound_high + (uint32_t)middle;
    return high * bound_high + (middle >> 32) + (cross >> 32);
}
