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

static double *ones(int64_t count)
{
    double *values = malloc((size_t)count * sizeof *values);
    for (int64_t i = 0; values != NULL && i < count; i++)
        values[i] = 1.0;
    return values;
}

static int start_scales(const char *path, struct layer *layer, struct problem *problem)
{
    if (layer->row_scales == NULL)
        layer->row_scales = ones(layer->stored_rows);
    if (layer->column_scales == NULL)
        layer->column_scales = ones(layer->stored_columns);
    return layer->row_scales != NULL && layer->column_scales != NULL
               ? 0
               : problem_no_memory(problem, path);
}

int fold_start(const char *path, struct layer *layer, struct problem *problem)
{
    if (layer->folded_bias == NULL)
        layer->folded_bias = copy_of(layer->bias, layer->outputs);
    return layer->folded_bias == NULL ? problem_no_memory(problem, path)
                                      : start_scales(path, layer, problem);
}

double fold_weight_at(const struct layer *layer, int64_t row, int64_t column)
{
    const int64_t place = row * layer->stored_columns + column;
    double value = tensor_at(layer->weight, place);
    if (layer->mask != NULL)
        value *= tensor_at(layer->mask, place);
    return layer->row_scales == NULL
               ? value
               : layer->row_scales[row] * value * layer->column_scales[column];
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
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            const double value = tensor_at(layer->weight, row * columns + column);
            squares[size == 1 ? 0 : by_row ? row : column] += value * value;
        }
    double *scales = by_column && size > 1 ? layer->column_scales : layer->row_scales;
    for (int64_t i = 0; i < (scales == layer->row_scales ? rows : columns); i++) {
        const int64_t place = size == 1 ? 0 : i;
        scales[i] *= tensor_at(length, place) / sqrt(squares[place]);
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
    for (int64_t row = 0; row < layer->stored_rows; row++)
        for (int64_t column = 0; column < columns; column++)
            norm += tensor_at(left, row) * fold_weight_at(layer, row, column) *
                    tensor_at(right, column);
    if (!(fabs(norm) > 0.0) || !isfinite(norm))
        return problem_set(problem, "%s: tensor '%s': a spectral norm of %g", path,
                           layer->weight->name, norm);
    for (int64_t row = 0; row < layer->stored_rows; row++)
        layer->row_scales[row] /= norm;
    layer->folds |= FOLD_SPECTRAL_NORM;
    return 0;
}

static int apply_bias_mask(const char *path, const struct tensor *mask, struct layer *layer,
                           struct problem *problem)
{
    const int64_t size = tensor_size(layer->bias);
    if (check_size(path, mask, size, layer->bias, problem) != 0)
        return -1;
    layer->folded_bias = copy_of(layer->bias, size);
    if (layer->folded_bias == NULL)
        return problem_no_memory(problem, path);
    for (int64_t i = 0; i < size; i++)
        layer->folded_bias[i] *= tensor_at(mask, i);
    layer->folds |= FOLD_MASK;
    return 0;
}

static int fold_weight(const char *path, const struct module *module, struct layer *layer,
                       struct problem *problem)
{
    const struct tensor *length = module->parts[PART_LENGTH];
    const struct tensor *mask = module->parts[PART_MASK];
    if (start_scales(path, layer, problem) != 0)
        return -1;
    if (length != NULL && apply_weight_norm(path, length, layer, problem) != 0)
        return -1;
    if (module->parts[PART_LEFT] != NULL && apply_spectral_norm(path, module, layer, problem) != 0)
        return -1;
    if (mask == NULL)
        return 0;
    layer->mask = mask;
    layer->folds |= FOLD_MASK;
    return check_size(path, mask, tensor_size(layer->weight), layer->weight, problem);
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
    static const enum part others[] = {PART_MEAN,   PART_VARIANCE, PART_SCALE,
                                       PART_OFFSET, PART_SLOPES,   PART_FIRST,
                                       PART_SECOND, PART_THIRD,    PART_FOURTH};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (module->parts[others[i]] != NULL)
            return problem_set(problem, "%s: tensor '%s': stands beside '%s'", path, matrix->name,
                               module->parts[others[i]]->name);
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
    return mask == NULL ? 0 : apply_bias_mask(path, mask, layer, problem);
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
    return fold_weight(path, module, layer, problem);
}
