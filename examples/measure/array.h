/* An array of numbers from a .npy, .npz or IDX file; its first axis counts samples. */
#ifndef EXAMPLES_MEASURE_ARRAY_H
#define EXAMPLES_MEASURE_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "number.h"
#include "problem.h"

struct array {
    const char *format;    /* "npy", "npz" or "idx" */
    enum number_type type; /* real or whole */
    int axes;
    int was_fortran; /* in the file; in memory it is in C order, little-endian, aligned */
    int was_big_endian;
    int64_t samples;
    int64_t inputs; /* product of the other axes */
    const unsigned char *values;
    struct bytes file;
};

/* "-" is standard input; ARCHIVE.npz:NAME one array of an archive. 0, or -1 with the problem and
 * nothing to free. */
int array_read(const char *path, struct array *array, struct problem *problem);
void array_free(struct array *array);

/* Element `index` as it stands there. */
double array_at(const struct array *array, int64_t index);

#endif
