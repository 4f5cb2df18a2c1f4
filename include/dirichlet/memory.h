/* Where the library's memory comes from. */
#ifndef DIRICHLET_MEMORY_H
#define DIRICHLET_MEMORY_H

#include <stddef.h>

#include "dirichlet/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Allocator hooks. The struct is copied when a handle is created; the functions
 * and `user` must stay valid until that handle and its clones are destroyed.
 * They are called only from inside calls that the caller makes on that handle.
 *
 * allocate: `size` > 0 bytes aligned for any standard type, or NULL if there are
 *           none, which the library reports as DIRICHLET_E_MEMORY.
 * release:  takes back a pointer that allocate returned, with the same size.
 *
 * Either both functions are set or both are NULL (malloc and free). */
typedef struct dirichlet_allocator {
    size_t struct_size;
    void *(DIRICHLET_CALL *allocate)(size_t size, void *user);
    void(DIRICHLET_CALL *release)(void *pointer, size_t size, void *user);
    void *user;
} dirichlet_allocator;

/* Budget in bytes of a handle's workspace where an options struct says 0. The
 * library picks the number of samples it handles at a time (the tile) so that
 * the workspace stays within the budget; a larger budget never changes a result
 * beyond what the BLAS's rounding does. */
#define DIRICHLET_DEFAULT_WORKSPACE_BYTES ((size_t)67108864)

#ifdef __cplusplus
}
#endif

#endif
