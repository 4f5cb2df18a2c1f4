/* Safetensors files: named tensors behind a JSON header. Layout: u64 header size (little-
 * endian), header {"name": {"dtype", "shape", "data_offsets": [begin, end]}, ...}, data. */
#ifndef EXAMPLES_SAFETENSORS_H
#define EXAMPLES_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "problem.h"

#define TENSOR_MOST_AXES 8

/* Types of elements that the format has; the programs here compute with the first two. */
enum tensor_type {
    TENSOR_F32,
    TENSOR_F64,
    TENSOR_F16,
    TENSOR_BF16,
    TENSOR_F8_E4M3,
    TENSOR_F8_E5M2,
    TENSOR_I8,
    TENSOR_I16,
    TENSOR_I32,
    TENSOR_I64,
    TENSOR_U8,
    TENSOR_U16,
    TENSOR_U32,
    TENSOR_U64,
    TENSOR_BOOL,
    TENSOR_TYPES
};

/* As the format spells it: "F32". */
const char *tensor_type_name(enum tensor_type type);

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

/* The shape as text, "[3, 4]", cut off where `text` is too small; returns `text`. */
const char *tensor_shape_text(const struct tensor *tensor, char *text, size_t size);

/* Write `count` tensors in the order given; `bytes` as type and shape say. */
int safetensors_write(const char *path, const struct tensor *tensors, int count,
                      struct problem *problem);

#endif
