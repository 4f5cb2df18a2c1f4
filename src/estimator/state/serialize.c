/* States as bytes. One description of the format serves writing and reading; all numbers
 * are little-endian, doubles as their IEEE bits:
 *
 *   "DIRICHLT"  magic                      u32 format, u32 element size
 *   u64         size in bytes, all of it   then coded_options, coded_state
 *   u64         FNV-1a hash of everything before it
 *
 * A sum is its digits between the lowest and the highest that are not zero.
 *
 * Format 3 is that of finite differences, with what their errors need behind the rest; all other
 * methods have format 2. Format 1 is of version 0.1: it is read, but the errors of its finite
 * differences are unknown, and stay so in format 2. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/interface/memory.h"
#include "estimator/state/estimator.h"

#define FORMAT_0_1 1
#define FORMAT 2
#define FORMAT_DIFFERENCES 3
#define MAGIC UINT64_C(0x544c484349524944) /* "DIRICHLT" read as a little-endian number */
#define HASH_BYTES 8

/* A place in the bytes, written to (or only counted, without a buffer) or read from. What is
 * written from is left as it is: others may be reading it at the same time. */
struct coder {
    unsigned char *written;
    const unsigned char *read;
    size_t capacity;
    size_t place;
    bool reading;
    bool failed; /* read past the end: values are 0 from then on */
};

static void code_bytes(struct coder *coder, uint64_t *value, size_t count)
{
    const size_t place = coder->place;
    coder->place += count;
    if (coder->reading) {
        *value = 0;
        coder->failed = coder->failed || place + count > coder->capacity;
        for (size_t i = 0; i < count && !coder->failed; i++)
            *value |= (uint64_t)coder->read[place + i] << (8 * i);
    } else if (coder->written != NULL) {
        for (size_t i = 0; i < count; i++)
            coder->written[place + i] = (unsigned char)(*value >> (8 * i));
    }
}

static void code_u64(struct coder *coder, uint64_t *value)
{
    code_bytes(coder, value, 8);
}

static void code_i64(struct coder *coder, int64_t *value)
{
    uint64_t bits = (uint64_t)*value;
    code_bytes(coder, &bits, 8);
    if (coder->reading)
        *value = bits <= INT64_MAX ? (int64_t)bits : -(int64_t)(UINT64_MAX - bits) - 1;
}

static void code_i32(struct coder *coder, int32_t *value)
{
    uint64_t bits = (uint32_t)*value;
    code_bytes(coder, &bits, 4);
    if (coder->reading)
        *value = bits <= INT32_MAX ? (int32_t)bits : -(int32_t)(UINT32_MAX - bits) - 1;
}

static void code_f64(struct coder *coder, double *value)
{
    uint64_t bits = 0;
    memcpy(&bits, value, sizeof bits);
    code_bytes(coder, &bits, 8);
    if (coder->reading)
        memcpy(value, &bits, sizeof bits);
}

/* The range of digits that are not zero. */
static void digit_range(const struct exact_sum *sum, int32_t *first, int32_t *count)
{
    int32_t begin = 0;
    int32_t end = EXACT_SUM_DIGITS;
    while (end > 0 && sum->digits[end - 1] == 0)
        end--;
    while (begin < end && sum->digits[begin] == 0)
        begin++;
    *first = begin;
    *count = end - begin;
}

static void write_sum(struct coder *coder, const struct exact_sum *sum)
{
    struct exact_sum settled = *sum;
    int32_t first = 0;
    int32_t count = 0;
    exact_sum_settle(&settled);
    digit_range(&settled, &first, &count);
    code_i32(coder, &first);
    code_i32(coder, &count);
    for (int32_t i = first; i < first + count; i++)
        code_bytes(coder, &settled.digits[i], 4);
}

static void read_sum(struct coder *coder, struct exact_sum *sum)
{
    int32_t first = 0;
    int32_t count = 0;
    code_i32(coder, &first);
    code_i32(coder, &count);
    if (first < 0 || count < 0 || count > EXACT_SUM_DIGITS - first) {
        coder->failed = true;
        return;
    }
    for (int32_t i = first; i < first + count; i++)
        code_bytes(coder, &sum->digits[i], 4);
}

