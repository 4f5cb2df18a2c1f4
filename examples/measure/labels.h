/* --labels: which output should be the largest, to tell a wrong order, layout or scaling. */
#ifndef EXAMPLES_MEASURE_LABELS_H
#define EXAMPLES_MEASURE_LABELS_H

#include <stdint.h>

#include "problem.h"

struct labels {
    int64_t *classes;    /* of each sample */
    int64_t class_count; /* that there may be */
    int64_t right;       /* samples whose largest output is that of their class */
    int64_t samples;     /* looked at */
};

/* Whole numbers from 0 to outputs - 1 (0 and 1 where there is one output), one for each of so many
 * samples. 0, or -1 with the problem and nothing to free. */
int labels_read(const char *path, int64_t samples, int64_t outputs, struct labels *labels,
                struct problem *problem);
void labels_free(struct labels *labels);

#endif
