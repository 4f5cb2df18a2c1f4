/* Whether what is left out of the network may be left out. */
#ifndef EXAMPLES_MEASURE_LEFT_OUT_H
#define EXAMPLES_MEASURE_LEFT_OUT_H

#include "modules.h"
#include "network.h"
#include "problem.h"

/* A vector of the right size where a bias or a scale is missing, under a name that is not known, is
 * not left out, nor are numbers at the top of the file, or under the prefix, whose names are not
 * those of statistics and counters. 0, or -1 with the problem. */
int left_out_check(const char *path, const struct modules *modules, const struct network *network,
                   const char *prefix, struct problem *problem);

#endif
