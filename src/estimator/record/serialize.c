/* An estimator to bytes. */
#include "dirichlet/estimator.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/status.h"
#include "estimator/state/estimator.h"
#include "estimator/record/format.h"

static void write_fields(struct state_coder *coder, int32_t name, struct dirichlet_estimator *from)
{
    int64_t groups = from->options.groups;
    switch (name) {
    case STATE_SECTION_OPTIONS: state_code_options(coder, STATE_FORMAT, from); break;
    case STATE_SECTION_SAMPLES: state_code_samples(coder, STATE_FORMAT, &from->state); break;
    case STATE_SECTION_DIFFERENCES: state_code_differences(coder, &from->state.moments); break;
    default:
        state_code_count(coder, &groups);
        for (int64_t g = 0; g < groups; g++)
            state_code_group(coder, &from->state.groups[g]);
    }
}

/* Counted first: its length stands before it. */
static void write_section(struct state_coder *coder, int32_t name, struct dirichlet_estimator *from)
{
    struct state_coder counting = {.place = 0};
    write_fields(&counting, name, from);
    struct state_section section = {name, 0, counting.place};
    state_code_section(coder, &section);
    write_fields(coder, name, from);
}

/* Everything but the hash; the number of bytes it takes. */
static size_t write_all(const dirichlet_estimator *estimator, unsigned char *bytes, size_t size)
{
    /* The coders read and write alike, here they only read: a copy, for the sake of const, would
     * be too large for the stack. */
    struct dirichlet_estimator *from = NULL;
    memcpy(&from, &estimator, sizeof from);
    struct state_coder coder = {.written = bytes};
    struct state_header header = {STATE_MAGIC, STATE_FORMAT, STATE_OLDEST_READER, size};
    state_code_header(&coder, &header);
    write_section(&coder, STATE_SECTION_OPTIONS, from);
    write_section(&coder, STATE_SECTION_SAMPLES, from);
    if (from->plan.side == SIDE_FORWARD && !from->errors_unknown)
        write_section(&coder, STATE_SECTION_DIFFERENCES, from);
    if (from->options.groups > 0)
        write_section(&coder, STATE_SECTION_GROUPS, from);
    return coder.place;
}

dirichlet_status dirichlet_estimator_serialize(const dirichlet_estimator *estimator, void *buffer,
                                               size_t capacity, size_t *size)
{
    if (estimator == NULL || size == NULL)
        return DIRICHLET_E_NULL;
    const size_t body = write_all(estimator, NULL, 0);
    *size = body + STATE_HASH_BYTES;
    if (buffer == NULL)
        return DIRICHLET_OK;
    if (capacity < *size)
        return DIRICHLET_E_RANGE;
    write_all(estimator, buffer, *size);
    uint64_t hash = state_hash(buffer, body);
    struct state_coder coder = {.written = buffer, .place = body};
    state_code_u64(&coder, &hash);
    return DIRICHLET_OK;
}
