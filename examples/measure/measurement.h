/* The measuring itself: the library's estimator over the samples of a file. */
#ifndef MEASURE_MEASUREMENT_H
#define MEASURE_MEASUREMENT_H

#include <stdint.h>

#include "data.h"
#include "dirichlet/dirichlet.h"
#include "network.h"
#include "options.h"
#include "problem.h"

struct measurement {
    int64_t layers; /* measured: --layer, or all */
    int64_t inputs;
    int64_t outputs;
    int64_t samples; /* offered: --limit, or all */
    enum precision precision;
    double seconds;
    double *energies; /* (samples) in the order of the file, NaN: not used; NULL: not wanted */
    dirichlet_result result;
};

/* Exit codes, fixed by the tool's description. */
#define EXIT_FINE 0
#define EXIT_FAILED 1 /* no memory, results that are not finite, ... */
#define EXIT_INPUT 2  /* an option or a file is wrong */

/* An exit code; other than EXIT_FINE with the problem. */
int measurement_run(const struct options *options, const struct network *network,
                    const struct data *data, struct measurement *measurement,
                    struct problem *problem);
void measurement_free(struct measurement *measurement);

#endif
