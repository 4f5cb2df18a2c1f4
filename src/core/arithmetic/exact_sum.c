#include "core/arithmetic/exact_sum.h"

#include <math.h>
#include <string.h>

#define DIGIT_BITS 32
#define DIGIT_MASK UINT64_C(0xffffffff)
/* Carries are settled well before 2^32 additions could fill a 64-bit slot. */
#define MOST_PENDING (UINT64_C(1) << 31)

/* Digits that a double-double can use: 5 * 32 bits, of which at least 129 count. */
#define READ_DIGITS 5

struct integer {
    uint64_t mantissa; /* 53 bits */
    int exponent;      /* >= -1074 */
};

/* From the bits: calls of frexp would take most of the time of a sum. */
static struct integer integer_of(double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    const int exponent = (int)(bits >> 52 & 0x7ff); /* -0.0 is a zero too */
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const struct integer subnormal = {fraction, -1074};
    const struct integer normal = {fraction | UINT64_C(1) << 52, exponent - 1075};
    return exponent == 0 ? subnormal : normal;
}

/* Add value * 2^exponent. Two halves of 32 bits, shifted by less than 32, touch three
 * digits. */
static void add_integer(struct exact_sum *sum, uint64_t value, int exponent)
{
    if (value == 0) /* half of what a weight of 1 or a variance of 0 adds */
        return;
    const int position = exponent - EXACT_SUM_LOWEST_EXPONENT;
    const int shift = position % DIGIT_BITS;
    uint64_t *digit = sum->digits + position / DIGIT_BITS;
    const uint64_t low = (value & DIGIT_MASK) << shift;
    const uint64_t high = ((value >> DIGIT_BITS) << shift) + (low >> DIGIT_BITS);
    digit[0] += low & DIGIT_MASK;
    digit[1] += high & DIGIT_MASK;
    digit[2] += high >> DIGIT_BITS;
    if (++sum->pending >= MOST_PENDING)
        exact_sum_settle(sum);
}

void exact_sum_add(struct exact_sum *sum, double value)
{
    const struct integer integer = integer_of(value);
    add_integer(sum, integer.mantissa, integer.exponent);
}

void exact_sum_add_product(struct exact_sum *sum, double a, double b)
{
    const struct integer left = integer_of(a);
    const struct integer right = integer_of(b);
    const int exponent = left.exponent + right.exponent;
    const uint64_t left_low = left.mantissa & DIGIT_MASK;
    const uint64_t left_high = left.mantissa >> DIGIT_BITS;
    const uint64_t right_low = right.mantissa & DIGIT_MASK;
    const uint64_t right_high = right.mantissa >> DIGIT_BITS;
    add_integer(sum, left_low * right_low, exponent);
    add_integer(sum, left_low * right_high + left_high * right_low, exponent + DIGIT_BITS);
    add_integer(sum, left_high * right_high, exponent + 2 * DIGIT_BITS);
}

void exact_sum_settle(struct exact_sum *sum)
{
    uint64_t carry = 0;
    for (int i = 0; i < EXACT_SUM_DIGITS; i++) {
        const uint64_t digit = sum->digits[i] + carry;
        sum->digits[i] = digit & DIGIT_MASK;
        carry = digit >> DIGIT_BITS;
    }
    sum->pending = 0;
}

void exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other)
{
    for (int i = 0; i < EXACT_SUM_DIGITS; i++)
        sum->digits[i] += other->digits[i];
    sum->pending += other->pending + 1;
    if (sum->pending >= MOST_PENDING)
        exact_sum_settle(sum);
}

struct scaled exact_sum_read(const struct exact_sum *sum)
{
    struct exact_sum settled = *sum;
    exact_sum_settle(&settled);
    int top = EXACT_SUM_DIGITS - 1;
    while (top >= 0 && settled.digits[top] == 0)
        top--;
    struct scaled result = {0.0, 0.0, 0};
    if (top < 0)
        return result;
    for (int i = 0; i < READ_DIGITS && i <= top; i++) {
        const double term = ldexp((double)settled.digits[top - i], -DIGIT_BITS * i);
        const double high = result.high + term; /* exact: high >= term, error below */
        result.low += term - (high - result.high);
        result.high = high;
    }
    result.exponent = DIGIT_BITS * top + EXACT_SUM_LOWEST_EXPONENT;
    return result;
}

double exact_sum_value(const struct exact_sum *sum)
{
    const struct scaled value = exact_sum_read(sum);
    return ldexp(value.high + value.low, value.exponent);
}
