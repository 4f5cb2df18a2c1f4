/* Threads to lend to the library (dirichlet/parallel.h), until the ready-made runner takes their
 * place: only pool.c knows how they work. */
#ifndef DIRICHLET_BENCH_POOL_H
#define DIRICHLET_BENCH_POOL_H

#include <stdint.h>

#include "dirichlet/parallel.h"

struct bench_pool;

/* What was asked of a pool since it was made or cleared. */
struct bench_pool_record {
    int64_t calls;
    int64_t tasks;
    double wall;    /* seconds in calls of the pool */
    double inside;  /* seconds in tasks, all of them together */
    double longest; /* seconds of the longest task of each call, added up */
    double mean;    /* the same of the mean over the tasks of a call */
};

/* The calling thread and `lanes` - 1 others, which sleep between calls; exit status 1 where there
 * are none to be had. Seconds in tasks are CPU time of their threads. */
struct bench_pool *start_bench_pool(int64_t lanes);

/* As many tasks, but one after the other on the calling thread. */
struct bench_pool *start_bench_pool_in_order(int64_t lanes);

void stop_bench_pool(struct bench_pool *pool);

/* The option for it; `pool` stays in use. */
dirichlet_parallel lend_bench_pool(struct bench_pool *pool);

void clear_bench_pool(struct bench_pool *pool);
struct bench_pool_record bench_pool_record(const struct bench_pool *pool);

#endif
