/* Batches of dirichlet/batch.h, copied and checked. */
#ifndef DIRICHLET_MODEL_BATCH_H
#define DIRICHLET_MODEL_BATCH_H

#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/batch.h"
#include "dirichlet/status.h"

/* The struct alone. */
dirichlet_status batch_read_f64(const dirichlet_batch_f64 *given, dirichlet_batch_f64 *copy,
                                struct message *message);
dirichlet_status batch_read_f32(const dirichlet_batch_f32 *given, dirichlet_batch_f32 *copy,
                                struct message *message);

/* *row_stride of rows with so many inputs: 0 is these; SHAPE where it is less. */
dirichlet_status batch_read_stride(int64_t *row_stride, int64_t inputs, struct message *message);

/* Weights of so many samples: finite and >= 0; indices: >= 0. NULL is fine. */
dirichlet_status batch_check_weights(const double *weights, int64_t samples,
                                     struct message *message);
dirichlet_status batch_check_indices(const int64_t *indices, int64_t samples,
                                     struct message *message);

/* Of such weights; without any each is 1. */
double batch_sum_of_weights(const double *weights, int64_t samples);

/* Can it be divided by? OVERFLOW or NO_DATA where not. */
dirichlet_status batch_check_sum(double sum, struct message *message);

#endif
