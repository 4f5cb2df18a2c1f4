/* The command line that all programs of this folder have. */
#ifndef EXAMPLES_PAPER_OPTIONS_H
#define EXAMPLES_PAPER_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "problem.h"

enum effort {
    EFFORT_DEFAULT, /* about a minute on two cores */
    EFFORT_QUICK,   /* seconds: that it works, and the claim where it is strongest */
    EFFORT_FULL     /* more seeds, more levels */
};

struct options {
    enum effort effort;
    uint64_t seed;     /* of the first run; the others have those that follow */
    int threads;       /* 1 or more */
    const char *csv;   /* file, or NULL */
    const char *plot;  /* STEM of STEM.svg and STEM.png, or NULL */
    const char *mnist; /* directory of the images */
    int help;
};

void options_print_help(FILE *stream, const char *program, const char *summary);

/* Set `options` to the defaults and read the command line. 0, or -1 with the problem. */
int options_parse(int argc, char **argv, struct options *options, struct problem *problem);

/* Whichever of the three the effort wants. */
int64_t options_choose(const struct options *options, int64_t quick, int64_t standard,
                       int64_t full);

#endif
