/* A dense network out of the tensors of a file: which tensor is the weight and which the
 * bias of which layer. Nothing is copied. */
#ifndef MEASURE_NETWORK_H
#define MEASURE_NETWORK_H

#include <stdint.h>

#include "problem.h"
#include "safetensors.h"

struct layer {
    const struct tensor *weight; /* two axes */
    const struct tensor *bias;   /* one axis; NULL: none */
    int64_t inputs;
    int64_t outputs;
    int is_kernel; /* the weight is inputs x outputs (Flax, Keras), not outputs x inputs */
};

struct network {
    int count;
    struct layer *layers;
    enum tensor_type type; /* F64 if any tensor is */
};

/* Layers are "STEM.weight" (outputs x inputs) or "STEM.kernel" (inputs x outputs), each with
 * an optional "STEM.bias", in the natural order of their stems: fc2 before fc10. `path` is
 * for messages. 0, or -1 with the problem and nothing to free. */
int network_assemble(const char *path, const struct safetensors *file, struct network *network,
                     struct problem *problem);
void network_free(struct network *network);

/* Below 0, 0 or above 0: the order of names in which runs of digits count as numbers. */
int natural_order(const char *left, const char *right);

#endif
