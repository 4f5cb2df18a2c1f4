/* Whole files in memory. */
#ifndef EXAMPLES_FILE_H
#define EXAMPLES_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"

struct bytes {
    unsigned char *data; /* aligned for any type; may be written to */
    size_t size;
    int is_mapped; /* the pages of a file, which must not shrink meanwhile; 0: from malloc */
};

void bytes_free(struct bytes *bytes);

/* Room for more in what is from malloc, up to one byte beyond `limit`. 0, or -1 with the problem,
 * which names `name`. */
int bytes_grow(const char *name, struct bytes *bytes, size_t *capacity, size_t limit,
               struct problem *problem);

/* What a format says to the beginning of a file: its first FILE_HEAD bytes, or all of them
 * where they are fewer. *promised: the bytes that it says the file has, 0 if it does not. A
 * file that cannot be right is refused before it is read, or expanded, whole. 0, or -1 with
 * the problem. */
typedef int file_judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
                       struct problem *problem);
#define FILE_HEAD ((size_t)68 * 1024)

/* Read a file of at most `limit` bytes, "-" for standard input. judge NULL: none. 0, or -1 with
 * the problem. */
int file_read(const char *path, size_t limit, file_judge *judge, struct bytes *bytes,
              struct problem *problem);

#endif
