#include "fold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double tensor_at(const struct tensor *tensor, int64_t i)
{
    const size_t size = (size_t)number_bits(tensor->type) / 8;
    return number_at(tensor->type, (const unsigned char *)tensor->data + (size_t)i * size);
}

int64_t tensor_size(const struct tensor *tensor)
{
    return (int64_t)(8 * tensor->bytes / (size_t)number_bits(tensor->type));
}

static double *copy_of(const struct tensor *tensor, int64_t count)
{
    double *values = malloc((size_t)count * sizeof *values);
    for (int64_t i = 0; values != NULL && i < count; i++)
        values[i] = tensor == NULL ? 0.0 : tensor_at(tensor, i);
    return values;
}

int fold_copy(const char *path, struct layer *layer, struct problem *problem)
{
    if (layer->folded_weight == NULL)
        layer->folded_weight = copy_of(layer->weight, tensor_size(layer->weight));
    if (layer->folded_bias == NULL)
        layer->folded_bias = copy_of(layer->bias, layer->outputs);
    return layer->folded_weight != NULL && layer->folded_bias != NULL
               ? 0
               : problem_no_memory(problem, path);
}

/* A tensor that goes with another one: real, and of `count` numbers. */
static int check_size(const char *path, const struct tensor *tensor, int64_t count,
                      const struct tensor *matrix, struct problem *problem)
{
    if (!number_is_real(tensor->type) || tensor_size(tensor) != count)
        return problem_set(problem, "%s: tensor '%s': %s, and %lld numbers, do not go with '%s'",
                           path, tensor->name, number_name(tensor->type),
                           (long long)tensor_size(tensor), matrix->name);
    return 0;
}

/* W = g v / ||v||, over the axes along which g has one number (Salimans and Kingma 2016): its rows
 * by default. */
static int apply_weight_norm(const char *path, const struct tensor *length, struct layer *layer,
                             struct problem *problem)
{
    const int64_t rows = layer->stored_rows;
    const int64_t columns = layer->stored_columns;
    const int64_t size = tensor_size(length);
    /* Without a second axis the sizes have to tell which of the two it is. */
    const int is_flat = length->axes == 1 && rows != columns;
    const int has_axes = length->axes == 2;
    const int by_column = size == columns && (is_flat || (has_axes && length->shape[0] == 1));
    const int by_row =
        !by_column && size == rows && (is_flat || (has_axes && length->shape[1] == 1));
    if (!number_is_real(length->type) || (size != 1 && !by_row && !by_column))
        return problem_set(problem, "%s: tensor '%s' does not go with '%s'", path, length->name,
                           layer->weight->name);
    double *squares = calloc((size_t)size, sizeof *squares);
    if (squares == NULL)
        return problem_no_memory(problem, path);
    for (int64_t i = 0; i < rows * columns; i++) {
        const int64_t place = size == 1 ? 0 : by_row ? i / columns : i % columns;
        squares[place] += layer->folded_weight[i] * layer->folded_weight[i];
    }
    for (int64_t i = 0; i < rows * columns; i++) {
        const int64_t place = size == 1 ? 0 : by_row ? i / columns : i % columns;
        layer->folded_weight[i] *= tensor_at(length, place) / sqrt(squares[place]);
    }
    free(squares);
    layer->folds |= FOLD_WEIGHT_NORM;
    return 0;
}

/* W / (u^T W v), u and v as the file has them: in evaluation they are not iterated. */
static int apply_spectral_norm(const char *path, const struct module *module, struct layer *layer,
                               struct problem *problem)
{
    const struct tensor *left = module->parts[PART_LEFT];
    const struct tensor *right = module->parts[PART_RIGHT];
    const int64_t columns = layer->stored_columns;
    double norm = 0.0;
    if (right == NULL)
        return problem_set(problem, "%s: tensor '%s': the other singular vector is missing", path,
                           left->name);
    if (check_size(path, left, layer->stored_rows, layer->weight, problem) != 0 ||
        check_size(path, right, columns, layer->weight, problem) != 0)
        return -1;
    for (int64_t i = 0; i < layer->stored_rows * columns; i++)
        norm +=
            tensor_at(left, i / columns) * layer->folded_weight[i] * tensor_at(right, i % columns);
    if (!(fabs(norm) > 0.0) || !isfinite(norm))
        return problem_set(problem, "%s: tensor '%s': a spectral norm of %g", path,
                           layer->weight->name, norm);
    for (int64_t i = 0; i < layer->stored_rows * columns; i++)
        layer->folded_weight[i] /= norm;
    layer->folds |= FOLD_SPECTRAL_NORM;
    return 0;
}

