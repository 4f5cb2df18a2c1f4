/* The public functions whose arguments have a precision; body for both. */
#ifndef DIRICHLET_ESTIMATOR_PUBLIC_BODY_H
#define DIRICHLET_ESTIMATOR_PUBLIC_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/estimator.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "estimator/state/estimator.h"
#include "model/batch.h"
#include "model/model.h"

static dirichlet_status create(const PRECISION(dirichlet_model) * model,
                               const dirichlet_estimator_options *options,
                               struct environment *caller, dirichlet_estimator **out,
                               struct message *message)
{
    PRECISION(dirichlet_model) copy;
    struct model_offer offer;
    dirichlet_status status = PRECISION(model_read)(model, &copy, &offer, message);
    if (status == DIRICHLET_OK)
        status = estimator_make(&PRECISION(estimator_engine), &copy, &offer, options, caller, out,
                                message);
    return status;
}

dirichlet_status PRECISION(dirichlet_estimator_create)(const PRECISION(dirichlet_model) * model,
                                                       const dirichlet_estimator_options *options,
                                                       dirichlet_estimator **out,
                                                       dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    dirichlet_status status = DIRICHLET_OK;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    if (out == NULL) {
        status = message_fail(&text, DIRICHLET_E_NULL, "out is NULL");
    } else {
        *out = NULL;
        status = create(model, options, &caller, out, &text);
    }
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

static dirichlet_status update(dirichlet_estimator *estimator, const struct batch *batch)
{
    if (estimator->element_size != sizeof(real))
        return message_fail(&estimator->message, DIRICHLET_E_PRECISION,
                            "the estimator was created in the other precision");
    struct environment caller;
    environment_begin(&estimator->allocator.caller, &caller);
    const dirichlet_status status = estimator_update(estimator, batch, NULL);
    environment_end(&estimator->allocator.caller);
    return status;
}

static struct batch plain_batch(const dirichlet_estimator *estimator, int64_t samples,
                                const real *x, const double *weights, double *energies)
{
    const struct batch batch = {.samples = samples,
                                .row_stride = estimator->offer.inputs,
                                .x = (const unsigned char *)x,
                                .weights = weights,
                                .energies = energies};
    return batch;
}

dirichlet_status PRECISION(dirichlet_estimator_update)(dirichlet_estimator *estimator,
                                                       int64_t samples, const real *x,
                                                       const double *weights, double *energies)
{
    if (estimator == NULL)
        return DIRICHLET_E_NULL;
    const struct batch batch = plain_batch(estimator, samples, x, weights, energies);
    return update(estimator, &batch);
}

dirichlet_status PRECISION(dirichlet_estimator_update_batch)(dirichlet_estimator *estimator,
                                                             const PRECISION(dirichlet_batch) *
                                                                 given)
{
    PRECISION(dirichlet_batch) copy;
    if (estimator == NULL)
        return DIRICHLET_E_NULL;
    const dirichlet_status status = PRECISION(batch_read)(given, &copy, &estimator->message);
    if (status != DIRICHLET_OK)
        return status;
    const struct batch batch = {.samples = copy.samples,
                                .row_stride = copy.row_stride == 0 ? estimator->offer.inputs
                                                                   : copy.row_stride,
                                .x = (const unsigned char *)copy.x,
                                .weights = copy.weights,
                                .indices = copy.indices,
                                .groups = copy.groups,
                                .energies = copy.energies,
                                .deviations = copy.deviations};
    return update(estimator, &batch);
}

/* Create, update, result; the first that fails gives the message. */
static dirichlet_status measure(const PRECISION(dirichlet_model) * model, int64_t samples,
                                const real *x, const double *weights,
                                const dirichlet_estimator_options *options,
                                dirichlet_result *result, double *energies,
                                struct environment *caller, struct message *message)
{
    dirichlet_estimator *estimator = NULL;
    dirichlet_status status = DIRICHLET_OK;
    if (result == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "result is NULL");
    status = versioned_struct_check(result->struct_size, "result", message);
    if (status == DIRICHLET_OK)
        status = create(model, options, caller, &estimator, message);
    if (status != DIRICHLET_OK)
        return status;
    estimator->allocator.caller = caller;
    const struct batch batch = plain_batch(estimator, samples, x, weights, energies);
    status = estimator_update(estimator, &batch, result);
    if (status != DIRICHLET_OK)
        *message = estimator->message;
    dirichlet_estimator_destroy(estimator);
    return status;
}

dirichlet_status PRECISION(dirichlet_measure)(const PRECISION(dirichlet_model) * model,
                                              int64_t samples, const real *x, const double *weights,
                                              const dirichlet_estimator_options *options,
                                              dirichlet_result *result, double *energies,
                                              dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    const dirichlet_status status =
        measure(model, samples, x, weights, options, result, energies, &caller, &text);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
