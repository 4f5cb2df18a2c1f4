#include "images.h"

#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "random.h"

static int allocate(int64_t count, int64_t inputs, struct images *images, struct problem *problem)
{
    memset(images, 0, sizeof *images);
    images->x = malloc((size_t)count * (size_t)inputs * sizeof(float));
    images->labels = malloc((size_t)count * sizeof(int64_t));
    if (images->x == NULL || images->labels == NULL) {
        images_free(images);
        return problem_no_memory(problem, "the images");
    }
    images->data = (struct trainer_data){.count = count,
                                         .inputs = inputs,
                                         .outputs = DIGITS_CLASSES,
                                         .x = images->x,
                                         .labels = images->labels};
    return 0;
}

void images_free(struct images *images)
{
    free(images->x);
    free(images->labels);
    memset(images, 0, sizeof *images);
}

static int read_part(const char *directory, const char *part, struct images *images,
                     struct problem *problem)
{
    struct digits digits;
    if (digits_read(directory, part, &digits, problem) != 0)
        return -1;
    const int result = allocate(digits.count, digits.inputs, images, problem);
    for (int64_t i = 0; result == 0 && i < digits.count; i++)
        images->labels[i] = digits.labels[i];
    if (result == 0)
        memcpy(images->x, digits.pixels,
               (size_t)digits.count * (size_t)digits.inputs * sizeof(float));
    digits_free(&digits);
    return result;
}

int mnist_read(const char *directory, struct mnist *mnist, struct problem *problem)
{
    memset(mnist, 0, sizeof *mnist);
    if (read_part(directory, "train", &mnist->train, problem) != 0)
        return -1;
    int result = read_part(directory, "t10k", &mnist->test, problem);
    if (result == 0 && mnist->test.data.inputs != mnist->train.data.inputs)
        result = problem_set(problem, "%s: test images of %lld pixels, training images of %lld",
                             directory, (long long)mnist->test.data.inputs,
                             (long long)mnist->train.data.inputs);
    if (result != 0)
        mnist_free(mnist);
    return result;
}

void mnist_free(struct mnist *mnist)
{
    images_free(&mnist->train);
    images_free(&mnist->test);
}

int images_draw(const struct images *all, int64_t count, uint64_t seed, struct images *drawn,
                struct problem *problem)
{
    struct random random = {seed};
    const int64_t inputs = all->data.inputs;
    const int64_t taken = count < all->data.count ? count : all->data.count;
    int64_t *order = malloc((size_t)all->data.count * sizeof(int64_t));
    if (order == NULL)
        return problem_no_memory(problem, "the images");
    const int result = allocate(taken, inputs, drawn, problem);
    for (int64_t i = 0; i < all->data.count; i++)
        order[i] = i;
    random_shuffle(&random, order, all->data.count);
    for (int64_t i = 0; result == 0 && i < taken; i++) {
        memcpy(drawn->x + i * inputs, all->x + order[i] * inputs, (size_t)inputs * sizeof(float));
        drawn->labels[i] = all->labels[order[i]];
    }
    free(order);
    return result;
}

struct trainer_data images_first(const struct trainer_data *data, int64_t count)
{
    struct trainer_data first = *data;
    if (count < first.count)
        first.count = count;
    return first;
}