static int apply_mask(const char *path, const struct tensor *mask, const struct tensor *original,
                      double *values, struct layer *layer, struct problem *problem)
{
    if (check_size(path, mask, tensor_size(original), original, problem) != 0)
        return -1;
    for (int64_t i = 0; i < tensor_size(mask); i++)
        values[i] *= tensor_at(mask, i);
    layer->folds |= FOLD_MASK;
    return 0;
}

static int fold_weight(const char *path, const struct module *module, struct layer *layer,
                       struct problem *problem)
{
    const struct tensor *length = module->parts[PART_LENGTH];
    const struct tensor *mask = module->parts[PART_MASK];
    if (length != NULL && apply_weight_norm(path, length, layer, problem) != 0)
        return -1;
    if (module->parts[PART_LEFT] != NULL && apply_spectral_norm(path, module, layer, problem) != 0)
        return -1;
    return mask == NULL
               ? 0
               : apply_mask(path, mask, layer->weight, layer->folded_weight, layer, problem);
}

/* What parts may stand together: a plain weight alone, an original with what changes it. */
static int check_parts(const char *path, const struct module *module, struct problem *problem)
{
    const struct tensor *matrix = module_matrix(module);
    int matrices = 0;
    for (int part = 0; part < PARTS; part++)
        matrices +=
            module->parts[part] != NULL && (part == PART_WEIGHT || part == PART_KERNEL ||
                                            part == PART_ORIGINAL || part == PART_DIRECTION);
    const int has_factor = module->parts[PART_LENGTH] != NULL;
    const int has_direction = module->parts[PART_DIRECTION] != NULL;
    const int has_original = module->parts[PART_ORIGINAL] != NULL;
    const int has_change = module->parts[PART_LEFT] != NULL || module->parts[PART_MASK] != NULL;
    if (matrices != 1)
        return problem_set(problem, "%s: tensor '%s': more than one weight of that name", path,
                           matrix->name);
    if (has_factor != has_direction || has_original != has_change)
        return problem_set(problem,
                           "%s: tensor '%s': a parametrization that is not known, or a "
                           "part of it is missing",
                           path, matrix->name);
    if (module->parts[PART_MEAN] != NULL || module->parts[PART_VARIANCE] != NULL ||
        module->parts[PART_SCALE] != NULL || module->parts[PART_OFFSET] != NULL)
        return problem_set(problem, "%s: tensor '%s': stands beside a mean or a scale", path,
                           matrix->name);
    return 0;
}

static int take_bias(const char *path, const struct module *module, struct layer *layer,
                     struct problem *problem)
{
    const struct tensor *mask = module->parts[PART_BIAS_MASK];
    layer->bias = module->parts[mask != NULL ? PART_BIAS_ORIGINAL : PART_BIAS];
    if (layer->bias == NULL && (mask != NULL || module->parts[PART_BIAS_ORIGINAL] != NULL))
        return problem_set(problem, "%s: layer '%s': a part of its bias is missing", path,
                           module->name);
    if (layer->bias == NULL)
        return 0;
    if (!number_is_real(layer->bias->type) || layer->bias->axes != 1)
        return problem_set(problem, "%s: tensor '%s': %s with %d axes is no bias", path,
                           layer->bias->name, number_name(layer->bias->type), layer->bias->axes);
    if (mask == NULL)
        return 0;
    layer->folded_bias = copy_of(layer->bias, tensor_size(layer->bias));
    return layer->folded_bias == NULL
               ? problem_no_memory(problem, path)
               : apply_mask(path, mask, layer->bias, layer->folded_bias, layer, problem);
}

int fold_parts(const char *path, const struct module *module, struct layer *layer,
               struct problem *problem)
{
    layer->weight = module_matrix(module);
    layer->is_kernel = module->parts[PART_KERNEL] != NULL;
    layer->stored_rows = layer->weight->shape[0];
    layer->stored_columns = layer->weight->shape[1];
    if (check_parts(path, module, problem) != 0 || take_bias(path, module, layer, problem) != 0)
        return -1;
    if (layer->weight == module->parts[PART_WEIGHT] || layer->weight == module->parts[PART_KERNEL])
        return 0;
    layer->folded_weight = copy_of(layer->weight, tensor_size(layer->weight));
    return layer->folded_weight == NULL ? problem_no_memory(problem, path)
                                        : fold_weight(path, module, layer, problem);
}
