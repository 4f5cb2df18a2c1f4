/* Types of numbers in files, and what a number is worth as a double. */
#ifndef EXAMPLES_NUMBER_H
#define EXAMPLES_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* Those of safetensors, by its names; .npy and IDX files have some of them. */
enum number_type {
    NUMBER_F32,
    NUMBER_F64,
    NUMBER_F16,
    NUMBER_BF16,
    NUMBER_F8_E4M3,
    NUMBER_F8_E5M2,
    NUMBER_F8_E4M3FNUZ,
    NUMBER_F8_E5M2FNUZ,
    NUMBER_F8_E8M0,
    NUMBER_F6_E2M3,
    NUMBER_F6_E3M2,
    NUMBER_F4,
    NUMBER_C64,
    NUMBER_I8,
    NUMBER_I16,
    NUMBER_I32,
    NUMBER_I64,
    NUMBER_U8,
    NUMBER_U16,
    NUMBER_U32,
    NUMBER_U64,
    NUMBER_BOOL,
    NUMBER_TYPES
};

/* As safetensors spells it, "F32"; static. */
const char *number_name(enum number_type type);

/* 4 to 64. */
int number_bits(enum number_type type);

/* Whether it is a floating-point number that number_at widens: F32, F64, F16, BF16, F8_E4M3,
 * F8_E5M2. All of them are exact in a double. */
int number_is_real(enum number_type type);

/* Whether it is a whole number, BOOL too. */
int number_is_whole(enum number_type type);

/* The number at `bytes`, little-endian, unaligned; of a real or whole type. Whole numbers beyond
 * 2^53 are rounded to the nearest double. */
double number_at(enum number_type type, const unsigned char *bytes);

/* `count` numbers from big-endian to little-endian, in place. */
void number_swap(enum number_type type, unsigned char *bytes, size_t count);

#endif
