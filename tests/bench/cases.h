/* The networks and batches that the library is compared on, and their numbers. compare.py makes
 * the same numbers, to the bit. */
#ifndef DIRICHLET_BENCH_CASES_H
#define DIRICHLET_BENCH_CASES_H

#include <stdint.h>

#include "dirichlet/dirichlet.h"

#define MOST_LAYERS 4

struct bench_case {
    const char *name;
    int64_t layers;
    int64_t widths[MOST_LAYERS + 1];
    int64_t samples;
    int64_t calls;  /* in one timed run */
    int32_t probes; /* 0: exact */
};

extern const struct bench_case bench_cases[];
extern const int bench_case_count;

/* NULL if there is none of that name. */
const struct bench_case *find_bench_case(const char *name);

/* A ReLU network of float weights, with data; everything is freed by bench_subject_free. */
struct bench_subject {
    const struct bench_case *description;
    int64_t samples;
    float *numbers;
    float *x;
    double *energies;
    dirichlet_dense_f32 *network;
};

/* Exit status 1 and a line on the error stream where there is no memory. */
struct bench_subject make_bench_subject(const struct bench_case *description, int64_t samples);
void free_bench_subject(struct bench_subject *subject);

/* The geometric complexity: by exact energies, or with the case's number of probes. */
double bench_value(struct bench_subject *subject);

#endif
