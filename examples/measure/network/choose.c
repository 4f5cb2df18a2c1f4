#define _XOPEN_SOURCE 700
#include "choose.h"

#include <stdlib.h>
#include <string.h>

#include "composition.h"
#include "fold.h"
#include "layout.h"
#include "names.h"
#include "order.h"

#define ORDER_TEXT 150

/* The layers by their paths, for many names. */
struct named {
    const char *path;
    int index;
    int is_taken;
};

static int by_path(const void *left, const void *right)
{
    return strcmp(((const struct named *)left)->path, ((const struct named *)right)->path);
}

/* A path as it is, or what stands behind the prefix. */
static struct named *find_path(const char *path, const char *prefix, struct named *named, int count)
{
    const size_t length = prefix == NULL ? 0 : strlen(prefix);
    struct named wanted = {.path = path};
    struct named *found = bsearch(&wanted, named, (size_t)count, sizeof *named, by_path);
    if (found != NULL || length == 0 || strncmp(path, prefix, length) != 0 || path[length] != '.')
        return found;
    wanted.path = path + length + 1;
    return bsearch(&wanted, named, (size_t)count, sizeof *named, by_path);
}

/* The layer that a name of the list means; NULL: none. */
static struct named *find_layer(const char *name, size_t length, const char *prefix,
                                struct named *named, int count)
{
    char *text = strndup(name, length);
    char *path = text == NULL ? NULL : name_canonical(text);
    struct named *found = path == NULL ? NULL : find_path(path, prefix, named, count);
    free(text);
    free(path);
    return found;
}

