/* The dense network that the tensors of a file make up. */
#ifndef EXAMPLES_MEASURE_NETWORK_H
#define EXAMPLES_MEASURE_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"
#include "safetensors.h"

/* What the weight of a layer was put together from, beside the tensor of that name. */
#define FOLD_WEIGHT_NORM 1
#define FOLD_SPECTRAL_NORM 2
#define FOLD_MASK 4
#define FOLD_BATCH_NORM_BEFORE 8 /* the activation, of the outputs */
#define FOLD_BATCH_NORM_AFTER 16 /* the activation before, of the inputs */
#define FOLD_SHARED 32           /* tensors that the file has once, under another name */

struct layer {
    char *name; /* in the file, without the last part */
    char *path; /* the same as names.h has it */
    int64_t inputs;
    int64_t outputs;
    int is_kernel; /* called kernel or w, which is inputs x outputs */
    int in_out;    /* the matrix is inputs x outputs */
    const struct tensor *weight;
    const struct tensor *bias; /* NULL: none */
    double *row_scales;        /* of the stored matrix, and of its columns: what was folded into */
    double *column_scales;     /* it; both NULL: nothing was, see fold_weight_at */
    const struct tensor *mask; /* that it is multiplied with; NULL: none */
    double *folded_bias;       /* (outputs), in place of the tensor's; NULL: as it is */
    const struct tensor *slopes; /* of prelu behind the layer, 1 or (outputs); NULL: none */
    unsigned folds;
    double epsilon; /* of batch normalization that was folded in */
    struct module *module;
    int64_t stored_rows; /* of the matrix */
    int64_t stored_columns;
};

/* How something that a file leaves open was decided. */
enum decision {
    DECIDED_BY_NAMES,
    DECIDED_BY_SHAPES,
    DECIDED_BY_METADATA,
    DECIDED_BY_OPTION,
    ASSUMED, /* where the caller has named the layers: the usual */
};

enum layout { LAYOUT_OPEN, LAYOUT_OUT_IN, LAYOUT_IN_OUT };
enum batch_norm_place { BATCH_NORM_OPEN, BATCH_NORM_BEFORE, BATCH_NORM_AFTER };

/* What the caller says about the file. */
struct choices {
    const char *prefix; /* "" or NULL: none */
    const char *layers; /* names with commas between them; NULL: not said */
    enum layout layout;
    enum batch_norm_place batch_norm;
    int activations;  /* how many the caller has named: 2 and more are of each layer */
    int slopes;       /* vectors called weight, without a bias, are slopes of prelu */
    double epsilon;   /* of batch normalization; 0: 1e-5, Keras' 1e-3 for its names */
    int64_t inputs;   /* numbers in a sample; 0: not known */
    const char *data; /* what the samples are called in messages */
};

struct network {
    int count;
    struct layer *layers; /* from the input to the output */
    int has_f64;
    enum decision order;
    enum decision layout;
    int left_out_count;
    const struct tensor **left_out;
    struct tensor *tensors; /* those of the file, and those that it names twice */
};

/* 0, or -1 with the problem and nothing to free. The tensors stay the file's. */
int network_find(const char *path, const struct safetensors *file, const struct choices *choices,
                 struct network *network, struct problem *problem);
void network_free(struct network *network);

/* "names", "shapes", "metadata", "option" or "assumed". */
const char *decision_name(enum decision decision);

#endif
