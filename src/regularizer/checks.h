/* Checks of arguments that several regularizers have. */
#ifndef DIRICHLET_REGULARIZER_CHECKS_H
#define DIRICHLET_REGULARIZER_CHECKS_H

#include <stddef.h>
#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/penalty.h"
#include "dirichlet/status.h"

/* Finite. */
dirichlet_status regularizer_check_finite(double value, const char *name, struct message *message);

/* Finite and >= 0. */
dirichlet_status regularizer_check_amount(double value, const char *name, struct message *message);

/* At least `least`. */
dirichlet_status regularizer_check_count(int64_t value, int64_t least, const char *name,
                                         struct message *message);

/* 0 or 1. */
dirichlet_status regularizer_check_flag(int32_t value, const char *view, const char *field,
                                        struct message *message);

/* A pointer that must be there. */
dirichlet_status regularizer_check_pointer(const void *pointer, const char *name,
                                           struct message *message);

/* The linked BLAS takes the integers it is given. */
dirichlet_status regularizer_check_blas(struct message *message);

/* Samples >= 1 of x (samples, inputs) in the caller's array: NO_DATA, RANGE, NULL, OVERFLOW. */
dirichlet_status regularizer_check_samples(int64_t samples, const void *x, int64_t inputs,
                                           size_t element_size, struct message *message);

/* options.workspace_bytes, or its default where that is 0, as a number of bytes. */
int64_t regularizer_budget(size_t workspace_bytes);

/* Does a workspace of so many bytes, INT64_MAX for too many to count, stay within the budget? */
dirichlet_status regularizer_check_workspace(int64_t bytes, int64_t budget,
                                             struct message *message);

/* NOT_FINITE: what is wrong with a sample, which is row `row` of x. */
dirichlet_status regularizer_not_finite(int64_t sample, int64_t row, const char *what,
                                        struct message *message);

/* NULL, or one that can be written to. */
dirichlet_status regularizer_check_result(const dirichlet_penalty_result *result,
                                          struct message *message);

/* What a penalty has found, to the caller's result, which has been checked. */
void regularizer_hand_out(const dirichlet_penalty_result *found, dirichlet_penalty_result *result);

#endif
