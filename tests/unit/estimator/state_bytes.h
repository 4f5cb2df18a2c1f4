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
    OLDEST_READER = 12,
    SIZE = 16,
    OPTIONS_SECTION = 24,
    INPUTS = 40,
    OUTPUTS = 48,
    METHOD = 56,
    SIDE = 60,
    EXACT = 64,
    DIRECTION_SIZE = 68,
    PRODUCT_SIZE = 76,
    DIRECTIONS = 84,
    SKETCH = 92,
    PLAN_PRODUCTS = 100,
    SEED = 108,
    FIRST_SAMPLE = 116,
    POPULATION = 124,
    CONFIDENCE = 132,
    ELEMENT_SIZE = 140,
    STEP = 148,
    FORWARD_NOISE = 156,
    SAMPLES_SECTION = 164,
    NEXT_SAMPLE = 180,
    PRODUCTS = 188,
    STOPPED = 196,
    COUNT = 200,
    POSITIVE = 208,
    SKIPPED = 216,
    UNKNOWN = 224,
    MIN_ENERGY = 232,
    MAX_ENERGY = 240,
    SUMS = 248
};

/* Within a section, before its fields. */
#define SECTION_BYTES 8 /* place of their number */
#define SECTION_HEAD 16 /* size of it all */

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
