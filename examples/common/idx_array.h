/* IDX files of any type and 1 to 4 axes, the first of which counts samples. */
#ifndef EXAMPLES_IDX_ARRAY_H
#define EXAMPLES_IDX_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "number.h"
#include "problem.h"

struct idx_array {
    enum number_type type; /* U8, I8, I16, I32, F32 or F64 */
    int axes;
    int64_t samples;             /* first axis */
    int64_t inputs;              /* product of the other axes */
    const unsigned char *values; /* big-endian, unaligned; points into the file */
};

/* Of a whole file in memory that is not gzipped. 0, or -1 with the problem. */
int idx_array_parse(const char *name, const unsigned char *data, size_t size,
                    struct idx_array *array, struct problem *problem);

/* For file_read and gzip_expand. */
int idx_array_judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
                    struct problem *problem);

#endif
