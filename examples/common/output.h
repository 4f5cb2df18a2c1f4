/* Files that are written whole or not at all. */
#ifndef EXAMPLES_OUTPUT_H
#define EXAMPLES_OUTPUT_H

#include <stddef.h>

#include "problem.h"

/* Whether a file could be written, without touching it: to be asked before work whose
 * result goes there. 0, or -1 with the problem. */
int file_check_writable(const char *path, struct problem *problem);

/* Whether two names lead to one file, or would if it were there. */
int file_is_same(const char *path, const char *other);

/* Write a file: beside its place and under another name until it is whole, so that whatever
 * happens there is the old file or the new one. Pipes and devices are written as they are. */
int file_write(const char *path, const void *head, size_t head_size, const void *body,
               size_t body_size, struct problem *problem);

#endif
