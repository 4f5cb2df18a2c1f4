/* NumPy's .npy files: arrays of numbers, the first axis of which counts samples. */
#ifndef EXAMPLES_NPY_H
#define EXAMPLES_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "number.h"
#include "problem.h"

#define NPY_MOST_AXES 32

struct npy_array {
    enum number_type type; /* of float64, float32, float16, whole numbers, bool */
    int is_big_endian;
    int is_fortran; /* the first axis runs fastest */
    int axes;
    int64_t shape[NPY_MOST_AXES];
    int64_t samples;    /* first axis */
    int64_t inputs;     /* product of the other axes */
    const void *values; /* points into `file` */
    struct bytes file;
};

/* Bytes of an element. */
size_t npy_item_size(const struct npy_array *array);

/* 0, or -1 with the problem and nothing to free. Arranged. */
int npy_read(const char *path, struct npy_array *array, struct problem *problem);
void npy_free(struct npy_array *array);

/* The same from memory that stays the caller's: in the order of the file, and perhaps unaligned,
 * since writers should align to 64 bytes from the start of the file, but need not. */
int npy_parse(const char *name, const unsigned char *data, size_t size, struct npy_array *array,
              struct problem *problem);

/* Bring what was parsed out of `file` into C order, little-endian and aligned: in place, but for
 * arrays in Fortran order, whose copy takes the file's place. 0, or -1 with the problem. */
int npy_arrange(const char *name, struct npy_array *array, struct bytes *file,
                struct problem *problem);

/* For file_read. */
int npy_judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
              struct problem *problem);

/* Write a vector of float64. */
int npy_write_vector(const char *path, int64_t count, const double *values,
                     struct problem *problem);

#endif
