/* The caller's floating-point environment and errno, as hosts leave them. */
#ifndef DIRICHLET_TESTS_HOST_H
#define DIRICHLET_TESTS_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host {
    uint64_t control; /* rounding, flushing, traps */
    int flags;        /* exceptions that have been raised */
    int error_number;
};

/* Environment 0 is the default one. */
int host_count(void);
const char *host_name(int environment);

/* Set one of them with some exceptions raised before, if nothing traps, and errno. */
void host_set(int environment);
struct host host_read(void);
bool host_equal(const struct host *a, const struct host *b);

/* Back to the default, nothing raised, so that the test itself computes as usual. */
void host_reset(void);

/* Does this processor flush subnormal numbers when asked to? */
bool host_flushes(void);

#endif
