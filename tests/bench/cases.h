/* The networks and batches that the library is compared on, and their numbers. compare.py makes
 * the same numbers, to the bit. */
#ifndef DIRICHLET_BENCH_CASES_H
#define DIRICHLET_BENCH_CASES_H

#include <stdint.h>

#include "dirichlet/dirichlet.h"

#define MOST_LAYERS 16
#define MOST_NAME 255

struct bench_case {
    char name[MOST_NAME + 1];
    int64_t layers;
    int64_t widths[MOST_LAYERS + 1];
    int64_t samples;
    int64_t calls;   /* in one timed run */
    int32_t probes;  /* 0: exact */
    int32_t penalty; /* 1: and the gradient with respect to all parameters */
};

/* The cases that are compared with other software. */
extern const int bench_case_count;
const char *bench_case_name(int index);

/* The case of a name: the widths joined by '-', then "-penalty" for the gradient of the geometric
 * complexity beside its value, then "-probe" for one probe a sample in place of exact energies. Any
 * widths do; 0 if the name is none. */
int read_bench_case(const char *name, struct bench_case *out);

/* A ReLU network of float weights, with data; everything is freed by free_bench_subject. */
struct bench_subject {
    struct bench_case description;
    int64_t samples;
    int64_t batch; /* samples a call; 0: all in one */
    float *numbers;
    float *x;
    dirichlet_dense_f32 *network;
    const dirichlet_parallel *parallel; /* NULL: the calling thread */
    float *gradient; /* laid out as `numbers`, which are the parameters; NULL: not wanted */
    dirichlet_dense_gradient_f32 gradients[MOST_LAYERS];
};

/* With a pool for the network and for the estimator, or NULL; it stays in use. Exit status 1 and a
 * line on the error stream where there is no memory. */
struct bench_subject make_bench_subject(const struct bench_case *description, int64_t samples,
                                        const dirichlet_parallel *parallel);
void free_bench_subject(struct bench_subject *subject);

/* Of weights, gradient and data. */
int64_t bench_bytes(const struct bench_subject *subject);

/* The geometric complexity: by the exact sum of the energies, or with the case's number of
 * probes; of a penalty also its gradient. */
double bench_value(struct bench_subject *subject);

#endif
