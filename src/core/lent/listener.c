#include "core/lent/listener.h"

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
