/* Seconds of CPU time of the calling thread. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

double cpu_seconds_now(void);

/* Seconds on the wall, for what runs on several threads. */
double wall_seconds_now(void);

/* The median of a list, which it sorts. */
double median(double *list, int count);

#endif
