/* A workspace: one block of memory handed out in aligned arrays.
 *
 * The function that lays a workspace out runs twice: on an arena without memory to
 * learn the size, then on one with memory to get the pointers, so that the two
 * cannot differ. */
#ifndef DIRICHLET_CORE_ARENA_H
#define DIRICHLET_CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arrays start on cache lines. */
#define ARENA_ALIGNMENT 64

struct arena {
    unsigned char *base; /* NULL: only count */
    int64_t used;        /* bytes, worst-case alignment of base included */
    bool overflow;       /* the count does not fit: nothing is to be allocated */
};

/* An array of (a x b x c) elements; NULL on a counting arena. */
void *arena_take(struct arena *arena, int64_t a, int64_t b, int64_t c, size_t element_size);

#endif
