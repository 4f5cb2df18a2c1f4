#define _XOPEN_SOURCE 700
#include "network.h"

#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "choose.h"
#include "fold.h"
#include "modules.h"
#include "names.h"
#include "parts.h"

/* Of names, for what the metadata say. */
#define MOST_COMPARISONS 1e7
#define MOST_SHARED 1000

const char *decision_name(enum decision decision)
{
    static const char *const names[] = {"names", "shapes", "metadata", "option", "assumed"};
    return names[decision];
}

static const struct tensor *find_tensor(const struct safetensors *file, const char *name)
{
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    return NULL;
}

/* What the metadata say of shared weights has to be as save_model writes it: the first name is not
 * in the file, and what belongs to one layer is shared with one layer. pairs: those before. */
static int check_shared(const char *path, const struct metadata *const *pairs, int count,
                        const struct metadata *pair, const struct safetensors *file,
                        struct problem *problem)
{
    if (find_tensor(file, pair->key) != NULL)
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

/* The tensors of the file, and those that it has under another name: where modules share their
 * weights the metadata say {"4.weight": "2.weight"} (safetensors' save_model). The names stay the
 * file's. */
static int add_shared(const char *path, const struct safetensors *file, struct safetensors *all,
                      struct problem *problem)
{
    const struct metadata *pairs[MOST_SHARED];
    all->tensors = calloc((size_t)file->count + MOST_SHARED, sizeof *all->tensors);
    if (all->tensors == NULL)
        return problem_no_memory(problem, path);
    if ((double)file->metadata_count * (double)file->count > MOST_COMPARISONS)
        return problem_set(problem, "%s: %d entries of __metadata__ for %d tensors are too many",
                           path, file->metadata_count, file->count);
    all->count = file->count;
    memcpy(all->tensors, file->tensors, (size_t)file->count * sizeof *file->tensors);
    for (int i = 0; i < file->metadata_count; i++) {
        const struct metadata *pair = &file->metadata[i];
        const struct tensor *shared = find_tensor(file, pair->value);
        if (shared == NULL && is_lost(pair))
            return problem_set(problem,
                               "%s: __metadata__ says that '%s' is '%.80s', which is not "
                               "in it",
                               path, pair->key, pair->value);
        if (shared == NULL)
            continue;
        const int before = all->count - file->count;
        if (check_shared(path, pairs, before, pair, file, problem) != 0)
            return -1;
        pairs[before] = pair;
        all->tensors[all->count] = *shared;
        all->tensors[all->count++].name = pair->key;
    }
    return 0;
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
    free(layer->folded_weight);
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

/* What the file has under one name and the network twice. */
static void note_shared(int shared, struct network *network)
{
    for (int i = 0; i < network->count; i++)
        for (int j = 0; j < network->count && shared > 0; j++)
            if (i != j && network->layers[i].weight->data == network->layers[j].weight->data)
                network->layers[i].folds |= FOLD_SHARED;
}

static int is_f64(const struct tensor *tensor)
{
    return tensor->type == NUMBER_F64;
}

/* A vector among what is left out that has so many numbers; NULL: none. */
static const struct tensor *find_vector(const struct network *network, int64_t size)
{
    for (int i = 0; i < network->left_out_count; i++) {
        const struct tensor *tensor = network->left_out[i];
        if (tensor->axes == 1 && number_is_real(tensor->type) && tensor->shape[0] == size &&
            !part_is_state(tensor->name))
            return tensor;
    }
    return NULL;
}

static int check_vector(const char *path, const struct network *network, const char *name,
                        int64_t size, const char *part, struct problem *problem)
{
    const struct tensor *vector = find_vector(network, size);
    if (vector == NULL)
        return 0;
    return problem_set(problem,
                       "%s: '%s' has no %s, and tensor '%s' would fit: what it is is not known; "
                       "--layers takes the layers without it",
                       path, name, part, vector->name);
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

/* A vector of the right size where a bias or a scale is missing, under a name that is not known, is
 * not left out, unless the caller has named the layers. */
static int check_left_out(const char *path, const struct modules *modules,
                          const struct network *network, struct problem *problem)
{
    int result = 0;
    for (int i = 0; result == 0 && i < network->count; i++)
        if (network->layers[i].bias == NULL)
            result = check_vector(path, network, network->layers[i].name,
                                  network->layers[i].outputs, "bias", problem);
    for (int i = 0; result == 0 && i < modules->count; i++) {
        const struct module *module = &modules->modules[i];
        const int has_scale =
            module->parts[PART_SCALE] != NULL || module->parts[PART_WEIGHT] != NULL;
        const int has_offset =
            module->parts[PART_OFFSET] != NULL || module->parts[PART_BIAS] != NULL;
        if (module->kind == KIND_BATCH_NORM && (!has_scale || !has_offset))
            result =
                check_vector(path, network, module->name, tensor_size(module->parts[PART_MEAN]),
                             has_scale ? "offset" : "scale", problem);
    }
    return result;
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
    note_shared(shared, network);
    if (list_left_out(path, modules, network, problem) != 0)
        return -1;
    if (choices->layers != NULL)
        return 0;
    return check_left_out(path, modules, network, problem) != 0
               ? -1
               : check_top(path, network, choices->prefix, problem);
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
