#include "samples.h"

#include <stdlib.h>
#include <string.h>

#include "idx.h"
#include "npy.h"

#define LARGEST_FILE ((size_t)1 << 36)
#define LARGEST_EXPANSION ((size_t)1 << 32) /* of gzip data, which may be made to burst */

static int begins_as_array(const unsigned char *data, size_t size)
{
    return size >= 6 && memcmp(data, "\x93NUMPY", 6) == 0;
}

/* An array or images, told apart by how they begin. */
static int judge(const char *path, const unsigned char *head, size_t size, uint64_t *promised,
                 struct problem *problem)
{
    if (begins_as_array(head, size))
        return npy_judge(path, head, size, promised, problem);
    if (size < 4 || head[0] != 0 || head[1] != 0)
        return problem_set(problem, "%s: neither a .npy array nor IDX images", path);
    return idx_judge_images(path, head, size, promised, problem);
}

/* The same, or gzip data, which are judged when they are expanded. */
static int judge_file(const char *path, const unsigned char *head, size_t size, uint64_t *promised,
                      struct problem *problem)
{
    return is_gzip(head, size) ? 0 : judge(path, head, size, promised, problem);
}

/* Take the array or the images out of the bytes of a file. */
static int parse(const char *path, struct samples *samples, struct problem *problem)
{
    struct bytes *file = &samples->file;
    uint64_t promised = 0;
    struct npy_array array;
    struct idx_images images;
    if (judge(path, file->data, file->size, &promised, problem) != 0)
        return -1; /* what was gzipped and small comes here unjudged */
    if (begins_as_array(file->data, file->size)) {
        if (npy_parse(path, file->data, file->size, &array, problem) != 0)
            return -1;
        npy_align(&array, file);
        samples->count = array.samples;
        samples->inputs = array.inputs;
        samples->item_size = array.item_size;
        samples->values = array.values;
        return 0;
    }
    if (idx_parse_images(path, file->data, file->size, &images, problem) != 0)
        return -1;
    samples->count = images.count;
    samples->inputs = images.rows * images.columns;
    samples->item_size = 1;
    samples->values = images.pixels;
    return 0;
}

int samples_read(const char *path, struct samples *samples, struct problem *problem)
{
    memset(samples, 0, sizeof *samples);
    if (file_read(path, LARGEST_FILE, judge_file, &samples->file, problem) == 0 &&
        gzip_expand(path, LARGEST_EXPANSION, judge, &samples->file, problem) == 0 &&
        parse(path, samples, problem) == 0)
        return 0;
    samples_free(samples);
    return -1;
}

void samples_free(struct samples *samples)
{
    bytes_free(&samples->file);
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
