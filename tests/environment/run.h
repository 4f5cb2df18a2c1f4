/* Every public function once, in an environment of the host's: what came out, and whether it and
 * the callbacks found and left that environment as it was. */
#ifndef DIRICHLET_TESTS_ENVIRONMENT_RUN_H
#define DIRICHLET_TESTS_ENVIRONMENT_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/dirichlet.h"
#include "environment/host.h"

#define RUN_BYTES 8000000
#define RUN_CALLS 4000

struct run {
    int environment;
    struct host host;     /* as it was before the call in progress */
    const char *function; /* that is called */
    const char *called[RUN_CALLS];
    int called_count; /* calls */
    long callbacks;
    long changed;        /* calls that did not leave the environment as it was */
    long other_callback; /* callbacks that were not called in it */
    long live;           /* blocks of memory */
    long held;           /* models retained and not released */
    long refused;        /* calls that returned an error */
    const char *last_refused;
    const char *complaint;
    size_t size;
    unsigned char bytes[RUN_BYTES];
    size_t ends[RUN_CALLS]; /* `size` after each call */
};

/* Around every call: */
void run_begin(struct run *run, const char *function);
void run_end(struct run *run);

/* First thing in every callback; it leaves the host's environment alone. */
void run_inside(struct run *run);

void run_keep_status(struct run *run, dirichlet_status status);

/* Results, to be compared with those of another run. */
void run_keep(struct run *run, const void *data, size_t bytes);

dirichlet_allocator run_allocator(struct run *run);

/* `tiny`: numbers near the smallest. */
void run_all_f64(struct run *run, int tiny);
void run_all_f32(struct run *run, int tiny);
void run_rest(struct run *run);

#endif
