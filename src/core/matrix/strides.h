/* Checks of strided matrices in the caller's arrays. */
#ifndef DIRICHLET_CORE_STRIDES_H
#define DIRICHLET_CORE_STRIDES_H

#include <stddef.h>
#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/status.h"

/* Element (i, j) is data[i * row_stride + j * column_stride]. */
struct strided_matrix {
    int64_t rows;    /* >= 1, checked */
    int64_t columns; /* likewise */
    int64_t *row_stride;
    int64_t *column_stride;
    size_t element_size;
    int64_t largest; /* stride that is accepted */
    /* Names for the message: of the caller's struct ("": arguments of their own), its fields. */
    const char *view;
    const char *data_name;
    const char *row_stride_name;
    const char *column_stride_name;
};

/* Strides >= 1 that give every element an address of its own. One along an extent of 1 is not
 * looked at, and becomes 1. Errors: RANGE, OVERFLOW, SHAPE. */
dirichlet_status strides_check(const struct strided_matrix *matrix, struct message *message);

/* 1 <= value <= largest. */
dirichlet_status extent_check(int64_t value, int64_t largest, const char *view, const char *field,
                              struct message *message);

#endif
