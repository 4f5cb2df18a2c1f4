#include "estimator/estimator.h"

#include <string.h>

#include "core/memory.h"
#include "estimator/options.h"

void state_clear(struct state *state, int64_t first_sample)
{
    moments_clear(&state->moments);
    state->next_sample = first_sample;
    state->products = 0;
    state->stopped = DIRICHLET_STOP_NONE;
}

/* Put a checked estimator on the heap, with its workspace if it has a model. */
static dirichlet_status settle(const struct dirichlet_estimator *draft, dirichlet_estimator **out,
                               struct message *message)
{
    dirichlet_estimator *estimator = allocator_take(&draft->allocator, sizeof *estimator);
    if (estimator == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for an estimator");
    *estimator = *draft;
    estimator->allocator.caller = NULL;
    if (draft->engine != NULL) {
        dirichlet_status status = workspace_create(
            &draft->plan, &draft->offer, draft->element_size, draft->options.workspace_bytes,
            &draft->allocator, &estimator->workspace, message);
        if (status != DIRICHLET_OK) {
            allocator_give(&draft->allocator, estimator, sizeof *estimator);
            return status;
        }
    }
    *out = estimator;
    return DIRICHLET_OK;
}

dirichlet_status estimator_make(const struct dirichlet_estimator *given,
                                const dirichlet_estimator_options *options,
                                dirichlet_estimator **out, struct message *message)
{
    struct dirichlet_estimator draft = *given;
    dirichlet_status status = options_read(options, &draft.options, &draft.allocator, message);
    if (status == DIRICHLET_OK)
        status = plan_make(&draft.offer, draft.options.method, draft.options.probes, &draft.plan,
                           message);
    if (status != DIRICHLET_OK)
        return status;
    draft.element_size = draft.engine->element_size;
    state_clear(&draft.state, draft.options.first_sample);
    return settle(&draft, out, message);
}

dirichlet_status estimator_copy(const struct dirichlet_estimator *source,
                                struct environment *caller, dirichlet_estimator **out,
                                struct message *message)
{
    struct dirichlet_estimator draft = *source;
    draft.allocator.caller = caller;
    const struct workspace none = {0};
    const struct message silence = {{0}};
    draft.workspace = none;
    draft.message = silence;
    draft.callback_code = 0;
    draft.busy = false;
    return settle(&draft, out, message);
}

void dirichlet_estimator_destroy(dirichlet_estimator *estimator)
{
    if (estimator == NULL)
        return;
    const struct allocator allocator = estimator->allocator;
    workspace_destroy(&estimator->workspace, &allocator);
    allocator_give(&allocator, estimator, sizeof *estimator);
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
    const dirichlet_status status = estimator_copy(estimator, &caller, out, NULL);
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
