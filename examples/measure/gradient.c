#include "gradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "safetensors.h"

static void add_tensor(struct gradient *gradient, const struct tensor *tensor)
{
    struct gradient_tensor *added = &gradient->tensors[gradient->count++];
    added->tensor = tensor;
    added->start = gradient->size;
    added->size = 1;
    for (int i = 0; i < tensor->axes; i++)
        added->size *= tensor->shape[i];
    gradient->size += added->size;
}

int gradient_make(const struct network *network, int layers, struct gradient *gradient,
                  struct problem *problem)
{
    memset(gradient, 0, sizeof *gradient);
    for (int i = 0; i < layers; i++)
        if (network->layers[i].folds != 0)
            return problem_set(problem,
                               "--gradient: the weight of layer '%s' is put together from several "
                               "tensors, which have gradients of their own",
                               network->layers[i].name);
    gradient->tensors = calloc(2 * (size_t)layers, sizeof *gradient->tensors);
    if (gradient->tensors == NULL)
        return problem_no_memory(problem, "gradient");
    for (int i = 0; i < layers; i++) {
        add_tensor(gradient, network->layers[i].weight);
        if (network->layers[i].bias != NULL)
            add_tensor(gradient, network->layers[i].bias);
    }
    gradient->sums = calloc((size_t)gradient->size, sizeof *gradient->sums);
    return gradient->sums == NULL ? problem_no_memory(problem, "gradient") : 0;
}

void gradient_free(struct gradient *gradient)
{
    free(gradient->tensors);
    free(gradient->sums);
    memset(gradient, 0, sizeof *gradient);
}

/* The means of one tensor in its type; -1 with the problem where one is not finite. */
static int take_means(const struct gradient *gradient, const struct gradient_tensor *from,
                      enum number_type type, unsigned char *out, struct problem *problem)
{
    for (int64_t i = 0; i < from->size; i++) {
        const double mean = gradient->sums[from->start + i] / (double)gradient->samples;
        const float single = (float)mean;
        if (!isfinite(type == NUMBER_F32 ? (double)single : mean))
            return problem_set(problem,
                               "--gradient: tensor '%s': value %lld is not a finite number%s",
                               from->tensor->name, (long long)i,
                               type == NUMBER_F32 ? "; --precision f64 goes further" : "");
        if (type == NUMBER_F32)
            memcpy(out + (size_t)i * sizeof single, &single, sizeof single);
        else
            memcpy(out + (size_t)i * sizeof mean, &mean, sizeof mean);
    }
    return 0;
}

/* Tensors of one file stand in its order in memory. */
static int by_place(const void *left, const void *right)
{
    const struct tensor *a = ((const struct gradient_tensor *)left)->tensor;
    const struct tensor *b = ((const struct gradient_tensor *)right)->tensor;
    return (a > b) - (a < b);
}

static int write_tensors(const char *path, const struct gradient *gradient, enum number_type type,
                         struct gradient_tensor *order, struct tensor *tensors,
                         unsigned char *values, struct problem *problem)
{
    const size_t item = type == NUMBER_F32 ? sizeof(float) : sizeof(double);
    memcpy(order, gradient->tensors, (size_t)gradient->count * sizeof *order);
    qsort(order, (size_t)gradient->count, sizeof *order, by_place);
    for (int i = 0; i < gradient->count; i++) {
        tensors[i] = *order[i].tensor;
        tensors[i].type = type;
        tensors[i].data = values;
        tensors[i].bytes = (size_t)order[i].size * item;
        if (take_means(gradient, &order[i], type, values, problem) != 0)
            return 1;
        values += tensors[i].bytes;
    }
    if (safetensors_write(path, tensors, gradient->count, problem) != 0)
        return problem->ran_out ? 1 : 2;
    return 0;
}

int gradient_write(const char *path, const struct gradient *gradient, int is_f64,
                   struct problem *problem)
{
    const enum number_type type = is_f64 ? NUMBER_F64 : NUMBER_F32;
    struct gradient_tensor *order = malloc((size_t)gradient->count * sizeof *order);
    struct tensor *tensors = malloc((size_t)gradient->count * sizeof *tensors);
    unsigned char *values = malloc((size_t)gradient->size * (is_f64 ? 8 : 4));
    int code = 1;
    if (order == NULL || tensors == NULL || values == NULL)
        (void)problem_no_memory(problem, path);
    else
        code = write_tensors(path, gradient, type, order, tensors, values, problem);
    free(order);
    free(tensors);
    free(values);
    return code;
}
