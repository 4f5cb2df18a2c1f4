#include "core/interface/memory.h"

#include <stdlib.h>

#include "core/interface/versioned_struct.h"

static void *default_allocate(size_t size, void *user)
{
    (void)user;
    return malloc(size);
}

static void default_release(void *pointer, size_t size, void *user)
{
    (void)size;
    (void)user;
    free(pointer);
}

dirichlet_status allocator_resolve(const dirichlet_allocator *given, struct allocator *out,
                                   struct message *message)
{
    const dirichlet_allocator standard = {sizeof standard, default_allocate, default_release, NULL};
    dirichlet_allocator copy = {0};
    if (given == NULL) {
        out->functions = standard;
        return DIRICHLET_OK;
    }
    dirichlet_status status =
        versioned_struct_read(&copy, sizeof copy, given, given->struct_size, "allocator", message);
    if (status != DIRICHLET_OK)
        return status;
    if ((copy.allocate == NULL) != (copy.release == NULL))
        return message_fail(message, DIRICHLET_E_NULL, "allocator.%s is NULL",
                            copy.allocate == NULL ? "allocate" : "release");
    out->functions = copy.allocate != NULL ? copy : standard;
    return DIRICHLET_OK;
}

void *allocator_take(const struct allocator *allocator, size_t size)
{
    environment_leave(allocator->caller);
    void *block = allocator->functions.allocate(size, allocator->functions.user);
    environment_enter(allocator->caller);
    return block;
}

void allocator_give(const struct allocator *allocator, void *pointer, size_t size)
{
    if (pointer == NULL)
        return;
    environment_leave(allocator->caller);
    allocator->functions.release(pointer, size, allocator->functions.user);
    environment_enter(allocator->caller);
}

dirichlet_status workspace_is_too_small(int64_t budget, int64_t least, struct message *message)
{
    return message_with_least(
        message, least,
        message_fail(message, DIRICHLET_E_WORKSPACE,
                     "options.workspace_bytes is %lld: at least %lld are needed", (long long)budget,
                     (long long)least));
}

bool size_multiply(int64_t a, int64_t b, int64_t *out)
{
    if (a != 0 && b > INT64_MAX / a)
        return false;
    *out = a * b;
    return true;
}

bool size_add(int64_t a, int64_t b, int64_t *out)
{
    if (b > INT64_MAX - a)
        return false;
    *out = a + b;
    return true;
}

bool size_of_array(int64_t a, int64_t b, int64_t c, size_t element_size, int64_t *bytes)
{
    int64_t count = 0;
    int64_t total = 0;
    if (!size_multiply(a, b, &count) || !size_multiply(count, c, &count) ||
        !size_multiply(count, (int64_t)element_size, &total) || total > PTRDIFF_MAX)
        return false;
    *bytes = total;
    return true;
}
