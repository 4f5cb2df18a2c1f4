/* IDX files, the format of MNIST: images (*-idx3-ubyte) and labels (*-idx1-ubyte), plain or
 * gzipped. */
#ifndef EXAMPLES_IDX_H
#define EXAMPLES_IDX_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"
#include "problem.h"

struct idx_images {
    int64_t count;
    int64_t rows;
    int64_t columns;
    const unsigned char *pixels; /* (count, rows, columns), points into `file` */
    struct bytes file;
};

struct idx_labels {
    int64_t count;
    const unsigned char *labels; /* (count), points into `file` */
    struct bytes file;
};

/* 0, or -1 with the problem and nothing to free. */
int idx_read_images(const char *path, struct idx_images *images, struct problem *problem);
int idx_read_labels(const char *path, struct idx_labels *labels, struct problem *problem);
void idx_free_images(struct idx_images *images);
void idx_free_labels(struct idx_labels *labels);

/* The same from memory that stays the caller's; already expanded. */
int idx_parse_images(const char *name, const unsigned char *data, size_t size,
                     struct idx_images *images, struct problem *problem);
int idx_parse_labels(const char *name, const unsigned char *data, size_t size,
                     struct idx_labels *labels, struct problem *problem);

/* Of an expanded file, for file_read and gzip_expand. */
int idx_judge_images(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
                     struct problem *problem);

#endif
