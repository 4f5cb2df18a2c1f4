/* Pieces of a call on the caller's threads (dirichlet/parallel.h). */
#ifndef DIRICHLET_CORE_LANES_H
#define DIRICHLET_CORE_LANES_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "dirichlet/parallel.h"
#include "dirichlet/status.h"

/* A pool that has been checked; parallel_for NULL: the calling thread. */
struct lanes {
    int64_t count; /* >= 1 */
    dirichlet_parallel_for_fn parallel_for;
    void *user;
};

/* One task of the pool: it takes pieces one after the other, and what it needs for one of them is
 * its own. */
struct lane {
    int64_t index;
    struct environment *environment; /* of its thread: callbacks run in it */
    int64_t failed;                  /* the piece that failed; -1: none */
    dirichlet_status status;         /* of that */
    struct message message;
    int64_t done; /* pieces */
    struct environment own;
    atomic_int taken;
};

typedef dirichlet_status lane_function(struct lane *lane, int64_t piece, void *argument);

/* Copy an option after checking it; NULL: a single lane, the calling thread. */
dirichlet_status lanes_read(const dirichlet_parallel *given, struct lanes *out,
                            struct message *message);

/* Call function(lane, i, argument) once for each i = 0, ..., pieces - 1, in order on every lane, on
 * no more than `count` lanes of `own` at the same time, in the default floating-point environment.
 * What a piece computes must not depend on its lane: then nothing depends on how many there are.
 *
 * Where pieces fail the status and the message are those of the first of them: pieces before it
 * have all been done, and some after it may have. pieces <= LANES_MOST_PIECES. One piece, or one
 * lane: no task is sent out. */
#define LANES_MOST_PIECES (INT64_C(1) << 30)
dirichlet_status lanes_run(const struct lanes *lanes, struct lane *own, int64_t count,
                           int64_t pieces, lane_function *function, void *argument,
                           struct environment *caller, struct message *message);

/* The same where what a failure means depends on the pieces before it: *first is the lane of the
 * first piece that failed, NULL where none has. Errors: of the pool. */
dirichlet_status lanes_attempt(const struct lanes *lanes, struct lane *own, int64_t count,
                               int64_t pieces, lane_function *function, void *argument,
                               struct environment *caller, const struct lane **first,
                               struct message *message);

#endif
