#define _POSIX_C_SOURCE 200809L
#include "blas_threads.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

void blas_threads_restart_with_one(char **argv)
{
    static const char *const names[] = {"OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS",
                                        "OMP_NUM_THREADS"};
    int missing = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]) == NULL)
            missing |= setenv(names[i], "1", 0) == 0;
    if (!missing)
        return;
    (void)execv("/proc/self/exe", argv);
    (void)execvp(argv[0], argv);
    /* Where neither works it goes on as it is: slower, with the same results. */
}
