/* The command line. */
#ifndef EXAMPLES_QUICKSTART_OPTIONS_H
#define EXAMPLES_QUICKSTART_OPTIONS_H

#include <stdint.h>

#include "problem.h"

struct options {
    const char *data;   /* directory of the digits */
    const char *output; /* file of the weights */
    int64_t epochs;
    uint64_t seed;
    double learning_rate;
    double momentum;
    int threads; /* 1 or more */
    int help;
};

extern const char options_help[];

/* Set `options` to the defaults, with `data` for the digits, and read the command line.
 * 0, or -1 with the problem. */
int options_parse(int argc, char **argv, const char *data, struct options *options,
                  struct problem *problem);

#endif
