/* Gradient descent with momentum over one flat array of parameters:
 *
 *     v <- momentum v + gradient,    parameters <- parameters - learning_rate v
 */
#ifndef EXAMPLES_SGD_H
#define EXAMPLES_SGD_H

#include <stdint.h>

#include "problem.h"

struct sgd {
    float learning_rate; /* may be changed between steps */
    float momentum;      /* 0: plain gradient descent */
    int64_t count;
    float *velocity;
};

/* 0, or -1 with the problem and nothing to free. */
int sgd_create(struct sgd *sgd, int64_t count, double learning_rate, double momentum,
               struct problem *problem);
void sgd_destroy(struct sgd *sgd);

void sgd_step(struct sgd *sgd, const float *gradient, float *parameters);

#endif
