/* Whole files in memory. */
#ifndef EXAMPLES_FILE_H
#define EXAMPLES_FILE_H

#include <stddef.h>

#include "problem.h"

struct bytes {
    unsigned char *data; /* from malloc; aligned for any type */
    size_t size;
};

void bytes_free(struct bytes *bytes);

/* Read a file of at most `limit` bytes. 0, or -1 with the problem. */
int file_read(const char *path, size_t limit, struct bytes *bytes, struct problem *problem);

/* If the bytes are gzipped, replace them by what they expand to, at most `limit` bytes;
 * otherwise leave them. `name` is for the message. */
int gzip_expand(const char *name, size_t limit, struct bytes *bytes, struct problem *problem);

/* Whether a file could be written, without touching it: to be asked before work whose
 * result goes there. 0, or -1 with the problem. */
int file_check_writable(const char *path, struct problem *problem);

/* Whether two names lead to one file. */
int file_is_same(const char *path, const char *other);

/* Write a file; a partly written one is removed. */
int file_write(const char *path, const void *head, size_t head_size, const void *body,
               size_t body_size, struct problem *problem);

#endif
