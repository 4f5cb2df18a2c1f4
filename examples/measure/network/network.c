#define _XOPEN_SOURCE 700
#include "network.h"

#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "choose.h"
#include "fold.h"
#include "left_out.h"
#include "modules.h"
#include "names.h"
#include "parts.h"

#define MOST_SHARED 1000

const char *decision_name(enum decision decision)
{
    static const char *const names[] = {"names", "shapes", "metadata", "option", "assumed"};
    return names[decision];
}

static int by_name(const void *left, const void *right)
{
    const struct tensor *const *a = left;
    const struct tensor *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

/* The file's tensors sorted by their names; from malloc, NULL if there is no memory. */
static const struct tensor **sort_names(const struct safetensors *file)
{
    const struct tensor **sorted = malloc(((size_t)file->count + 1) * sizeof *sorted);
    for (int i = 0; sorted != NULL && i < file->count; i++)
        sorted[i] = &file->tensors[i];
    if (sorted != NULL)
        qsort(sorted, (size_t)file->count, sizeof *sorted, by_name);
    return sorted;
}

static const struct tensor *find_tensor(const struct tensor *const *sorted, int count, char *name)
{
    const struct tensor wanted = {.name = name};
    const struct tensor *key = &wanted;
    const struct tensor *const *found =
        bsearch(&key, sorted, (size_t)count, sizeof *sorted, by_name);
    return found == NULL ? NULL : *found;
}

/* What the metadata say of shared weights has to be as save_model writes it: the first name is not
 * in the file, and what belongs to one layer is shared with one layer. pairs: those before. */
static int check_shared(const char *path, const struct metadata *const *pairs, int count,
                        const struct metadata *pair, int is_there, struct problem *problem)
{
    if (is_there)
        return problem_set(problem, "%s: __metadata__ says that '%s' is '%s', but both are in it",
                           path, pair->key, pair->value);
    if (count == MOST_SHARED)
        return problem_set(problem, "%s: more than %d shared tensors", path, MOST_SHARED);
    for (int i = 0; i < count; i++)
        if (name_are_siblings(pairs[i]->key, pair->key) &&
            !name_are_siblings(pairs[i]->value, pair->value))
            return problem_set(problem,
                               "%s: __metadata__ says that '%s' is '%s', but '%s' is of another "
                               "layer",
                               path, pair->key, pair->value, pairs[i]->key);
    return 0;
}

/* A pair that is about tensors, though the second one is not in the file. */
static int is_lost(const struct metadata *pair)
{
    size_t length = 0;
    return part_of(pair->key, &length) != PARTS && strchr(pair->key, '.') != NULL;
}

/* Add what a pair of the metadata shares, if it does. pairs: room for those that do. */
static int add_pair(const char *path, const struct safetensors *file,
                    const struct tensor *const *sorted, const struct metadata *pair,
                    const struct metadata **pairs, struct safetensors *all, struct problem *problem)
{
    const struct tensor *shared = find_tensor(sorted, file->count, pair->value);
    const int before = all->count - file->count;
    if (shared == NULL && is_lost(pair))
        return problem_set(problem,
                           "%s: __metadata__ says that '%s' is '%.80s', which is not "
                           "in it",
                           path, pair->key, pair->value);
    if (shared == NULL)
        return 0;
    if (check_shared(path, pairs, before, pair, find_tensor(sorted, file->count, pair->key) != NULL,
                     problem) != 0)
        return -1;
    pairs[before] = pair;
    all->tensors[all->count] = *shared;
    all->tensors[all->count++].name = pair->key;
    return 0;
}

/* The tensors of the file, and those that it has under another name: where modules share their
 * weights the metadata say {"4.weight": "2.weight"} (safetensors' save_model). The names stay the
 * file's. */
static int add_shared(const char *path, const struct safetensors *file, struct safetensors *all,
                      struct problem *problem)
{
    const struct metadata *pairs[MOST_SHARED];
    const struct tensor **sorted = sort_names(file);
    all->tensors = calloc((size_t)file->count + MOST_SHARED, sizeof *all->tensors);
    int result = 0;
    if (sorted == NULL || all->tensors == NULL) {
        result = problem_no_memory(problem, path);
    } else {
        all->count = file->count;
        memcpy(all->tensors, file->tensors, (size_t)file->count * sizeof *file->tensors);
    }
    for (int i = 0; result == 0 && i < file->metadata_count; i++)
        result = add_pair(path, file, sorted, &file->metadata[i], pairs, all, problem);
    free(sorted);
    return result;
}

static int is_pytorch(const struct safetensors *file)
{
    for (int i = 0; i < file->metadata_count; i++)
        if (strcmp(file->metadata[i].key, "format") == 0)
            return strcmp(file->metadata[i].value, "pt") == 0;
    return 0;
}

static int take_layer(const char *path, struct module *module, struct layer *layer,
                      struct problem *problem)
{
    layer->module = module;
    layer->name = strdup(module->name);
    layer->path = strdup(module->path);
    if (layer->name == NULL || layer->path == NULL)
        return problem_no_memory(problem, path);
    return fold_parts(path, module, layer, problem);
}

static int take_layers(const char *path, struct modules *modules, const char *prefix,
                       struct network *network, struct problem *problem)
{
    network->layers = calloc((size_t)modules->count + 1, sizeof *network->layers);
    if (network->layers == NULL)
        return problem_no_memory(problem, path);
    for (int i = 0; i < modules->count; i++)
        if (modules->modules[i].kind == KIND_DENSE &&
            take_layer(path, &modules->modules[i], &network->layers[network->count++], problem) !=
                0)
            return -1;
    if (network->count > 0)
        return 0;
    return prefix[0] != '\0'
               ? problem_set(problem, "%s: no tensor NAME.weight or NAME.kernel of the prefix '%s'",
                             path, prefix)
               : problem_set(problem, "%s: no tensor NAME.weight or NAME.kernel", path);
}

static void free_layer(struct layer *layer)
{
    free(layer->name);
    free(layer->path);
    free(layer->row_scales);
    free(layer->column_scales);
    free(layer->folded_bias);
    memset(layer, 0, sizeof *layer);
}

/* The layers from `kept` on are out, and what they consist of with them. */
static void drop_layers(struct network *network, int kept, struct modules *modules)
{
    for (int i = kept; i < network->count; i++) {
        modules_set_aside(network->layers[i].module, modules);
        free_layer(&network->layers[i]);
    }
    network->count = kept;
}

static int list_left_out(const char *path, const struct modules *modules, struct network *network,
                         struct problem *problem)
{
    network->left_out = calloc((size_t)modules->extra_count + 1, sizeof *network->left_out);
    if (network->left_out == NULL)
        return problem_no_memory(problem, path);
    network->left_out_count = modules->extra_count;
    memcpy(network->left_out, modules->extra,
           (size_t)modules->extra_count * sizeof *modules->extra);
    return 0;
}

static int by_data(const void *left, const void *right)
{
    const struct layer *const *a = left;
    const struct layer *const *b = right;
    const unsigned char *from_a = (*a)->weight->data;
    const unsigned char *from_b = (*b)->weight->data;
    return (from_a > from_b) - (from_a < from_b);
}

/* What the file has under one name and the network twice. */
static int note_shared(const char *path, int shared, struct network *network,
                       struct problem *problem)
{
    if (shared == 0)
        return 0;
    struct layer **sorted = malloc((size_t)network->count * sizeof *sorted);
    if (sorted == NULL)
        return problem_no_memory(problem, path);
    for (int i = 0; i < network->count; i++)
        sorted[i] = &network->layers[i];
    qsort(sorted, (size_t)network->count, sizeof *sorted, by_data);
    for (int i = 1; i < network->count; i++)
        if (by_data(&sorted[i - 1], &sorted[i]) == 0) {
            sorted[i - 1]->folds |= FOLD_SHARED;
            sorted[i]->folds |= FOLD_SHARED;
        }
    free(sorted);
    return 0;
}

static int is_f64(const struct tensor *tensor)
{
    return tensor->type == NUMBER_F64;
}

static int find(const char *path, const struct safetensors *file, int shared,
                const struct choices *choices, struct modules *modules, struct network *network,
                struct problem *problem)
{
    int kept = 0;
    if (take_layers(path, modules, choices->prefix, network, problem) != 0 ||
        choose_layers(path, choices, network->layers, network->count, &kept, problem) != 0)
        return -1;
    drop_layers(network, kept, modules);
    if (choose_order(path, choices, is_pytorch(file), network->layers, network->count, network,
                     problem) != 0 ||
        attach_modules(path, modules, choices, network->layers, network->count, problem) != 0)
        return -1;
    for (int i = 0; i < network->count; i++)
        network->has_f64 = network->has_f64 || is_f64(network->layers[i].weight) ||
                           (network->layers[i].bias != NULL && is_f64(network->layers[i].bias));
    if (note_shared(path, shared, network, problem) != 0 ||
        list_left_out(path, modules, network, problem) != 0)
        return -1;
    return choices->layers != NULL
               ? 0
               : left_out_check(path, modules, network, choices->prefix, problem);
}

int network_find(const char *path, const struct safetensors *file, const struct choices *choices,
                 struct network *network, struct problem *problem)
{
    struct safetensors all;
    struct modules modules;
    struct choices inner = *choices;
    char *prefix = name_canonical(choices->prefix == NULL ? "" : choices->prefix);
    memset(network, 0, sizeof *network);
    memset(&all, 0, sizeof all);
    memset(&modules, 0, sizeof modules);
    inner.prefix = prefix;
    int result = -1;
    if (prefix == NULL)
        problem_no_memory(problem, path);
    else if (add_shared(path, file, &all, problem) == 0 &&
             modules_find(path, &all, prefix, &inner, &modules, problem) == 0)
        result = find(path, file, all.count - file->count, &inner, &modules, network, problem);
    network->tensors = all.tensors;
    modules_free(&modules);
    free(prefix);
    if (result != 0)
        network_free(network);
    return result;
}

void network_free(struct network *network)
{
    for (int i = 0; network->layers != NULL && i < network->count; i++)
        free_layer(&network->layers[i]);
    free(network->layers);
    free(network->left_out);
    free(network->tensors);
    memset(network, 0, sizeof *network);
}
