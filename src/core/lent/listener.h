/* Who is told of progress, and may cancel. */
#ifndef DIRICHLET_CORE_LISTENER_H
#define DIRICHLET_CORE_LISTENER_H

#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "dirichlet/progress.h"
#include "dirichlet/status.h"

struct listener {
    dirichlet_progress_fn progress; /* NULL: nobody */
    void *user;
    struct environment *environment; /* of the caller */
    struct message *message;
};

/* Tell how far a call has come; CANCELLED where that is to be the end. */
dirichlet_status listener_tell(const struct listener *listener, dirichlet_progress progress);

#endif
