/* The data: rows of numbers, as the network takes them. */
#ifndef EXAMPLES_MEASURE_SAMPLES_H
#define EXAMPLES_MEASURE_SAMPLES_H

#include <stdint.h>

#include "array.h"
#include "problem.h"

/* x = (scale * number - mean) / deviation, for each input. */
struct samples {
    int64_t count;
    int64_t inputs;
    struct array array;
    double scale;      /* 1/255 for the bytes of IDX images, else 1 */
    double *mean;      /* (inputs), NULL: 0 */
    double *deviation; /* (inputs), NULL: 1 */
};

/* mean, deviation: a number, or a file of one number or one for each input; NULL: none. 0, or -1
 * with the problem and nothing to free. */
int samples_read(const char *path, const char *mean, const char *deviation, struct samples *samples,
                 struct problem *problem);
void samples_free(struct samples *samples);

/* The inputs of sample `index`. */
void samples_row_f32(const struct samples *samples, int64_t index, float *row);
void samples_row_f64(const struct samples *samples, int64_t index, double *row);

/* Indices 0 .. count - 1 in a random order; from malloc, NULL if there is no memory. */
int64_t *samples_shuffled(int64_t count, uint64_t seed);

#endif
