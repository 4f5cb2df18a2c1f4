#define _XOPEN_SOURCE 700
#include "modules.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "parts.h"

#define SHAPE_TEXT 192
#define LONGEST_NAME 2000

/* A tensor on its way into a module. */
struct entry {
    char *name; /* canonical, under the prefix */
    size_t path;
    enum part part;
    const struct tensor *tensor;
};

static int compare_paths(const struct entry *a, const struct entry *b)
{
    char *end_a = a->name + a->path;
    char *end_b = b->name + b->path;
    const char kept_a = *end_a;
    const char kept_b = *end_b;
    *end_a = '\0';
    *end_b = '\0';
    const int order = natural_order(a->name, b->name);
    *end_a = kept_a;
    *end_b = kept_b;
    return order;
}

static int by_path(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    const int order = compare_paths(a, b);
    return order != 0 ? order : strcmp(a->tensor->name, b->tensor->name);
}

/* The name under the prefix; NULL if it is not there. */
static char *under(char *name, const char *prefix)
{
    const size_t length = strlen(prefix);
    if (length == 0)
        return name;
    return strncmp(name, prefix, length) == 0 && name[length] == '.' ? name + length + 1 : NULL;
}

static int64_t elements_of(const struct tensor *tensor)
{
    int64_t count = tensor->bytes > 0;
    for (int i = 0; count > 0 && i < tensor->axes; i++)
        count *= tensor->shape[i];
    return count;
}

static int refuse_tensor(const char *path, const struct tensor *tensor, const char *what,
                         struct problem *problem)
{
    char shape[SHAPE_TEXT];
    return problem_set(problem, "%s: tensor '%s' (%s, shape %s): %s: not a dense network", path,
                       tensor->name, number_name(tensor->type),
                       tensor_shape_text(tensor, shape, sizeof shape), what);
}

