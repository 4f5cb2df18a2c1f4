/* Measuring: weights and samples through libdirichlet. */
#ifndef EXAMPLES_MEASURE_RUN_H
#define EXAMPLES_MEASURE_RUN_H

#include <dirichlet/dirichlet.h>

#include "gradient.h"
#include "labels.h"
#include "network/network.h"
#include "options.h"
#include "problem.h"
#include "samples.h"

/* What --spectral asks for. */
struct spectral {
    double jacobian_norm;              /* the largest of the samples measured */
    int jacobian_converged;            /* those of all of them have */
    dirichlet_spectral_result *layers; /* (layers) */
    dirichlet_dense_lipschitz lipschitz;
};

/* Of so many classes at most each has a result of its own: more are no table to be read. */
#define RUN_MOST_CLASSES 100

struct run {
    const struct options *options;
    const struct network *network;
    const struct samples *samples;
    int layers;       /* in use */
    int64_t limit;    /* samples that may be used */
    int64_t *order;   /* NULL: that of the file */
    double *energies; /* (limit) in the order of the file, NaN where not used; NULL: not wanted */
    struct gradient *gradient;          /* NULL: not wanted */
    struct spectral *spectral;          /* NULL: not wanted */
    struct labels *labels;              /* NULL: none */
    const dirichlet_parallel *parallel; /* NULL: the calling thread */
    dirichlet_result result;
    int64_t class_count;       /* 0: no results of classes */
    dirichlet_result *classes; /* (class_count), `samples` 0 where a class has none */
    double seconds;
};

/* The activation of a layer, where the file has no slopes for it. */
const struct activation *run_activation(const struct run *run, int layer);

/* 0; 2 for bad input, 1 for other failures, with the problem. */
int run_f32(struct run *run, struct problem *problem);
int run_f64(struct run *run, struct problem *problem);

/* After either of them, on the samples they used: run->spectral, in double. */
int run_spectral(struct run *run, struct problem *problem);

#endif
