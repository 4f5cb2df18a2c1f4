/* Counts of samples that two units share, with and without the processor's own instruction,
 * against counting them one by one. */
#include <stdlib.h>

#include "core/vector/shared_bits.h"
#include "support/check.h"

static uint64_t next_bits(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state ^ *state >> 29 ^ *state << 35;
}

static int32_t count_slowly(const uint64_t *bits, int64_t stride, int64_t words, int64_t a,
                            int64_t b)
{
    int32_t count = 0;
    for (int64_t t = 0; t < words; t++)
        for (int i = 0; i < 64; i++)
            count += (int32_t)((bits[t * stride + a] & bits[t * stride + b]) >> i & 1);
    return count;
}

/* Every unit with `count` others from `first` on. */
static void check_counts(struct bit_table table, int64_t units, int64_t first, int64_t count)
{
    int32_t counts[100 + SHARED_BITS_GROUP];
    int32_t plain[100 + SHARED_BITS_GROUP];
    for (int64_t unit = 0; unit < units; unit++) {
        shared_bits_count(table, unit, first, count, counts);
        shared_bits_count_plain(table, unit, first, count, plain);
        for (int64_t j = 0; j < count; j++) {
            const int32_t expected =
                count_slowly(table.bits, table.stride, table.words, unit, first + j);
            CHECK_IN(counts[j] == expected && plain[j] == expected,
                     "units %d and %d: %d, %d, not %d", (int)unit, (int)(first + j), (int)counts[j],
                     (int)plain[j], (int)expected);
        }
    }
}

static void fill_bits(uint64_t *bits, int64_t size, uint64_t seed)
{
    for (int64_t i = 0; i < size; i++)
        bits[i] = next_bits(&seed);
}

static void counts_shared_samples(void **state)
{
    enum { UNITS = 100, STRIDE = 104 };
    static const int64_t words[] = {2, 4, 14, 16, 18, 40};
    (void)state;
    for (int w = 0; w < 6; w++) {
        const int64_t size = words[w] * STRIDE + SHARED_BITS_GROUP;
        uint64_t *bits = malloc((size_t)size * sizeof *bits);
        CHECK(bits != NULL);
        fill_bits(bits, size, (uint64_t)w);
        const struct bit_table table = {bits, STRIDE, words[w]};
        check_counts(table, UNITS, 0, UNITS);
        check_counts(table, UNITS, 3, 1);
        check_counts(table, UNITS, 31, 33);
        check_counts(table, UNITS, 36, 64);
        check_counts(table, UNITS, 100, 0);
        free(bits);
    }
}

/* Nothing overflows where all samples are shared. */
static void counts_all_ones(void **state)
{
    enum { UNITS = 33, WORDS = 258 };
    uint64_t bits[UNITS * WORDS + SHARED_BITS_GROUP];
    int32_t counts[UNITS + SHARED_BITS_GROUP];
    (void)state;
    for (int i = 0; i < UNITS * WORDS + SHARED_BITS_GROUP; i++)
        bits[i] = UINT64_MAX;
    const struct bit_table table = {bits, UNITS, WORDS};
    shared_bits_count(table, 5, 0, UNITS, counts);
    for (int j = 0; j < UNITS; j++)
        CHECK(counts[j] == 64 * WORDS);
    shared_bits_count_plain(table, 5, 0, UNITS, counts);
    for (int j = 0; j < UNITS; j++)
        CHECK(counts[j] == 64 * WORDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_shared_samples),
        cmocka_unit_test(counts_all_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
