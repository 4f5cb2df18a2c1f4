/* The figure of the program training. */
#ifndef EXAMPLES_PAPER_TRAINING_FIGURE_H
#define EXAMPLES_PAPER_TRAINING_FIGURE_H

#include "problem.h"
#include "sweep.h"

/* The courses it shows. The first has panels of its own and carries the verdict. */
enum { CROSS_ENTROPY, LARGE_WEIGHTS, SQUARED, SMALL_WEIGHTS, COURSES };

/* sweeps: COURSES of them, of course.h. 0, or -1 with the problem. */
int training_figure(const struct sweep *sweeps, const char *stem, struct problem *problem);

#endif
