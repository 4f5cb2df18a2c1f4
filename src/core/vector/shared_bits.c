#include "core/vector/shared_bits.h"

#include "core/arithmetic/vector.h"

#define LANES SHARED_BITS_GROUP    /* side by side: what the registers hold */
#define WORDS_A_BYTE ((int64_t)16) /* 8 bits of each: a byte counts up to 255 */

/* Ones of every byte of two words together (H. S. Warren, Hacker's Delight, 2nd ed. 2013,
 * section 5-1). */
static inline uint64_t ones_of_pairs(uint64_t x)
{
    x -= (x >> 1) & UINT64_C(0x5555555555555555);
    return (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
}

static inline uint64_t ones_of_bytes(uint64_t a, uint64_t b)
{
    const uint64_t x = ones_of_pairs(a) + ones_of_pairs(b);
    return (x & UINT64_C(0x0f0f0f0f0f0f0f0f)) + ((x >> 4) & UINT64_C(0x0f0f0f0f0f0f0f0f));
}

static inline uint64_t sum_of_bytes(uint64_t x)
{
    x = (x & UINT64_C(0x00ff00ff00ff00ff)) + ((x >> 8) & UINT64_C(0x00ff00ff00ff00ff));
    x += x >> 16;
    x += x >> 32;
    return x & 0xffff;
}

/* unit and columns: their first words. */
DIRICHLET_VECTORIZED
static void count_group_plain(const uint64_t *unit, const uint64_t *columns, int64_t stride,
                              int64_t words, int32_t *restrict counts)
{
    uint64_t sums[LANES] = {0};
    for (int64_t begin = 0; begin < words; begin += WORDS_A_BYTE) {
        const int64_t end = words - begin < WORDS_A_BYTE ? words : begin + WORDS_A_BYTE;
        uint64_t bytes[LANES] = {0};
        for (int64_t t = begin; t < end; t += 2) {
            const uint64_t a = unit[t * stride];
            const uint64_t b = unit[(t + 1) * stride];
            const uint64_t *column = columns + t * stride;
            for (int64_t j = 0; j < LANES; j++)
                bytes[j] += ones_of_bytes(a & column[j], b & column[stride + j]);
        }
        for (int64_t j = 0; j < LANES; j++)
            sums[j] += sum_of_bytes(bytes[j]);
    }
    for (int64_t j = 0; j < LANES; j++)
        counts[j] = (int32_t)sums[j];
}

typedef void count_function(const uint64_t *unit, const uint64_t *columns, int64_t stride,
                            int64_t words, int32_t *restrict counts);

static void count_by(count_function *count_group, struct bit_table table, int64_t unit,
                     int64_t first, int64_t count, int32_t *counts)
{
    for (int64_t j = 0; j < count; j += LANES)
        count_group(table.bits + unit, table.bits + first + j, table.stride, table.words,
                    counts + j);
}

void shared_bits_count_plain(struct bit_table table, int64_t unit, int64_t first, int64_t count,
                             int32_t *counts)
{
    count_by(count_group_plain, table, unit, first, count, counts);
}

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)

/* AVX-512 counts the ones of eight words at a time. */
__attribute__((target("avx512f,avx512vpopcntdq"))) static void
count_group(const uint64_t *unit, const uint64_t *columns, int64_t stride, int64_t words,
            int32_t *restrict counts)
{
    uint64_t sums[LANES] = {0};
    for (int64_t t = 0; t < words; t++) {
        const uint64_t word = unit[t * stride];
        const uint64_t *column = columns + t * stride;
        for (int64_t j = 0; j < LANES; j++)
            sums[j] += (uint64_t)__builtin_popcountll(word & column[j]);
    }
    for (int64_t j = 0; j < LANES; j++)
        counts[j] = (int32_t)sums[j];
}

void shared_bits_count(struct bit_table table, int64_t unit, int64_t first, int64_t count,
                       int32_t *counts)
{
    const int supported = __builtin_cpu_supports("avx512vpopcntdq");
    count_by(supported != 0 ? count_group : count_group_plain, table, unit, first, count, counts);
}

#else

void shared_bits_count(struct bit_table table, int64_t unit, int64_t first, int64_t count,
                       int32_t *counts)
{
    shared_bits_count_plain(table, unit, first, count, counts);
}

#endif
