#include "random/options.h"

#include <math.h>
#include <stddef.h>

#include "core/interface/versioned_struct.h"

static dirichlet_status check_options(const dirichlet_initialization_options *options,
                                      struct message *message)
{
    if (options->bias != DIRICHLET_INITIAL_BIAS_ZERO &&
        options->bias != DIRICHLET_INITIAL_BIAS_UNIFORM)
        return message_fail(message, DIRICHLET_E_CONSTANT,
                            "options.bias is %d, which is not a DIRICHLET_INITIAL_BIAS_*",
                            (int)options->bias);
    if (options->scale_given != 0 && options->scale_given != 1)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.scale_given is %d: it must be 0 or 1",
                            (int)options->scale_given);
    if (!(options->scale >= 0.0 && isfinite(options->scale)))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.scale is %g: it must be finite and >= 0", options->scale);
    return DIRICHLET_OK;
}

static dirichlet_status check_scheme(dirichlet_initialization *scheme, struct message *message)
{
    switch (*scheme) {
    case 0: *scheme = DIRICHLET_INITIALIZATION_LECUN; return DIRICHLET_OK;
    case DIRICHLET_INITIALIZATION_LECUN:
    case DIRICHLET_INITIALIZATION_GLOROT:
    case DIRICHLET_INITIALIZATION_HE:
    case DIRICHLET_INITIALIZATION_PYTORCH: return DIRICHLET_OK;
    default:
        return message_fail(message, DIRICHLET_E_CONSTANT,
                            "options.scheme is %d, which is not a DIRICHLET_INITIALIZATION_*",
                            (int)*scheme);
    }
}

/* scheme has been checked. */
static dirichlet_status check_distribution(dirichlet_initialization scheme,
                                           dirichlet_distribution *distribution,
                                           struct message *message)
{
    switch (*distribution) {
    case 0:
        *distribution = scheme == DIRICHLET_INITIALIZATION_PYTORCH ? DIRICHLET_DISTRIBUTION_UNIFORM
                                                                   : DIRICHLET_DISTRIBUTION_NORMAL;
        return DIRICHLET_OK;
    case DIRICHLET_DISTRIBUTION_NORMAL:
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL:
    case DIRICHLET_DISTRIBUTION_UNIFORM: return DIRICHLET_OK;
    default:
        return message_fail(message, DIRICHLET_E_CONSTANT,
                            "options.distribution is %d, which is not a DIRICHLET_DISTRIBUTION_*",
                            (int)*distribution);
    }
}

dirichlet_status options_of_initialization(const dirichlet_initialization_options *given,
                                           dirichlet_initialization_options *out,
                                           struct message *message)
{
    dirichlet_status status = DIRICHLET_OK;
    *out = (dirichlet_initialization_options){.struct_size = sizeof *out};
    if (given != NULL)
        status =
            versioned_struct_read(out, sizeof *out, given, given->struct_size, "options", message);
    if (status == DIRICHLET_OK)
        status = check_scheme(&out->scheme, message);
    if (status == DIRICHLET_OK)
        status = check_distribution(out->scheme, &out->distribution, message);
    if (status == DIRICHLET_OK)
        status = check_options(out, message);
    if (out->scale_given == 0 && out->scale == 0.0)
        out->scale = 1.0;
    return status;
}

double plain_variance(dirichlet_initialization scheme, int64_t inputs, int64_t outputs)
{
    switch (scheme) {
    case DIRICHLET_INITIALIZATION_GLOROT: return 2.0 / ((double)inputs + (double)outputs);
    case DIRICHLET_INITIALIZATION_HE: return 2.0 / (double)inputs;
    case DIRICHLET_INITIALIZATION_PYTORCH: return 1.0 / (3.0 * (double)inputs);
    default: return 1.0 / (double)inputs;
    }
}
