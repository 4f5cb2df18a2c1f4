/* Safetensors files: named tensors behind a JSON header. Layout: u64 header size (little-
 * endian), header {"name": {"dtype", "shape", "data_offsets": [begin, end]}, ...}, data. */
#ifndef EXAMPLES_SAFETENSORS_H
#define EXAMPLES_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "number.h"
#include "problem.h"

#define TENSOR_MOST_AXES 8

struct tensor {
    char *name;
    enum number_type type;
    int axes;
    int64_t shape[TENSOR_MOST_AXES];
    const void *data; /* row-major; may be unaligned in a file that was read */
    size_t bytes;
};

/* A text of the header's __metadata__. */
struct metadata {
    char *key;
    char *value;
};

struct safetensors {
    int count;
    struct tensor *tensors; /* in the order of the file */
    int metadata_count;
    struct metadata *metadata;
    struct bytes file;
    int shard_count; /* files that the tensors point into in its place */
    struct bytes *shards;
    char **shard_paths;
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
