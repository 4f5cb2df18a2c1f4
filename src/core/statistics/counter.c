#include "core/statistics/counter.h"

#include <stddef.h>
#include <string.h>

#include <Random123/philox.h>

#include "core/statistics/normal.h"

struct counter_block counter_bits(const struct counter_stream *stream, uint32_t block)
{
    const philox4x32_ctr_t counter = {
        {block, stream->probe, (uint32_t)stream->sample, (uint32_t)(stream->sample >> 32)}};
    const philox4x32_key_t key = {{(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)}};
    const philox4x32_ctr_t bits = philox4x32(counter, key);
    const struct counter_block result = {{bits.v[0], bits.v[1], bits.v[2], bits.v[3]}};
    return result;
}

void counter_normals(const struct counter_stream *stream, int64_t first, int64_t count,
                     double *normals)
{
    uint32_t word[4][NORMAL_LANES] = {{0}};
    double batch[2 * NORMAL_LANES];
    for (int64_t done = 0; done < count; done += 2 * NORMAL_LANES) {
        const int64_t rest = count - done < 2 * NORMAL_LANES ? count - done : 2 * NORMAL_LANES;
        for (uint32_t i = 0; i < (rest + 1) / 2; i++) {
            const struct counter_block bits =
                counter_bits(stream, (uint32_t)((first + done) / 2) + i);
            for (int j = 0; j < 4; j++)
                word[j][i] = bits.word[j];
        }
        normal_fill((const uint32_t(*)[NORMAL_LANES])word, batch);
        memcpy(normals + done, batch, (size_t)rest * sizeof *normals);
    }
}

static double middle_of_part(uint32_t low, uint32_t high)
{
    const uint64_t part = ((uint64_t)high << 32 | low) >> 12;
    return ((double)part + 0.5) * 0x1p-52;
}

void counter_uniforms(const struct counter_stream *stream, int64_t first, int64_t count,
                      double *uniforms)
{
    for (int64_t i = 0; i < count; i += 2) {
        const struct counter_block bits = counter_bits(stream, (uint32_t)((first + i) / 2));
        uniforms[i] = middle_of_part(bits.word[0], bits.word[1]);
        if (i + 1 < count)
            uniforms[i + 1] = middle_of_part(bits.word[2], bits.word[3]);
    }
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
