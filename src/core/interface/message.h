/* The line of text that goes with a failing status. */
#ifndef DIRICHLET_CORE_MESSAGE_H
#define DIRICHLET_CORE_MESSAGE_H

#include <stddef.h>

#include "core/arithmetic/arithmetic.h"
#include "core/arithmetic/vector.h"
#include "dirichlet/status.h"

struct message {
    char text[DIRICHLET_MESSAGE_SIZE];
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
/* Write the text (message NULL: nowhere) and return `status`, so that a check reads
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

/* Hand a message to the caller's buffer as status.h promises; buffer may be NULL. */
void message_copy(const struct message *message, char *buffer, size_t buffer_size);

#endif
