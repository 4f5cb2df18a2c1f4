#include "attach.h"

#include <math.h>
#include <string.h>

#include "fold.h"
#include "names.h"
#include "siblings.h"

/* What the modules of a file are attached to. */
struct places {
    const char *path; /* of the file */
    struct modules *modules;
    const struct choices *choices;
    struct layer *layers; /* in their order */
    int count;
    struct siblings siblings;
};

static struct layer *layer_of(const struct places *places, int index)
{
    return index < 0 ? NULL : &places->layers[index];
}

/* The layer beside a module whose number is the module's plus `step`, where numbers are all that
 * the two are called by. */
static struct layer *neighbour(const struct module *module, long step, const struct places *places)
{
    const long number = name_number(module->path);
    if (number < 0 || !name_is_number(module->path)) /* also -1 of more than nine digits */
        return NULL;
    return layer_of(places, siblings_numbered(&places->siblings, module->path, number + step));
}

/* Whether a number in a name counts modules of one class, as Dense_1 and batch_normalization of
 * Flax and Keras, and not places. */
static int is_class_counter(const char *path)
{
    const char *last = name_last(path);
    size_t end = strlen(last);
    while (end > 0 && last[end - 1] >= '0' && last[end - 1] <= '9')
        end--;
    return last[end] == '\0' || (end > 0 && last[end - 1] == '_');
}

/* Where there is one module of a kind for each hidden layer, or for each layer, the one of the same
 * rank; the layers stand in their order, which has to be that of their numbers. */
static int same_rank(const struct module *module, const struct places *places)
{
    const struct siblings *siblings = &places->siblings;
    const int index = (int)(module - places->modules->modules);
    const int there = siblings_count(siblings, module->path);
    if ((siblings->kin[index] != there && siblings->kin[index] != there - 1) ||
        !siblings_are_ordered(siblings, module->path))
        return -1;
    return siblings_ranked(siblings, module->path, siblings->ranks[index]);
}

/* Up to the part before the last one. */
static size_t parent_of(const char *path)
{
    size_t end = (size_t)(name_last(path) - path);
    while (end > 0 && path[end - 1] == '.')
        end--;
    while (end > 0 && path[end - 1] != '.')
        end--;
    return end;
}

static int is_in_list(const char *path)
{
    return name_last(path) != path && name_is_number(path);
}

/* The layer of the same number in another list of the same place, if there is one list of layers:
 * linears.1 of norms.1. */
static int same_in_list(const struct module *module, const struct places *places)
{
    const size_t parent = parent_of(module->path);
    int found = -1;
    int matches = 0;
    for (int i = 0; is_in_list(module->path) && i < places->count; i++) {
        const char *path = places->layers[i].path;
        if (!is_in_list(path) || name_are_siblings(path, module->path) ||
            parent_of(path) != parent || memcmp(path, module->path, parent) != 0)
            continue;
        if (name_number(path) == name_number(module->path)) {
            found = i;
            matches++;
        }
    }
    return matches == 1 ? found : -1;
}

/* The layer of the same rank, or of the same number in the same place, fc2 of bn2, or in a list. */
static struct layer *partner(const struct module *module, const struct places *places)
{
    const int found = is_class_counter(module->path)
                          ? same_rank(module, places)
                          : siblings_same_number(&places->siblings, module->path);
    return layer_of(places, found >= 0 ? found : same_in_list(module, places));
}

struct numbers {
    const struct tensor *mean;
    const struct tensor *variance;
    const struct tensor *scale;  /* NULL: 1 */
    const struct tensor *offset; /* NULL: 0 */
    double epsilon;
};

static double scale_of(const struct numbers *numbers, int64_t i)
{
    const double scale = numbers->scale == NULL ? 1.0 : tensor_at(numbers->scale, i);
    return scale / sqrt(tensor_at(numbers->variance, i) + numbers->epsilon);
}

static double offset_of(const struct numbers *numbers, int64_t i)
{
    const double offset = numbers->offset == NULL ? 0.0 : tensor_at(numbers->offset, i);
    return offset - scale_of(numbers, i) * tensor_at(numbers->mean, i);
}

/* 1e-5 nearly everywhere. Keras has 1e-3, and names that it shares with MindSpore, whose layers are
 * called weight, not kernel, and whose epsilon is the usual one: those may be either's. */
static int find_epsilon(const char *path, const struct module *module,
                        const struct choices *choices, const struct layer *layer, double *epsilon,
                        struct problem *problem)
{
    *epsilon = choices->epsilon > 0.0 ? choices->epsilon : module->moving ? 1e-3 : 1e-5;
    if (choices->epsilon > 0.0 || !module->moving || layer->is_kernel)
        return 0;
    return problem_set(problem,
                       "%s: batch normalization '%s': named as by Keras (epsilon 1e-3), '%s' is "
                       "not (1e-5, as MindSpore's?): say --eps",
                       path, module->name, layer->weight->name);
}

