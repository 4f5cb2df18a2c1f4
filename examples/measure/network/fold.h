/* Weights that are kept in factors: weight and spectral normalization, pruning masks. */
#ifndef EXAMPLES_MEASURE_FOLD_H
#define EXAMPLES_MEASURE_FOLD_H

#include "modules.h"
#include "network.h"
#include "problem.h"

/* Fill weight, bias, scales, mask, folded_bias, folds and the stored sizes of a layer from its
 * module. 0, or -1 with the problem; what was taken is the layer's to free. */
int fold_parts(const char *path, const struct module *module, struct layer *layer,
               struct problem *problem);

/* Scales of 1 and folded_bias as it is, where nothing was folded yet; a bias of zeros where there
 * is none. */
int fold_start(const char *path, struct layer *layer, struct problem *problem);

/* The weight with all that was folded into it, at a place of the stored matrix:
 *
 *     row_scales[row] W[row][column] mask[row][column] column_scales[column]
 *
 * The matrix itself stays the file's: it may be as large as the memory. */
double fold_weight_at(const struct layer *layer, int64_t row, int64_t column);

/* Element i of a tensor of real numbers. */
double tensor_at(const struct tensor *tensor, int64_t i);
int64_t tensor_size(const struct tensor *tensor);

#endif
