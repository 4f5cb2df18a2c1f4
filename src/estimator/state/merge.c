/* Merging what two estimators have seen. */
#include "dirichlet/estimator.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "core/statistics/moments.h"
#include "dirichlet/status.h"
#include "estimator/plan/plan.h"
#include "estimator/state/estimator.h"

static dirichlet_status differ(dirichlet_estimator *estimator, const char *what)
{
    return message_fail(&estimator->message, DIRICHLET_E_MISMATCH,
                        "source differs in %s from the estimator it is merged into", what);
}

static bool differ_in_probes(const struct plan *ours, const struct plan *theirs)
{
    return ours->direction_size != theirs->direction_size ||
           ours->directions != theirs->directions || ours->sketch != theirs->sketch;
}

/* NaN: of states that do not say; those agree with each other. */
static bool is_same_option(double ours, double theirs)
{
    return ours == theirs || (isnan(ours) && isnan(theirs));
}

/* Differences at other steps have other errors. */
static dirichlet_status check_differences(dirichlet_estimator *estimator,
                                          const dirichlet_estimator *source)
{
    const dirichlet_estimator_options *ours = &estimator->options;
    const dirichlet_estimator_options *theirs = &source->options;
    if (!is_same_option(ours->step, theirs->step))
        return differ(estimator, "step (unknown in states before format 4)");
    if (!is_same_option(ours->forward_noise, theirs->forward_noise))
        return differ(estimator, "forward_noise");
    return DIRICHLET_OK;
}

static dirichlet_status check_same(dirichlet_estimator *estimator,
                                   const dirichlet_estimator *source)
{
    const struct plan *ours = &estimator->plan;
    const struct plan *theirs = &source->plan;
    if (estimator->element_size != source->element_size)
        return differ(estimator, "precision");
    if (estimator->offer.inputs != source->offer.inputs ||
        estimator->offer.outputs != source->offer.outputs)
        return differ(estimator, "inputs or outputs");
    if (ours->method != theirs->method)
        return differ(estimator, "method");
    if (ours->method != DIRICHLET_METHOD_EXACT && differ_in_probes(ours, theirs))
        return differ(estimator, "probes");
    if (estimator->errors_unknown != source->errors_unknown)
        return differ(estimator, "format (finite differences of version 0.1 have no errors)");
    if (estimator->options.seed != source->options.seed)
        return differ(estimator, "seed");
    if (estimator->options.population != source->options.population)
        return differ(estimator, "population");
    if (estimator->options.groups != source->options.groups)
        return differ(estimator, "groups");
    if (ours->side == SIDE_FORWARD)
        return check_differences(estimator, source);
    return DIRICHLET_OK;
}

/* False where something would overflow. */
static bool merge_states(struct state *ours, const struct state *theirs, int64_t groups)
{
    if (theirs->products > INT64_MAX - ours->products ||
        !moments_merge(&ours->moments, &theirs->moments))
        return false;
    for (int64_t g = 0; g < groups; g++)
        if (!moments_merge(&ours->groups[g], &theirs->groups[g]))
            return false;
    ours->products += theirs->products;
    if (theirs->next_sample > ours->next_sample)
        ours->next_sample = theirs->next_sample;
    return true;
}

static dirichlet_status merge(dirichlet_estimator *estimator, const dirichlet_estimator *source)
{
    if (source == NULL)
        return message_fail(&estimator->message, DIRICHLET_E_NULL, "source is NULL");
    if (source == estimator)
        return message_fail(&estimator->message, DIRICHLET_E_RANGE,
                            "source is the estimator itself");
    dirichlet_status status = estimator_check_free(estimator);
    if (status == DIRICHLET_OK)
        status = check_same(estimator, source);
    if (status != DIRICHLET_OK)
        return status;
    state_copy(&estimator->trial, &estimator->state, estimator->options.groups);
    if (!merge_states(&estimator->trial, &source->state, estimator->options.groups))
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "source has seen too many samples, or too large weights");
    state_copy(&estimator->state, &estimator->trial, estimator->options.groups);
    return DIRICHLET_OK;
}

dirichlet_status dirichlet_estimator_merge(dirichlet_estimator *estimator,
                                           const dirichlet_estimator *source)
{
    if (estimator == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_enter(&caller);
    const dirichlet_status status = merge(estimator, source);
    environment_leave(&caller);
    return status;
}