static int read_numbers(const char *path, const struct module *module,
                        const struct choices *choices, const struct layer *layer, int64_t size,
                        struct numbers *numbers, struct problem *problem)
{
    const struct tensor *weight = module->parts[PART_WEIGHT];
    const struct tensor *bias = module->parts[PART_BIAS];
    numbers->mean = module->parts[PART_MEAN];
    numbers->variance = module->parts[PART_VARIANCE];
    numbers->scale = weight != NULL ? weight : module->parts[PART_SCALE];
    numbers->offset = bias != NULL ? bias : module->parts[PART_OFFSET];
    if (find_epsilon(path, module, choices, layer, &numbers->epsilon, problem) != 0)
        return -1;
    const struct tensor *all[] = {numbers->mean, numbers->variance, numbers->scale,
                                  numbers->offset};
    for (int i = 0; i < 4; i++)
        if (all[i] != NULL && (!number_is_real(all[i]->type) || tensor_size(all[i]) != size))
            return problem_set(problem,
                               "%s: tensor '%s' of batch normalization: %s, %lld numbers, for "
                               "%lld units",
                               path, all[i]->name, number_name(all[i]->type),
                               (long long)tensor_size(all[i]), (long long)size);
    for (int64_t i = 0; i < size; i++)
        if (!(tensor_at(numbers->variance, i) + numbers->epsilon > 0.0))
            return problem_set(problem, "%s: tensor '%s': variance %lld is %g", path,
                               numbers->variance->name, (long long)i,
                               tensor_at(numbers->variance, i));
    return 0;
}

/* The folded weight from input i to output o. */
static double weight_at(const struct layer *layer, int64_t o, int64_t i)
{
    return layer->in_out ? fold_weight_at(layer, i, o) : fold_weight_at(layer, o, i);
}

/* Two normalizations in one place: which comes first is not told. */
static int check_single(const char *path, const struct module *module, const struct layer *layer,
                        unsigned fold, struct problem *problem)
{
    return (layer->folds & fold) == 0
               ? 0
               : problem_set(problem,
                             "%s: batch normalization '%s': another one stands in its place beside "
                             "'%s'",
                             path, module->name, layer->name);
}

static int fold_before(const char *path, const struct module *module, const struct choices *choices,
                       struct layer *layer, struct problem *problem)
{
    struct numbers numbers;
    if (check_single(path, module, layer, FOLD_BATCH_NORM_BEFORE, problem) != 0 ||
        read_numbers(path, module, choices, layer, layer->outputs, &numbers, problem) != 0 ||
        fold_start(path, layer, problem) != 0)
        return -1;
    double *scales = layer->in_out ? layer->column_scales : layer->row_scales;
    for (int64_t o = 0; o < layer->outputs; o++) {
        const double scale = scale_of(&numbers, o);
        scales[o] *= scale;
        layer->folded_bias[o] = scale * layer->folded_bias[o] + offset_of(&numbers, o);
    }
    layer->epsilon = numbers.epsilon;
    layer->folds |= FOLD_BATCH_NORM_BEFORE;
    return 0;
}

static int fold_after(const char *path, const struct module *module, const struct choices *choices,
                      struct layer *layer, struct problem *problem)
{
    struct numbers numbers;
    if (check_single(path, module, layer, FOLD_BATCH_NORM_AFTER, problem) != 0 ||
        read_numbers(path, module, choices, layer, layer->inputs, &numbers, problem) != 0 ||
        fold_start(path, layer, problem) != 0)
        return -1;
    double *scales = layer->in_out ? layer->row_scales : layer->column_scales;
    for (int64_t o = 0; o < layer->outputs; o++)
        for (int64_t i = 0; i < layer->inputs; i++)
            layer->folded_bias[o] += weight_at(layer, o, i) * offset_of(&numbers, i);
    for (int64_t i = 0; i < layer->inputs; i++)
        scales[i] *= scale_of(&numbers, i);
    layer->epsilon = numbers.epsilon;
    layer->folds |= FOLD_BATCH_NORM_AFTER;
    return 0;
}

static int refuse_place(const char *path, const struct module *module, const struct layer *layer,
                        struct problem *problem)
{
    return problem_set(
        problem,
        "%s: batch normalization '%s': nothing says whether it stands before or "
        "after the activation of '%s'; say --batch-norm before or --batch-norm after",
        path, module->name, layer->name);
}

/* By the option, beside the layer of its number. */
static int attach_as_said(const struct module *module, struct layer *before,
                          const struct places *places, struct problem *problem)
{
    const char *path = places->path;
    if (places->choices->batch_norm == BATCH_NORM_BEFORE)
        return fold_before(path, module, places->choices, before, problem);
    struct layer *next = before + 1; /* they stand in their order */
    if (next == places->layers + places->count)
        return problem_set(problem,
                           "%s: batch normalization '%s': no layer stands behind it, as "
                           "--batch-norm after has it",
                           path, module->name);
    return fold_after(path, module, places->choices, next, problem);
}

