/* What bench_overhead.c and its two precisions share. */
#ifndef BENCH_OVERHEAD_H
#define BENCH_OVERHEAD_H

#include "dirichlet/dirichlet.h"

struct overhead_case {
    dirichlet_method method;
    int64_t probes;
    int judged;
};

struct overhead {
    double seconds;  /* a sample, all of it */
    double outside;  /* a sample, outside the callbacks */
    double fraction; /* the same as a fraction */
};

/* Medians over several runs. Stop the program if anything fails. */
struct overhead measure_overhead_f64(const struct overhead_case *test);
struct overhead measure_overhead_f32(const struct overhead_case *test);

#endif