static void code_sum(struct coder *coder, struct exact_sum *sum)
{
    if (coder->reading)
        read_sum(coder, sum);
    else
        write_sum(coder, sum);
}

/* Format 1 has one sum of fourth powers where there are two now. The one for large numbers is
 * 2^-2048 of it, 64 digits further down; what is below 2^-100 gets lost, which leaves the degrees
 * of freedom at their number of samples. */
static void read_old_fourths(struct coder *coder, struct moments *moments)
{
    struct exact_sum fourths = {{0}, 0};
    read_sum(coder, &fourths);
    for (int i = 64; i < EXACT_SUM_DIGITS; i++)
        moments->sums[MOMENT_PROBE_FOURTHS_LARGE].digits[i - 64] = fourths.digits[i];
}

static void code_sums(struct coder *coder, int32_t format, struct moments *moments)
{
    for (int i = 0; i < MOMENT_STEP_ERROR; i++) {
        const bool old = format == FORMAT_0_1;
        if (old && i == MOMENT_PROBE_FOURTHS_SMALL)
            continue;
        if (old && i == MOMENT_PROBE_FOURTHS_LARGE)
            read_old_fourths(coder, moments);
        else
            code_sum(coder, &moments->sums[i]);
    }
}

static void code_options(struct coder *coder, struct dirichlet_estimator *estimator)
{
    struct plan *plan = &estimator->plan;
    int32_t side = (int32_t)plan->side;
    int32_t exact = plan->exact;
    code_i64(coder, &estimator->offer.inputs);
    code_i64(coder, &estimator->offer.outputs);
    code_i32(coder, &plan->method);
    code_i32(coder, &side);
    code_i32(coder, &exact);
    code_i64(coder, &plan->direction_size);
    code_i64(coder, &plan->product_size);
    code_i64(coder, &plan->directions);
    code_i64(coder, &plan->sketch);
    code_i64(coder, &plan->products);
    code_u64(coder, &estimator->options.seed);
    code_i64(coder, &estimator->options.first_sample);
    code_i64(coder, &estimator->options.population);
    code_f64(coder, &estimator->options.confidence);
    if (side < SIDE_ENERGIES || side > SIDE_FORWARD || exact < 0 || exact > 1)
        coder->failed = true;
    if (!coder->reading || coder->failed)
        return;
    plan->side = (enum side)side;
    plan->exact = exact == 1;
}

static void code_state(struct coder *coder, int32_t format, struct state *state)
{
    struct moments *moments = &state->moments;
    code_i64(coder, &state->next_sample);
    code_i64(coder, &state->products);
    code_i32(coder, &state->stopped);
    code_i64(coder, &moments->count);
    code_i64(coder, &moments->positive);
    code_i64(coder, &moments->skipped);
    code_i64(coder, &moments->unknown);
    code_f64(coder, &moments->min_energy);
    code_f64(coder, &moments->max_energy);
    code_sums(coder, format, moments);
}

/* What the format of finite differences has more. */
static void code_differences(struct coder *coder, struct moments *moments)
{
    code_f64(coder, &moments->most_noise);
    code_f64(coder, &moments->shortest_step);
    code_f64(coder, &moments->longest_step);
    for (int i = MOMENT_STEP_ERROR; i < MOMENT_COUNT; i++)
        code_sum(coder, &moments->sums[i]);
}

static int32_t format_of(const struct dirichlet_estimator *estimator)
{
    return estimator->plan.side == SIDE_FORWARD && !estimator->errors_unknown ? FORMAT_DIFFERENCES
                                                                              : FORMAT;
}

