/* An estimator from bytes. */
#include "dirichlet/estimator.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/exact_sum.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/statistics/moments.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"
#include "estimator/plan/plan.h"
#include "estimator/state/estimator.h"
#include "estimator/state/format.h"

static bool is_method(dirichlet_method method)
{
    return method != DIRICHLET_METHOD_AUTO && strcmp(dirichlet_method_name(method), "unknown") != 0;
}

static const char *wrong_options(const struct dirichlet_estimator *estimator)
{
    const struct plan *plan = &estimator->plan;
    const double confidence = estimator->options.confidence;
    if (estimator->offer.inputs < 1 || estimator->offer.outputs < 1)
        return "inputs or outputs";
    if (!is_method(plan->method))
        return "method";
    if (plan->direction_size < 1 || plan->product_size < 1 || plan->sketch < 0 ||
        plan->sketch >= plan->directions || plan->products < 1)
        return "probes";
    if (estimator->options.first_sample < 0 || estimator->options.population < 0)
        return "first_sample or population";
    return confidence > 0.0 && confidence < 1.0 ? NULL : "confidence";
}

static bool is_energy(double value)
{
    return value >= 0.0 && isfinite(value);
}

static const char *wrong_state(const struct state *state)
{
    const struct moments *m = &state->moments;
    if (state->next_sample < 0 || state->products < 0)
        return "next_sample or products";
    if (state->stopped != DIRICHLET_STOP_NONE && state->stopped != DIRICHLET_STOP_SAMPLES &&
        state->stopped != DIRICHLET_STOP_TOLERANCE)
        return "stop_reason";
    if (m->count < m->positive || m->unknown < 0 || m->unknown > m->positive || m->skipped < 0)
        return "counts";
    const bool empty = m->count == 0;
    if (empty ? !(m->min_energy > 0.0 && isinf(m->min_energy) && m->max_energy < 0.0 &&
                  isinf(m->max_energy))
              : !(is_energy(m->min_energy) && is_energy(m->max_energy) &&
                  m->min_energy <= m->max_energy))
        return "min_energy or max_energy";
    const double weight = exact_sum_value(&m->sums[MOMENT_WEIGHT]);
    return isfinite(weight) && (m->positive > 0) == (weight > 0.0) ? NULL : "sums";
}

static const char *wrong_differences(const struct moments *m)
{
    const bool some = m->positive > 0;
    const bool steps = some ? m->shortest_step > 0.0 && m->shortest_step <= m->longest_step &&
                                  isfinite(m->longest_step)
                            : isinf(m->shortest_step) && m->longest_step == 0.0;
    if (!steps || !is_energy(m->most_noise))
        return "noise or steps";
    return NULL;
}

/* Fill `draft`, which is all zeros, from bytes that are whole (their hash fits) but not to be
 * trusted. */
static dirichlet_status read_all(const unsigned char *bytes, size_t size,
                                 struct dirichlet_estimator *draft, struct message *message)
{
    struct state_coder coder = {.read = bytes, .capacity = size, .reading = true};
    struct state_header header = {0};
    state_code_header(&coder, &header);
    if (header.element_size != sizeof(float) && header.element_size != sizeof(double))
        return message_fail(message, DIRICHLET_E_CORRUPT, "buffer: the precision is damaged");
    draft->element_size = (size_t)header.element_size;
    state_code_options(&coder, draft);
    state_clear(&draft->state, 0);
    state_code_state(&coder, header.format, &draft->state);
    draft->errors_unknown =
        draft->plan.side == SIDE_FORWARD && header.format != STATE_FORMAT_DIFFERENCES;
    if (header.format == STATE_FORMAT_DIFFERENCES)
        state_code_differences(&coder, &draft->state.moments);
    coder.failed =
        coder.failed || (header.format != STATE_FORMAT_0_1 && header.format != state_format(draft));
    if (coder.failed || coder.place != size)
        return message_fail(message, DIRICHLET_E_CORRUPT, "buffer: a field is out of bounds");
    const char *wrong = wrong_options(draft);
    if (wrong == NULL)
        wrong = wrong_state(&draft->state);
    if (wrong == NULL && header.format == STATE_FORMAT_DIFFERENCES)
        wrong = wrong_differences(&draft->state.moments);
    if (wrong != NULL)
        return message_fail(message, DIRICHLET_E_CORRUPT, "buffer: %s out of range", wrong);
    return DIRICHLET_OK;
}

static dirichlet_status check_envelope(const unsigned char *bytes, size_t size,
                                       struct message *message)
{
    struct state_coder coder = {.read = bytes, .capacity = size, .reading = true};
    struct state_header header = {0};
    state_code_header(&coder, &header);
    if (coder.failed || header.magic != STATE_MAGIC)
        return message_fail(message, DIRICHLET_E_FORMAT,
                            "buffer does not hold a serialized estimator");
    if (header.format < STATE_FORMAT_0_1 || header.format > STATE_FORMAT_DIFFERENCES)
        return message_fail(message, DIRICHLET_E_FORMAT, "buffer has format %d, known are %d to %d",
                            (int)header.format, STATE_FORMAT_0_1, STATE_FORMAT_DIFFERENCES);
    if (header.size != size || size < coder.place + STATE_HASH_BYTES)
        return message_fail(message, DIRICHLET_E_CORRUPT,
                            "buffer has %zu bytes and says it should have %llu", size,
                            (unsigned long long)header.size);
    uint64_t hash = 0;
    coder.place = size - STATE_HASH_BYTES;
    state_code_u64(&coder, &hash);
    if (hash != state_hash(bytes, size - STATE_HASH_BYTES))
        return message_fail(message, DIRICHLET_E_CORRUPT, "buffer is damaged: its hash differs");
    return DIRICHLET_OK;
}

static dirichlet_status deserialize(const void *buffer, size_t size,
                                    const dirichlet_allocator *allocator,
                                    struct environment *caller, dirichlet_estimator **out,
                                    struct message *message)
{
    struct allocator resolved = {.caller = caller};
    dirichlet_estimator *estimator = NULL;
    if (buffer == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "buffer is NULL");
    dirichlet_status status = allocator_resolve(allocator, &resolved, message);
    if (status == DIRICHLET_OK)
        status = check_envelope(buffer, size, message);
    if (status == DIRICHLET_OK)
        status = estimator_allocate(&resolved, &estimator, message);
    if (status != DIRICHLET_OK)
        return status;
    status = read_all(buffer, size - STATE_HASH_BYTES, estimator, message);
    if (status == DIRICHLET_OK)
        estimator_hand_out(estimator, out);
    else
        dirichlet_estimator_destroy(estimator);
    return status;
}

dirichlet_status dirichlet_estimator_deserialize(const void *buffer, size_t size,
                                                 const dirichlet_allocator *allocator,
                                                 dirichlet_estimator **out, char *message,
                                                 size_t message_size)
{
    struct message text = {{0}};
    struct environment caller;
    dirichlet_status status = DIRICHLET_OK;
    environment_enter(&caller);
    if (out == NULL) {
        status = message_fail(&text, DIRICHLET_E_NULL, "out is NULL");
    } else {
        *out = NULL;
        status = deserialize(buffer, size, allocator, &caller, out, &text);
    }
    message_copy(&text, message, message_size);
    environment_leave(&caller);
    return status;
}
