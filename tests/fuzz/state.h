/* What a serialized state says about itself: bytes 16 to 23 its size, the last eight the
 * FNV-1a hash of what is before them. Changed bytes are made consistent with this, since
 * otherwise hardly any would get past it. */
#ifndef TESTS_FUZZ_STATE_H
#define TESTS_FUZZ_STATE_H

#include <stddef.h>
#include <stdint.h>

/* size >= 32. */
static inline void state_repair(uint8_t *bytes, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < 8; i++)
        bytes[16 + i] = (uint8_t)((uint64_t)size >> (8 * i));
    for (size_t i = 0; i + 8 < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < 8; i++)
        bytes[size - 8 + i] = (uint8_t)(hash >> (8 * i));
}

#endif
