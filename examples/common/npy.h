/* NumPy's .npy files: arrays of float32 or float64, little-endian, C order. */
#ifndef EXAMPLES_NPY_H
#define EXAMPLES_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "problem.h"

struct npy_array {
    int64_t samples;    /* first axis */
    int64_t inputs;     /* product of the other axes */
    size_t item_size;   /* 4: float, 8: double */
    const void *values; /* (samples, inputs), points into `file`, aligned for its type */
    struct bytes file;
};

/* 0, or -1 with the problem and nothing to free. */
int npy_read(const char *path, struct npy_array *array, struct problem *problem);
void npy_free(struct npy_array *array);

/* The same from memory that stays the caller's and is aligned to 64 bytes (a .npy file
 * aligns its values relative to its start). */
int npy_parse(const char *name, const unsigned char *data, size_t size, struct npy_array *array,
              struct problem *problem);

/* Write a vector of float64. */
int npy_write_vector(const char *path, int64_t count, const double *values,
                     struct problem *problem);

#endif
