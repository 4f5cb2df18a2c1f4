/* States as bytes. One description of the format serves writing and reading; all numbers
 * are little-endian, doubles as their IEEE bits:
 *
 *   "DIRICHLT"  magic                      u32 format, u32 element size
 *   u64         size in bytes, all of it   then coded_options, coded_state
 *   u64         FNV-1a hash of everything before it
 *
 * A sum is its digits between the lowest and the highest that are not zero.
 *
 * Format 3 is that of finite differences, with what their errors need behind the rest; all other
 * methods have format 2. Format 1 is of version 0.1: it is read, but the errors of its finite
 * differences are unknown, and stay so in format 2. */
#ifndef DIRICHLET_ESTIMATOR_FORMAT_H
#define DIRICHLET_ESTIMATOR_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/statistics/moments.h"
#include "estimator/state/estimator.h"

#define STATE_FORMAT_0_1 1
#define STATE_FORMAT 2
#define STATE_FORMAT_DIFFERENCES 3
#define STATE_MAGIC UINT64_C(0x544c484349524944) /* "DIRICHLT" read as a little-endian number */
#define STATE_HASH_BYTES 8

/* A place in the bytes, written to (or only counted, without a buffer) or read from. What is
 * written from is left as it is: others may be reading it at the same time. */
struct state_coder {
    unsigned char *written;
    const unsigned char *read;
    size_t capacity;
    size_t place;
    bool reading;
    bool failed; /* read past the end: values are 0 from then on */
};

struct state_header {
    uint64_t magic;
    int32_t format;
    int32_t element_size;
    uint64_t size;
};

void state_code_u64(struct state_coder *coder, uint64_t *value);
void state_code_header(struct state_coder *coder, struct state_header *header);
void state_code_options(struct state_coder *coder, struct dirichlet_estimator *estimator);
void state_code_state(struct state_coder *coder, int32_t format, struct state *state);

/* What the format of finite differences has more. */
void state_code_differences(struct state_coder *coder, struct moments *moments);

/* What an estimator is written in. */
int32_t state_format(const struct dirichlet_estimator *estimator);

/* FNV-1a, 64 bits. It finds damage, not malice. */
uint64_t state_hash(const unsigned char *bytes, size_t count);

#endif
