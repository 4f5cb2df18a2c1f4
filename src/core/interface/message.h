/* What goes with a failing status: a line of text, and the numbers of dirichlet_error. */
#ifndef DIRICHLET_CORE_MESSAGE_H
#define DIRICHLET_CORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"
#include "core/arithmetic/vector.h"
#include "dirichlet/status.h"

struct message {
    dirichlet_status status; /* OK: none failed */
    int32_t callback_code;
    int64_t sample; /* -1: of none; not looked at where status is OK */
    uint64_t least_bytes;
    char text[DIRICHLET_MESSAGE_SIZE];
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
/* Write the text (message NULL: nowhere), without numbers, and return `status`: a check reads
 *     if (bad) return message_fail(message, DIRICHLET_E_RANGE, "samples is negative"); */
dirichlet_status
message_fail(struct message *message, dirichlet_status status, const char *format, ...);

#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
/* Append to a text of `used` characters in a buffer of `size` bytes, which it is cut to; returns
 * the new length, as if nothing had been cut. buffer NULL: only that. */
size_t
message_append(char *buffer, size_t size, size_t used, const char *format, ...);

/* A number to go with the failure that was just written, and its status again:
 *     return message_with_sample(message, i, message_fail(message, ...)); */
dirichlet_status message_with_sample(struct message *message, int64_t sample,
                                     dirichlet_status status);
dirichlet_status message_with_code(struct message *message, int32_t callback_code,
                                   dirichlet_status status);
dirichlet_status message_with_least(struct message *message, int64_t bytes,
                                    dirichlet_status status);

/* Can the caller's error be written to? It may be NULL. To be asked before anything else. */
bool error_is_usable(const dirichlet_error *error);

/* How a call ended to the caller's error, as status.h promises; error may be NULL. */
void message_hand_out(const struct message *message, dirichlet_status status,
                      dirichlet_error *error);

/* The last failure of a handle: dirichlet_estimator_last_error and its like. */
dirichlet_status message_last_error(const struct message *message, dirichlet_error *error);

#endif
