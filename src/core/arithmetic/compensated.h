/* Sums and products of which rounding takes nothing that shows. */
#ifndef DIRICHLET_CORE_COMPENSATED_H
#define DIRICHLET_CORE_COMPENSATED_H

#include <math.h>

/* *sum += term; *rest gathers what rounding takes: the sum is *sum + *rest (Neumaier 1974). */
static inline void add_with_rest(double *sum, double *rest, double term)
{
    const double next = *sum + term;
    *rest += fabs(*sum) >= fabs(term) ? (*sum - next) + term : (term - next) + *sum;
    *sum = next;
}

/* The upper 26 bits of a number, rounded (Veltkamp 1968); |a| < 2^996. */
static inline double upper_half(double a)
{
    const double shifted = 134217729.0 * a; /* 2^27 + 1 */
    return shifted - (shifted - a);
}

/* a b - product, exactly, product being a b rounded (Dekker 1971): the halves' products are exact.
 * For |a|, |b| < 2^996 and |a b| > 2^-969. fma would do, but not every C library's is fused. */
static inline double rest_of_product(double a, double b, double product)
{
    const double upper_a = upper_half(a);
    const double upper_b = upper_half(b);
    const double lower_a = a - upper_a;
    const double lower_b = b - upper_b;
    const double crossed = (upper_a * upper_b - product) + upper_a * lower_b + lower_a * upper_b;
    return crossed + lower_a * lower_b;
}

#endif
