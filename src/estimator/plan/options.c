#include "estimator/plan/options.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/lent/lanes.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/memory.h"

#define DEFAULT_CONFIDENCE 0.95
/* Enough for intervals of badly skewed energies, lognormal(1), to hold the truth in 93 % of
 * the runs whatever the tolerance (tests/property/stopping.c). */
#define DEFAULT_MIN_SAMPLES 512

#define MOST_GROUPS (INT64_C(1) << 20)

static dirichlet_status check_count(int64_t value, const char *name, struct message *message)
{
    if (value < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "options.%s is %lld: it must be >= 0", name,
                            (long long)value);
    return DIRICHLET_OK;
}

static dirichlet_status check_number(double value, const char *name, struct message *message)
{
    if (!(value >= 0.0 && isfinite(value)))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.%s is %g: it must be finite and >= 0", name, value);
    return DIRICHLET_OK;
}

static dirichlet_status check_counts(const dirichlet_estimator_options *options,
                                     struct message *message)
{
    dirichlet_status status = check_count(options->first_sample, "first_sample", message);
    if (status == DIRICHLET_OK)
        status = check_count(options->population, "population", message);
    if (status == DIRICHLET_OK)
        status = check_count(options->max_samples, "max_samples", message);
    if (status == DIRICHLET_OK)
        status = check_count(options->min_samples, "min_samples", message);
    if (status == DIRICHLET_OK)
        status = check_count(options->groups, "groups", message);
    if (status == DIRICHLET_OK && options->groups > MOST_GROUPS)
        status = message_fail(message, DIRICHLET_E_RANGE,
                              "options.groups is %lld: it must be at most 2^20",
                              (long long)options->groups);
    if (status == DIRICHLET_OK && options->min_samples == 1)
        status = message_fail(message, DIRICHLET_E_RANGE,
                              "options.min_samples is 1: a spread needs at least 2");
    return status;
}

static dirichlet_status check_numbers(const dirichlet_estimator_options *options,
                                      struct message *message)
{
    dirichlet_status status = check_number(options->tolerance, "tolerance", message);
    if (status == DIRICHLET_OK)
        status = check_number(options->confidence, "confidence", message);
    if (status == DIRICHLET_OK)
        status = check_number(options->step, "step", message);
    if (status == DIRICHLET_OK)
        status = check_number(options->forward_noise, "forward_noise", message);
    if (status == DIRICHLET_OK && !(options->confidence < 1.0))
        status = message_fail(message, DIRICHLET_E_RANGE,
                              "options.confidence is %g: it must be below 1", options->confidence);
    return status;
}

static dirichlet_status check_constants(const dirichlet_estimator_options *options,
                                        struct message *message)
{
    if (options->on_nonfinite != DIRICHLET_NONFINITE_FAIL &&
        options->on_nonfinite != DIRICHLET_NONFINITE_SKIP)
        return message_fail(message, DIRICHLET_E_CONSTANT,
                            "options.on_nonfinite is %d, which is not a DIRICHLET_NONFINITE_*",
                            (int)options->on_nonfinite);
    if (options->reserved != NULL)
        return message_fail(message, DIRICHLET_E_RANGE, "options.reserved must be NULL");
    return DIRICHLET_OK;
}

static void fill_defaults(dirichlet_estimator_options *options)
{
    if (options->confidence == 0.0)
        options->confidence = DEFAULT_CONFIDENCE;
    if (options->min_samples == 0)
        options->min_samples = DEFAULT_MIN_SAMPLES;
    if (options->workspace_bytes == 0)
        options->workspace_bytes = DIRICHLET_DEFAULT_WORKSPACE_BYTES;
    options->allocator = NULL;
    options->parallel = NULL;
}

dirichlet_status options_read(const dirichlet_estimator_options *given,
                              dirichlet_estimator_options *copy, struct allocator *allocator,
                              struct lanes *lanes, struct message *message)
{
    const dirichlet_estimator_options defaults = {.struct_size = sizeof defaults};
    dirichlet_status status = DIRICHLET_OK;
    *copy = defaults;
    if (given != NULL)
        status = versioned_struct_read(copy, sizeof *copy, given, given->struct_size, "options",
                                       message);
    if (status == DIRICHLET_OK)
        status = allocator_resolve(copy->allocator, allocator, message);
    if (status == DIRICHLET_OK)
        status = lanes_read(copy->parallel, lanes, message);
    if (status == DIRICHLET_OK)
        status = check_constants(copy, message);
    if (status == DIRICHLET_OK)
        status = check_counts(copy, message);
    if (status == DIRICHLET_OK)
        status = check_numbers(copy, message);
    fill_defaults(copy);
    return status;
}
