/* The tensors of a file as modules: what belongs to one path, each with its part in it. */
#ifndef EXAMPLES_MEASURE_MODULES_H
#define EXAMPLES_MEASURE_MODULES_H

#include "network.h"
#include "problem.h"
#include "safetensors.h"

/* Which part of its module a tensor is, by the end of its name. */
enum part {
    PART_WEIGHT,        /* weight: outputs x inputs, unless something says otherwise */
    PART_KERNEL,        /* kernel, w: inputs x outputs */
    PART_BIAS,          /* bias, b */
    PART_DIRECTION,     /* of a normalized weight: weight_v, parametrizations.weight.original1 */
    PART_LENGTH,        /* weight_g, parametrizations.weight.original0 */
    PART_ORIGINAL,      /* weight_orig, parametrizations.weight.original */
    PART_LEFT,          /* its singular vectors: weight_u, parametrizations.weight.0._u */
    PART_RIGHT,         /* parametrizations.weight.0._v; weight_v beside weight_u */
    PART_MASK,          /* weight_mask */
    PART_BIAS_ORIGINAL, /* bias_orig */
    PART_BIAS_MASK,     /* bias_mask */
    PART_MEAN,          /* of batch normalization: running_mean, moving_mean, _mean, mean */
    PART_VARIANCE,      /* running_var, moving_variance, _variance, var */
    PART_SCALE,         /* scale, gamma */
    PART_OFFSET,        /* beta, offset */
    PART_COUNTER,       /* num_batches_tracked */
    PART_SLOPES,        /* of prelu: negative_slope, p_re_lu/alpha; else called weight */
    PART_FIRST,         /* vars/0 of Keras' own files, which count the variables of a layer */
    PART_SECOND,        /* vars/1 */
    PART_THIRD,         /* vars/2 */
    PART_FOURTH,        /* vars/3 */
    PARTS
};

enum kind {
    KIND_DENSE,
    KIND_BATCH_NORM,
    KIND_SLOPES, /* of prelu */
    KIND_EXTRA,  /* nothing of it is used */
};

struct module {
    char *path; /* canonical, without the part */
    char *name; /* as in the file, without its last part */
    enum kind kind;
    const struct tensor *parts[PARTS]; /* NULL: it has none */
    int moving;                        /* spelled moving_mean, as by Keras and MindSpore, or vars */
};

struct modules {
    int count;
    struct module *modules; /* in natural order of their paths */
    int extra_count;
    const struct tensor **extra; /* tensors that are no part of a layer */
};

/* Sort the file's tensors under `prefix` ("": all of them) into modules. choices->slopes: vectors
 * called weight, without a bias, are slopes of prelu whatever their name. Refused are layers that
 * are not dense: convolutions, embeddings, adapters, recurrent and attention layers, layer
 * normalization; whole numbers as weights; matrices whose part in the network is not known. Where
 * choices->layers names the layers, those among them that are no part of these are extra. 0, or
 * -1 with the problem and nothing to free. The tensors stay the file's. */
int modules_find(const char *path, const struct safetensors *file, const char *prefix,
                 const struct choices *choices, struct modules *modules, struct problem *problem);
void modules_free(struct modules *modules);

/* Make a module one that is not used: KIND_EXTRA, its tensors extra. */
void modules_set_aside(struct module *module, struct modules *modules);

/* The slopes of a module of KIND_SLOPES. */
const struct tensor *module_slopes(const struct module *module);

/* Where a dense module has its matrix. */
const struct tensor *module_matrix(const struct module *module);

#endif
