/* The order of the layers: what numbers in names and the sizes leave open is refused. */
#ifndef EXAMPLES_MEASURE_ORDER_H
#define EXAMPLES_MEASURE_ORDER_H

#include "network.h"
#include "problem.h"

/* How many orders there are of all layers such that numbers in names are followed, each layer takes
 * as many inputs as the one before gives, and the first one `inputs` (0: any): 0, 1, or 2 for two
 * or more; -1 with the problem where that takes too long to find out, or without memory. first,
 * second (count): indices of the first two. */
int order_count(const char *path, const struct layer *layers, int count, int64_t inputs, int *first,
                int *second, struct problem *problem);

/* The same whatever numbers there are in the names. */
int order_by_sizes(const char *path, const struct layer *layers, int count, int64_t inputs,
                   int *first, int *second, struct problem *problem);

/* Two layers that may be beside each other, not one behind the other: two outputs, two copies of
 * the network. False where there are none. */
int order_parallel(const struct layer *layers, int count, int *one, int *other);

/* The names of layers in an order, for a message; returns `text`. */
const char *order_text(const struct layer *layers, const int *order, int count, char *text,
                       size_t size);

#endif
