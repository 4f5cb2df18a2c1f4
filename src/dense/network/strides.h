/* Checks of strided views: o x i matrices and vectors in the caller's arrays. */
#ifndef DIRICHLET_DENSE_STRIDES_H
#define DIRICHLET_DENSE_STRIDES_H

#include <stddef.h>
#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/status.h"

/* `view` is the name of the caller's struct for the message. Strides along an extent of 1 are
 * not looked at, and become 1. Extents are >= 1. */
dirichlet_status dense_strides_check_matrix(int64_t outputs, int64_t inputs, size_t element_size,
                                            const char *view, int64_t *output_stride,
                                            int64_t *input_stride, struct message *message);
dirichlet_status dense_strides_check_bias(int64_t outputs, size_t element_size, const char *view,
                                          int64_t *bias_stride, struct message *message);
dirichlet_status dense_strides_check_slopes(int64_t outputs, size_t element_size, const char *view,
                                            int64_t *stride, struct message *message);

/* 1 <= value <= what BLAS takes. */
dirichlet_status dense_extent_check(int64_t value, const char *view, const char *field,
                                    struct message *message);

#endif
