/* Which layers are meant, in which order and layout. */
#ifndef EXAMPLES_MEASURE_CHOOSE_H
#define EXAMPLES_MEASURE_CHOOSE_H

#include "network.h"
#include "problem.h"

/* Keep the layers that choices->layers names, in its order; all of them where it is NULL. Those
 * that are not kept go behind the kept ones: *kept is their number. 0, or -1 with the problem. */
int choose_layers(const char *path, const struct choices *choices, struct layer *layers, int count,
                  int *kept, struct problem *problem);

/* Set layout and order of the layers: in_out, inputs, outputs, their places in the array, and how
 * it was decided. 0, or -1 with the problem: the candidates, or why nothing fits. is_pytorch: the
 * file's metadata says so. */
int choose_order(const char *path, const struct choices *choices, int is_pytorch,
                 struct layer *layers, int count, struct network *network, struct problem *problem);

#endif
