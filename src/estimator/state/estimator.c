#include "estimator/state/estimator.h"

#include <string.h>

#include "estimator/plan/options.h"
#include "estimator/state/crew.h"

void state_clear(struct state *state, int64_t first_sample, int64_t groups)
{
    moments_clear(&state->moments);
    for (int64_t g = 0; g < groups; g++)
        moments_clear(&state->groups[g]);
    state->next_sample = first_sample;
    state->products = 0;
    state->stopped = DIRICHLET_STOP_NONE;
}

void state_copy(struct state *to, const struct state *from, int64_t groups)
{
    struct moments *kept = to->groups;
    *to = *from;
    to->groups = kept;
    if (groups > 0)
        memcpy(to->groups, from->groups, (size_t)groups * sizeof *to->groups);
}

/* Of the state and of the trial. */
static size_t bytes_of_groups(int64_t groups)
{
    return 2 * (size_t)groups * sizeof(struct moments);
}

dirichlet_status estimator_take_groups(dirichlet_estimator *estimator, struct message *message)
{
    const int64_t groups = estimator->options.groups;
    struct moments *memory = NULL;
    if (groups == 0)
        return DIRICHLET_OK;
    memory = allocator_take(&estimator->allocator, bytes_of_groups(groups));
    if (memory == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for %lld groups",
                            (long long)groups);
    estimator->state.groups = memory;
    estimator->trial.groups = memory + groups;
    return DIRICHLET_OK;
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
void estimator_free(dirichlet_estimator *estimator)
{
    const struct allocator allocator = estimator->allocator;
    crew_destroy(estimator);
    workspace_destroy(&estimator->workspace, &allocator);
    allocator_give(&allocator, estimator->state.groups, bytes_of_groups(estimator->options.groups));
    allocator_give(&allocator, estimator, sizeof *estimator);
}

/* Give an estimator that is complete but for its workspace that, if it has a model: it becomes
 * *out, and the model is its own too, or is freed. */
static dirichlet_status settle(dirichlet_estimator *estimator, dirichlet_estimator **out,
                               struct message *message)
{
    dirichlet_status status = DIRICHLET_OK;
    if (estimator->engine != NULL)
        status = workspace_create(&estimator->plan, &estimator->offer, estimator->element_size,
                                  estimator->options.workspace_bytes, &estimator->allocator,
                                  &estimator->workspace, message);
    if (status == DIRICHLET_OK && estimator->engine != NULL)
        status = crew_create(estimator, message);
    if (status != DIRICHLET_OK) {
        estimator_free(estimator);
        return status;
    }
    if (estimator->engine != NULL)
        estimator->engine->retain(estimator);
    estimator_hand_out(estimator, out);
    return DIRICHLET_OK;
}

dirichlet_status estimator_make(const struct engine *engine, const void *model,
                                const struct model_offer *offer,
                                const dirichlet_estimator_options *given,
                                struct environment *caller, dirichlet_estimator **out,
                                struct message *message)
{
    dirichlet_estimator_options options;
    struct allocator allocator = {.caller = caller};
    struct lanes lanes;
    struct plan plan = {0};
    dirichlet_estimator *estimator = NULL;
    dirichlet_status status = options_read(given, &options, &allocator, &lanes, message);
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
    estimator->lanes = lanes;
    estimator->plan = plan;
    memcpy(&estimator->model, model, engine->model_size);
    status = estimator_take_groups(estimator, message);
    if (status != DIRICHLET_OK) {
        estimator_free(estimator);
        return status;
    }
    state_clear(&estimator->state, options.first_sample, options.groups);
    return settle(estimator, out, message);
}

void dirichlet_estimator_destroy(dirichlet_estimator *estimator)
{
    if (estimator == NULL)
        return;
    if (estimator->engine != NULL)
        estimator->engine->release(estimator);
    estimator_free(estimator);
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
    copy->lanes = estimator->lanes;
    copy->plan = estimator->plan;
    copy->errors_unknown = estimator->errors_unknown;
    copy->format = estimator->format;
    if (estimator_take_groups(copy, NULL) != DIRICHLET_OK) {
        estimator_free(copy);
        return DIRICHLET_E_MEMORY;
    }
    state_copy(&copy->state, &estimator->state, estimator->options.groups);
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
        state_clear(&estimator->state, estimator->options.first_sample, estimator->options.groups);
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

dirichlet_status dirichlet_estimator_last_error(const dirichlet_estimator *estimator,
                                                dirichlet_error *error)
{
    return estimator == NULL ? DIRICHLET_E_NULL : message_last_error(&estimator->message, error);
}
