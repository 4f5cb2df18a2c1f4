#include "samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fill `values` with one number, or with those of a file. */
static int read_values(const char *option, const char *text, int64_t inputs, double *values,
                       struct problem *problem)
{
    struct array array;
    char *end = NULL;
    const double number = strtod(text, &end);
    const int is_number = end != text && *end == '\0';
    if (!is_number && array_read(text, &array, problem) != 0)
        return -1;
    const int64_t count = is_number ? 1 : array.samples * array.inputs;
    for (int64_t i = 0; i < inputs && (count == 1 || count == inputs); i++)
        values[i] = is_number ? number : array_at(&array, count == 1 ? 0 : i);
    if (!is_number)
        array_free(&array);
    if (count != 1 && count != inputs)
        return problem_set(problem,
                           "%s: %s holds %lld numbers, not 1 or one for each of %lld "
                           "inputs",
                           option, text, (long long)count, (long long)inputs);
    for (int64_t i = 0; i < inputs; i++)
        if (!isfinite(values[i]))
            return problem_set(problem, "%s: %s: value %lld is not a finite number", option, text,
                               (long long)i);
    return 0;
}

/* *values, from malloc; NULL where the option is not given. */
static int read_option(const char *option, const char *text, int64_t inputs, double **values,
                       struct problem *problem)
{
    if (text == NULL)
        return 0;
    *values = malloc((size_t)inputs * sizeof **values);
    if (*values == NULL)
        return problem_no_memory(problem, option);
    return read_values(option, text, inputs, *values, problem);
}

static int read_normalization(const char *mean, const char *deviation, struct samples *samples,
                              struct problem *problem)
{
    if (read_option("--mean", mean, samples->inputs, &samples->mean, problem) != 0 ||
        read_option("--std", deviation, samples->inputs, &samples->deviation, problem) != 0)
        return -1;
    for (int64_t i = 0; samples->deviation != NULL && i < samples->inputs; i++)
        if (!(samples->deviation[i] > 0.0))
            return problem_set(problem, "--std: value %lld is %g: it must be above 0", (long long)i,
                               samples->deviation[i]);
    return 0;
}

int samples_read(const char *path, const char *mean, const char *deviation, struct samples *samples,
                 struct problem *problem)
{
    memset(samples, 0, sizeof *samples);
    if (array_read(path, &samples->array, problem) != 0)
        return -1;
    const struct array *array = &samples->array;
    samples->count = array->samples;
    samples->inputs = array->inputs;
    samples->scale = 1.0;
    if (strcmp(array->format, "idx") == 0 && array->type == NUMBER_U8)
        samples->scale = 1.0 / 255.0;
    if (read_normalization(mean, deviation, samples, problem) == 0)
        return 0;
    samples_free(samples);
    return -1;
}

void samples_free(struct samples *samples)
{
    array_free(&samples->array);
    free(samples->mean);
    free(samples->deviation);
    memset(samples, 0, sizeof *samples);
}

/* A byte is divided, not multiplied by 1/255, which is rounded. */
static double input_at(const struct samples *samples, int64_t index, int64_t input)
{
    double x = array_at(&samples->array, index * samples->inputs + input);
    if (samples->scale < 1.0)
        x /= 255.0;
    if (samples->mean != NULL)
        x -= samples->mean[input];
    return samples->deviation != NULL ? x / samples->deviation[input] : x;
}

void samples_row_f64(const struct samples *samples, int64_t index, double *row)
{
    for (int64_t i = 0; i < samples->inputs; i++)
        row[i] = input_at(samples, index, i);
}

void samples_row_f32(const struct samples *samples, int64_t index, float *row)
{
    for (int64_t i = 0; i < samples->inputs; i++)
        row[i] = (float)input_at(samples, index, i);
}

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Uniform in 0 .. bound - 1: what would favour the smallest numbers is drawn again. */
static uint64_t random_below(uint64_t *state, uint64_t bound)
{
    const uint64_t uneven = (UINT64_MAX - bound + 1) % bound;
    uint64_t drawn = next_random(state);
    while (drawn < uneven)
        drawn = next_random(state);
    return drawn % bound;
}

/* Fisher and Yates. */
int64_t *samples_shuffled(int64_t count, uint64_t seed)
{
    int64_t *order = malloc((size_t)count * sizeof *order);
    if (order == NULL)
        return NULL;
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    for (int64_t i = count - 1; i > 0; i--) {
        const int64_t other = (int64_t)random_below(&seed, (uint64_t)i + 1);
        const int64_t swap = order[i];
        order[i] = order[other];
        order[other] = swap;
    }
    return order;
}
