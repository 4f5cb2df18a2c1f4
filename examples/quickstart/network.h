/* A dense ReLU network whose parameters are this program's own; libdirichlet looks at them
 * through views. */
#ifndef EXAMPLES_NETWORK_H
#define EXAMPLES_NETWORK_H

#include <dirichlet/dirichlet.h>

#include "problem.h"
#include "random.h"

#define NETWORK_MOST_LAYERS 16

struct network {
    int layers;
    int64_t sizes[NETWORK_MOST_LAYERS + 1]; /* inputs, widths of the layers, outputs */
    int64_t count;                          /* of parameters */
    float *parameters; /* W_1, b_1, W_2, b_2, ...; W_l is out x in, row-major */
    float *gradient;   /* of the loss; the same layout */
    dirichlet_dense_gradient_f32 gradient_views[NETWORK_MOST_LAYERS];
    dirichlet_dense_f32 *dense;         /* the library's handle on `parameters` */
    const dirichlet_parallel *parallel; /* threads for the library; NULL: the calling one */
};

/* `sizes` has layers + 1 elements. All parameters are 0. ReLU after every layer but the
 * last. What `parallel` points to must outlive the network. 0, or -1 with the problem and nothing
 * to free. */
int network_create(struct network *network, const int64_t *sizes, int layers,
                   const dirichlet_parallel *parallel, struct problem *problem);
void network_destroy(struct network *network);

/* He et al. 2015: weights normal with variance 2 / inputs of the layer, biases 0. In
 * expectation the geometric complexity is then 2 x outputs, whatever the depth. */
void network_initialize(struct network *network, struct random *random);

/* network->gradient = the derivative of mean(loss) over n samples, whose cotangents are
 * dloss/dlogits. x (n, inputs), cotangents (n, outputs). */
int network_gradient(struct network *network, int64_t samples, const float *x,
                     const float *cotangents, struct problem *problem);

int network_forward(struct network *network, int64_t samples, const float *x, float *logits,
                    struct problem *problem);

/* Geometric complexity of the logits on n samples, with its error. */
int network_measure(struct network *network, int64_t samples, const float *x,
                    dirichlet_result *result, struct problem *problem);

/* The same of the samples of each class, from one pass: classes (n) of 0 .. outputs - 1, results
 * (outputs). Where a class has no sample, `samples` of its result is 0. */
int network_measure_classes(struct network *network, int64_t samples, const float *x,
                            const int64_t *classes, dirichlet_result *results,
                            struct problem *problem);

/* Write fc1.weight, fc1.bias, fc2.weight, ... as safetensors. */
int network_save(const struct network *network, const char *path, struct problem *problem);

#endif
