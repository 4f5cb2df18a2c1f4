/* Training a network on labelled images by stochastic gradient descent, and judging it. */
#ifndef EXAMPLES_TRAINING_H
#define EXAMPLES_TRAINING_H

#include "digits.h"
#include "network.h"
#include "problem.h"
#include "random.h"
#include "sgd.h"

/* What a pass over the training images works with. */
struct training {
    struct network *network;
    const struct digits *digits;
    struct sgd *sgd;
    struct random *random; /* of the order of the images */
    int64_t batch;         /* images of a step; the last of a pass may have fewer */
    int64_t *order;        /* (digits->count) */
    float *x;              /* (batch, inputs) */
    float *logits;         /* (batch, DIGITS_CLASSES) */
    float *cotangents;     /* (batch, DIGITS_CLASSES) */
    unsigned char *labels; /* (batch) */
};

/* All that is pointed to stays the caller's. 0, or -1 with the problem and nothing to free. */
int training_create(struct training *training, struct network *network, const struct digits *digits,
                    struct sgd *sgd, struct random *random, int64_t batch, struct problem *problem);
void training_destroy(struct training *training);

/* One pass over the images in random order, a step for each batch. */
int training_epoch(struct training *training, struct problem *problem);

struct score {
    double loss;     /* mean cross-entropy */
    double accuracy; /* 0 to 1 */
};

int training_score(struct network *network, const struct digits *digits, struct score *score,
                   struct problem *problem);

#endif
