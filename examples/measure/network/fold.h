/* Weights that are kept in factors: weight and spectral normalization, pruning masks. */
#ifndef EXAMPLES_MEASURE_FOLD_H
#define EXAMPLES_MEASURE_FOLD_H

#include "modules.h"
#include "network.h"
#include "problem.h"

/* Fill weight, bias, folded_weight, folded_bias, folds and the stored sizes of a layer from its
 * module. 0, or -1 with the problem; what was taken is the layer's to free. */
int fold_parts(const char *path, const struct module *module, struct layer *layer,
               struct problem *problem);

/* folded_weight and folded_bias as they are, copied from the tensors where they were not folded
 * yet; a bias of zeros where there is none. */
int fold_copy(const char *path, struct layer *layer, struct problem *problem);

/* Element i of a tensor of real numbers. */
double tensor_at(const struct tensor *tensor, int64_t i);
int64_t tensor_size(const struct tensor *tensor);

#endif
