#include "pooled.h"

#include <stdlib.h>

#define SIDE POOLED_SIDE
#define PIXELS POOLED_PIXELS
#define CLASSES POOLED_CLASSES

static void pool_image(const float *image, float *out)
{
    for (int i = 0; i < PIXELS; i++) {
        const float *corner = image + i / SIDE * 4 * SIDE + i % SIDE * 2;
        out[i] = 0.25F * (corner[0] + corner[1] + corner[2 * SIDE] + corner[2 * SIDE + 1]);
    }
}

static void center(int64_t train, int64_t all, float *x)
{
    for (int j = 0; j < PIXELS; j++) {
        double sum = 0.0;
        for (int64_t i = 0; i < train; i++)
            sum += (double)x[i * PIXELS + j];
        for (int64_t i = 0; i < all; i++)
            x[i * PIXELS + j] -= (float)(sum / (double)train);
    }
}

void pooled_free(struct pooled *pooled)
{
    free(pooled->x);
    free(pooled->labels);
}

/* The first `samples` of them for training, the others from the test images. */
static int fill(const struct trainer_data *train, const struct trainer_data *test, double wrong,
                uint64_t seed, struct pooled *pooled, struct problem *problem)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const int64_t all = train->count + test->count;
    pooled->x = malloc((size_t)(all * PIXELS) * sizeof(float));
    pooled->labels = malloc((size_t)all * sizeof(int64_t));
    if (pooled->x == NULL || pooled->labels == NULL)
        return problem_no_memory(problem, "the images");
    for (int64_t i = 0; i < all; i++) {
        const struct trainer_data *from = i < train->count ? train : test;
        const int64_t at = i < train->count ? i : i - train->count;
        pool_image(from->x + at * from->inputs, pooled->x + i * PIXELS);
        pooled->labels[i] = from->labels[at];
    }
    center(train->count, all, pooled->x);
    if (dirichlet_noise_labels(seed, 0, 0, train->count, CLASSES, wrong, pooled->labels, NULL,
                               &error) != DIRICHLET_OK)
        return problem_set(problem, "the labels: %s", error.message);
    pooled->train =
        (struct trainer_data){train->count, PIXELS, CLASSES, pooled->x, pooled->labels, NULL};
    pooled->test = (struct trainer_data){test->count,
                                         PIXELS,
                                         CLASSES,
                                         pooled->x + train->count * PIXELS,
                                         pooled->labels + train->count,
                                         NULL};
    return 0;
}

int pooled_draw(const struct mnist *mnist, int64_t train, int64_t test, double wrong, uint64_t seed,
                struct pooled *pooled, struct problem *problem)
{
    const struct trainer_data first = images_first(&mnist->test.data, test);
    struct images drawn;
    *pooled = (struct pooled){.x = NULL};
    if (mnist->train.data.inputs != 4 * PIXELS || mnist->train.data.outputs != CLASSES)
        return problem_set(problem, "--mnist: 28 x 28 images of 10 classes are needed");
    if (images_draw(&mnist->train, train, seed, &drawn, problem) != 0)
        return -1;
    const int code = fill(&drawn.data, &first, wrong, seed, pooled, problem);
    images_free(&drawn);
    if (code != 0)
        pooled_free(pooled);
    return code;
}
