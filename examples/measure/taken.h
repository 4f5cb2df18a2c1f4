/* What was taken of the files, for the report: the layers, what is left out, the data. */
#ifndef EXAMPLES_MEASURE_TAKEN_H
#define EXAMPLES_MEASURE_TAKEN_H

#include <cjson/cJSON.h>

#include "run.h"

void taken_print(const struct run *run);

/* Adds the keys layers_taken, order_by, layout_by, left_out, data and, where there are labels,
 * accuracy. False if there is no memory. */
int taken_add(cJSON *json, const struct run *run);

#endif
