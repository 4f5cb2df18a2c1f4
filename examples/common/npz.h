/* NumPy's .npz files: zip archives of .npy files. */
#ifndef EXAMPLES_NPZ_H
#define EXAMPLES_NPZ_H

#include <stddef.h>

#include "file.h"
#include "problem.h"

int is_zip(const unsigned char *data, size_t size);

/* Replace the bytes of an archive by those of its array `array`, or of its only one where that is
 * NULL. path is for the messages. 0, or -1 with the problem. */
int npz_extract(const char *path, const char *array, size_t limit, struct bytes *bytes,
                struct problem *problem);

/* Where `path` is ARCHIVE.npz:ARRAY and no file of that whole name is there: the name of the
 * array, and *length that of the archive. Otherwise NULL, and the length of it all. */
const char *npz_split(const char *path, size_t *length);

#endif
