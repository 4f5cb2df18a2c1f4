/* The data: rows of numbers from a .npy or IDX file. */
#ifndef EXAMPLES_MEASURE_SAMPLES_H
#define EXAMPLES_MEASURE_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "problem.h"

struct samples {
    int64_t count;
    int64_t inputs;
    size_t item_size;   /* 1: bytes, to be scaled by 1/255; 4: float; 8: double */
    const void *values; /* (count, inputs), points into `file` */
    struct bytes file;
};

/* 0, or -1 with the problem and nothing to free. */
int samples_read(const char *path, struct samples *samples, struct problem *problem);
void samples_free(struct samples *samples);

/* Indices 0 .. count - 1 in a random order; from malloc, NULL if there is no memory. */
int64_t *samples_shuffled(int64_t count, uint64_t seed);

#endif
