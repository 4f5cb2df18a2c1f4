/* What `measure` prints. */
#ifndef EXAMPLES_MEASURE_REPORT_H
#define EXAMPLES_MEASURE_REPORT_H

#include "run.h"

struct report {
    const struct run *run;
    const char *precision;
    int64_t inputs;
    int64_t outputs;
};

void report_table(const struct report *report);

/* 0, or -1 if there is no memory. */
int report_json(const struct report *report);

#endif
