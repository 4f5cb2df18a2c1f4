/* What options lend beside memory: threads, and an ear for progress. */
#ifndef DIRICHLET_CORE_LENT_H
#define DIRICHLET_CORE_LENT_H

#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "dirichlet/parallel.h"
#include "dirichlet/progress.h"
#include "dirichlet/status.h"

/* Is it a pool that could be used? NULL is. Nothing uses one yet: every call runs on its own
 * thread, as with a single lane. */
dirichlet_status parallel_check(const dirichlet_parallel *given, struct message *message);

/* Who is told. */
struct listener {
    dirichlet_progress_fn progress; /* NULL: nobody */
    void *user;
    struct environment *environment; /* of the caller */
    struct message *message;
};

/* Tell how far a call has come; CANCELLED where that is to be the end. */
dirichlet_status listener_tell(const struct listener *listener, dirichlet_progress progress);

#endif
