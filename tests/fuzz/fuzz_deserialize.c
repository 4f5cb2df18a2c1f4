/* Any bytes as a serialized estimator: refused with a message, or a state that gives its
 * result, merges with itself and is written as the same bytes again. Size and hash
 * are made right first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <dirichlet/dirichlet.h>

#include "harness.h"
#include "state.h"

static void check_value(dirichlet_status status, const dirichlet_result *result)
{
    if (status == DIRICHLET_OK && !(isfinite(result->value) && result->value >= 0.0))
        abort();
}

/* Of all samples and of every group. */
static void check_result(const dirichlet_estimator *estimator)
{
    dirichlet_result result = {.struct_size = sizeof result};
    dirichlet_estimator_description description = {.struct_size = sizeof description};
    check_value(dirichlet_estimator_result(estimator, &result), &result);
    if (dirichlet_estimator_describe(estimator, &description) != DIRICHLET_OK ||
        description.has_model != 0 || description.groups < 0)
        abort();
    for (int64_t group = 0; group < description.groups && group < 100; group++)
        check_value(dirichlet_estimator_group_result(estimator, group, &result), &result);
    if (dirichlet_estimator_group_result(estimator, description.groups, &result) !=
        DIRICHLET_E_RANGE)
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
        dirichlet_estimator_deserialize(bytes, size, NULL, &copy, NULL) != DIRICHLET_OK ||
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
    dirichlet_error error = {.struct_size = sizeof error};
    dirichlet_estimator *estimator = NULL;
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data, size);
    if (size >= 32)
        state_repair(bytes, size);
    const dirichlet_status status =
        dirichlet_estimator_deserialize(bytes, size, NULL, &estimator, &error);
    if ((status == DIRICHLET_OK) != (estimator != NULL) ||
        (status != DIRICHLET_OK && error.message[0] == '\0') || error.status != status)
        abort();
    if (estimator != NULL) {
        check_result(estimator);
        check_again(estimator);
    }
    dirichlet_estimator_destroy(estimator);
    free(bytes);
    return 0;
}
