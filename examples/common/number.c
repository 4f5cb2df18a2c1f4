#include "number.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    int bits;
} types[NUMBER_TYPES] = {
    [NUMBER_F32] = {"F32", 32},
    [NUMBER_F64] = {"F64", 64},
    [NUMBER_F16] = {"F16", 16},
    [NUMBER_BF16] = {"BF16", 16},
    [NUMBER_F8_E4M3] = {"F8_E4M3", 8},
    [NUMBER_F8_E5M2] = {"F8_E5M2", 8},
    [NUMBER_F8_E4M3FNUZ] = {"F8_E4M3FNUZ", 8},
    [NUMBER_F8_E5M2FNUZ] = {"F8_E5M2FNUZ", 8},
    [NUMBER_F8_E8M0] = {"F8_E8M0", 8},
    [NUMBER_F6_E2M3] = {"F6_E2M3", 6},
    [NUMBER_F6_E3M2] = {"F6_E3M2", 6},
    [NUMBER_F4] = {"F4", 4},
    [NUMBER_C64] = {"C64", 64},
    [NUMBER_I8] = {"I8", 8},
    [NUMBER_I16] = {"I16", 16},
    [NUMBER_I32] = {"I32", 32},
    [NUMBER_I64] = {"I64", 64},
    [NUMBER_U8] = {"U8", 8},
    [NUMBER_U16] = {"U16", 16},
    [NUMBER_U32] = {"U32", 32},
    [NUMBER_U64] = {"U64", 64},
    [NUMBER_BOOL] = {"BOOL", 8},
};

const char *number_name(enum number_type type)
{
    return types[type].name;
}

int number_bits(enum number_type type)
{
    return types[type].bits;
}

int number_is_real(enum number_type type)
{
    return type <= NUMBER_F8_E5M2;
}

int number_is_whole(enum number_type type)
{
    return type >= NUMBER_I8;
}

static uint64_t word_at(const unsigned char *bytes, int count)
{
    uint64_t word = 0;
    for (int i = count - 1; i >= 0; i--)
        word = word << 8 | bytes[i];
    return word;
}

/* sign | exponent | mantissa in the lowest bits of `word`, as IEEE 754 reads them. E4M3 of the
 * Open Compute Project has no infinities: its largest exponent is one like any other, and a
 * NaN only where all bits are set. */
static double small_float(uint64_t word, int exponent_bits, int mantissa_bits, int has_infinities)
{
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int largest = (1 << exponent_bits) - 1;
    const int all = (1 << mantissa_bits) - 1;
    const int mantissa = (int)(word & (uint64_t)all);
    const int exponent = (int)(word >> mantissa_bits) & largest;
    const double sign = word >> (mantissa_bits + exponent_bits) & 1 ? -1.0 : 1.0;
    if (exponent == largest && has_infinities)
        return mantissa == 0 ? sign * INFINITY : NAN;
    if (exponent == largest && mantissa == all && !has_infinities)
        return NAN;
    if (exponent == 0)
        return sign * ldexp(mantissa, 1 - bias - mantissa_bits);
    return sign * ldexp(mantissa + all + 1, exponent - bias - mantissa_bits);
}

static double single_at(uint64_t word)
{
    const uint32_t bits = (uint32_t)word;
    float number = 0.0F;
    memcpy(&number, &bits, sizeof number);
    return (double)number;
}

static double double_at(uint64_t word)
{
    double number = 0.0;
    memcpy(&number, &word, sizeof number);
    return number;
}

/* Two's complement of so many bits. */
static double signed_number(uint64_t word, int bits)
{
    const uint64_t sign = UINT64_C(1) << (bits - 1);
    return word & sign ? -(double)((~word & (sign - 1)) + 1) : (double)word;
}

double number_at(enum number_type type, const unsigned char *bytes)
{
    const uint64_t word = word_at(bytes, types[type].bits / 8);
    switch (type) {
    case NUMBER_F32: return single_at(word);
    case NUMBER_F64: return double_at(word);
    case NUMBER_F16: return small_float(word, 5, 10, 1);
    case NUMBER_BF16: return single_at(word << 16);
    case NUMBER_F8_E4M3: return small_float(word, 4, 3, 0);
    case NUMBER_F8_E5M2: return small_float(word, 5, 2, 1);
    case NUMBER_I8:
    case NUMBER_I16:
    case NUMBER_I32:
    case NUMBER_I64: return signed_number(word, types[type].bits);
    case NUMBER_U8:
    case NUMBER_U16:
    case NUMBER_U32:
    case NUMBER_U64: return (double)word;
    case NUMBER_BOOL: return word != 0 ? 1.0 : 0.0;
    default: return NAN;
    }
}

void number_swap(enum number_type type, unsigned char *bytes, size_t count)
{
    const size_t size = (size_t)types[type].bits / 8;
    for (size_t i = 0; i < count; i++, bytes += size)
        for (size_t low = 0, high = size - 1; low < high; low++, high--) {
            const unsigned char byte = bytes[low];
            bytes[low] = bytes[high];
            bytes[high] = byte;
        }
}
