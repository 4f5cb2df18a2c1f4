#include "core/statistics/counter.h"

#include <stddef.h>
#include <string.h>

#include <Random123/philox.h>

#include "core/statistics/normal.h"
#include "core/statistics/philox.h"

struct counter_block counter_bits(const struct counter_stream *stream, uint32_t block)
{
    const philox4x32_ctr_t counter = {
        {block, stream->probe, (uint32_t)stream->sample, (uint32_t)(stream->sample >> 32)}};
    const philox4x32_key_t key = {{(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)}};
    const philox4x32_ctr_t bits = philox4x32(counter, key);
    const struct counter_block result = {{bits.v[0], bits.v[1], bits.v[2], bits.v[3]}};
    return result;
}

/* The counters of blocks of bits: `each` blocks of a probe, then those of the next. */
struct counters {
    struct counter_stream stream;
    uint32_t first;
    int64_t each;
    int64_t seen; /* of the probe's blocks */
};

static void pass_block(struct counters *counters)
{
    if (++counters->seen == counters->each) {
        counters->seen = 0;
        counters->stream.probe++;
    }
}

static void next_counters(struct counters *counters, uint32_t word[4][PHILOX_LANES])
{
    for (int i = 0; i < PHILOX_LANES; i++) {
        word[0][i] = counters->first + (uint32_t)counters->seen;
        word[1][i] = counters->stream.probe;
        word[2][i] = (uint32_t)counters->stream.sample;
        word[3][i] = (uint32_t)(counters->stream.sample >> 32);
        pass_block(counters);
    }
}

/* So few that a whole batch takes longer. */
#define FEW_NORMALS 8

static void few_normals(struct counters *counters, int64_t count, double *normals)
{
    for (int64_t i = 0; i < count; i += 2) {
        const struct counter_block bits =
            counter_bits(&counters->stream, counters->first + (uint32_t)counters->seen);
        double pair[2];
        normal_pair(bits.word, pair);
        memcpy(normals + i, pair, (size_t)(count - i < 2 ? count - i : 2) * sizeof *pair);
        pass_block(counters);
    }
}

/* A batch that ends early is made whole, and what was not asked for is left out. */
static void fill_from(struct counters counters, int64_t count, double *normals)
{
    const int64_t whole = 2 * NORMAL_LANES;
    uint32_t word[4][PHILOX_LANES];
    double batch[2 * NORMAL_LANES];
    for (; count > FEW_NORMALS; count -= whole, normals += whole) {
        next_counters(&counters, word);
        philox_lanes(counters.stream.seed, word);
        normal_fill((const uint32_t(*)[NORMAL_LANES])word, count < whole ? batch : normals);
        if (count < whole)
            memcpy(normals, batch, (size_t)count * sizeof *normals);
    }
    few_normals(&counters, count, normals);
}

void counter_normals(const struct counter_stream *stream, int64_t first, int64_t count,
                     double *normals)
{
    const struct counters counters = {*stream, (uint32_t)(first / 2), INT64_MAX, 0};
    fill_from(counters, count, normals);
}

void counter_normals_of_probes(const struct counter_stream *stream, int64_t probes, int64_t count,
                               double *normals)
{
    const struct counters counters = {*stream, 0, count / 2, 0};
    fill_from(counters, probes * count, normals);
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
