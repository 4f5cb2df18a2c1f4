/* Weights in one file of safetensors, or in several that an index lists:
 *
 *     {"metadata": {...}, "weight_map": {"0.weight": "model-00001-of-00002.safetensors", ...}} */
#ifndef EXAMPLES_SHARDS_H
#define EXAMPLES_SHARDS_H

#include <stddef.h>

#include "problem.h"
#include "safetensors.h"

/* The tensors of a file of either kind; the shards stand beside their index. One shard without
 * the index is refused. 0, or -1 with the problem and nothing to free; safetensors_free. */
int weights_read(const char *path, struct safetensors *file, struct problem *problem);

/* The same of the text of an index that would stand at `path`. */
int shards_parse(const char *path, const unsigned char *text, size_t size, struct safetensors *file,
                 struct problem *problem);

#endif
