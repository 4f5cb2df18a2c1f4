#define _POSIX_C_SOURCE 200809L
#include "digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idx.h"

int digits_path(const char *directory, const char *name, char *path, size_t size,
                struct problem *problem)
{
    int length = snprintf(path, size, "%s/%s.gz", directory, name);
    if (length < 0 || (size_t)length >= size)
        return problem_set(problem, "%.100s...: this path is too long", directory);
    if (access(path, F_OK) != 0) {
        path[length - 3] = '\0';
        if (access(path, F_OK) != 0)
            return problem_set(problem, "%s: there is no such file here, gzipped or not", path);
    }
    return 0;
}

static int copy_images(const struct idx_images *images, struct digits *digits,
                       struct problem *problem)
{
    digits->count = images->count;
    digits->inputs = images->rows * images->columns;
    const int64_t size = digits->count * digits->inputs;
    digits->pixels = malloc((size_t)size * sizeof(float));
    if (digits->pixels == NULL)
        return problem_set(problem, "not enough memory");
    for (int64_t i = 0; i < size; i++)
        digits->pixels[i] = (float)images->pixels[i] / 255.0f;
    return 0;
}

static int copy_labels(const struct idx_labels *labels, const char *path, struct digits *digits,
                       struct problem *problem)
{
    if (labels->count != digits->count)
        return problem_set(problem, "%s: %lld labels for %lld images", path,
                           (long long)labels->count, (long long)digits->count);
    for (int64_t i = 0; i < labels->count; i++)
        if (labels->labels[i] >= DIGITS_CLASSES)
            return problem_set(problem, "%s: label %lld is %d, not a digit", path, (long long)i,
                               labels->labels[i]);
    digits->labels = malloc((size_t)labels->count);
    if (digits->labels == NULL)
        return problem_set(problem, "not enough memory");
    memcpy(digits->labels, labels->labels, (size_t)labels->count);
    return 0;
}

static int read_images(const char *path, struct digits *digits, struct problem *problem)
{
    struct idx_images images;
    if (idx_read_images(path, &images, problem) != 0)
        return -1;
    const int result = copy_images(&images, digits, problem);
    idx_free_images(&images);
    return result;
}

static int read_labels(const char *path, struct digits *digits, struct problem *problem)
{
    struct idx_labels labels;
    if (idx_read_labels(path, &labels, problem) != 0)
        return -1;
    const int result = copy_labels(&labels, path, digits, problem);
    idx_free_labels(&labels);
    return result;
}

int digits_read(const char *directory, const char *part, struct digits *digits,
                struct problem *problem)
{
    char name[64];
    char path[4096];
    memset(digits, 0, sizeof *digits);
    snprintf(name, sizeof name, "%s-images-idx3-ubyte", part);
    int result = digits_path(directory, name, path, sizeof path, problem);
    if (result == 0)
        result = read_images(path, digits, problem);
    snprintf(name, sizeof name, "%s-labels-idx1-ubyte", part);
    if (result == 0)
        result = digits_path(directory, name, path, sizeof path, problem);
    if (result == 0)
        result = read_labels(path, digits, problem);
    if (result != 0)
        digits_free(digits);
    return result;
}

void digits_free(struct digits *digits)
{
    free(digits->pixels);
    free(digits->labels);
    memset(digits, 0, sizeof *digits);
}
