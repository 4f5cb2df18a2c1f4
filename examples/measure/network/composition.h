/* Whether layers whose sizes chain are one behind the other. */
#ifndef EXAMPLES_MEASURE_COMPOSITION_H
#define EXAMPLES_MEASURE_COMPOSITION_H

#include "network.h"
#include "problem.h"

/* layers: in their order. Refused are words that speak of something else (gate, skip, router), two
 * parts of which one is not the other's input (generator and discriminator, down and up),
 * blocks that give as many numbers as they take, which may be led
 * around, and a tree beside its copy under a longer name, as the states of optimizers are. 0, or -1
 * with the problem, which says the --layers that would take them as they are. */
int composition_check(const char *path, const struct layer *layers, int count,
                      struct problem *problem);

/* Refused are layers of a sequence with neighbouring numbers (2 and 3) where others leave some out
 * for their activations (0 and 2): there may be none between them. */
int composition_check_gaps(const char *path, const struct layer *layers, int count,
                           struct problem *problem);

#endif
