#include "left_out.h"

#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "names.h"
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

/* Whether a tensor lies at the top of the file, or under the prefix, and not in a module: 1 or 0,
 * -1 without memory. *is_known: it is called as statistics of data, counters and the deviations of
 * a policy's actions are. */
static int is_at_top(const struct tensor *tensor, const char *prefix, int *is_known)
{
    static const char *const known[] = {
        "mean",  "std",     "var",       "variance", "logstd", "step", "steps",   "epoch",
        "count", "counter", "iteration", "lr",       "loss",   "seed", "version", NULL};
    char *name = name_canonical(tensor->name);
    if (name == NULL)
        return -1;
    const size_t length = strlen(prefix);
    const int is_under = length == 0 || (strncmp(name, prefix, length) == 0 && name[length] == '.');
    const char *inner = length == 0 || !is_under ? name : name + length + 1;
    *is_known = name_word(inner, strlen(inner), known) != NULL;
    const int result = is_under && strchr(inner, '.') == NULL;
    free(name);
    return result;
}

static int is_hidden_width(const struct network *network, int64_t size)
{
    for (int i = 0; i + 1 < network->count; i++)
        if (network->layers[i].outputs == size && size > 1)
            return 1;
    return 0;
}

/* A number or a vector at the top may be a parameter of its own (a layer scale, a temperature): it
 * is left out only if its name speaks against that, and its size does not speak for it. */
static int check_top(const char *path, const struct network *network, const char *prefix,
                     struct problem *problem)
{
    for (int i = 0; i < network->left_out_count; i++) {
        const struct tensor *tensor = network->left_out[i];
        int is_known = 0;
        if (tensor->axes > 1 || tensor->bytes == 0 || !number_is_real(tensor->type))
            continue;
        const int is_top = is_at_top(tensor, prefix, &is_known);
        if (is_top < 0)
            return problem_no_memory(problem, path);
        if (is_top && (!is_known || is_hidden_width(network, tensor_size(tensor))))
            return problem_set(problem,
                               "%s: tensor '%s' (%s, %lld numbers) may change what a layer gives: "
                               "--layers takes the layers without it",
                               path, tensor->name, number_name(tensor->type),
                               (long long)tensor_size(tensor));
    }
    return 0;
}

static int check_vectors(const char *path, const struct modules *modules,
                         const struct network *network, struct problem *problem)
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

int left_out_check(const char *path, const struct modules *modules, const struct network *network,
                   const char *prefix, struct problem *problem)
{
    const int result = check_vectors(path, modules, network, problem);
    return result != 0 ? result : check_top(path, network, prefix, problem);
}
