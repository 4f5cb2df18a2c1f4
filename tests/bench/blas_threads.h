/* How many threads the BLAS of this process takes. */
#ifndef DIRICHLET_BENCH_BLAS_THREADS_H
#define DIRICHLET_BENCH_BLAS_THREADS_H

/* Before anything else, in main: the BLAS on `threads` threads from now on. By the call that the
 * BLAS has for it; where none is known, by its environment variables in a fresh start of this
 * program, which are read when it is loaded. Returns what was done, in words. */
const char *set_blas_threads(int threads, char **arguments);

/* 1 if the number can be changed again, by the BLAS's own call. */
int change_blas_threads(int threads);

#endif
