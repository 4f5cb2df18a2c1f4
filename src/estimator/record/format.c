#include "estimator/record/format.h"

#include <math.h>
#include <string.h>

#include "core/arithmetic/exact_sum.h"
#include "estimator/plan/plan.h"

static void code_bytes(struct state_coder *coder, uint64_t *value, size_t count)
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

void state_code_u64(struct state_coder *coder, uint64_t *value)
{
    code_bytes(coder, value, 8);
}

static void code_i64(struct state_coder *coder, int64_t *value)
{
    uint64_t bits = (uint64_t)*value;
    code_bytes(coder, &bits, 8);
    if (coder->reading)
        *value = bits <= INT64_MAX ? (int64_t)bits : -(int64_t)(UINT64_MAX - bits) - 1;
}

static void code_i32(struct state_coder *coder, int32_t *value)
{
    uint64_t bits = (uint32_t)*value;
    code_bytes(coder, &bits, 4);
    if (coder->reading)
        *value = bits <= INT32_MAX ? (int32_t)bits : -(int32_t)(UINT32_MAX - bits) - 1;
}

static void code_f64(struct state_coder *coder, double *value)
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

static void write_sum(struct state_coder *coder, const struct exact_sum *sum)
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

static void read_sum(struct state_coder *coder, struct exact_sum *sum)
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

static void code_sum(struct state_coder *coder, struct exact_sum *sum)
{
    if (coder->reading)
        read_sum(coder, sum);
    else
        write_sum(coder, sum);
}

/* Format 1 has one sum of fourth powers where there are two now. The one for large numbers is
 * 2^-2048 of it, 64 digits further down; what is below 2^-100 gets lost, which leaves the degrees
 * of freedom at their number of samples. */
static void read_old_fourths(struct state_coder *coder, struct moments *moments)
{
    struct exact_sum fourths = {{0}, 0};
    read_sum(coder, &fourths);
    for (int i = 64; i < EXACT_SUM_DIGITS; i++)
        moments->sums[MOMENT_PROBE_FOURTHS_LARGE].digits[i - 64] = fourths.digits[i];
}

static void code_sums(struct state_coder *coder, int32_t format, struct moments *moments)
{
    for (int i = 0; i < MOMENT_STEP_ERROR; i++) {
        const bool old = format == STATE_FORMAT_0_1;
        if (old && i == MOMENT_PROBE_FOURTHS_SMALL)
            continue;
        if (old && i == MOMENT_PROBE_FOURTHS_LARGE)
            read_old_fourths(coder, moments);
        else
            code_sum(coder, &moments->sums[i]);
    }
}

/* Before format 4 the step of finite differences is not known, nor are groups. */
static void code_new_options(struct state_coder *coder, int32_t format,
                             struct dirichlet_estimator *estimator)
{
    dirichlet_estimator_options *options = &estimator->options;
    int32_t element_size = (int32_t)estimator->element_size;
    int32_t reserved = 0;
    if (format < STATE_FORMAT) {
        options->step = options->forward_noise = NAN;
        return;
    }
    code_i32(coder, &element_size);
    code_i32(coder, &reserved);
    code_f64(coder, &options->step);
    code_f64(coder, &options->forward_noise);
    if (coder->reading)
        estimator->element_size = (size_t)element_size;
}

void state_code_options(struct state_coder *coder, int32_t format,
                        struct dirichlet_estimator *estimator)
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
    state_code_u64(coder, &estimator->options.seed);
    code_i64(coder, &estimator->options.first_sample);
    code_i64(coder, &estimator->options.population);
    code_f64(coder, &estimator->options.confidence);
    code_new_options(coder, format, estimator);
    if (side < SIDE_ENERGIES || side > SIDE_FORWARD || exact < 0 || exact > 1)
        coder->failed = true;
    if (!coder->reading || coder->failed)
        return;
    plan->side = (enum side)side;
    plan->exact = exact == 1;
}

static void code_moments(struct state_coder *coder, int32_t format, struct moments *moments)
{
    code_i64(coder, &moments->count);
    code_i64(coder, &moments->positive);
    code_i64(coder, &moments->skipped);
    code_i64(coder, &moments->unknown);
    code_f64(coder, &moments->min_energy);
    code_f64(coder, &moments->max_energy);
    code_sums(coder, format, moments);
}

void state_code_samples(struct state_coder *coder, int32_t format, struct state *state)
{
    code_i64(coder, &state->next_sample);
    code_i64(coder, &state->products);
    code_i32(coder, &state->stopped);
    code_moments(coder, format, &state->moments);
}

void state_code_count(struct state_coder *coder, int64_t *count)
{
    code_i64(coder, count);
}

void state_code_group(struct state_coder *coder, struct moments *moments)
{
    code_moments(coder, STATE_FORMAT, moments);
    state_code_differences(coder, moments);
}

void state_code_differences(struct state_coder *coder, struct moments *moments)
{
    code_f64(coder, &moments->most_noise);
    code_f64(coder, &moments->shortest_step);
    code_f64(coder, &moments->longest_step);
    for (int i = MOMENT_STEP_ERROR; i < MOMENT_COUNT; i++)
        code_sum(coder, &moments->sums[i]);
}

uint64_t state_hash(const unsigned char *bytes, size_t count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

void state_code_header(struct state_coder *coder, struct state_header *header)
{
    state_code_u64(coder, &header->magic);
    code_i32(coder, &header->format);
    code_i32(coder, &header->oldest_reader);
    state_code_u64(coder, &header->size);
}

void state_code_section(struct state_coder *coder, struct state_section *section)
{
    code_i32(coder, &section->name);
    code_i32(coder, &section->reserved);
    state_code_u64(coder, &section->bytes);
}
