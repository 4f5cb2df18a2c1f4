/* Whole files in memory. */
#ifndef EXAMPLES_FILE_H
#define EXAMPLES_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"

struct bytes {
    unsigned char *data; /* from malloc; aligned for any type */
    size_t size;
};

void bytes_free(struct bytes *bytes);

/* What a format says to the beginning of a file: its first FILE_HEAD bytes, or all of them
 * where they are fewer. *promised: the bytes that it says the file has, 0 if it does not. A
 * file that cannot be right is refused before it is read, or expanded, whole. 0, or -1 with
 * the problem. */
typedef int file_judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
                       struct problem *problem);
#define FILE_HEAD ((size_t)68 * 1024)

/* Read a file of at most `limit` bytes. judge NULL: none. 0, or -1 with the problem. */
int file_read(const char *path, size_t limit, file_judge *judge, struct bytes *bytes,
              struct problem *problem);

int is_gzip(const unsigned char *data, size_t size);

/* If the bytes are gzipped, replace them by what they expand to, at most `limit` bytes;
 * otherwise leave them. `name` is for the message; judge NULL: none. */
int gzip_expand(const char *name, size_t limit, file_judge *judge, struct bytes *bytes,
                struct problem *problem);

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
