/* What the complexity of networks is before their training, in sweeps over their depth and their
 * scale. */
#ifndef EXAMPLES_PAPER_DRAWS_H
#define EXAMPLES_PAPER_DRAWS_H

#include "experiment.h"
#include "sweep.h"

#define DRAWS_MOST 2000
#define DRAWS_WIDTH 64

struct draws {
    const struct mnist *mnist;
    dirichlet_initialization_options initialization;
    int count; /* for every seed, DRAWS_MOST at most */
};

/* Columns of a sweep over the depth. */
enum {
    DRAWS_MEAN,
    DRAWS_MEDIAN,
    DRAWS_EXPECTED, /* by the closed form */
    DRAWS_RATIO,    /* of mean and closed form */
    DRAWS_RATIO_ERROR,
    DRAWS_MEDIAN_RATIO,
    DRAWS_COLUMNS
};

/* Columns of a sweep over the scale. */
enum { DRAWS_SCALED, DRAWS_POWER_ERROR, DRAWS_SCALE_COLUMNS };

/* So many hidden layers of DRAWS_WIDTH; the knob of experiments, too. */
void draws_set_depth(struct run_plan *plan, double level);

/* Give the sweep its columns and the measuring of `draws`, which must outlive it. The level is
 * the number of hidden layers, or the scale of all weights of 784-128-128-10. */
void draws_connect_depth(struct draws *draws, struct sweep *sweep);
void draws_connect_scale(struct draws *draws, struct sweep *sweep);

/* How far the mean of all seeds' draws together is from the closed form, in standard errors: the
 * largest of the levels, NaN if one is. */
double draws_worst_deviation(const struct sweep *sweep);

#endif
