/* Exact sums of non-negative doubles and of products of two doubles.
 *
 * A wide fixed-point number that no addition can round, overflow or underflow
 * (Kulisch's accumulator): the sum does not depend on the order of its terms, nor on
 * how partial sums were merged. That is what makes results bit-identical over batches,
 * merges and machines, and it lets a variance be had from sums of squares without
 * cancellation. Two to four additions of integers a term. */
#ifndef DIRICHLET_CORE_EXACT_SUM_H
#define DIRICHLET_CORE_EXACT_SUM_H

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

/* Digits of 32 bits from 2^-2148, the lowest bit of a product of two doubles, to
 * above 2^2111, which 2^63 products cannot exceed. */
#define EXACT_SUM_DIGITS 136
#define EXACT_SUM_LOWEST_EXPONENT (-2148)

struct exact_sum {
    uint64_t digits[EXACT_SUM_DIGITS]; /* each below (pending + 1) * 2^32 */
    uint64_t pending;                  /* additions since the carries were settled */
};

/* value, a, b: finite and >= 0. */
void exact_sum_add(struct exact_sum *sum, double value);
void exact_sum_add_product(struct exact_sum *sum, double a, double b);
void exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other);

/* Settle the carries: afterwards every digit is below 2^32 and equal sums have equal
 * digits. */
void exact_sum_settle(struct exact_sum *sum);

/* The sum as (high + low) * 2^exponent, right to about 2^-106 of itself, whatever its
 * magnitude. Zero is (0, 0, 0); otherwise 1 <= high < 2^33. */
struct scaled {
    double high;
    double low;
    int exponent;
};
struct scaled exact_sum_read(const struct exact_sum *sum);

/* The sum rounded to double (infinite if it is too large for one). */
double exact_sum_value(const struct exact_sum *sum);

#endif