/* Whether the caller has named the layers, and a tensor lies in none of them. */
static int is_not_asked_for(const struct choices *choices, const char *path)
{
    int is_asked = choices->layers == NULL;
    for (const char *at = choices->layers; !is_asked && at != NULL;) {
        const size_t length = strcspn(at, ",");
        char *text = strndup(at, length);
        char *name = text == NULL ? NULL : name_canonical(text);
        const char *inner = name == NULL ? NULL : under(name, choices->prefix);
        if (name != NULL && inner == NULL) /* without the prefix, as find_layer has it */
            inner = name;
        const size_t size = inner == NULL ? 0 : strlen(inner);
        is_asked = inner == NULL ||
                   (strncmp(path, inner, size) == 0 && (path[size] == '\0' || path[size] == '.'));
        free(text);
        free(name);
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    return !is_asked;
}

/* The tensors that may belong to layers, as entries; the others are extra. */
static int sort_out(const char *path, const struct safetensors *file, const char *prefix,
                    const struct choices *choices, struct modules *modules, struct entry *entries,
                    int *count, struct problem *problem)
{
    for (int i = 0; i < file->count; i++) {
        const struct tensor *tensor = &file->tensors[i];
        if (strlen(tensor->name) > LONGEST_NAME)
            return problem_set(problem, "%s: a tensor's name of more than %d characters", path,
                               LONGEST_NAME);
        char *name = name_canonical(tensor->name);
        if (name == NULL)
            return problem_no_memory(problem, path);
        const char *inner = under(name, prefix);
        const char *foreign = inner == NULL ? NULL : part_foreign(inner);
        const int is_extra =
            inner == NULL || elements_of(tensor) == 0 || part_is_state(inner) ||
            (foreign != NULL && !part_is_adapter(inner) && is_not_asked_for(choices, inner));
        if (is_extra) {
            modules->extra[modules->extra_count++] = tensor;
            free(name);
            continue;
        }
        memmove(name, inner, strlen(inner) + 1);
        struct entry *entry = &entries[(*count)++];
        entry->name = name;
        entry->tensor = tensor;
        entry->part = part_of(name, &entry->path);
        if (foreign != NULL)
            return refuse_tensor(path, tensor, foreign, problem);
    }
    return 0;
}

/* As in the file, without the last part and what separates it. */
static char *shown_name(const char *canonical, size_t length, const char *name)
{
    const char *last = canonical;
    for (size_t i = 0; i < length; i++)
        if (canonical[i] == '.')
            last = canonical + i + 1;
    const size_t part = length - (size_t)(last - canonical);
    int behind = 0;
    for (const char *dot = canonical + length; (dot = strchr(dot, '.')) != NULL; dot++)
        behind++;
    size_t end = part == 0 ? 0 : (size_t)(name_module_end(name, last, part, behind) - name);
    while (end > 0 && name[end] != '\0' && strchr("]'\"", name[end]) != NULL)
        end++;
    return strndup(name, end);
}

static int start_module(const char *path, const struct entry *entry, struct modules *modules,
                        struct problem *problem)
{
    struct module *module = &modules->modules[modules->count++];
    module->path = strndup(entry->name, entry->path);
    module->name = shown_name(entry->name, entry->path, entry->tensor->name);
    if (module->path == NULL || module->name == NULL)
        return problem_no_memory(problem, path);
    return 0;
}

/* Vectors of a spectral norm are called weight_u and weight_v in old files, a weight in two
 * factors weight_g and weight_v. */
static void rename_right(struct module *module)
{
    if (module->parts[PART_LEFT] != NULL && module->parts[PART_RIGHT] == NULL) {
        module->parts[PART_RIGHT] = module->parts[PART_DIRECTION];
        module->parts[PART_DIRECTION] = NULL;
    }
}

static void move_part(struct module *module, enum part from, enum part to)
{
    module->parts[to] = module->parts[from];
    module->parts[from] = NULL;
}

/* The variables of Keras' own files in the order in which its layers make them: kernel and bias;
 * gamma, beta, mean and variance, or the last two alone. What else there is stays unknown. */
static void name_variables(struct module *module)
{
    const struct tensor *first = module->parts[PART_FIRST];
    const struct tensor *third = module->parts[PART_THIRD];
    const struct tensor *fourth = module->parts[PART_FOURTH];
    const char *last = name_last(module->path);
    const int is_norm = strncmp(last, "batch_normalization", strlen("batch_normalization")) == 0;
    if (first == NULL || module_matrix(module) != NULL)
        return;
    module->moving = 1;
    if (first->axes >= 2 && third == NULL) {
        move_part(module, PART_FIRST, PART_KERNEL);
        move_part(module, PART_SECOND, PART_BIAS);
    } else if (is_norm && (third == NULL || fourth != NULL)) {
        move_part(module, PART_FIRST, fourth == NULL ? PART_MEAN : PART_SCALE);
        move_part(module, PART_SECOND, fourth == NULL ? PART_VARIANCE : PART_OFFSET);
        if (fourth != NULL) {
            move_part(module, PART_THIRD, PART_MEAN);
            move_part(module, PART_FOURTH, PART_VARIANCE);
        }
    } else if (strncmp(last, "p_re_lu", strlen("p_re_lu")) == 0) {
        move_part(module, PART_FIRST, PART_SLOPES);
    }
}

static int put(const char *path, const struct entry *entry, struct module *module,
               struct problem *problem)
{
    if (module->parts[entry->part] != NULL)
        return problem_set(problem, "%s: tensors '%s' and '%s' are the same part of one layer",
                           path, module->parts[entry->part]->name, entry->tensor->name);
    module->parts[entry->part] = entry->tensor;
    module->moving = module->moving || name_has_part(entry->name, "moving_mean", 0);
    return 0;
}

static int is_matrix(const struct tensor *tensor)
{
    return tensor->axes >= 2 && number_is_real(tensor->type);
}

/* What is not known is refused where it could be a part of the network: a matrix anywhere,
 * anything beside the known parts of a layer. */
static int leave_out(const char *path, const struct entry *entry, int beside_parts,
                     const struct choices *choices, struct modules *modules,
                     struct problem *problem)
{
    const int is_real = number_is_real(entry->tensor->type);
    if (name_has_part(entry->name, "parametrizations", 0))
        return refuse_tensor(path, entry->tensor, "a parametrization that is not known", problem);
    if (is_matrix(entry->tensor) && !is_not_asked_for(choices, entry->name))
        return refuse_tensor(path, entry->tensor,
                             "a matrix whose part is not known (a layer's is called NAME.weight or "
                             "NAME.kernel)",
                             problem);
    if (beside_parts && !is_not_asked_for(choices, entry->name))
        return refuse_tensor(path, entry->tensor, "stands beside a layer, its part is not known",
                             problem);
    if (choices->layers == NULL && entry->tensor->axes >= 2 && number_is_whole(entry->tensor->type))
        return refuse_tensor(path, entry->tensor,
                             "a matrix of whole numbers, as of packed weights (--layers takes the "
                             "layers without it)",
                             problem);
    if (is_real && entry->path > 0 && choices->layers == NULL)
        return refuse_tensor(path, entry->tensor,
                             "its part is not known (--layers takes the layers without it)",
                             problem);
    modules->extra[modules->extra_count++] = entry->tensor;
    return 0;
}

static int has_parts(const struct module *module)
{
    for (int part = 0; part < PARTS; part++)
        if (module->parts[part] != NULL)
            return 1;
    return 0;
}

/* Haiku's w is inputs x outputs, and stands behind a slash or in brackets; whose w another is, is
 * not told. */
static void settle_kernel(struct entry *entry)
{
    if (entry->part == PART_KERNEL && strcmp(name_last(entry->name), "w") == 0 &&
        strpbrk(entry->tensor->name, "/[") == NULL)
        entry->part = PART_WEIGHT;
}

/* Entries of one path, which stand together. */
static int add_module(const char *path, struct entry *entries, int count,
                      const struct choices *choices, struct modules *modules,
                      struct problem *problem)
{
    if (start_module(path, &entries[0], modules, problem) != 0)
        return -1;
    struct module *module = &modules->modules[modules->count - 1];
    for (int i = 0; i < count; i++)
        settle_kernel(&entries[i]);
    for (int i = 0; i < count; i++)
        if (entries[i].part != PARTS && put(path, &entries[i], module, problem) != 0)
            return -1;
    rename_right(module);
    name_variables(module);
    /* At the top, and alone, a mean or a scale belongs to no layer. */
    const int beside = has_parts(module) && (entries[0].path > 0 || module_matrix(module) != NULL);
    for (int i = 0; i < count; i++)
        if (entries[i].part == PARTS &&
            leave_out(path, &entries[i], beside, choices, modules, problem) != 0)
            return -1;
    return 0;
}

/* A module under the parametrizations or in the folder of a layer whose parts it is beside. */
static int group(const char *path, struct entry *entries, int count, const struct choices *choices,
                 struct modules *modules, struct problem *problem)
{
    qsort(entries, (size_t)count, sizeof *entries, by_path);
    for (int first = 0; first < count;) {
        int end = first + 1;
        while (end < count && compare_paths(&entries[first], &entries[end]) == 0)
            end++;
        if (add_module(path, entries + first, end - first, choices, modules, problem) != 0)
            return -1;
        first = end;
    }
    return 0;
}

const struct tensor *module_matrix(const struct module *module)
{
    static const enum part places[] = {PART_WEIGHT, PART_KERNEL, PART_ORIGINAL, PART_DIRECTION};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (module->parts[places[i]] != NULL)
            return module->parts[places[i]];
    return NULL;
}

const struct tensor *module_slopes(const struct module *module)
{
    return module->parts[module->parts[PART_SLOPES] != NULL ? PART_SLOPES : PART_WEIGHT];
}

void modules_set_aside(struct module *module, struct modules *modules)
{
    module->kind = KIND_EXTRA;
    for (int part = 0; part < PARTS; part++)
        if (module->parts[part] != NULL)
            modules->extra[modules->extra_count++] = module->parts[part];
}

static int is_batch_norm(const struct module *module)
{
    const struct tensor *mean = module->parts[PART_MEAN];
    return mean != NULL && module->parts[PART_VARIANCE] != NULL && module->path[0] != '\0';
}

/* Slopes by their name: prelu; a single number, of which nothing else has a weight, also act and
 * the numbers of a sequence. */
static int is_called_activation(const char *path, int64_t count)
{
    const char *last = name_last(path);
    return name_has_part(path, "prelu", 1) ||
           (count == 1 &&
            (name_has_part(path, "act", 1) || strspn(last, "0123456789") == strlen(last)));
}

/* A vector that is called a weight: slopes if the name says so or it is a single number. */
static int classify_vector(const char *path, struct module *module, const struct choices *choices,
                           struct problem *problem)
{
    const struct tensor *vector = module_matrix(module);
    if (module->parts[PART_BIAS] == NULL && vector == module->parts[PART_WEIGHT] &&
        (choices->slopes || is_called_activation(module->path, elements_of(vector)))) {
        module->kind = KIND_SLOPES;
        return 0;
    }
    return refuse_tensor(path, vector, "a vector, as of layer or RMS normalization", problem);
}

static int classify_weight(const char *path, struct module *module, const struct choices *choices,
                           struct modules *modules, struct problem *problem)
{
    const struct tensor *matrix = module_matrix(module);
    const int is_dense = number_is_real(matrix->type) && matrix->axes == 2 &&
                         (module->parts[PART_BIAS] != NULL || !part_is_embedding(module->path));
    if (!is_dense && matrix->axes > 1 && is_not_asked_for(choices, module->path)) {
        modules_set_aside(module, modules);
        return 0;
    }
    if (!number_is_real(matrix->type))
        return refuse_tensor(path, matrix,
                             number_is_whole(matrix->type)
                                 ? "whole numbers, whose scale is not in the format"
                                 : "a type that is not computed with",
                             problem);
    if (matrix->axes > 2)
        return refuse_tensor(path, matrix, "a convolution or another layer of more axes", problem);
    if (matrix->axes < 2)
        return classify_vector(path, module, choices, problem);
    if (!is_dense)
        return refuse_tensor(path, matrix, "an embedding", problem);
    module->kind = KIND_DENSE;
    return 0;
}

/* A module without a matrix. */
static int classify_rest(const char *path, struct module *module, const struct choices *choices,
                         struct modules *modules, struct problem *problem)
{
    const struct tensor *scale = module->parts[PART_SCALE];
    const struct tensor *bias = module->parts[PART_BIAS];
    if (is_batch_norm(module)) {
        module->kind = KIND_BATCH_NORM;
        return 0;
    }
    const struct tensor *slopes = module->parts[PART_SLOPES];
    if (slopes != NULL && number_is_real(slopes->type) && bias == NULL && module->path[0] != '\0') {
        module->kind = KIND_SLOPES;
        return 0;
    }
    if (scale != NULL && module->path[0] != '\0')
        return refuse_tensor(path, scale, "a scale, as of layer or RMS normalization", problem);
    if (bias != NULL || module->parts[PART_BIAS_ORIGINAL] != NULL)
        return problem_set(problem, "%s: tensor '%s': no weight or kernel of that name", path,
                           bias != NULL ? bias->name : module->parts[PART_BIAS_ORIGINAL]->name);
    for (int part = 0; part < PARTS; part++)
        if (module->parts[part] != NULL && number_is_real(module->parts[part]->type) &&
            (module->path[0] != '\0' || module->parts[part]->axes > 1) && choices->layers == NULL)
            return refuse_tensor(path, module->parts[part],
                                 "its part is not known (--layers takes the layers without it)",
                                 problem);
    modules_set_aside(module, modules);
    return 0;
}

static int classify(const char *path, struct module *module, const struct choices *choices,
                    struct modules *modules, struct problem *problem)
{
    if (!is_batch_norm(module) && module_matrix(module) != NULL)
        return classify_weight(path, module, choices, modules, problem);
    return classify_rest(path, module, choices, modules, problem);
}

static int find(const char *path, const struct safetensors *file, const char *prefix,
                const struct choices *choices, struct modules *modules, struct entry *entries,
                int *count, struct problem *problem)
{
    if (sort_out(path, file, prefix, choices, modules, entries, count, problem) != 0 ||
        group(path, entries, *count, choices, modules, problem) != 0)
        return -1;
    for (int i = 0; i < modules->count; i++)
        if (classify(path, &modules->modules[i], choices, modules, problem) != 0)
            return -1;
    return 0;
}

int modules_find(const char *path, const struct safetensors *file, const char *prefix,
                 const struct choices *choices, struct modules *modules, struct problem *problem)
{
    const size_t most = (size_t)file->count + 1;
    struct entry *entries = calloc(most, sizeof *entries);
    int count = 0;
    memset(modules, 0, sizeof *modules);
    modules->modules = calloc(most, sizeof *modules->modules);
    modules->extra = calloc(most, sizeof *modules->extra);
    int result = -1;
    if (entries == NULL || modules->modules == NULL || modules->extra == NULL)
        problem_no_memory(problem, path);
    else
        result = find(path, file, prefix, choices, modules, entries, &count, problem);
    for (int i = 0; entries != NULL && i < count; i++)
        free(entries[i].name);
    free(entries);
    if (result != 0)
        modules_free(modules);
    return result;
}

void modules_free(struct modules *modules)
{
    for (int i = 0; modules->modules != NULL && i < modules->count; i++) {
        free(modules->modules[i].path);
        free(modules->modules[i].name);
    }
    free(modules->modules);
    free(modules->extra);
    memset(modules, 0, sizeof *modules);
}
