#include "attach.h"

#include <math.h>
#include <string.h>

#include "fold.h"
#include "names.h"

/* The layer beside a module whose number is the module's plus `step`. */
static struct layer *neighbour(const struct module *module, long step, struct layer *layers,
                               int count)
{
    const long number = name_number(module->path);
    for (int i = 0; number >= 0 && i < count; i++)
        if (name_are_siblings(module->path, layers[i].path) &&
            strspn(name_last(module->path), "0123456789") == strlen(name_last(module->path)) &&
            name_number(layers[i].path) == number + step)
            return &layers[i];
    return NULL;
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

/* The layer of the same number in the same place: fc2 of bn2. */
static struct layer *same_number(const struct module *module, struct layer *layers, int count)
{
    struct layer *found = NULL;
    int matches = 0;
    for (int i = 0; i < count; i++)
        if (name_are_siblings(module->path, layers[i].path) &&
            name_number(layers[i].path) == name_number(module->path)) {
            found = &layers[i];
            matches++;
        }
    return matches == 1 ? found : NULL;
}

/* Where there is one module of a kind for each hidden layer, or for each layer, the one of the same
 * rank; the layers stand in their order, which has to be that of their numbers. */
static struct layer *same_rank(const struct module *module, const struct modules *modules,
                               struct layer *layers, int count)
{
    int rank = 0;
    int modules_there = 0;
    int layers_there = 0;
    struct layer *found = NULL;
    const struct layer *last = NULL;
    for (int i = 0; i < modules->count; i++) {
        const struct module *other = &modules->modules[i];
        if (other->kind != module->kind || !name_are_siblings(other->path, module->path))
            continue;
        rank += other < module;
        modules_there++;
    }
    for (int i = 0; i < count; i++) {
        if (!name_are_siblings(module->path, layers[i].path))
            continue;
        if (last != NULL && name_order(last->path, layers[i].path) > 0)
            return NULL;
        last = &layers[i];
        if (layers_there++ == rank)
            found = &layers[i];
    }
    return modules_there == layers_there || modules_there == layers_there - 1 ? found : NULL;
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
    const char *last = name_last(path);
    return last != path && *last != '\0' && strspn(last, "0123456789") == strlen(last);
}

/* The layer of the same number in another list of the same place, if there is one list of layers:
 * linears.1 of norms.1. */
static struct layer *same_in_list(const struct module *module, struct layer *layers, int count)
{
    const size_t parent = parent_of(module->path);
    struct layer *found = NULL;
    int matches = 0;
    for (int i = 0; is_in_list(module->path) && i < count; i++) {
        const char *path = layers[i].path;
        if (!is_in_list(path) || name_are_siblings(path, module->path) ||
            parent_of(path) != parent || memcmp(path, module->path, parent) != 0)
            continue;
        if (name_number(path) == name_number(module->path)) {
            found = &layers[i];
            matches++;
        }
    }
    return matches == 1 ? found : NULL;
}

static struct layer *partner(const struct module *module, const struct modules *modules,
                             struct layer *layers, int count)
{
    struct layer *found = is_class_counter(module->path) ? same_rank(module, modules, layers, count)
                                                         : same_number(module, layers, count);
    return found != NULL ? found : same_in_list(module, layers, count);
}

/* The layer that comes last before a module by their numbers. */
static struct layer *last_before(const struct module *module, struct layer *layers, int count)
{
    struct layer *found = NULL;
    for (int i = 0; i < count; i++)
        if (name_are_siblings(module->path, layers[i].path) &&
            name_order(layers[i].path, module->path) < 0 &&
            (found == NULL || name_order(found->path, layers[i].path) < 0))
            found = &layers[i];
    return found;
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

static int read_numbers(const char *path, const struct module *module,
                        const struct choices *choices, int64_t size, struct numbers *numbers,
                        struct problem *problem)
{
    const struct tensor *weight = module->parts[PART_WEIGHT];
    const struct tensor *bias = module->parts[PART_BIAS];
    numbers->mean = module->parts[PART_MEAN];
    numbers->variance = module->parts[PART_VARIANCE];
    numbers->scale = weight != NULL ? weight : module->parts[PART_SCALE];
    numbers->offset = bias != NULL ? bias : module->parts[PART_OFFSET];
    numbers->epsilon = choices->epsilon > 0.0 ? choices->epsilon : module->keras ? 1e-3 : 1e-5;
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

/* The place of the weight from input i to output o. */
static int64_t place_of(const struct layer *layer, int64_t o, int64_t i)
{
    return layer->in_out ? i * layer->outputs + o : o * layer->inputs + i;
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
        read_numbers(path, module, choices, layer->outputs, &numbers, problem) != 0 ||
        fold_copy(path, layer, problem) != 0)
        return -1;
    for (int64_t o = 0; o < layer->outputs; o++) {
        const double scale = scale_of(&numbers, o);
        for (int64_t i = 0; i < layer->inputs; i++)
            layer->folded_weight[place_of(layer, o, i)] *= scale;
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
        read_numbers(path, module, choices, layer->inputs, &numbers, problem) != 0 ||
        fold_copy(path, layer, problem) != 0)
        return -1;
    for (int64_t o = 0; o < layer->outputs; o++)
        for (int64_t i = 0; i < layer->inputs; i++) {
            double *weight = &layer->folded_weight[place_of(layer, o, i)];
            layer->folded_bias[o] += *weight * offset_of(&numbers, i);
            *weight *= scale_of(&numbers, i);
        }
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
static int attach_as_said(const char *path, const struct module *module,
                          const struct choices *choices, struct layer *before, struct layer *layers,
                          int count, struct problem *problem)
{
    if (choices->batch_norm == BATCH_NORM_BEFORE)
        return fold_before(path, module, choices, before, problem);
    struct layer *next = before + 1; /* they stand in their order */
    if (next == layers + count)
        return problem_set(problem,
                           "%s: batch normalization '%s': no layer stands behind it, as "
                           "--batch-norm after has it",
                           path, module->name);
    return fold_after(path, module, choices, next, problem);
}

/* Whether a vector has as many numbers as some layer has inputs or outputs. */
static int fits_any(const struct tensor *vector, const struct layer *layers, int count)
{
    for (int i = 0; i < count; i++)
        if (tensor_size(vector) == layers[i].outputs || tensor_size(vector) == layers[i].inputs)
            return 1;
    return 0;
}

/* Whether its size is that of the samples, and of no layer. */
static int is_of_inputs(const struct module *module, const struct layer *layers, int count)
{
    const int64_t size = tensor_size(module->parts[PART_MEAN]);
    for (int i = 0; i < count; i++)
        if (layers[i].outputs == size)
            return 0;
    return layers[0].inputs == size;
}

static int attach_batch_norm(const char *path, struct module *module, struct modules *modules,
                             const struct choices *choices, struct layer *layers, int count,
                             struct problem *problem)
{
    struct layer *before = neighbour(module, -1, layers, count);
    struct layer *behind = neighbour(module, 1, layers, count);
    struct layer *beside = before != NULL ? before : partner(module, modules, layers, count);
    if (beside == NULL && choices->batch_norm != BATCH_NORM_OPEN)
        beside = last_before(module, layers, count);
    if (before == NULL && choices->layers == NULL && is_of_inputs(module, layers, count))
        return fold_after(path, module, choices, &layers[0], problem);
    if (before != NULL && behind == NULL)
        return fold_before(path, module, choices, before, problem);
    if (before == NULL && behind != NULL)
        return fold_after(path, module, choices, behind, problem);
    if (beside == NULL && choices->layers != NULL &&
        !fits_any(module->parts[PART_MEAN], layers, count)) { /* of a layer that was not named */
        modules_set_aside(module, modules);
        return 0;
    }
    if (beside == NULL)
        beside = last_before(module, layers, count);
    if (beside == NULL)
        return problem_set(
            problem, "%s: batch normalization '%s': nothing says beside which layer it stands",
            path, module->name);
    if (choices->batch_norm == BATCH_NORM_OPEN)
        return refuse_place(path, module, beside, problem);
    return attach_as_said(path, module, choices, beside, layers, count, problem);
}

/* Whether slopes may be of one of the layers: by their number, a single one by its place. */
static int may_be_of(const struct module *module, const struct layer *layers, int count)
{
    const struct tensor *slopes = module_slopes(module);
    if (tensor_size(slopes) != 1)
        return fits_any(slopes, layers, count);
    for (int i = 0; i < count; i++)
        if (name_are_siblings(module->path, layers[i].path))
            return 1;
    return 0;
}

static int attach_slopes(const char *path, struct module *module, struct modules *modules,
                         const struct choices *choices, struct layer *layers, int count,
                         struct problem *problem)
{
    const struct tensor *slopes = module_slopes(module);
    struct layer *layer = neighbour(module, -1, layers, count);
    if (layer == NULL) /* a batch normalization between */
        layer = neighbour(module, -2, layers, count);
    if (layer == NULL)
        layer = partner(module, modules, layers, count);
    if (layer == NULL && choices->layers != NULL && !may_be_of(module, layers, count)) {
        modules_set_aside(module, modules);
        return 0;
    }
    if (layer == NULL || layer->slopes != NULL)
        return problem_set(problem, "%s: tensor '%s': slopes, but of which layer's activation?",
                           path, slopes->name);
    if (tensor_size(slopes) != 1 && tensor_size(slopes) != layer->outputs)
        return problem_set(problem, "%s: tensor '%s': %lld slopes for %lld units of '%s'", path,
                           slopes->name, (long long)tensor_size(slopes), (long long)layer->outputs,
                           layer->name);
    layer->slopes = slopes;
    return 0;
}

int attach_modules(const char *path, struct modules *modules, const struct choices *choices,
                   struct layer *layers, int count, struct problem *problem)
{
    int result = 0;
    int normalizations = 0;
    for (int i = 0; result == 0 && i < modules->count; i++) {
        struct module *module = &modules->modules[i];
        normalizations += module->kind == KIND_BATCH_NORM;
        if (module->kind == KIND_BATCH_NORM)
            result = attach_batch_norm(path, module, modules, choices, layers, count, problem);
        else if (module->kind == KIND_SLOPES)
            result = attach_slopes(path, module, modules, choices, layers, count, problem);
    }
    if (result == 0 && normalizations == 0 &&
        (choices->batch_norm != BATCH_NORM_OPEN || choices->epsilon > 0.0))
        return problem_set(problem, "--batch-norm, --eps: %s has no batch normalization", path);
    return result;
}
