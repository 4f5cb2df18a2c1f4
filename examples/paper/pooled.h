/* MNIST made small: images of 14 x 14 pixels, part of whose training labels is wrong. */
#ifndef EXAMPLES_PAPER_POOLED_H
#define EXAMPLES_PAPER_POOLED_H

#include <stdint.h>

#include "images.h"
#include "problem.h"
#include "trainer.h"

#define POOLED_SIDE 14 /* of an image, whose pixels are means of four */
#define POOLED_PIXELS (POOLED_SIDE * POOLED_SIDE)
#define POOLED_CLASSES 10

/* Pixels less their means over the training images. */
struct pooled {
    struct trainer_data train; /* with wrong labels */
    struct trainer_data test;
    float *x;        /* of all: training, then test */
    int64_t *labels; /* */
};

/* So many of each, and this part of the training labels replaced by others; which, says the seed.
 * 0, or -1 with the problem and nothing to free. */
int pooled_draw(const struct mnist *mnist, int64_t train, int64_t test, double wrong, uint64_t seed,
                struct pooled *pooled, struct problem *problem);
void pooled_free(struct pooled *pooled);

#endif