/* Fill `order` with the layers of the list; their number, or -1 with the problem. */
static int read_list(const char *path, const struct choices *choices, struct named *named,
                     int count, int *order, struct problem *problem)
{
    int kept = 0;
    for (const char *at = choices->layers; at != NULL;) {
        const size_t length = strcspn(at, ",");
        struct named *found = find_layer(at, length, choices->prefix, named, count);
        if (found == NULL || found->is_taken)
            return problem_set(problem,
                               found != NULL ? "--layers: '%.*s' stands there twice; %s has it once"
                                             : "--layers: '%.*s' is no dense layer of %s",
                               (int)length, at, path);
        found->is_taken = 1;
        order[kept++] = found->index;
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    return kept;
}

/* layers[i] = what was layers[order[i]]. */
static int reorder(const char *path, struct layer *layers, const int *order, int count,
                   struct problem *problem)
{
    struct layer *sorted = malloc((size_t)count * sizeof *sorted);
    if (sorted == NULL)
        return problem_no_memory(problem, path);
    for (int i = 0; i < count; i++)
        sorted[i] = layers[order[i]];
    memcpy(layers, sorted, (size_t)count * sizeof *sorted);
    free(sorted);
    return 0;
}

static int choose_named(const char *path, const struct choices *choices, struct named *named,
                        int *order, struct layer *layers, int count, int *kept,
                        struct problem *problem)
{
    for (int i = 0; i < count; i++)
        named[i] = (struct named){layers[i].path, i, 0};
    qsort(named, (size_t)count, sizeof *named, by_path);
    *kept = read_list(path, choices, named, count, order, problem);
    if (*kept < 0)
        return -1;
    for (int i = 0, place = *kept; i < count; i++)
        if (!named[i].is_taken)
            order[place++] = named[i].index;
    return reorder(path, layers, order, count, problem);
}

int choose_layers(const char *path, const struct choices *choices, struct layer *layers, int count,
                  int *kept, struct problem *problem)
{
    *kept = count;
    if (choices->layers == NULL)
        return 0;
    struct named *named = malloc((size_t)count * sizeof *named);
    int *order = malloc((size_t)count * sizeof *order);
    const int result = named == NULL || order == NULL ? problem_no_memory(problem, path)
                                                      : choose_named(path, choices, named, order,
                                                                     layers, count, kept, problem);
    free(named);
    free(order);
    return result;
}

/* What one layout comes to. */
struct trial {
    int bias_fault; /* the layer whose bias has another size; -1: none */
    int solutions;
    int *first;
    int *second;
};

static int chain_of_option(const struct layer *layers, int count, int64_t inputs, int *order)
{
    for (int i = 0; i < count; i++) {
        order[i] = i;
        if (inputs != 0 && layers[i].inputs != inputs)
            return 0;
        inputs = layers[i].outputs;
    }
    return 1;
}

static int try_layout(const char *path, const struct choices *choices, enum layout layout,
                      struct layer *layers, int count, struct trial *trial, struct problem *problem)
{
    trial->bias_fault = -1;
    trial->solutions = 0;
    if (!layout_set(layers, count, layout, choices->layout != LAYOUT_OPEN, &trial->bias_fault))
        return 0;
    trial->solutions = choices->layers != NULL
                           ? chain_of_option(layers, count, choices->inputs, trial->first)
                           : order_count(path, layers, count, choices->inputs, trial->first,
                                         trial->second, problem);
    return trial->solutions < 0 ? -1 : 0;
}

static int refuse_layout(const char *path, struct problem *problem)
{
    return problem_set(problem,
                       "%s: the sizes fit weights of outputs x inputs (PyTorch) and of inputs x "
                       "outputs (paddle): say --layout out-in or --layout in-out",
                       path);
}

/* The layout to take, LAYOUT_OPEN with the problem. */
static enum layout decide_layout(const char *path, const struct choices *choices, int is_pytorch,
                                 struct layer *layers, int count, struct trial *trial,
                                 struct network *network, struct problem *problem)
{
    network->layout = DECIDED_BY_OPTION;
    if (choices->layout != LAYOUT_OPEN)
        return choices->layout;
    network->layout = DECIDED_BY_NAMES;
    if (layout_is_named(layers, count))
        return LAYOUT_OUT_IN; /* of the others, of which there are none */
    if (try_layout(path, choices, LAYOUT_IN_OUT, layers, count, trial, problem) != 0)
        return LAYOUT_OPEN;
    const int fits_in_out = trial->solutions > 0;
    if (try_layout(path, choices, LAYOUT_OUT_IN, layers, count, trial, problem) != 0)
        return LAYOUT_OPEN;
    network->layout = DECIDED_BY_SHAPES;
    if (!fits_in_out || trial->solutions == 0)
        return fits_in_out ? LAYOUT_IN_OUT : LAYOUT_OUT_IN;
    network->layout = is_pytorch ? DECIDED_BY_METADATA : ASSUMED;
    /* Of more than one order none is taken, and that is the first thing to be said. */
    if (is_pytorch || choices->layers != NULL || trial->solutions > 1)
        return LAYOUT_OUT_IN;
    refuse_layout(path, problem);
    return LAYOUT_OPEN;
}

static int refuse_bias(const char *path, const struct layer *layer, struct problem *problem)
{
    return problem_set(problem, "%s: tensor '%s': %lld values for a layer of %lld outputs", path,
                       layer->bias->name, (long long)tensor_size(layer->bias),
                       (long long)layer->outputs);
}

static int refuse_data(const char *path, const struct choices *choices, const struct layer *layer,
                       struct problem *problem)
{
    return problem_set(problem, "%s: samples of %lld numbers, tensor '%s' of %s takes %lld",
                       choices->data, (long long)choices->inputs, layer->weight->name, path,
                       (long long)layer->inputs);
}

static int refuse_chain(const char *path, const struct layer *layers, int count,
                        struct problem *problem)
{
    for (int i = 1; i < count; i++)
        if (layers[i - 1].outputs != layers[i].inputs)
            return problem_set(problem,
                               "%s: tensor '%s' takes %lld inputs, '%s' before it gives %lld; "
                               "--layers and --prefix say which layers are meant",
                               path, layers[i].weight->name, (long long)layers[i].inputs,
                               layers[i - 1].weight->name, (long long)layers[i - 1].outputs);
    return problem_set(problem, "%s: no order of the layers fits their sizes", path);
}

/* Numbers in the names give an order that does not fit, as Flax and Haiku count the layers of
 * Dense(3)(relu(Dense(7)(x))) from the outside: where the sizes leave one, say that. 0: they do
 * not. */
static int explain_numbers(const char *path, const struct choices *choices,
                           const struct layer *layers, int count, const struct trial *trial,
                           struct problem *problem)
{
    char names[2 * ORDER_TEXT];
    if (choices->layers != NULL || choices->inputs == 0 ||
        order_by_sizes(path, layers, count, choices->inputs, trial->first, trial->second,
                       problem) != 1)
        return 0;
    return problem_set(
        problem,
        "%s: the sizes do not fit in the order of the numbers in the names; they fit "
        "in one other: --layers %s says it",
        path, order_text(layers, trial->first, count, names, sizeof names));
}

/* Nothing fits: say what would be next to it. */
static int explain(const char *path, const struct choices *choices, const struct layer *layers,
                   int count, const struct trial *trial, struct problem *problem)
{
    char names[2 * ORDER_TEXT];
    int solutions = 0;
    if (trial->bias_fault >= 0)
        return refuse_bias(path, &layers[trial->bias_fault], problem);
    if (explain_numbers(path, choices, layers, count, trial, problem) != 0)
        return -1;
    solutions = choices->layers != NULL
                    ? chain_of_option(layers, count, 0, trial->first)
                    : order_count(path, layers, count, 0, trial->first, trial->second, problem);
    if (solutions == 1)
        return refuse_data(path, choices, &layers[trial->first[0]], problem);
    if (choices->layers != NULL || name_order(layers[0].path, layers[count - 1].path) < 0)
        return refuse_chain(path, layers, count, problem);
    for (int i = 0; i < count; i++)
        trial->first[i] = i;
    return problem_set(problem,
                       "%s: no order of all its layers (%s) fits samples of %lld numbers (%s); "
                       "--layers and --prefix say which are meant, from the input to the output",
                       path, order_text(layers, trial->first, count, names, sizeof names),
                       (long long)choices->inputs, choices->data);
}

static int refuse_orders(const char *path, const struct layer *layers, int count,
                         const struct trial *trial, struct problem *problem)
{
    char one[ORDER_TEXT];
    char other[ORDER_TEXT];
    return problem_set(problem,
                       "%s: the sizes fit more than one order of the layers: say --layers %s, or "
                       "--layers %s, or another",
                       path, order_text(layers, trial->first, count, one, sizeof one),
                       order_text(layers, trial->second, count, other, sizeof other));
}

static int refuse_parallel(const char *path, const struct layer *layers, int count, int one,
                           int other, const struct trial *trial, struct problem *problem)
{
    char names[ORDER_TEXT];
    return problem_set(
        problem,
        "%s: '%.100s' and '%.100s' may stand beside each other (two outputs, two "
        "copies of a network): say by --layers, or --prefix, which are meant; all of "
        "them in a chain: --layers %s",
        path, layers[one].name, layers[other].name,
        order_text(layers, trial->first, count, names, sizeof names));
}

static int is_sorted(const int *order, int count)
{
    for (int i = 0; i < count; i++)
        if (order[i] != i)
            return 0;
    return 1;
}

static int choose(const char *path, const struct choices *choices, int is_pytorch,
                  struct layer *layers, int count, struct trial *trial, struct network *network,
                  struct problem *problem)
{
    int one = 0;
    int other = 0;
    const enum layout layout =
        decide_layout(path, choices, is_pytorch, layers, count, trial, network, problem);
    if (layout == LAYOUT_OPEN ||
        try_layout(path, choices, layout, layers, count, trial, problem) != 0)
        return -1;
    if (trial->solutions == 0)
        return explain(path, choices, layers, count, trial, problem);
    if (choices->layers == NULL && order_parallel(layers, count, &one, &other))
        return refuse_parallel(path, layers, count, one, other, trial, problem);
    if (trial->solutions > 1)
        return refuse_orders(path, layers, count, trial, problem);
    network->order = choices->layers != NULL ? DECIDED_BY_OPTION
                     : is_sorted(trial->first, count) &&
                             (count == 1 || name_order(layers[0].path, layers[count - 1].path))
                         ? DECIDED_BY_NAMES
                         : DECIDED_BY_SHAPES;
    if (reorder(path, layers, trial->first, count, problem) != 0 ||
        (choices->activations < 2 && composition_check_gaps(path, layers, count, problem) != 0))
        return -1;
    return choices->layers != NULL ? 0 : composition_check(path, layers, count, problem);
}

int choose_order(const char *path, const struct choices *choices, int is_pytorch,
                 struct layer *layers, int count, struct network *network, struct problem *problem)
{
    struct trial trial = {.first = malloc((size_t)count * sizeof(int)),
                          .second = malloc((size_t)count * sizeof(int))};
    int result = -1;
    if (trial.first == NULL || trial.second == NULL)
        problem_no_memory(problem, path);
    else
        result = choose(path, choices, is_pytorch, layers, count, &trial, network, problem);
    free(trial.first);
    free(trial.second);
    return result;
}
