/* Pairs of normal numbers from random bits (Box and Muller 1958), written so that
 * loops over them vectorizes: no branch, no call of the C library, whose last bits differ
 * between versions. Logarithm, sine and cosine are those of fdlibm (Sun Microsystems,
 * 1993) on reduced arguments, right to an ulp or so. */
#ifndef DIRICHLET_CORE_NORMAL_H
#define DIRICHLET_CORE_NORMAL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/arithmetic.h"
#include "core/arithmetic/vector.h"
#include "core/statistics/philox.h"

#define NORMAL_ULP 1.11022302462515654042e-16 /* 2^-53 */
/* Blocks of bits that are made into normal numbers at a time. */
#define NORMAL_LANES PHILOX_LANES

/* The upper 53 of the 64 bits (high, low) as a whole number. Conversions of signed 32-bit
 * integers are what every vector unit has. */
static inline double normal_whole_number(uint32_t low, uint32_t high)
{
    const double upper = (double)(int32_t)(high ^ 0x80000000u) + 2147483648.0;
    return upper * 2097152.0 + (double)(int32_t)(low >> 11);
}

/* log(x), x normal and positive. x = 2^k m with m in [sqrt(1/2), sqrt(2)). */
static inline double normal_log(double x)
{
    const uint64_t one = UINT64_C(0x3ff0000000000000);
    const uint64_t half_root = UINT64_C(0x3fe6a09e667f3bcd);
    uint64_t bits = 0;
    memcpy(&bits, &x, sizeof bits);
    bits += one - half_root;
    /* k + 1023 in the low bits of the double 2^52. */
    const uint64_t exponent = (bits >> 52) | UINT64_C(0x4330000000000000);
    const uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) + half_root;
    double k = 0.0;
    double m = 0.0;
    memcpy(&k, &exponent, sizeof k);
    memcpy(&m, &mantissa, sizeof m);
    k -= 4503599627370496.0 + 1023.0;
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double w = z * z;
    const double even = w * (3.999999999940941908e-01 +
                             w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    const double odd = z * (6.666666666666735130e-01 +
                            w * (2.857142874366239149e-01 +
                                 w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    const double half_square = 0.5 * f * f;
    const double rest = s * (half_square + (even + odd)) + k * 1.90821492927058770002e-10;
    return k * 6.93147180369123816490e-01 - ((half_square - rest) - f);
}

/* sin(x), |x| <= pi/4. */
static inline double normal_sin(double x)
{
    const double z = x * x;
    const double tail =
        8.33333333332248946124e-03 +
        z * (-1.98412698298579493134e-04 +
             z * (2.75573137070700676789e-06 +
                  z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
    return x + z * x * (-1.66666666666666324348e-01 + z * tail);
}

/* cos(x), |x| <= pi/4. */
static inline double normal_cos(double x)
{
    const double z = x * x;
    const double tail =
        z * (4.16666666666666019037e-02 +
             z * (-1.38888888888741095749e-03 +
                  z * (2.48015872894767294178e-05 +
                       z * (-2.75573143513906633035e-07 +
                            z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
    const double half = 0.5 * z;
    const double w = 1.0 - half;
    return w + ((1.0 - w) - half + z * tail);
}

/* -2 log of a random number in (0, 1], so that it is finite: the square of a length. */
static inline double normal_squared_length(uint32_t low, uint32_t high)
{
    return -2.0 * normal_log((normal_whole_number(low, high) + 1.0) * NORMAL_ULP);
}

/* The two coordinates at a random angle. */
static inline void normal_coordinates(double length, uint32_t low, uint32_t high, double *first,
                                      double *second)
{
    const double turns = normal_whole_number(low, high) * NORMAL_ULP; /* [0, 1) */
    /* The nearest quarter of a turn, by the rounding of 2^52 + 2^51, and what is left. */
    const double quarters = (4.0 * turns + 6755399441055744.0) - 6755399441055744.0;
    const double angle = (turns - 0.25 * quarters) * 6.28318530717958647693;
    const double s = length * normal_sin(angle);
    const double c = length * normal_cos(angle);
    /* quarters is 0 .. 4: cosine c, -s, -c, s, c; sine s, c, -s, -c, s. */
    const double odd = quarters == 1.0 || quarters == 3.0 ? 1.0 : 0.0;
    const double cosine = odd == 1.0 ? s : c;
    const double sine = odd == 1.0 ? c : s;
    *first = quarters == 1.0 || quarters == 2.0 ? -cosine : cosine;
    *second = quarters == 2.0 || quarters == 3.0 ? -sine : sine;
}

/* Two normal numbers from a block of bits. */
static inline void normal_pair(const uint32_t word[4], double *pair)
{
    const double length = sqrt(normal_squared_length(word[0], word[1]));
    normal_coordinates(length, word[2], word[3], pair, pair + 1);
}

/* The same from each of so many blocks, in order. Square roots are vectorized where they do
 * not set errno (-fno-math-errno); pairs are put in order by a loop of its own, or gcc works on
 * one pair at a time. */
DIRICHLET_VECTORIZED
static void normal_fill(const uint32_t word[4][NORMAL_LANES], double *normals)
{
    double length[NORMAL_LANES];
    double pair[2][NORMAL_LANES];
    for (int i = 0; i < NORMAL_LANES; i++)
        length[i] = normal_squared_length(word[0][i], word[1][i]);
    for (int i = 0; i < NORMAL_LANES; i++)
        length[i] = sqrt(length[i]);
    for (int i = 0; i < NORMAL_LANES; i++)
        normal_coordinates(length[i], word[2][i], word[3][i], &pair[0][i], &pair[1][i]);
    for (int i = 0; i < NORMAL_LANES; i++) {
        normals[2 * i] = pair[0][i];
        normals[2 * i + 1] = pair[1][i];
    }
}

#endif
