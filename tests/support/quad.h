/* Quadruple precision and integers of 128 bits, where a test needs an oracle. */
#ifndef DIRICHLET_TESTS_QUAD_H
#define DIRICHLET_TESTS_QUAD_H

#if defined(__SIZEOF_FLOAT128__)
__extension__ typedef __float128 quad;
#else
typedef long double quad;
#endif
#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 unsigned_128;
#endif

#define QUAD_2_TO_MINUS_104 ((quad)0x1p-104)

static inline quad quad_abs(quad x)
{
    return x < 0 ? -x : x;
}

static inline quad quad_ldexp(quad x, int exponent)
{
    for (; exponent > 0; exponent--)
        x *= 2;
    for (; exponent < 0; exponent++)
        x /= 2;
    return x;
}

/* By Newton's method from the double's root; x >= 0 of moderate magnitude. */
static inline quad quad_sqrt(quad x, double start)
{
    quad root = (quad)start;
    for (int i = 0; i < 3 && root > 0; i++)
        root = (root + x / root) / 2;
    return root;
}

#endif