/* FNV-1a, 64 bits. It finds damage, not malice. */
static uint64_t hash_of(const unsigned char *bytes, size_t count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

struct header {
    uint64_t magic;
    int32_t format;
    int32_t element_size;
    uint64_t size;
};

static void code_header(struct coder *coder, struct header *header)
{
    code_u64(coder, &header->magic);
    code_i32(coder, &header->format);
    code_i32(coder, &header->element_size);
    code_u64(coder, &header->size);
}

/* Everything but the hash; the number of bytes it takes. */
static size_t write_all(const dirichlet_estimator *estimator, unsigned char *bytes, size_t size)
{
    /* The coders read and write alike, here they only read: a copy, for the sake of const, would
     * be too large for the stack. */
    struct dirichlet_estimator *from = NULL;
    memcpy(&from, &estimator, sizeof from);
    struct coder coder = {.written = bytes};
    struct header header = {MAGIC, format_of(estimator), (int32_t)estimator->element_size, size};
    code_header(&coder, &header);
    code_options(&coder, from);
    code_state(&coder, header.format, &from->state);
    if (header.format == FORMAT_DIFFERENCES)
        code_differences(&coder, &from->state.moments);
    return coder.place;
}

dirichlet_status dirichlet_estimator_serialize(const dirichlet_estimator *estimator, void *buffer,
                                               size_t capacity, size_t *size)
{
    if (estimator == NULL || size == NULL)
        return DIRICHLET_E_NULL;
    const size_t body = write_all(estimator, NULL, 0);
    *size = body + HASH_BYTES;
    if (buffer == NULL)
        return DIRICHLET_OK;
    if (capacity < *size)
        return DIRICHLET_E_RANGE;
    write_all(estimator, buffer, *size);
    uint64_t hash = hash_of(buffer, body);
    struct coder coder = {.written = buffer, .place = body};
    code_u64(&coder, &hash);
    return DIRICHLET_OK;
}

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
    struct coder coder = {.read = bytes, .capacity = size, .reading = true};
    struct header header = {0};
    code_header(&coder, &header);
    if (header.element_size != sizeof(float) && header.element_size != sizeof(double))
        return message_fail(message, DIRICHLET_E_CORRUPT, "buffer: the precision is damaged");
    draft->element_size = (size_t)header.element_size;
    code_options(&coder, draft);
    state_clear(&draft->state, 0);
    code_state(&coder, header.format, &draft->state);
    draft->errors_unknown = draft->plan.side == SIDE_FORWARD && header.format != FORMAT_DIFFERENCES;
    if (header.format == FORMAT_DIFFERENCES)
        code_differences(&coder, &draft->state.moments);
    coder.failed =
        coder.failed || (header.format != FORMAT_0_1 && header.format != format_of(draft));
    if (coder.failed || coder.place != size)
        return message_fail(message, DIRICHLET_E_CORRUPT, "buffer: a field is out of bounds");
    const char *wrong = wrong_options(draft);
    if (wrong == NULL)
        wrong = wrong_state(&draft->state);
    if (wrong == NULL && header.format == FORMAT_DIFFERENCES)
        wrong = wrong_differences(&draft->state.moments);
    if (wrong != NULL)
        return message_fail(message, DIRICHLET_E_CORRUPT, "buffer: %s out of range", wrong);
    return DIRICHLET_OK;
}

static dirichlet_status check_envelope(const unsigned char *bytes, size_t size,
                                       struct message *message)
{
    struct coder coder = {.read = bytes, .capacity = size, .reading = true};
    struct header header = {0};
    code_header(&coder, &header);
    if (coder.failed || header.magic != MAGIC)
        return message_fail(message, DIRICHLET_E_FORMAT,
                            "buffer does not hold a serialized estimator");
    if (header.format < FORMAT_0_1 || header.format > FORMAT_DIFFERENCES)
        return message_fail(message, DIRICHLET_E_FORMAT, "buffer has format %d, known are %d to %d",
                            (int)header.format, FORMAT_0_1, FORMAT_DIFFERENCES);
    if (header.size != size || size < coder.place + HASH_BYTES)
        return message_fail(message, DIRICHLET_E_CORRUPT,
                            "buffer has %zu bytes and says it should have %llu", size,
                            (unsigned long long)header.size);
    uint64_t hash = 0;
    coder.place = size - HASH_BYTES;
    code_u64(&coder, &hash);
    if (hash != hash_of(bytes, size - HASH_BYTES))
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
    status = read_all(buffer, size - HASH_BYTES, estimator, message);
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
