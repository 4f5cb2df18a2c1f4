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
#include "estimator/record/format.h"

static bool is_method(dirichlet_method method)
{
    return method != DIRICHLET_METHOD_AUTO && strcmp(dirichlet_method_name(method), "unknown") != 0;
}

/* NaN: not known. */
static bool is_step(double value)
{
    return isnan(value) || (value >= 0.0 && isfinite(value));
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
    if (!is_step(estimator->options.step) || !is_step(estimator->options.forward_noise))
        return "step or forward_noise";
    return confidence > 0.0 && confidence < 1.0 ? NULL : "confidence";
}

static bool is_energy(double value)
{
    return value >= 0.0 && isfinite(value);
}

static const char *wrong_moments(const struct moments *m)
{
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

static const char *wrong_state(const struct state *state)
{
    if (state->next_sample < 0 || state->products < 0)
        return "next_sample or products";
    if (state->stopped != DIRICHLET_STOP_NONE && state->stopped != DIRICHLET_STOP_SAMPLES &&
        state->stopped != DIRICHLET_STOP_TOLERANCE)
        return "stop_reason";
    return wrong_moments(&state->moments);
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

static dirichlet_status corrupt(struct message *message, const char *what)
{
    return message_fail(message, DIRICHLET_E_CORRUPT, "buffer: %s", what);
}

/* Formats 1 to 3: one field after the other. */
static void read_plain(struct state_coder *coder, const struct state_header *header,
                       struct dirichlet_estimator *draft)
{
    draft->element_size = (size_t)header->oldest_reader;
    state_code_options(coder, header->format, draft);
    state_code_samples(coder, header->format, &draft->state);
    draft->errors_unknown =
        draft->plan.side == SIDE_FORWARD && header->format != STATE_FORMAT_DIFFERENCES;
    if (header->format == STATE_FORMAT_DIFFERENCES)
        state_code_differences(coder, &draft->state.moments);
    /* Format 3 is of differences, format 2 of all other methods. */
    if (header->format == STATE_FORMAT_DIFFERENCES && draft->plan.side != SIDE_FORWARD)
        coder->failed = true;
}

/* The least bytes of a group: eleven numbers, and two for each of its sums. */
#define GROUP_BYTES ((size_t)(9 * 8 + 8 * MOMENT_COUNT))

static dirichlet_status read_groups(struct state_coder *coder, struct dirichlet_estimator *draft,
                                    struct message *message)
{
    int64_t groups = 0;
    state_code_count(coder, &groups);
    if (coder->failed || groups < 1 ||
        (uint64_t)groups > (coder->capacity - coder->place) / GROUP_BYTES)
        return corrupt(message, "a number of groups that cannot be");
    draft->options.groups = groups;
    const dirichlet_status status = estimator_take_groups(draft, message);
    if (status != DIRICHLET_OK) {
        draft->options.groups = 0;
        return status;
    }
    for (int64_t g = 0; g < groups; g++) {
        moments_clear(&draft->state.groups[g]);
        state_code_group(coder, &draft->state.groups[g]);
    }
    return DIRICHLET_OK;
}

static dirichlet_status read_section(struct state_coder *coder, int32_t name, unsigned *seen,
                                     struct dirichlet_estimator *draft, struct message *message)
{
    if (name >= STATE_SECTION_OPTIONS && name <= STATE_SECTION_GROUPS) {
        coder->failed = coder->failed || (*seen & (1U << name)) != 0;
        *seen |= 1U << name;
    }
    switch (name) {
    case STATE_SECTION_OPTIONS: state_code_options(coder, STATE_FORMAT, draft); break;
    case STATE_SECTION_SAMPLES: state_code_samples(coder, STATE_FORMAT, &draft->state); break;
    case STATE_SECTION_DIFFERENCES: state_code_differences(coder, &draft->state.moments); break;
    case STATE_SECTION_GROUPS:
        if (!coder->failed)
            return read_groups(coder, draft, message);
        break;
    default: break; /* of a later version, which does not need it to be known */
    }
    return DIRICHLET_OK;
}

/* A section at a time: it ends where its length says, whatever is known of it. */
static dirichlet_status read_sections(struct state_coder *coder, struct dirichlet_estimator *draft,
                                      struct message *message)
{
    const size_t end = coder->capacity;
    unsigned seen = 0;
    while (coder->place < end && !coder->failed) {
        struct state_section section = {0};
        state_code_section(coder, &section);
        if (coder->failed || section.bytes > end - coder->place)
            return corrupt(message, "a section is out of bounds");
        const size_t after = coder->place + (size_t)section.bytes;
        coder->capacity = after;
        const dirichlet_status status = read_section(coder, section.name, &seen, draft, message);
        if (status != DIRICHLET_OK)
            return status;
        coder->failed = coder->failed || coder->place > after;
        coder->place = after;
        coder->capacity = end;
    }
    const unsigned needed = (1U << STATE_SECTION_OPTIONS) | (1U << STATE_SECTION_SAMPLES);
    if (!coder->failed && (seen & needed) != needed)
        return corrupt(message, "a section is missing");
    draft->errors_unknown =
        draft->plan.side == SIDE_FORWARD && (seen & (1U << STATE_SECTION_DIFFERENCES)) == 0;
    return DIRICHLET_OK;
}

static const char *wrong_groups(const struct dirichlet_estimator *draft)
{
    const struct state *state = &draft->state;
    for (int64_t g = 0; g < draft->options.groups; g++) {
        const struct moments *group = &state->groups[g];
        const char *wrong = wrong_moments(group);
        if (wrong == NULL &&
            (group->count > state->moments.count || group->skipped > state->moments.skipped))
            wrong = "counts of a group";
        if (wrong == NULL && draft->plan.side == SIDE_FORWARD && !draft->errors_unknown)
            wrong = wrong_differences(group);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

static const char *wrong_anything(const struct dirichlet_estimator *draft)
{
    const char *wrong = wrong_options(draft);
    if (wrong == NULL)
        wrong = wrong_state(&draft->state);
    if (wrong == NULL && draft->plan.side == SIDE_FORWARD && !draft->errors_unknown)
        wrong = wrong_differences(&draft->state.moments);
    return wrong == NULL ? wrong_groups(draft) : wrong;
}

/* Fill `draft`, which is all zeros, from bytes that are whole (their hash fits) but not to be
 * trusted. */
static dirichlet_status read_all(const unsigned char *bytes, size_t size,
                                 struct dirichlet_estimator *draft, struct message *message)
{
    struct state_coder coder = {.read = bytes, .capacity = size, .reading = true};
    struct state_header header = {0};
    dirichlet_status status = DIRICHLET_OK;
    state_code_header(&coder, &header);
    state_clear(&draft->state, 0, 0);
    draft->format = header.format;
    if (header.format < STATE_FORMAT)
        read_plain(&coder, &header, draft);
    else
        status = read_sections(&coder, draft, message);
    if (status != DIRICHLET_OK)
        return status;
    if (coder.failed || coder.place != size)
        return corrupt(message, "a field is out of bounds");
    if (draft->element_size != sizeof(float) && draft->element_size != sizeof(double))
        return corrupt(message, "the precision is damaged");
    const char *wrong = wrong_anything(draft);
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
    if (header.format < STATE_FORMAT_0_1 ||
        (header.format >= STATE_FORMAT && header.oldest_reader > STATE_FORMAT))
        return message_fail(message, DIRICHLET_E_FORMAT,
                            "buffer has format %d, for readers of %d on; known are %d to %d",
                            (int)header.format, (int)header.oldest_reader, STATE_FORMAT_0_1,
                            STATE_FORMAT);
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
        estimator_free(estimator);
    return status;
}

dirichlet_status dirichlet_estimator_deserialize(const void *buffer, size_t size,
                                                 const dirichlet_allocator *allocator,
                                                 dirichlet_estimator **out, dirichlet_error *error)
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
        status = deserialize(buffer, size, allocator, &caller, out, &text);
    }
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}
