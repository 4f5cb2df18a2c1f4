/* An estimator to bytes. */
#include "dirichlet/estimator.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/status.h"
#include "estimator/state/estimator.h"
#include "estimator/state/format.h"

/* Everything but the hash; the number of bytes it takes. */
static size_t write_all(const dirichlet_estimator *estimator, unsigned char *bytes, size_t size)
{
    /* The coders read and write alike, here they only read: a copy, for the sake of const, would
     * be too large for the stack. */
    struct dirichlet_estimator *from = NULL;
    memcpy(&from, &estimator, sizeof from);
    struct state_coder coder = {.written = bytes};
    struct state_header header = {STATE_MAGIC, state_format(estimator),
                                  (int32_t)estimator->element_size, size};
    state_code_header(&coder, &header);
    state_code_options(&coder, from);
    state_code_state(&coder, header.format, &from->state);
    if (header.format == STATE_FORMAT_DIFFERENCES)
        state_code_differences(&coder, &from->state.moments);
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
