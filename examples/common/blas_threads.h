/* How many threads the BLAS may start. */
#ifndef EXAMPLES_COMMON_BLAS_THREADS_H
#define EXAMPLES_COMMON_BLAS_THREADS_H

/* The threads that a program lends to the library are to be the only ones: a BLAS that starts its
 * own in each of them makes all of them slower. It reads how many it may start from the
 * environment, and it does so when it is loaded, before main(); so the program starts itself anew,
 * once, with one. What the environment has already is left as it is. The library does none of this:
 * it is the program's to decide. Call it before anything is read or started. */
void blas_threads_restart_with_one(char **argv);

#endif
