/* Exact sums: independence of order and grouping to the last bit, right values against
 * wide integers and quadruple precision, and the ends of the range. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/arithmetic/exact_sum.h"
#include "support/check.h"
#include "support/quad.h"

#define TERMS 3000

static uint64_t next_bits(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state ^ *state >> 29;
}

/* A number of 53 random bits, its exponent in lowest .. highest. */
static double next_double(uint64_t *state, int lowest, int highest)
{
    const double mantissa = (double)(next_bits(state) >> 11);
    const int span = highest - lowest + 1;
    return ldexp(mantissa, lowest + (int)((next_bits(state) >> 33) % (uint64_t)span));
}

static struct exact_sum settled(struct exact_sum sum)
{
    exact_sum_settle(&sum);
    return sum;
}

static bool same(const struct exact_sum *a, const struct exact_sum *b)
{
    const struct exact_sum left = settled(*a);
    const struct exact_sum right = settled(*b);
    return memcmp(&left, &right, sizeof left) == 0;
}

static void shuffle(double *terms, int count, uint64_t *state)
{
    for (int i = count - 1; i > 0; i--) {
        const int j = (int)(next_bits(state) % (uint64_t)(i + 1));
        const double kept = terms[i];
        terms[i] = terms[j];
        terms[j] = kept;
    }
}

/* Whatever the order, and however the terms were split into parts that were merged. */
static void order_and_grouping(void **unused)
{
    (void)unused;
    static double terms[TERMS];
    uint64_t state = 1;
    for (int i = 0; i < TERMS; i++)
        terms[i] = next_double(&state, -1074, 960);
    struct exact_sum first = {{0}, 0};
    for (int i = 0; i < TERMS; i++) {
        exact_sum_add(&first, terms[i]);
        exact_sum_add_product(&first, terms[i], terms[TERMS - 1 - i]);
    }
    for (int trial = 0; trial < 50; trial++) {
        struct exact_sum parts[7];
        memset(parts, 0, sizeof parts);
        for (int i = 0; i < TERMS; i++)
            exact_sum_add_product(&parts[next_bits(&state) % 7], terms[TERMS - 1 - i], terms[i]);
        shuffle(terms, TERMS, &state);
        for (int i = 0; i < TERMS; i++)
            exact_sum_add(&parts[next_bits(&state) % 7], terms[i]);
        for (int i = 1; i < 7; i++)
            exact_sum_merge(&parts[0], &parts[i]);
        CHECK(same(&parts[0], &first));
        CHECK(exact_sum_value(&parts[0]) == exact_sum_value(&first));
        /* The products pair terms by place: start again from this order. */
        memset(&first, 0, sizeof first);
        for (int i = 0; i < TERMS; i++) {
            exact_sum_add(&first, terms[i]);
            exact_sum_add_product(&first, terms[i], terms[TERMS - 1 - i]);
        }
    }
}

/* Against integers of 128 bits: terms and products that fit one. */
static void against_integers(void **unused)
{
    (void)unused;
    uint64_t state = 2;
    for (int trial = 0; trial < 2000; trial++) {
        struct exact_sum sum = {{0}, 0};
        struct exact_sum products = {{0}, 0};
        unsigned_128 integer = 0;
        unsigned_128 integer_products = 0;
        for (int i = 0; i < 40; i++) {
            const uint64_t a = next_bits(&state) >> (11 + next_bits(&state) % 50);
            const uint64_t b = next_bits(&state) >> (11 + next_bits(&state) % 50);
            exact_sum_add(&sum, (double)a);
            exact_sum_add_product(&products, (double)a, (double)b);
            integer += a;
            integer_products += (unsigned_128)a * b;
        }
        exact_sum_settle(&sum);
        exact_sum_settle(&products);
        for (int digit = 0; digit < 4; digit++) {
            /* 2^0 is bit 4 of digit 67: 2148 = 67 * 32 + 4. */
            const unsigned_128 low = (unsigned_128)sum.digits[67 + digit] >> 4 |
                                     (unsigned_128)(sum.digits[68 + digit] & 15) << 28;
            const unsigned_128 low_products = (unsigned_128)products.digits[67 + digit] >> 4 |
                                              (unsigned_128)(products.digits[68 + digit] & 15)
                                                  << 28;
            CHECK((uint32_t)low == (uint32_t)(integer >> (32 * digit)));
            CHECK((uint32_t)low_products == (uint32_t)(integer_products >> (32 * digit)));
        }
        CHECK(exact_sum_value(&sum) == (double)integer);
        CHECK(exact_sum_value(&products) == (double)integer_products);
    }
}

/* high + low against quadruple precision, terms spread over 100 binary orders. */
static void read_to_106_bits(void **unused)
{
    (void)unused;
    uint64_t state = 3;
    for (int trial = 0; trial < 2000; trial++) {
        struct exact_sum sum = {{0}, 0};
        quad wanted = 0;
        const int base = -900 + (int)(next_bits(&state) % 1700);
        for (int i = 0; i < 20; i++) {
            const double a = next_double(&state, base, base + 50);
            exact_sum_add(&sum, a);
            wanted += (quad)a;
        }
        const struct scaled read = exact_sum_read(&sum);
        CHECK(read.high >= 1.0 && read.high < 0x1p33);
        const quad scale = quad_ldexp(1, -read.exponent);
        const quad error = wanted * scale - ((quad)read.high + (quad)read.low);
        CHECK(quad_abs(error) <= wanted * scale * QUAD_2_TO_MINUS_104);
        CHECK(fabs(read.low) <= read.high * 0x1p-52);
        CHECK(exact_sum_value(&sum) == (double)wanted);
    }
}

