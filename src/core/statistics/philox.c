#include "core/statistics/philox.h"

#include <stddef.h>

#include <Random123/philox.h>

void philox_lanes_plain(uint64_t seed, uint32_t word[4][PHILOX_LANES])
{
    const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    for (int i = 0; i < PHILOX_LANES; i++) {
        const philox4x32_ctr_t counter = {{word[0][i], word[1][i], word[2][i], word[3][i]}};
        const philox4x32_ctr_t bits = philox4x32(counter, key);
        for (int j = 0; j < 4; j++)
            word[j][i] = bits.v[j];
    }
}

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)

#include <immintrin.h>

/* A word to 64 bits of a register, the upper half of which is never looked at: the product of two
 * lower halves is one instruction, which gcc does not find by itself, and its halves are the next
 * words. Groups are independent, so that one's
 * products are made while another's are waited for; all words together fit the registers. */
#define AVX2_GROUPS 2
#define AVX512_GROUPS (PHILOX_LANES / 8)

__attribute__((target("avx2"))) static inline void round_avx2(__m256i c[4], uint64_t k0,
                                                              uint64_t k1)
{
    const __m256i a = _mm256_mul_epu32(c[0], _mm256_set1_epi64x(PHILOX_M4x32_0));
    const __m256i b = _mm256_mul_epu32(c[2], _mm256_set1_epi64x(PHILOX_M4x32_1));
    const __m256i first = _mm256_xor_si256(c[1], _mm256_set1_epi64x((int64_t)k0));
    const __m256i third = _mm256_xor_si256(c[3], _mm256_set1_epi64x((int64_t)k1));
    c[0] = _mm256_xor_si256(_mm256_srli_epi64(b, 32), first);
    c[1] = b;
    c[2] = _mm256_xor_si256(_mm256_srli_epi64(a, 32), third);
    c[3] = a;
}

__attribute__((target("avx2"))) static void store_avx2(__m256i word, uint32_t *to)
{
    const __m256i lower =
        _mm256_permutevar8x32_epi32(word, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    _mm_storeu_si128((__m128i *)(void *)to, _mm256_castsi256_si128(lower));
}

/* Lanes first .. first + 4 AVX2_GROUPS - 1. */
__attribute__((target("avx2"))) static void some_avx2(uint64_t seed, int first,
                                                      uint32_t word[4][PHILOX_LANES])
{
    __m256i c[AVX2_GROUPS][4];
    for (int g = 0; g < AVX2_GROUPS; g++)
        for (int j = 0; j < 4; j++)
            c[g][j] = _mm256_cvtepu32_epi64(
                _mm_loadu_si128((const __m128i *)(const void *)(word[j] + first + 4 * g)));
    for (uint32_t k = 0; k < philox4x32_rounds; k++)
        for (int g = 0; g < AVX2_GROUPS; g++)
            round_avx2(c[g], (uint32_t)seed + k * PHILOX_W32_0,
                       (uint32_t)(seed >> 32) + k * PHILOX_W32_1);
    for (int g = 0; g < AVX2_GROUPS; g++)
        for (int j = 0; j < 4; j++)
            store_avx2(c[g][j], word[j] + first + 4 * g);
}

__attribute__((target("avx2"))) static void lanes_avx2(uint64_t seed,
                                                       uint32_t word[4][PHILOX_LANES])
{
    for (int first = 0; first < PHILOX_LANES; first += 4 * AVX2_GROUPS)
        some_avx2(seed, first, word);
}

__attribute__((target("avx512f"))) static inline void round_avx512(__m512i c[4], uint64_t k0,
                                                                   uint64_t k1)
{
    const __m512i a = _mm512_mul_epu32(c[0], _mm512_set1_epi64(PHILOX_M4x32_0));
    const __m512i b = _mm512_mul_epu32(c[2], _mm512_set1_epi64(PHILOX_M4x32_1));
    const __m512i first = _mm512_xor_si512(c[1], _mm512_set1_epi64((int64_t)k0));
    const __m512i third = _mm512_xor_si512(c[3], _mm512_set1_epi64((int64_t)k1));
    c[0] = _mm512_xor_si512(_mm512_srli_epi64(b, 32), first);
    c[1] = b;
    c[2] = _mm512_xor_si512(_mm512_srli_epi64(a, 32), third);
    c[3] = a;
}

__attribute__((target("avx512f"))) static void lanes_avx512(uint64_t seed,
                                                            uint32_t word[4][PHILOX_LANES])
{
    __m512i c[AVX512_GROUPS][4];
    for (int g = 0; g < AVX512_GROUPS; g++)
        for (int j = 0; j < 4; j++)
            c[g][j] = _mm512_cvtepu32_epi64(
                _mm256_loadu_si256((const __m256i *)(const void *)(word[j] + 8 * g)));
    for (uint32_t k = 0; k < philox4x32_rounds; k++)
        for (int g = 0; g < AVX512_GROUPS; g++)
            round_avx512(c[g], (uint32_t)seed + k * PHILOX_W32_0,
                         (uint32_t)(seed >> 32) + k * PHILOX_W32_1);
    for (int g = 0; g < AVX512_GROUPS; g++)
        for (int j = 0; j < 4; j++)
            _mm256_storeu_si256((__m256i *)(void *)(word[j] + 8 * g),
                                _mm512_cvtepi64_epi32(c[g][j]));
}

philox_function *philox_avx2(void)
{
    return __builtin_cpu_supports("avx2") ? lanes_avx2 : NULL;
}

philox_function *philox_avx512(void)
{
    return __builtin_cpu_supports("avx512f") ? lanes_avx512 : NULL;
}

#else

philox_function *philox_avx2(void)
{
    return NULL;
}

philox_function *philox_avx512(void)
{
    return NULL;
}

#endif

void philox_lanes(uint64_t seed, uint32_t word[4][PHILOX_LANES])
{
    philox_function *widest = philox_avx512();
    if (widest == NULL)
        widest = philox_avx2();
    if (widest == NULL)
        widest = philox_lanes_plain;
    widest(seed, word);
}
