/* Arrays with guards, filled so that it shows what was written; body for both precisions. */
#ifndef DIRICHLET_CHECK_GUARD_BODY_H
#define DIRICHLET_CHECK_GUARD_BODY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/subject/subject_body.h"
#include "core/arithmetic/real.h"

#define GUARD_BYTE 0x5b

static void guard(struct guarded *guarded, int64_t count, size_t element_size)
{
    guarded->bytes = count * (int64_t)element_size;
    memset(guarded->array - GUARD_BYTES, GUARD_BYTE, GUARD_BYTES);
    memset(guarded->array + guarded->bytes, GUARD_BYTE, GUARD_BYTES);
}

/* Bytes around the array that are not as they were. */
static int64_t broken_guards(const struct guarded *guarded)
{
    const unsigned char *before = guarded->array - GUARD_BYTES;
    const unsigned char *behind = guarded->array + guarded->bytes;
    int64_t count = 0;
    for (int64_t i = 0; i < GUARD_BYTES; i++)
        count += (before[i] != GUARD_BYTE) + (behind[i] != GUARD_BYTE);
    return count;
}

/* A NaN that no arithmetic makes: an element that has its bits was not written. */
static const uint64_t unwritten_f64 = UINT64_C(0x7ff8b0a7c3d1e5f9);
static const uint32_t unwritten_f32 = UINT32_C(0x7fc5b3d1);

static const void *unwritten_bits(size_t element_size)
{
    return element_size == sizeof unwritten_f64 ? (const void *)&unwritten_f64
                                                : (const void *)&unwritten_f32;
}

static void fill_output(struct guarded *guarded, size_t element_size, bool with_ones)
{
    const double one_f64 = 1.0;
    const float one_f32 = 1.0f;
    const void *one = element_size == sizeof one_f64 ? (const void *)&one_f64 : &one_f32;
    const void *bits = with_ones ? one : unwritten_bits(element_size);
    for (int64_t at = 0; at < guarded->bytes; at += (int64_t)element_size)
        memcpy(guarded->array + at, bits, element_size);
}

/* Elements that were not written, and the first of them in *first; filled with NaN only. */
static int64_t unwritten_elements(const struct guarded *guarded, size_t element_size,
                                  int64_t *first)
{
    const void *bits = unwritten_bits(element_size);
    int64_t count = 0;
    for (int64_t at = 0; at < guarded->bytes; at += (int64_t)element_size) {
        if (memcmp(guarded->array + at, bits, element_size) != 0)
            continue;
        *first = count == 0 ? at / (int64_t)element_size : *first;
        count++;
    }
    return count;
}

#endif
