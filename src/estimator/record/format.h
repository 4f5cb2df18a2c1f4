/* States as bytes. One description of the format serves writing and reading; all numbers
 * are little-endian, doubles as their IEEE bits. Format 4:
 *
 *   "DIRICHLT"  magic                  u32 format, u32 oldest format whose readers can read it
 *   u64         size in bytes, all of it
 *   sections:   u32 name, u32 0, u64 bytes that follow; in any order, each once
 *     1  what the numbers depend on    2  all samples
 *     3  finite differences            4  groups
 *   u64         FNV-1a hash of everything before it
 *
 * A reader skips sections it does not know, and what stands behind the fields it knows in one that
 * it does; whoever adds something that must not be left out raises the oldest format. A sum is its
 * digits between the lowest and the highest that are not zero.
 *
 * Formats 1 to 3 had no sections, but the element size in the place of the oldest format, the
 * fields of sections 1 and 2 and, in format 3, which is that of finite differences, of 3. Format 1
 * is of version 0.1: the errors of its finite differences are unknown. */
#ifndef DIRICHLET_ESTIMATOR_FORMAT_H
#define DIRICHLET_ESTIMATOR_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/statistics/moments.h"
#include "estimator/state/estimator.h"

#define STATE_FORMAT_0_1 1
#define STATE_FORMAT_DIFFERENCES 3
#define STATE_FORMAT 4
#define STATE_OLDEST_READER 4
#define STATE_SECTION_OPTIONS 1
#define STATE_SECTION_SAMPLES 2
#define STATE_SECTION_DIFFERENCES 3
#define STATE_SECTION_GROUPS 4
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
    int32_t oldest_reader; /* before format 4: the element size */
    uint64_t size;
};

struct state_section {
    int32_t name;
    int32_t reserved; /* 0 */
    uint64_t bytes;
};

void state_code_u64(struct state_coder *coder, uint64_t *value);
void state_code_header(struct state_coder *coder, struct state_header *header);
void state_code_section(struct state_coder *coder, struct state_section *section);

/* The fields of a section; of formats before 4 those they had. */
void state_code_options(struct state_coder *coder, int32_t format,
                        struct dirichlet_estimator *estimator);
void state_code_samples(struct state_coder *coder, int32_t format, struct state *state);
void state_code_differences(struct state_coder *coder, struct moments *moments);

/* One group, in its section, which begins with their number. */
void state_code_group(struct state_coder *coder, struct moments *moments);
void state_code_count(struct state_coder *coder, int64_t *count);

/* FNV-1a, 64 bits. It finds damage, not malice. */
uint64_t state_hash(const unsigned char *bytes, size_t count);

#endif
