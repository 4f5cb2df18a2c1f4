/* What no pool can share out of a call of the first case. */
#ifndef DIRICHLET_BENCH_SERIAL_PART_H
#define DIRICHLET_BENCH_SERIAL_PART_H

#include <stdint.h>

/* Samples 0: 65,536. Imbalance of tasks is that of `lanes` threads. Returns an exit status. */
int time_serial_part(int64_t samples, int64_t lanes);

#endif
