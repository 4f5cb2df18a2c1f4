#include "core/matrix/spectral_options.h"

#include <stddef.h>

#include "core/interface/versioned_struct.h"

dirichlet_status spectral_options_read(const dirichlet_spectral_options *given,
                                       struct operator_norm_limits *out, struct listener *listener,
                                       struct message *message)
{
    dirichlet_spectral_options options = {0};
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status = versioned_struct_read(&options, sizeof options, given, given->struct_size,
                                       "options", message);
    if (status != DIRICHLET_OK)
        return status;
    if (!(options.tolerance >= 0.0 && options.tolerance < 1.0))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.tolerance is %g: it must be >= 0 and < 1", options.tolerance);
    if (options.max_iterations < 0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.max_iterations is %lld: it must be >= 0",
                            (long long)options.max_iterations);
    *out = (struct operator_norm_limits){
        options.tolerance > 0.0 ? options.tolerance : OPERATOR_NORM_TOLERANCE,
        options.max_iterations > 0 ? options.max_iterations : OPERATOR_NORM_ITERATIONS};
    if (listener != NULL) {
        listener->progress = options.progress;
        listener->user = options.progress_user;
    }
    return DIRICHLET_OK;
}
