/* Gzip data in memory. */
#ifndef EXAMPLES_GZIP_H
#define EXAMPLES_GZIP_H

#include <stddef.h>

#include "file.h"
#include "problem.h"

int is_gzip(const unsigned char *data, size_t size);

/* If the bytes are gzipped, replace them by what they expand to, at most `limit` bytes;
 * otherwise leave them. `name` is for the message; judge NULL: none. */
int gzip_expand(const char *name, size_t limit, file_judge *judge, struct bytes *bytes,
                struct problem *problem);

#endif
