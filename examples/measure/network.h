/* The layers of a network found among named tensors. */
#ifndef EXAMPLES_MEASURE_NETWORK_H
#define EXAMPLES_MEASURE_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"
#include "safetensors.h"

struct layer {
    char *name; /* what stands before "weight" or "kernel" */
    int64_t inputs;
    int64_t outputs;
    int transposed; /* in x out */
    const struct tensor *weight;
    const struct tensor *bias; /* NULL: none */
};

struct network {
    int count;
    struct layer *layers; /* from the input to the output */
    int has_f64;
};

/* 0, or -1 with the problem and nothing to free. The tensors stay the file's. */
int network_find(const char *path, const struct safetensors *file, struct network *network,
                 struct problem *problem);
void network_free(struct network *network);

/* Order in which numbers inside names count as numbers: fc2 before fc10. */
int natural_order(const char *a, const char *b);

#endif
