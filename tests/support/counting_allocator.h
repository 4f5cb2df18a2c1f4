/* An allocator that counts what is alive, fails where it is told to, fills what it hands
 * out with a pattern, and checks that memory comes back whole and with its size. */
#ifndef DIRICHLET_TESTS_COUNTING_ALLOCATOR_H
#define DIRICHLET_TESTS_COUNTING_ALLOCATOR_H

#include <stdint.h>

#include "dirichlet/memory.h"

struct counting_allocator {
    int64_t calls;   /* of allocate */
    int64_t fail_at; /* the call that fails, from 1; 0: none */
    int32_t sticky;  /* 1: all calls after it fail too */
    int64_t failed;  /* calls that did fail */
    int64_t live;    /* blocks not given back */
    int64_t bytes;   /* of them */
    int64_t damaged; /* blocks given back with another size, or written beyond */
};

/* Hooks that use `counts`, which the caller has zeroed. */
dirichlet_allocator counting_hooks(struct counting_allocator *counts);

/* Count from 1 again and fail at that call. */
void counting_arm(struct counting_allocator *counts, int64_t fail_at, int32_t sticky);

#endif
