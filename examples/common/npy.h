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
    const void *values; /* (samples, inputs), points into `file` */
    struct bytes file;
};

/* 0, or -1 with the problem and nothing to free. */
int npy_read(const char *path, struct npy_array *array, struct problem *problem);
void npy_free(struct npy_array *array);

/* The same from memory that stays the caller's. The values may be unaligned: writers should
 * align them to 64 bytes from the start of the file, but need not. */
int npy_parse(const char *name, const unsigned char *data, size_t size, struct npy_array *array,
              struct problem *problem);

/* Move the values of an array parsed out of `file` to its start if they are unaligned, over
 * the header. */
void npy_align(struct npy_array *array, struct bytes *file);

/* For file_read. */
int npy_judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
              struct problem *problem);

/* Write a vector of float64. */
int npy_write_vector(const char *path, int64_t count, const double *values,
                     struct problem *problem);

#endif
