/* The frame of every program of this folder: its main() is one call. */
#ifndef EXAMPLES_PAPER_PROGRAM_H
#define EXAMPLES_PAPER_PROGRAM_H

#include "images.h"
#include "options.h"
#include "problem.h"

struct program {
    const char *name;    /* as on the command line: "parameter-norm" */
    const char *summary; /* what --help says it shows; lines of at most 90 characters */
    int needs_images;    /* 0: --mnist is not read, and `mnist` below is NULL */
    /* The work. Prints its tables, writes the files asked for, and last of all the verdict.
     * 0, or -1 with the problem. */
    int (*run)(const struct options *options, const struct mnist *mnist, struct problem *problem);
};

/* Reads the command line, checks before any work that the files can be written, reads the
 * images, runs. The exit status: 0, 2 for bad input or options, 1 for any other failure. */
int program_main(int argc, char **argv, const struct program *program);

/* The last line of every program, "verdict: agrees|disagrees NAME STATISTIC"; NAME is the
 * program's, the statistic one line of text, printf style. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void program_verdict(const char *name, int agrees, const char *format, ...);

#endif
