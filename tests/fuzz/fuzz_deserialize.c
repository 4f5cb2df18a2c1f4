/* Any bytes as a serialized estimator: refused with a message, or a state that gives its
 * result, merges with itself and is written as the same bytes again. The last eight bytes,
 * the hash, are made right first: otherwise hardly anything would get past them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <dirichlet/dirichlet.h>

#include "harness.h"

static void write_hash(uint8_t *bytes, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i + 8 < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < 8; i++)
        bytes[size - 8 + i] = (uint8_t)(hash >> (8 * i));
}

static void check_result(const dirichlet_estimator *estimator)
{
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_status status = dirichlet_estimator_result(estimator, &result);
    if (status == DIRICHLET_OK && !(isfinite(result.value) && result.value >= 0.0))
        abort();
}

static void check_again(const dirichlet_estimator *estimator)
{
    size_t size = 0;
    size_t again_size = 0;
    if (dirichlet_estimator_serialize(estimator, NULL, 0, &size) != DIRICHLET_OK)
        abort();
    unsigned char *bytes = malloc(size);
    unsigned char *again = malloc(size);
    dirichlet_estimator *copy = NULL;
    if (bytes == NULL || again == NULL ||
        dirichlet_estimator_serialize(estimator, bytes, size, &size) != DIRICHLET_OK ||
        dirichlet_estimator_deserialize(bytes, size, NULL, &copy, NULL, 0) != DIRICHLET_OK ||
        dirichlet_estimator_serialize(copy, again, size, &again_size) != DIRICHLET_OK ||
        again_size != size || memcmp(bytes, again, size) != 0)
        abort();
    if (dirichlet_estimator_merge(copy, estimator) == DIRICHLET_OK)
        check_result(copy);
    dirichlet_estimator_destroy(copy);
    free(bytes);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char message[DIRICHLET_MESSAGE_SIZE];
    dirichlet_estimator *estimator = NULL;
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data, size);
    if (size >= 32) {
        for (size_t i = 0; i < 8; i++) /* and so is the size */
            bytes[16 + i] = (uint8_t)((uint64_t)size >> (8 * i));
        write_hash(bytes, size);
    }
    const dirichlet_status status =
        dirichlet_estimator_deserialize(bytes, size, NULL, &estimator, message, sizeof message);
    if ((status == DIRICHLET_OK) != (estimator != NULL) ||
        (status != DIRICHLET_OK && message[0] == '\0'))
        abort();
    if (estimator != NULL) {
        check_result(estimator);
        check_again(estimator);
    }
    dirichlet_estimator_destroy(estimator);
    free(bytes);
    return 0;
}
