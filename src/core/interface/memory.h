/* The caller's allocator, and sums and products of sizes that cannot wrap. */
#ifndef DIRICHLET_CORE_MEMORY_H
#define DIRICHLET_CORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"

/* The caller's allocator. Its functions are callbacks like others: they run in the caller's
 * floating-point environment. */
struct allocator {
    dirichlet_allocator functions;
    struct environment *caller; /* of the call in progress, for all its callbacks; NULL: none is */
};

/* Copy `given` (NULL: malloc and free) into out->functions after checking it. */
dirichlet_status allocator_resolve(const dirichlet_allocator *given, struct allocator *out,
                                   struct message *message);

/* NULL where there is none; `size` > 0. */
void *allocator_take(const struct allocator *allocator, size_t size);

/* pointer NULL is fine. */
void allocator_give(const struct allocator *allocator, void *pointer, size_t size);

/* WORKSPACE: options.workspace_bytes are so many, and at least others would be needed. */
dirichlet_status workspace_is_too_small(int64_t budget, int64_t least, struct message *message);

/* a * b or a + b of sizes >= 0; false, *out untouched, where it exceeds INT64_MAX. */
bool size_multiply(int64_t a, int64_t b, int64_t *out);
bool size_add(int64_t a, int64_t b, int64_t *out);

/* Elements of `element_size` bytes in a (a x b x c) array; false where the bytes do
 * not fit both int64_t and ptrdiff_t. */
bool size_of_array(int64_t a, int64_t b, int64_t c, size_t element_size, int64_t *bytes);

#endif
