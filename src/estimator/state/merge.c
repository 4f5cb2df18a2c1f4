/* Merging what two estimators have seen. */
#include "dirichlet/estimator.h"

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
    return DIRICHLET_OK;
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
    struct state *ours = &estimator->state;
    const struct state *theirs = &source->state;
    if (theirs->products > INT64_MAX - ours->products ||
        !moments_merge(&ours->moments, &theirs->moments))
        return message_fail(&estimator->message, DIRICHLET_E_OVERFLOW,
                            "source has seen too many samples, or too large weights");
    ours->products += theirs->products;
    if (theirs->next_sample > ours->next_sample)
        ours->next_sample = theirs->next_sample;
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
