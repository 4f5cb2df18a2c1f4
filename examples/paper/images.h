/* Labelled images as the trainer takes them. */
#ifndef EXAMPLES_PAPER_IMAGES_H
#define EXAMPLES_PAPER_IMAGES_H

#include <stdint.h>

#include "problem.h"
#include "trainer.h"

struct images {
    struct trainer_data data; /* points into the two arrays; data.outputs: number of classes */
    float *x;                 /* (count, inputs), pixels of 0 to 1 */
    int64_t *labels;          /* (count) */
};

struct mnist {
    struct images train;
    struct images test;
};

/* The four IDX files of a directory, with MNIST's names, gzipped or not. 0, or -1 with the
 * problem and nothing to free. */
int mnist_read(const char *directory, struct mnist *mnist, struct problem *problem);
void mnist_free(struct mnist *mnist);

/* `count` of them, drawn without replacement; which ones, and in which order, the seed says.
 * More than there are: all of them, shuffled. 0, or -1 with the problem. */
int images_draw(const struct images *all, int64_t count, uint64_t seed, struct images *drawn,
                struct problem *problem);
void images_free(struct images *images);

/* A view of the first `count` samples, or of all if they are fewer. */
struct trainer_data images_first(const struct trainer_data *data, int64_t count);

#endif