static void ends_of_the_range(void **unused)
{
    (void)unused;
    const double least = 0x1p-1074;
    struct exact_sum sum = {{0}, 0};
    CHECK(exact_sum_value(&sum) == 0.0);
    CHECK(exact_sum_read(&sum).high == 0.0 && exact_sum_read(&sum).exponent == 0);
    exact_sum_add(&sum, 0.0);
    exact_sum_add(&sum, -0.0);
    exact_sum_add_product(&sum, 0.0, DBL_MAX);
    CHECK(exact_sum_value(&sum) == 0.0);
    exact_sum_add_product(&sum, least, least);
    exact_sum_settle(&sum);
    CHECK(sum.digits[0] == 1); /* 2^-2148, the lowest bit there is */
    CHECK(exact_sum_value(&sum) == 0.0);
    CHECK(exact_sum_read(&sum).high == 1.0 && exact_sum_read(&sum).exponent == -2148);
    memset(&sum, 0, sizeof sum);
    for (int i = 0; i < 5; i++)
        exact_sum_add(&sum, least);
    CHECK(exact_sum_value(&sum) == 5.0 * least);
    exact_sum_add(&sum, DBL_MAX);
    CHECK(exact_sum_value(&sum) == DBL_MAX);
    exact_sum_add(&sum, DBL_MAX);
    CHECK(isinf(exact_sum_value(&sum)));
    const struct scaled twice = exact_sum_read(&sum);
    CHECK(ldexp(twice.high + twice.low, twice.exponent - 1) == DBL_MAX);
    memset(&sum, 0, sizeof sum);
    exact_sum_add_product(&sum, DBL_MAX, DBL_MAX);
    exact_sum_add_product(&sum, DBL_MAX, least);
    const struct scaled square = exact_sum_read(&sum);
    CHECK(ldexp(square.high + square.low, square.exponent - 1024) == DBL_MAX * (1 - 0x1p-53));
}

/* Subnormal numbers and those next to them, alone and squared. */
static void subnormals(void **unused)
{
    (void)unused;
    uint64_t state = 4;
    for (int trial = 0; trial < 2000; trial++) {
        const double a = ldexp((double)(next_bits(&state) >> (12 + trial % 52)), -1074);
        const double b = ldexp((double)(next_bits(&state) >> (12 + trial % 52)), -1074);
        struct exact_sum sum = {{0}, 0};
        exact_sum_add(&sum, a);
        exact_sum_add(&sum, b);
        CHECK(exact_sum_value(&sum) == a + b);
        struct exact_sum product = {{0}, 0};
        exact_sum_add_product(&product, a, b);
        const struct scaled read = exact_sum_read(&product);
        const quad wanted = (quad)ldexp(a, 1074) * (quad)ldexp(b, 1074);
        CHECK((quad)ldexp(read.high, read.exponent + 2148) +
                  (quad)ldexp(read.low, read.exponent + 2148) ==
              wanted);
    }
}

/* 2^31 additions and more, without making them: the same digits, so many times over. */
static void many_additions(void **unused)
{
    (void)unused;
    const double term = 0x1.fffffffffffffp+40;
    struct exact_sum sum = {{0}, 0};
    exact_sum_add(&sum, term);
    const uint64_t times = (UINT64_C(1) << 31) - 2;
    for (int i = 0; i < EXACT_SUM_DIGITS; i++)
        sum.digits[i] *= times;
    sum.pending = times;
    const double before = exact_sum_value(&sum);
    CHECK(fabs(before - (double)times * term) <= 1e-15 * before);
    exact_sum_add(&sum, term);
    CHECK(sum.pending == times + 1);
    exact_sum_add(&sum, term); /* the one at which the carries are settled */
    CHECK(sum.pending == 0);
    for (int i = 0; i < EXACT_SUM_DIGITS; i++)
        CHECK(sum.digits[i] <= UINT32_MAX);
    CHECK(exact_sum_value(&sum) == ldexp(term, 31));
}

/* Merges of sums that are both as full as can be, over and over. */
static void many_merges(void **unused)
{
    (void)unused;
    struct exact_sum full = {{0}, 0};
    const uint64_t times = (UINT64_C(1) << 31) - 1;
    for (int i = 0; i < EXACT_SUM_DIGITS - 2; i++)
        full.digits[i] = (times + 1) * UINT32_MAX;
    full.pending = times;
    struct exact_sum twice = full;
    exact_sum_merge(&twice, &full);
    CHECK(twice.pending == 0);
    struct exact_sum wanted = settled(full);
    exact_sum_merge(&wanted, &wanted);
    CHECK(same(&twice, &wanted));
    struct exact_sum one = {{0}, 0};
    exact_sum_add(&one, 1.0);
    struct exact_sum doubled = one;
    for (int i = 0; i < 62; i++) {
        const struct exact_sum copy = doubled;
        exact_sum_merge(&doubled, &copy);
        CHECK(exact_sum_value(&doubled) == ldexp(1.0, i + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_grouping), cmocka_unit_test(against_integers),
        cmocka_unit_test(read_to_106_bits),   cmocka_unit_test(ends_of_the_range),
        cmocka_unit_test(subnormals),         cmocka_unit_test(many_additions),
        cmocka_unit_test(many_merges)};
    return check_report("unit.exact_sum", cmocka_run_group_tests(tests, NULL, NULL));
}
