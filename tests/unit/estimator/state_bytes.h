/* Serialized states as bytes, to be looked at and changed. */
#ifndef TESTS_UNIT_STATE_BYTES_H
#define TESTS_UNIT_STATE_BYTES_H

#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/subject.h"

/* Places in the bytes; see src/estimator/state/format.h. */
enum place {
    MAGIC = 0,
    FORMAT = 8,
    ELEMENT_SIZE = 12,
    SIZE = 16,
    INPUTS = 24,
    OUTPUTS = 32,
    METHOD = 40,
    SIDE = 44,
    EXACT = 48,
    DIRECTION_SIZE = 52,
    PRODUCT_SIZE = 60,
    DIRECTIONS = 68,
    SKETCH = 76,
    PLAN_PRODUCTS = 84,
    SEED = 92,
    FIRST_SAMPLE = 100,
    POPULATION = 108,
    CONFIDENCE = 116,
    NEXT_SAMPLE = 124,
    PRODUCTS = 132,
    STOPPED = 140,
    COUNT = 144,
    POSITIVE = 152,
    SKIPPED = 160,
    UNKNOWN = 168,
    MIN_ENERGY = 176,
    MAX_ENERGY = 184,
    SUMS = 192
};

/* FNV-1a over everything but the last 8 bytes, to those. */
static inline void rehash(struct bytes *bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i + 8 < bytes->size; i++)
        hash = (hash ^ bytes->data[i]) * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < 8; i++)
        bytes->data[bytes->size - 8 + i] = (unsigned char)(hash >> (8 * i));
}

static inline void put(struct bytes *bytes, size_t place, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++)
        bytes->data[place + i] = (unsigned char)(value >> (8 * i));
}

static inline uint64_t get(const struct bytes *bytes, size_t place, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++)
        value |= (uint64_t)bytes->data[place + i] << (8 * i);
    return value;
}

static inline uint64_t bits_of(double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline dirichlet_status read_back(const struct bytes *bytes, dirichlet_estimator **out,
                                         dirichlet_error *error)
{
    return dirichlet_estimator_deserialize(bytes->data, bytes->size, NULL, out, error);
}

/* With hooks that count, so that nothing leaks whatever the bytes. */
static inline dirichlet_status try_bytes(const void *data, size_t size, dirichlet_error *error)
{
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    dirichlet_estimator *out = (dirichlet_estimator *)&counts;
    error->message[0] = '?';
    const dirichlet_status status =
        dirichlet_estimator_deserialize(data, size, &hooks, &out, error);
    CHECK((status == DIRICHLET_OK) == (out != NULL));
    CHECK(error->status == status && (status == DIRICHLET_OK) == (error->message[0] == '\0'));
    CHECK(counts.live == (out != NULL));
    dirichlet_estimator_destroy(out);
    CHECK(counts.live == 0 && counts.damaged == 0);
    return status;
}

#endif
