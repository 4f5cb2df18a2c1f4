/* Pools to lend: what parallel.h allows, in every order, and what it does not. */
#ifndef DIRICHLET_TESTS_POOL_H
#define DIRICHLET_TESTS_POOL_H

#include <stdint.h>

#include "dirichlet/parallel.h"

enum {
    POOL_IN_ORDER,           /* on the calling thread */
    POOL_BACKWARD,           /* the last task first */
    POOL_THREADS,            /* one thread for each task, all of them at the same time */
    POOL_LAST_THREAD,        /* all tasks on another thread */
    POOL_KINDS,              /* of those that keep the contract */
    POOL_FAILS = POOL_KINDS, /* runs none, and says so */
    POOL_FORGETS             /* runs none, and does not */
};

struct pool {
    int kind;
    int64_t works; /* calls, in order, before it does as its kind says */
    int64_t calls;
    int64_t tasks; /* of all calls */
};

/* The option for it; `pool` stays in use. */
dirichlet_parallel pool_lend(struct pool *pool, int64_t lanes);

const char *pool_name(int kind);

/* Pools and numbers of lanes that take every kind and every number, not each with each. */
struct pool_lent {
    int kind;
    int64_t lanes;
};
#define POOLS_LENT 6
extern const struct pool_lent pools_lent[POOLS_LENT];

#endif
