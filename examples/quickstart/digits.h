/* Labelled images from a pair of IDX files, as a network takes them. */
#ifndef EXAMPLES_DIGITS_H
#define EXAMPLES_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"

#define DIGITS_CLASSES 10

struct digits {
    int64_t count;
    int64_t inputs;        /* pixels of an image */
    float *pixels;         /* (count, inputs), 0 to 1 */
    unsigned char *labels; /* (count), below DIGITS_CLASSES */
};

/* Where an IDX file is: DIRECTORY/NAME.gz, or DIRECTORY/NAME if only that is there. */
int digits_path(const char *directory, const char *name, char *path, size_t size,
                struct problem *problem);

/* Read DIRECTORY/PART-images-idx3-ubyte and -labels-idx1-ubyte, gzipped or not; PART is
 * "train" or "t10k". 0, or -1 with the problem and nothing to free. */
int digits_read(const char *directory, const char *part, struct digits *digits,
                struct problem *problem);
void digits_free(struct digits *digits);

#endif
