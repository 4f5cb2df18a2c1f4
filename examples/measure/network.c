#include "network.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum role { ROLE_WEIGHT, ROLE_KERNEL, ROLE_BIAS, ROLE_NONE };

/* What a tensor is by the end of its name; *stem is the length of what stands before. */
static enum role role_of(const char *name, size_t *stem)
{
    static const char *const endings[] = {"weight", "kernel", "bias"};
    const char *last = name;
    for (const char *at = name; *at != '\0'; at++)
        if (*at == '.' || *at == '/') /* Flax joins with either */
            last = at + 1;
    *stem = (size_t)(last - name);
    for (int role = ROLE_WEIGHT; role < ROLE_NONE; role++)
        if (strcmp(last, endings[role]) == 0)
            return (enum role)role;
    return ROLE_NONE;
}

static size_t digits_of(const char *text)
{
    size_t count = 0;
    while (isdigit((unsigned char)text[count]))
        count++;
    return count;
}

/* Compare two runs of digits as numbers of any length. */
static int compare_numbers(const char **a, const char **b)
{
    while (**a == '0' && isdigit((unsigned char)(*a)[1]))
        (*a)++;
    while (**b == '0' && isdigit((unsigned char)(*b)[1]))
        (*b)++;
    const size_t length_a = digits_of(*a);
    const size_t length_b = digits_of(*b);
    int order = 0;
    if (length_a != length_b)
        order = length_a < length_b ? -1 : 1;
    else
        order = strncmp(*a, *b, length_a);
    *a += length_a;
    *b += length_b;
    return order;
}

int natural_order(const char *a, const char *b)
{
    const char *left = a;
    const char *right = b;
    while (*left != '\0' && *right != '\0') {
        int order = 0;
        if (isdigit((unsigned char)*left) && isdigit((unsigned char)*right)) {
            order = compare_numbers(&left, &right);
        } else {
            order = (unsigned char)*left - (unsigned char)*right;
            left++;
            right++;
        }
        if (order != 0)
            return order;
    }
    if (*left == '\0' && *right == '\0')
        return strcmp(a, b); /* the same but for leading zeros */
    return *left == '\0' ? -1 : 1;
}

static int by_name(const void *a, const void *b)
{
    return natural_order(((const struct layer *)a)->name, ((const struct layer *)b)->name);
}

static int check_tensor(const char *path, const struct tensor *tensor, int axes,
                        struct problem *problem)
{
    char shape[128];
    tensor_shape_text(tensor, shape, sizeof shape);
    if (tensor->type != TENSOR_F32 && tensor->type != TENSOR_F64)
        return problem_set(problem, "%s: tensor '%s': dtype %s is neither F32 nor F64", path,
                           tensor->name, tensor_type_name(tensor->type));
    if (tensor->axes != axes)
        return problem_set(problem, "%s: tensor '%s': shape %s, a dense layer's %s has %d axes",
                           path, tensor->name, shape, axes == 1 ? "bias" : "weight", axes);
    for (int i = 0; i < axes; i++)
        if (tensor->shape[i] < 1)
            return problem_set(problem, "%s: tensor '%s': shape %s is empty", path, tensor->name,
                               shape);
    return 0;
}

static int add_layer(const char *path, const struct tensor *tensor, enum role role, size_t stem,
                     struct network *network, struct problem *problem)
{
    if (check_tensor(path, tensor, 2, problem) != 0)
        return -1;
    struct layer *layer = &network->layers[network->count];
    layer->name = calloc(stem + 1, 1);
    if (layer->name == NULL)
        return problem_no_memory(problem, path);
    memcpy(layer->name, tensor->name, stem);
    layer->transposed = role == ROLE_KERNEL;
    layer->outputs = tensor->shape[layer->transposed ? 1 : 0];
    layer->inputs = tensor->shape[layer->transposed ? 0 : 1];
    layer->weight = tensor;
    network->count++;
    return 0;
}

static int add_bias(const char *path, const struct tensor *tensor, size_t stem,
                    struct network *network, struct problem *problem)
{
    if (check_tensor(path, tensor, 1, problem) != 0)
        return -1;
    for (int i = 0; i < network->count; i++) {
        struct layer *layer = &network->layers[i];
        if (strlen(layer->name) != stem || memcmp(layer->name, tensor->name, stem) != 0)
            continue;
        if (tensor->shape[0] != layer->outputs)
            return problem_set(problem, "%s: tensor '%s': %lld values for a layer of %lld outputs",
                               path, tensor->name, (long long)tensor->shape[0],
                               (long long)layer->outputs);
        layer->bias = tensor;
        return 0;
    }
    return problem_set(problem, "%s: tensor '%s': no weight or kernel of that name", path,
                       tensor->name);
}

/* Weights first, since a bias may stand before its weight. */
static int collect(const char *path, const struct safetensors *file, struct network *network,
                   struct problem *problem)
{
    size_t stem = 0;
    int result = 0;
    for (int i = 0; result == 0 && i < file->count; i++) {
        const enum role role = role_of(file->tensors[i].name, &stem);
        if (role == ROLE_NONE)
            return problem_set(problem,
                               "%s: tensor '%s': its name does not end in weight, kernel or bias: "
                               "not a dense network",
                               path, file->tensors[i].name);
        if (role != ROLE_BIAS)
            result = add_layer(path, &file->tensors[i], role, stem, network, problem);
    }
    for (int i = 0; result == 0 && i < file->count; i++)
        if (role_of(file->tensors[i].name, &stem) == ROLE_BIAS)
            result = add_bias(path, &file->tensors[i], stem, network, problem);
    return result;
}

static int check_chain(const char *path, const struct network *network, struct problem *problem)
{
    for (int i = 1; i < network->count; i++) {
        const struct layer *before = &network->layers[i - 1];
        const struct layer *layer = &network->layers[i];
        if (strcmp(before->name, layer->name) == 0)
            return problem_set(problem, "%s: tensors '%s' and '%s': both a weight and a kernel",
                               path, before->weight->name, layer->weight->name);
        if (before->outputs != layer->inputs)
            return problem_set(problem,
                               "%s: tensor '%s' takes %lld inputs, '%s' before it in the natural "
                               "order of names gives %lld",
                               path, layer->weight->name, (long long)layer->inputs,
                               before->weight->name, (long long)before->outputs);
    }
    return 0;
}

static int find(const char *path, const struct safetensors *file, struct network *network,
                struct problem *problem)
{
    network->layers = calloc((size_t)file->count + 1, sizeof *network->layers);
    if (network->layers == NULL)
        return problem_no_memory(problem, path);
    if (collect(path, file, network, problem) != 0)
        return -1;
    if (network->count == 0)
        return problem_set(problem, "%s: no tensor NAME.weight or NAME.kernel", path);
    qsort(network->layers, (size_t)network->count, sizeof *network->layers, by_name);
    for (int i = 0; i < file->count; i++)
        network->has_f64 = network->has_f64 || file->tensors[i].type == TENSOR_F64;
    return check_chain(path, network, problem);
}

int network_find(const char *path, const struct safetensors *file, struct network *network,
                 struct problem *problem)
{
    memset(network, 0, sizeof *network);
    if (find(path, file, network, problem) == 0)
        return 0;
    network_free(network);
    return -1;
}

void network_free(struct network *network)
{
    for (int i = 0; network->layers != NULL && i < network->count; i++)
        free(network->layers[i].name);
    free(network->layers);
    memset(network, 0, sizeof *network);
}
