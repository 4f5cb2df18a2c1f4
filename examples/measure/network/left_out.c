#include "left_out.h"

#include <stdlib.h>

#include "fold.h"
#include "parts.h"

/* Vectors of real numbers among what is left out, by their sizes. */
struct vectors {
    int count;
    const struct tensor **sorted;
};

static int by_size(const void *left, const void *right)
{
    const struct tensor *const *a = left;
    const struct tensor *const *b = right;
    return ((*a)->shape[0] > (*b)->shape[0]) - ((*a)->shape[0] < (*b)->shape[0]);
}

static int make_vectors(const struct network *network, struct vectors *vectors)
{
    vectors->count = 0;
    vectors->sorted = malloc(((size_t)network->left_out_count + 1) * sizeof *vectors->sorted);
    if (vectors->sorted == NULL)
        return -1;
    for (int i = 0; i < network->left_out_count; i++) {
        const struct tensor *tensor = network->left_out[i];
        if (tensor->axes == 1 && number_is_real(tensor->type) && !part_is_state(tensor->name))
            vectors->sorted[vectors->count++] = tensor;
    }
    qsort(vectors->sorted, (size_t)vectors->count, sizeof *vectors->sorted, by_size);
    return 0;
}

static int check_vector(const char *path, const struct vectors *vectors, const char *name,
                        int64_t size, const char *part, struct problem *problem)
{
    const struct tensor wanted = {.shape = {size}};
    const struct tensor *key = &wanted;
    const struct tensor *const *found =
        bsearch(&key, vectors->sorted, (size_t)vectors->count, sizeof *vectors->sorted, by_size);
    if (found == NULL)
        return 0;
    return problem_set(problem,
                       "%s: '%s' has no %s, and tensor '%s' would fit: what it is is not known; "
                       "--layers takes the layers without it",
                       path, name, part, (*found)->name);
}

static int check_module(const char *path, const struct vectors *vectors,
                        const struct module *module, struct problem *problem)
{
    const int has_scale = module->parts[PART_SCALE] != NULL || module->parts[PART_WEIGHT] != NULL;
    const int has_offset = module->parts[PART_OFFSET] != NULL || module->parts[PART_BIAS] != NULL;
    if (module->kind != KIND_BATCH_NORM || (has_scale && has_offset))
        return 0;
    return check_vector(path, vectors, module->name, tensor_size(module->parts[PART_MEAN]),
                        has_scale ? "offset" : "scale", problem);
}

int left_out_check(const char *path, const struct modules *modules, const struct network *network,
                   struct problem *problem)
{
    struct vectors vectors;
    int result = make_vectors(network, &vectors) != 0 ? problem_no_memory(problem, path) : 0;
    for (int i = 0; result == 0 && i < network->count; i++)
        if (network->layers[i].bias == NULL)
            result = check_vector(path, &vectors, network->layers[i].name,
                                  network->layers[i].outputs, "bias", problem);
    for (int i = 0; result == 0 && i < modules->count; i++)
        result = check_module(path, &vectors, &modules->modules[i], problem);
    free(vectors.sorted);
    return result;
}
