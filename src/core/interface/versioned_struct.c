#include "core/interface/versioned_struct.h"

#include <string.h>

/* No struct of ours is near this large: a size beyond it is garbage, not the future. */
#define LARGEST_STRUCT ((size_t)65536)

dirichlet_status versioned_struct_check(size_t given_size, const char *name,
                                        struct message *message)
{
    if (given_size < sizeof(size_t) || given_size > LARGEST_STRUCT)
        return message_fail(message, DIRICHLET_E_STRUCT_SIZE,
                            "%s.struct_size is %zu: set it to sizeof the struct", name, given_size);
    return DIRICHLET_OK;
}

dirichlet_status versioned_struct_read(void *ours, size_t size, const void *given,
                                       size_t given_size, const char *name, struct message *message)
{
    dirichlet_status status = versioned_struct_check(given_size, name, message);
    if (status != DIRICHLET_OK)
        return status;
    const unsigned char *bytes = given;
    for (size_t i = size; i < given_size; i++)
        if (bytes[i] != 0)
            return message_fail(message, DIRICHLET_E_STRUCT_SIZE,
                                "%s has fields this version does not know", name);
    memset(ours, 0, size);
    memcpy(ours, given, given_size < size ? given_size : size);
    memcpy(ours, &size, sizeof size);
    return DIRICHLET_OK;
}

/* Every element has the struct_size of the first, by which the array is stepped through. */
static dirichlet_status check_step(const void *array, int64_t index, size_t step,
                                   const char *array_name, struct message *message)
{
    size_t own = 0;
    memcpy(&own, (const unsigned char *)array + (size_t)index * step, sizeof own);
    if (own != step)
        return message_fail(message, DIRICHLET_E_STRUCT_SIZE,
                            "%s[%lld].struct_size is %zu, that of the first element %zu",
                            array_name, (long long)index, own, step);
    return DIRICHLET_OK;
}

/* The element's address need not be aligned. */
dirichlet_status versioned_struct_read_element(void *ours, size_t size, const void *array,
                                               int64_t index, const char *array_name,
                                               struct message *element_name,
                                               struct message *message)
{
    size_t step = 0;
    (void)message_fail(element_name, DIRICHLET_OK, "%s[%lld]", array_name, (long long)index);
    memcpy(&step, array, sizeof step);
    if (index > 0 && versioned_struct_check(step, array_name, NULL) != DIRICHLET_OK)
        return message_fail(message, DIRICHLET_E_STRUCT_SIZE,
                            "%s[0].struct_size is %zu: set it to sizeof the struct", array_name,
                            step);
    const unsigned char *element = (const unsigned char *)array + (size_t)index * step;
    const dirichlet_status status = check_step(array, index, step, array_name, message);
    if (status != DIRICHLET_OK)
        return status;
    return versioned_struct_read(ours, size, element, step, element_name->text, message);
}

dirichlet_status versioned_struct_write(const void *ours, size_t size, void *given,
                                        size_t given_size, const char *name,
                                        struct message *message)
{
    dirichlet_status status = versioned_struct_check(given_size, name, message);
    if (status != DIRICHLET_OK)
        return status;
    size_t writable = given_size < size ? given_size : size;
    memcpy((unsigned char *)given + sizeof(size_t), (const unsigned char *)ours + sizeof(size_t),
           writable - sizeof(size_t));
    return DIRICHLET_OK;
}

dirichlet_status versioned_struct_check_element(const void *array, int64_t index,
                                                const char *array_name, struct message *message)
{
    size_t step = 0;
    memcpy(&step, array, sizeof step);
    const dirichlet_status status = versioned_struct_check(step, array_name, message);
    return status == DIRICHLET_OK ? check_step(array, index, step, array_name, message) : status;
}

void versioned_struct_write_element(const void *ours, size_t size, void *array, int64_t index)
{
    size_t step = 0;
    memcpy(&step, array, sizeof step);
    unsigned char *element = (unsigned char *)array + (size_t)index * step;
    (void)versioned_struct_write(ours, size, element, step, "", NULL);
}
