#include "core/interface/lent.h"

#include "core/interface/versioned_struct.h"

dirichlet_status parallel_check(const dirichlet_parallel *given, struct message *message)
{
    dirichlet_parallel copy = {0};
    if (given == NULL)
        return DIRICHLET_OK;
    const dirichlet_status status =
        versioned_struct_read(&copy, sizeof copy, given, given->struct_size, "parallel", message);
    if (status != DIRICHLET_OK)
        return status;
    if (copy.lanes < 1)
        return message_fail(message, DIRICHLET_E_RANGE, "parallel.lanes is %lld: it must be >= 1",
                            (long long)copy.lanes);
    if (copy.parallel_for == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "parallel.parallel_for is NULL");
    return DIRICHLET_OK;
}

dirichlet_status listener_tell(const struct listener *listener, dirichlet_progress progress)
{
    if (listener->progress == NULL)
        return DIRICHLET_OK;
    progress.struct_size = sizeof progress;
    environment_leave(listener->environment);
    const int32_t code = listener->progress(&progress, listener->user);
    environment_enter(listener->environment);
    if (code == 0)
        return DIRICHLET_OK;
    return message_with_code(
        listener->message, code,
        message_fail(listener->message, DIRICHLET_E_CANCELLED, "options.progress asked to stop"));
}
