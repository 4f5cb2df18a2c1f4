#include "estimator/state/estimator.h"

#include <string.h>

#include "estimator/plan/options.h"

void state_clear(struct state *state, int64_t first_sample)
{
    moments_clear(&state->moments);
    state->next_sample = first_sample;
    state->products = 0;
    state->stopped = DIRICHLET_STOP_NONE;
}

dirichlet_status estimator_allocate(const struct allocator *allocator, dirichlet_estimator **out,
                                    struct message *message)
{
    dirichlet_estimator *estimator = allocator_take(allocator, sizeof *estimator);
    if (estimator == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for an estimator");
    memset(estimator, 0, sizeof *estimator);
    estimator->allocator = *allocator;
    *out = estimator;
    return DIRICHLET_OK;
}

void estimator_hand_out(dirichlet_estimator *estimator, dirichlet_estimator **out)
{
    estimator->allocator.caller = NULL; /* that call is over */
    *out = estimator;
}

/* The allocator stays that of the caller's environment until the memory is gone. */
static void discard(dirichlet_estimator *estimator)
{
    const struct allocator allocator = estimator->allocator;
    allocator_give(&allocator, estimator, sizeof *estimator);
}

/* Give an estimator that is complete but for its workspace that, if it has a model: it becomes
 * *out, or is freed. */
static dirichlet_status settle(dirichlet_estimator *estimator, dirichlet_estimator **out,
                               struct message *message)
{
    dirichlet_status status = DIRICHLET_OK;
    if (estimator->engine != NULL)
        status = workspace_create(&estimator->plan, &estimator->offer, estimator->element_size,
                                  estimator->options.workspace_bytes, &estimator->allocator,
                                  &estimator->workspace, message);
    if (status == DIRICHLET_OK)
        estimator_hand_out(estimator, out);
    else
        discard(estimator);
    return status;
}

dirichlet_status estimator_make(const struct engine *engine, const struct model_offer *offer,
                                const dirichlet_estimator_options *given,
                                struct environment *caller, dirichlet_estimator **out,
                                struct message *message)
{
    dirichlet_estimator_options options;
    struct allocator allocator = {.caller = caller};
    struct plan plan = {0};
    dirichlet_estimator *estimator = NULL;
    dirichlet_status status = options_read(given, &options, &allocator, message);
    if (status == DIRICHLET_OK)
        status = plan_make(offer, options.method, options.probes, &plan, message);
    if (status == DIRICHLET_OK)
        status = estimator_allocate(&allocator, &estimator, message);
    if (status != DIRICHLET_OK)
        return status;
    estimator->engine = engine;
    estimator->element_size = engine->element_size;
    estimator->offer = *offer;
    estimator->options = options;
    estimator->plan = plan;
    state_clear(&estimator->state, options.first_sample);
    return settle(estimator, out, message);
}

void dirichlet_estimator_destroy(dirichlet_estimator *estimator)
{
    if (estimator == NULL)
        return;
    const struct allocator allocator = estimator->allocator;
    workspace_destroy(&estimator->workspace, &allocator);
    allocator_give(&allocator, estimator, sizeof *estimator);
}

static dirichlet_status copy_of(const dirichlet_estimator *estimator, struct environment *caller,
                                dirichlet_estimator **out)
{
    const struct allocator allocator = {estimator->allocator.functions, caller};
    dirichlet_estimator *copy = NULL;
    const dirichlet_status status = estimator_allocate(&allocator, &copy, NULL);
    if (status != DIRICHLET_OK)
        return status;
    copy->engine = estimator->engine;
    copy->element_size = estimator->element_size;
    copy->model = estimator->model;
    copy->offer = estimator->offer;
    copy->options = estimator->options;
    copy->plan = estimator->plan;
    copy->errors_unknown = estimator->errors_unknown;
    copy->state = estimator->state;
    return settle(copy, out, NULL);
}

dirichlet_status dirichlet_estimator_clone(const dirichlet_estimator *estimator,
                                           dirichlet_estimator **out)
{
    if (out == NULL)
        return DIRICHLET_E_NULL;
    *out = NULL;
    if (estimator == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_enter(&caller);
    const dirichlet_status status = copy_of(estimator, &caller, out);
    environment_leave(&caller);
    return status;
}

dirichlet_status estimator_check_free(struct dirichlet_estimator *estimator)
{
    if (estimator->busy)
        return message_fail(&estimator->message, DIRICHLET_E_BUSY,
                            "the estimator is being updated: a callback must not change it");
    return DIRICHLET_OK;
}

dirichlet_status dirichlet_estimator_reset(dirichlet_estimator *estimator)
{
    if (estimator == NULL)
        return DIRICHLET_E_NULL;
    const dirichlet_status status = estimator_check_free(estimator);
    if (status == DIRICHLET_OK)
        state_clear(&estimator->state, estimator->options.first_sample);
    return status;
}

dirichlet_status dirichlet_estimator_seek(dirichlet_estimator *estimator, int64_t sample_index)
{
    if (estimator == NULL)
        return DIRICHLET_E_NULL;
    if (sample_index < 0)
        return message_fail(&estimator->message, DIRICHLET_E_RANGE,
                            "sample_index is %lld: it must be >= 0", (long long)sample_index);
    const dirichlet_status status = estimator_check_free(estimator);
    if (status == DIRICHLET_OK)
        estimator->state.next_sample = sample_index;
    return status;
}

int32_t dirichlet_estimator_stopped(const dirichlet_estimator *estimator)
{
    return estimator != NULL && estimator->state.stopped != DIRICHLET_STOP_NONE;
}

const char *dirichlet_estimator_message(const dirichlet_estimator *estimator)
{
    return estimator == NULL ? "" : estimator->message.text;
}

int32_t dirichlet_estimator_callback_code(const dirichlet_estimator *estimator)
{
    return estimator == NULL ? 0 : estimator->callback_code;
}

dirichlet_status estimator_callback_failed(struct dirichlet_estimator *estimator, const char *name,
                                           int32_t code)
{
    estimator->callback_code = code;
    return message_fail(&estimator->message, DIRICHLET_E_CALLBACK, "model.%s returned %d", name,
                        (int)code);
}
