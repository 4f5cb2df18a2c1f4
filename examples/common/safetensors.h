/* Safetensors files: named tensors behind a JSON header. Layout: u64 header size (little-
 * endian), header {"name": {"dtype", "shape", "data_offsets": [begin, end]}, ...}, data. */
#ifndef EXAMPLES_SAFETENSORS_H
#define EXAMPLES_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "problem.h"

#define TENSOR_MOST_AXES 8

enum tensor_type { TENSOR_F32, TENSOR_F64, TENSOR_OTHER };

struct tensor {
    char *name;
    enum tensor_type type;
    int axes;
    int64_t shape[TENSOR_MOST_AXES];
    const void *data; /* row-major; may be unaligned in a file that was read */
    size_t bytes;
};

struct safetensors {
    int count;
    struct tensor *tensors; /* in the order of the file */
    struct bytes file;
};

/* 0, or -1 with the problem and nothing to free. */
int safetensors_read(const char *path, struct safetensors *file, struct problem *problem);
void safetensors_free(struct safetensors *file);

/* The same from memory that stays the caller's. */
int safetensors_parse(const char *name, const unsigned char *data, size_t size,
                      struct safetensors *file, struct problem *problem);

/* Write `count` tensors in the order given; type F32 or F64, bytes as the shape says. */
int safetensors_write(const char *path, const struct tensor *tensors, int count,
                      struct problem *problem);

#endif
