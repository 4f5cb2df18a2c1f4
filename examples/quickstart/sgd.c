#include "sgd.h"

#include <stdlib.h>

int sgd_create(struct sgd *sgd, int64_t count, double learning_rate, double momentum,
               struct problem *problem)
{
    sgd->learning_rate = (float)learning_rate;
    sgd->momentum = (float)momentum;
    sgd->count = count;
    sgd->velocity = calloc((size_t)count, sizeof(float));
    return sgd->velocity != NULL ? 0 : problem_set(problem, "not enough memory");
}

void sgd_destroy(struct sgd *sgd)
{
    free(sgd->velocity);
    sgd->velocity = NULL;
}

void sgd_step(struct sgd *sgd, const float *gradient, float *parameters)
{
    for (int64_t i = 0; i < sgd->count; i++) {
        sgd->velocity[i] = sgd->momentum * sgd->velocity[i] + gradient[i];
        parameters[i] -= sgd->learning_rate * sgd->velocity[i];
    }
}
