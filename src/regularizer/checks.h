/* Checks of arguments that several regularizers have. */
#ifndef DIRICHLET_REGULARIZER_CHECKS_H
#define DIRICHLET_REGULARIZER_CHECKS_H

#include <stdint.h>

#include "core/message.h"

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

/* A callback's return value as a status. */
dirichlet_status regularizer_called(int32_t code, const char *name, struct message *message);

#endif
