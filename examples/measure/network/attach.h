/* What stands beside dense layers and becomes a part of them: batch normalization, slopes. */
#ifndef EXAMPLES_MEASURE_ATTACH_H
#define EXAMPLES_MEASURE_ATTACH_H

#include "modules.h"
#include "network.h"
#include "problem.h"

/* Fold each batch normalization (evaluation mode) into the layer before or behind it:
 *
 *     y = s (x - mean) + beta,  s = gamma / sqrt(variance + epsilon)
 *
 * before the activation W' = diag(s) W, b' = s (b - mean) + beta; after it, into the next layer,
 * W' = W diag(s), b' = b + W (beta - s mean). Where it stands is told by numbers next to each
 * other (0 dense, 1 batch norm, 3 dense), or by choices->batch_norm; else it is refused.
 *
 * The slopes of prelu go to the layer that they stand behind, likewise. layers: in their order.
 * What belongs to no layer of these becomes KIND_EXTRA. 0, or -1 with the problem. */
int attach_modules(const char *path, struct modules *modules, const struct choices *choices,
                   struct layer *layers, int count, struct problem *problem);

#endif
