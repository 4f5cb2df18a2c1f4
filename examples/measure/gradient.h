/* dGC/dtheta: the sums over the samples, and the file that they go to. */
#ifndef EXAMPLES_MEASURE_GRADIENT_H
#define EXAMPLES_MEASURE_GRADIENT_H

#include <stdint.h>

#include "network/network.h"
#include "problem.h"

/* A weight or a bias of a layer in use. */
struct gradient_tensor {
    const struct tensor *tensor;
    int64_t start; /* of its numbers among all, in the layout of the file */
    int64_t size;
};

struct gradient {
    int count;
    struct gradient_tensor *tensors; /* layer by layer: the weight, then its bias if it has one */
    int64_t size;                    /* numbers in all */
    double *sums;                    /* (size), of the gradients of the energies */
    int64_t samples;                 /* in the sums */
};

/* Of the first `layers`, all 0. 0, or -1 with the problem; gradient_free in either case. */
int gradient_make(const struct network *network, int layers, struct gradient *gradient,
                  struct problem *problem);
void gradient_free(struct gradient *gradient);

/* The means, under the tensors' names and shapes and in the order of the file that they are
 * from, as F64 or F32. 0; 1 or 2 as an exit code with the problem. */
int gradient_write(const char *path, const struct gradient *gradient, int is_f64,
                   struct problem *problem);

#endif
