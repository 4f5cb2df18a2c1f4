#include "samples.h"

#include <stdlib.h>
#include <string.h>

static int ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text);
    const size_t end = strlen(ending);
    return length >= end && strcmp(text + length - end, ending) == 0;
}

static int read_npy(const char *path, struct samples *samples, struct problem *problem)
{
    if (npy_read(path, &samples->npy, problem) != 0)
        return -1;
    samples->count = samples->npy.samples;
    samples->inputs = samples->npy.inputs;
    samples->item_size = samples->npy.item_size;
    samples->values = samples->npy.values;
    return 0;
}

int samples_read(const char *path, struct samples *samples, struct problem *problem)
{
    memset(samples, 0, sizeof *samples);
    if (ends_with(path, ".npy"))
        return read_npy(path, samples, problem);
    if (idx_read_images(path, &samples->idx, problem) != 0)
        return -1;
    samples->count = samples->idx.count;
    samples->inputs = samples->idx.rows * samples->idx.columns;
    samples->item_size = 1;
    samples->values = samples->idx.pixels;
    return 0;
}

void samples_free(struct samples *samples)
{
    npy_free(&samples->npy);
    idx_free_images(&samples->idx);
}

void samples_row_f32(const struct samples *samples, int64_t from, float *out)
{
    const int64_t first = from * samples->inputs;
    const unsigned char *pixels = samples->values;
    const double *doubles = samples->values;
    if (samples->item_size == sizeof(float))
        memcpy(out, (const float *)samples->values + first,
               (size_t)samples->inputs * sizeof(float));
    else if (samples->item_size == sizeof(double))
        for (int64_t i = 0; i < samples->inputs; i++)
            out[i] = (float)doubles[first + i];
    else
        for (int64_t i = 0; i < samples->inputs; i++)
            out[i] = (float)pixels[first + i] / 255.0F;
}

void samples_row_f64(const struct samples *samples, int64_t from, double *out)
{
    const int64_t first = from * samples->inputs;
    const unsigned char *pixels = samples->values;
    const float *floats = samples->values;
    if (samples->item_size == sizeof(double))
        memcpy(out, (const double *)samples->values + first,
               (size_t)samples->inputs * sizeof(double));
    else if (samples->item_size == sizeof(float))
        for (int64_t i = 0; i < samples->inputs; i++)
            out[i] = (double)floats[first + i];
    else
        for (int64_t i = 0; i < samples->inputs; i++)
            out[i] = (double)pixels[first + i] / 255.0;
}

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t *samples_shuffled(int64_t count, uint64_t seed)
{
    int64_t *order = malloc((size_t)count * sizeof *order);
    if (order == NULL)
        return NULL;
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    for (int64_t i = count - 1; i > 0; i--) {
        const int64_t other = (int64_t)(next_random(&seed) % (uint64_t)(i + 1));
        const int64_t swap = order[i];
        order[i] = order[other];
        order[other] = swap;
    }
    return order;
}
