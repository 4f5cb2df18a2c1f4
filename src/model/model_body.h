/* Checking a table of callbacks; body for both precisions. */
#ifndef DIRICHLET_MODEL_MODEL_BODY_H
#define DIRICHLET_MODEL_MODEL_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "model/model.h"

static dirichlet_status check_limit(int64_t limit, const char *name, struct message *message)
{
    if (limit < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "model.%s is %lld: it must be >= 0", name,
                            (long long)limit);
    return DIRICHLET_OK;
}

static dirichlet_status check_size(int64_t size, const char *name, struct message *message)
{
    if (size < 1)
        return message_fail(message, DIRICHLET_E_RANGE, "model.%s is %lld: it must be >= 1", name,
                            (long long)size);
    return DIRICHLET_OK;
}

static dirichlet_status check_model_flag(int32_t flag, const char *name, struct message *message)
{
    if (flag != 0 && flag != 1)
        return message_fail(message, DIRICHLET_E_RANGE, "model.%s is %d: it must be 0 or 1", name,
                            (int)flag);
    return DIRICHLET_OK;
}

static dirichlet_status check_numbers(const PRECISION(dirichlet_model) * model,
                                      struct message *message)
{
    dirichlet_status status = check_size(model->inputs, "inputs", message);
    if (status == DIRICHLET_OK)
        status = check_size(model->outputs, "outputs", message);
    if (status == DIRICHLET_OK)
        status = check_limit(model->max_samples, "max_samples", message);
    if (status == DIRICHLET_OK)
        status = check_limit(model->max_directions, "max_directions", message);
    if (status == DIRICHLET_OK)
        status = check_model_flag(model->ignores_first, "ignores_first", message);
    if (status == DIRICHLET_OK)
        status = check_model_flag(model->concurrent, "concurrent", message);
    if (status == DIRICHLET_OK && (model->retain == NULL) != (model->release == NULL))
        status = message_fail(message, DIRICHLET_E_NULL, "model.%s is NULL",
                              model->retain == NULL ? "retain" : "release");
    return status;
}

dirichlet_status PRECISION(model_read)(const PRECISION(dirichlet_model) * given,
                                       PRECISION(dirichlet_model) * copy, struct model_offer *offer,
                                       struct message *message)
{
    if (given == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "model is NULL");
    dirichlet_status status =
        versioned_struct_read(copy, sizeof *copy, given, given->struct_size, "model", message);
    if (status == DIRICHLET_OK)
        status = check_numbers(copy, message);
    if (status != DIRICHLET_OK)
        return status;
    offer->inputs = copy->inputs;
    offer->outputs = copy->outputs;
    offer->max_samples = copy->max_samples > 0 ? copy->max_samples : INT64_MAX;
    offer->max_directions = copy->max_directions > 0 ? copy->max_directions : INT64_MAX;
    offer->forward = copy->forward != NULL;
    offer->jvp = copy->jvp != NULL;
    offer->vjp = copy->vjp != NULL;
    offer->energies = copy->energies != NULL;
    offer->product_norms = copy->product_norms != NULL;
    offer->parameter_vjp = copy->parameter_vjp != NULL;
    offer->prepare = copy->prepare != NULL;
    offer->ignores_first = copy->ignores_first != 0;
    offer->concurrent = copy->concurrent != 0;
    return DIRICHLET_OK;
}

#endif
