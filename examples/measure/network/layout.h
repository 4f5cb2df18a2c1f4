/* Whether the matrices are outputs x inputs or inputs x outputs. */
#ifndef EXAMPLES_MEASURE_LAYOUT_H
#define EXAMPLES_MEASURE_LAYOUT_H

#include "network.h"

/* Set in_out, inputs and outputs of the layers: those called kernel or w are inputs x outputs,
 * the others as `layout` says, and all of them as it says where it is the caller's option. False
 * if a bias has another size than the outputs; *fault is that layer. */
int layout_set(struct layer *layers, int count, enum layout layout, int is_option, int *fault);

/* Whether all layers are called kernel or w, so that nothing is open. */
int layout_is_named(const struct layer *layers, int count);

#endif
