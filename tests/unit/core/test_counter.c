/* Philox-4x32-10 against the known answers that its authors publish with Random123, and
 * the shape of what is made from it. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/statistics/counter.h"
#define DIRICHLET_VECTORIZED /* the library has the copies, under the same names */
#include "core/statistics/normal.h"
#include "core/statistics/philox.h"
#include "support/check.h"

/* philox4x32, 10 rounds: counter, key, output. */
static const struct answer {
    uint32_t counter[4];
    uint32_t key[2];
    uint32_t output[4];
} answers[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
               {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                {0xffffffff, 0xffffffff},
                {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
               {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                {0xa4093822, 0x299f31d0},
                {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};

static void known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct answer *a = &answers[i];
        const struct counter_stream stream = {(uint64_t)a->key[1] << 32 | a->key[0],
                                              (uint64_t)a->counter[3] << 32 | a->counter[2],
                                              a->counter[1]};
        const struct counter_block block = counter_bits(&stream, a->counter[0]);
        for (int j = 0; j < 4; j++)
            CHECK(block.word[j] == a->output[j]);
    }
}

/* Every bit is set in about half of the blocks, whichever coordinate counts up. */
static void bits_are_even(void **state)
{
    (void)state;
    const int blocks = 40000;
    for (int which = 0; which < 4; which++) {
        int ones[128] = {0};
        for (int i = 0; i < blocks; i++) {
            const struct counter_stream stream = {which == 0 ? (uint64_t)i : 3,
                                                  which == 1 ? (uint64_t)i : 5,
                                                  which == 2 ? (uint32_t)i : 7};
            const struct counter_block block = counter_bits(&stream, which == 3 ? (uint32_t)i : 2);
            for (int bit = 0; bit < 128; bit++)
                ones[bit] += (int)(block.word[bit / 32] >> (bit % 32) & 1);
        }
        for (int bit = 0; bit < 128; bit++) /* five standard deviations */
            CHECK(abs(ones[bit] - blocks / 2) < 5 * 100);
    }
}

/* Moments of 200,000 normal numbers, five standard errors. */
static void normals(void **state)
{
    (void)state;
    const int pairs = 100000;
    double sums[5] = {0};
    for (int i = 0; i < pairs; i++) {
        const struct counter_stream stream = {1, (uint64_t)i, 0};
        double pair[2];
        counter_normals(&stream, 0, 2, pair);
        CHECK(isfinite(pair[0]) && isfinite(pair[1]));
        sums[4] += pair[0] * pair[1];
        for (int j = 0; j < 2; j++) {
            const double z = pair[j];
            sums[0] += z;
            sums[1] += z * z;
            sums[2] += z * z * z;
            sums[3] += z * z * z * z;
        }
    }
    const double n = 2.0 * pairs;
    CHECK(fabs(sums[0] / n) < 5.0 * sqrt(1.0 / n));
    CHECK(fabs(sums[1] / n - 1.0) < 5.0 * sqrt(2.0 / n));
    CHECK(fabs(sums[2] / n) < 5.0 * sqrt(15.0 / n));
    CHECK(fabs(sums[3] / n - 3.0) < 5.0 * sqrt(96.0 / n));
    CHECK(fabs(sums[4] / pairs) < 5.0 * sqrt(1.0 / pairs));
}

/* Against the C library, at the ends of both ranges too: within a few units in the last
 * place of the pair's length. */
static void normals_of_bits(void **state)
{
    (void)state;
    static const uint32_t ends[] = {0,          1,          0x7ff,      0x800,
                                    0x7fffffff, 0x80000000, 0xfffff7ff, 0xffffffff};
    const uint32_t count = sizeof ends / sizeof *ends;
    uint32_t word[4][NORMAL_LANES] = {{0}};
    double normals[2 * NORMAL_LANES];
    double largest = 0.0;
    for (uint32_t trial = 0; trial < 200000; trial++) {
        const struct counter_stream stream = {5, trial, 0};
        struct counter_block bits = counter_bits(&stream, 0);
        for (uint32_t j = 0, rest = trial; trial < 4096 && j < 4; j++, rest /= count)
            bits.word[j] = ends[rest % count];
        const uint32_t lane = trial % NORMAL_LANES;
        const double radius =
            ldexp((double)bits.word[1] * 0x1p21 + (bits.word[0] >> 11) + 1.0, -53);
        const double angle = ldexp((double)bits.word[3] * 0x1p21 + (bits.word[2] >> 11), -53);
        const double length = sqrt(-2.0 * log(radius));
        for (int j = 0; j < 4; j++)
            word[j][lane] = bits.word[j];
        normal_fill((const uint32_t(*)[NORMAL_LANES])word, normals);
        const double *pair = normals + 2 * lane;
        const double error = fmax(fabs(pair[0] - length * cos(2.0 * acos(-1.0) * angle)),
                                  fabs(pair[1] - length * sin(2.0 * acos(-1.0) * angle)));
        CHECK_IN(error <= 4.0 * DBL_EPSILON * length, "trial %u: %g of %g", trial, error, length);
        if (length > 0.0)
            largest = fmax(largest, error / length);
    }
    print_message("largest error, relative to the length: %.2g\n", largest);
}

/* The middles of 2^52 parts, two a block, wherever a batch begins; moments of 200,000 of them
 * within five standard errors, no correlation of the two of a block. */
static void uniforms(void **state)
{
    (void)state;
    const int pairs = 100000;
    double sums[3] = {0};
    for (int i = 0; i < pairs; i++) {
        const struct counter_stream stream = {6, (uint64_t)i, 2};
        const struct counter_block bits = counter_bits(&stream, 3);
        double pair[2] = {0.0, 0.0};
        double first[8] = {0.0};
        counter_uniforms(&stream, 6, 2, pair);
        counter_uniforms(&stream, 0, 7, first);
        CHECK(first[6] == pair[0] && first[7] == 0.0);
        for (int j = 0; j < 2; j++) {
            const double high = (double)bits.word[2 * j + 1];
            const double low = (double)(bits.word[2 * j] >> 12);
            CHECK(pair[j] == (high * 0x1p20 + low + 0.5) * 0x1p-52);
            sums[0] += pair[j] - 0.5;
            sums[1] += (pair[j] - 0.5) * (pair[j] - 0.5);
        }
        sums[2] += (pair[0] - 0.5) * (pair[1] - 0.5);
    }
    const double n = 2.0 * pairs;
    CHECK(fabs(sums[0] / n) < 5.0 * sqrt(1.0 / 12.0 / n));
    CHECK(fabs(sums[1] / n - 1.0 / 12.0) < 5.0 * sqrt(1.0 / 180.0 / n));
    CHECK(fabs(sums[2] / pairs) < 5.0 * sqrt(1.0 / 144.0 / pairs));
}

/* floor(fraction * bound) with the product in 128 bits. */
static void below_a_bound(void **state)
{
    (void)state;
    const uint64_t bounds[] = {1,
                               2,
                               3,
                               10,
                               UINT64_C(1) << 31,
                               (UINT64_C(1) << 32) - 1,
                               UINT64_C(1) << 32,
                               (UINT64_C(1) << 32) + 1,
                               UINT64_C(1) << 62,
                               INT64_MAX,
                               UINT64_MAX};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++)
        for (uint32_t i = 0; i < 5000; i++) {
            const struct counter_stream stream = {9, i, 4};
            const struct counter_block bits = counter_bits(&stream, i);
            __extension__ typedef unsigned __int128 wide;
            const wide fraction = (wide)bits.word[1] << 32 | bits.word[0];
            const uint64_t got = counter_below(&stream, i, bounds[b]);
            CHECK(got < bounds[b]);
            CHECK(got == (uint64_t)(fraction * bounds[b] >> 64));
        }
}

static void below_is_uniform(void **state)
{
    (void)state;
    const int draws = 70000;
    int counts[7] = {0};
    for (int i = 0; i < draws; i++) {
        const struct counter_stream stream = {2, (uint64_t)i, 1};
        counts[counter_below(&stream, 0, 7)]++;
    }
    double chi_squared = 0.0;
    for (int i = 0; i < 7; i++)
        chi_squared += (counts[i] - draws / 7.0) * (counts[i] - draws / 7.0) / (draws / 7.0);
    CHECK(chi_squared < 22.5); /* 0.1 % for six degrees of freedom */
}

/* Many counters at a time by every vector unit, as one at a time. */
static void philox_by_lanes(void **state)
{
    (void)state;
    philox_function *const units[] = {philox_lanes, philox_lanes_plain, philox_avx2(),
                                      philox_avx512()};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        for (uint32_t trial = 0; trial < 1000 && units[u] != NULL; trial++) {
            const struct counter_stream stream = {UINT64_C(0xfedcba9876543210) * trial,
                                                  UINT64_C(0x123456789abcdef) * trial, trial};
            const uint32_t first = 0u - trial; /* counts beyond 2^32 */
            uint32_t word[4][PHILOX_LANES];
            for (uint32_t i = 0; i < PHILOX_LANES; i++) {
                word[0][i] = first + i;
                word[1][i] = stream.probe;
                word[2][i] = (uint32_t)stream.sample;
                word[3][i] = (uint32_t)(stream.sample >> 32);
            }
            units[u](stream.seed, word);
            for (uint32_t i = 0; i < PHILOX_LANES; i++) {
                const struct counter_block bits = counter_bits(&stream, first + i);
                for (int j = 0; j < 4; j++)
                    CHECK_IN(word[j][i] == bits.word[j], "unit %d, trial %u", (int)u, trial);
            }
        }
    print_message("avx2 %s, avx512f %s\n", units[2] != NULL ? "compared" : "not here",
                  units[3] != NULL ? "compared" : "not here");
}

/* However many are asked for at a time, from whichever place: each pair from its own block. */
static void normals_by_batches(void **state)
{
    (void)state;
    double normals[300];
    for (int64_t count = 1; count <= 300; count++) {
        const struct counter_stream stream = {7, (uint64_t)count << 30, 0xfffffffe};
        counter_normals(&stream, 2 * count, count, normals);
        for (int64_t i = 0; i < count; i++) {
            const struct counter_block bits = counter_bits(&stream, (uint32_t)(count + i / 2));
            double pair[2];
            normal_pair(bits.word, pair);
            CHECK_IN(normals[i] == pair[i % 2], "%d of %d", (int)i, (int)count);
        }
    }
}

static void normals_of_probes(void **state)
{
    (void)state;
    double normals[300];
    double expected[150];
    for (int64_t size = 2; size <= 150; size += 2)
        for (int64_t probes = 1; probes * size <= 300; probes++) {
            struct counter_stream stream = {7, 11, 0xfffffffe}; /* the last is followed by 0 */
            counter_normals_of_probes(&stream, probes, size, normals);
            for (int64_t i = 0; i < probes; i++, stream.probe++) {
                counter_normals(&stream, 0, size, expected);
                CHECK(memcmp(normals + i * size, expected, (size_t)size * sizeof *normals) == 0);
            }
        }
}

/* The bits of the releases before, which are promised for ever (docs/reference/abi.md). */
static void normals_are_pinned(void **state)
{
    (void)state;
    const struct counter_stream stream = {7, 9, 3};
    uint64_t hash = 0;
    for (int64_t count = 1; count < 784; count += 13) {
        double normals[784] = {0};
        uint64_t bits[784];
        counter_normals(&stream, 2 * count, count, normals);
        memcpy(bits, normals, sizeof normals);
        for (int64_t i = 0; i < count; i++)
            hash = hash * 31 + bits[i];
    }
    CHECK_IN(hash == UINT64_C(0x414c0a0d71571d80), "%llx", (unsigned long long)hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_answers),
                                       cmocka_unit_test(bits_are_even),
                                       cmocka_unit_test(normals),
                                       cmocka_unit_test(normals_of_bits),
                                       cmocka_unit_test(uniforms),
                                       cmocka_unit_test(below_a_bound),
                                       cmocka_unit_test(below_is_uniform),
                                       cmocka_unit_test(philox_by_lanes),
                                       cmocka_unit_test(normals_by_batches),
                                       cmocka_unit_test(normals_of_probes),
                                       cmocka_unit_test(normals_are_pinned)};
    return check_report("unit.counter", cmocka_run_group_tests(tests, NULL, NULL));
}
