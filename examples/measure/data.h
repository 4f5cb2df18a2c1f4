/* The samples to be measured: a .npy array or IDX images, in any precision. */
#ifndef MEASURE_DATA_H
#define MEASURE_DATA_H

#include <stdint.h>

#include "file.h"
#include "problem.h"

enum data_type { DATA_BYTES, DATA_F32, DATA_F64 };

struct data {
    const char *path;
    int64_t samples;
    int64_t inputs;
    enum data_type type; /* bytes are scaled by 1/255 */
    const void *values;  /* (samples, inputs), points into `file` */
    struct bytes file;
};

/* 0, or -1 with the problem and nothing to free. */
int data_read(const char *path, struct data *data, struct problem *problem);
void data_free(struct data *data);

/* Write sample `index` as floats or doubles. A value that is not finite, or that float32
 * cannot hold, is a problem. */
int data_sample_f32(const struct data *data, int64_t index, float *out, struct problem *problem);
int data_sample_f64(const struct data *data, int64_t index, double *out, struct problem *problem);

#endif