/* Of a layer that --layers does not name: no layer here has as many inputs or outputs as the vector
 * has numbers. */
static int is_of_others(const struct tensor *vector, const struct places *places)
{
    return places->choices->layers != NULL &&
           !siblings_have_size(&places->siblings, tensor_size(vector));
}

/* Whether its size is that of the samples, and of no layer's outputs. */
static int is_of_inputs(const struct module *module, const struct places *places)
{
    const int64_t size = tensor_size(module->parts[PART_MEAN]);
    if (places->layers[0].inputs != size)
        return 0;
    for (int i = 0; i < places->count; i++)
        if (places->layers[i].outputs == size)
            return 0;
    return 1;
}

static int attach_batch_norm(struct module *module, const struct places *places,
                             struct problem *problem)
{
    const struct choices *choices = places->choices;
    struct layer *before = neighbour(module, -1, places);
    struct layer *behind = neighbour(module, 1, places);
    struct layer *beside = before != NULL ? before : partner(module, places);
    if (beside == NULL && choices->batch_norm != BATCH_NORM_OPEN)
        beside = layer_of(places, siblings_before(&places->siblings, module->path));
    if (before == NULL && choices->layers == NULL && is_of_inputs(module, places))
        return fold_after(places->path, module, choices, &places->layers[0], problem);
    if (before != NULL && behind == NULL)
        return fold_before(places->path, module, choices, before, problem);
    if (before == NULL && behind != NULL)
        return fold_after(places->path, module, choices, behind, problem);
    if (beside == NULL && is_of_others(module->parts[PART_MEAN], places)) {
        modules_set_aside(module, places->modules);
        return 0;
    }
    if (beside == NULL)
        beside = layer_of(places, siblings_before(&places->siblings, module->path));
    if (beside == NULL)
        return problem_set(
            problem, "%s: batch normalization '%s': nothing says beside which layer it stands",
            places->path, module->name);
    if (choices->batch_norm == BATCH_NORM_OPEN)
        return refuse_place(places->path, module, beside, problem);
    return attach_as_said(module, beside, places, problem);
}

/* Whether slopes may be of one of the layers: by their number, a single one by its place. */
static int may_be_of(const struct module *module, const struct places *places)
{
    const struct tensor *slopes = module_slopes(module);
    return tensor_size(slopes) == 1 ? siblings_count(&places->siblings, module->path) > 0
                                    : siblings_have_size(&places->siblings, tensor_size(slopes));
}

static int attach_slopes(struct module *module, const struct places *places,
                         struct problem *problem)
{
    const struct tensor *slopes = module_slopes(module);
    struct layer *layer = neighbour(module, -1, places);
    if (layer == NULL) /* a batch normalization between */
        layer = neighbour(module, -2, places);
    if (layer == NULL)
        layer = partner(module, places);
    if (layer == NULL && places->choices->layers != NULL && !may_be_of(module, places)) {
        modules_set_aside(module, places->modules);
        return 0;
    }
    if (layer == NULL || layer->slopes != NULL)
        return problem_set(problem, "%s: tensor '%s': slopes, but of which layer's activation?",
                           places->path, slopes->name);
    if (tensor_size(slopes) != 1 && tensor_size(slopes) != layer->outputs)
        return problem_set(problem, "%s: tensor '%s': %lld slopes for %lld units of '%s'",
                           places->path, slopes->name, (long long)tensor_size(slopes),
                           (long long)layer->outputs, layer->name);
    layer->slopes = slopes;
    return 0;
}

static int attach_all(const struct places *places, struct problem *problem)
{
    const struct choices *choices = places->choices;
    int result = 0;
    int normalizations = 0;
    for (int i = 0; result == 0 && i < places->modules->count; i++) {
        struct module *module = &places->modules->modules[i];
        normalizations += module->kind == KIND_BATCH_NORM;
        if (module->kind == KIND_BATCH_NORM)
            result = attach_batch_norm(module, places, problem);
        else if (module->kind == KIND_SLOPES)
            result = attach_slopes(module, places, problem);
    }
    if (result == 0 && normalizations == 0 &&
        (choices->batch_norm != BATCH_NORM_OPEN || choices->epsilon > 0.0))
        return problem_set(problem, "--batch-norm, --eps: %s has no batch normalization",
                           places->path);
    return result;
}

int attach_modules(const char *path, struct modules *modules, const struct choices *choices,
                   struct layer *layers, int count, struct problem *problem)
{
    struct places places = {path, modules, choices, layers, count, {.count = 0}};
    const int result = siblings_make(modules, layers, count, &places.siblings) != 0
                           ? problem_no_memory(problem, path)
                           : attach_all(&places, problem);
    siblings_free(&places.siblings);
    return result;
}
