#include "core/interface/arena.h"

#include "core/interface/memory.h"

void *arena_take(struct arena *arena, int64_t a, int64_t b, int64_t c, size_t element_size)
{
    int64_t bytes = 0;
    int64_t after = 0;
    if (!size_of_array(a, b, c, element_size, &bytes) ||
        !size_add(bytes, ARENA_ALIGNMENT, &bytes) || !size_add(arena->used, bytes, &after) ||
        after > PTRDIFF_MAX) {
        arena->overflow = true;
        return NULL;
    }
    unsigned char *start = arena->base == NULL ? NULL : arena->base + arena->used;
    arena->used = after;
    if (start == NULL)
        return NULL;
    uintptr_t misaligned = (uintptr_t)start % ARENA_ALIGNMENT;
    return misaligned == 0 ? start : start + (ARENA_ALIGNMENT - misaligned);
}
