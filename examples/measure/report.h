/* What `measure` prints. */
#ifndef MEASURE_REPORT_H
#define MEASURE_REPORT_H

#include "measurement.h"
#include "network.h"
#include "options.h"
#include "problem.h"

/* Both to standard output. 0, or -1 with the problem. */
int report_json(const struct options *options, const struct measurement *measurement,
                struct problem *problem);
int report_table(const struct options *options, const struct network *network,
                 const struct measurement *measurement, struct problem *problem);

#endif
