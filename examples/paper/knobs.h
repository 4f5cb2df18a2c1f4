/* The knobs that the programs about training turn, each with the levels at which its effect is to
 * be seen: between too little to be told from the seeds, and so much that nothing is fitted. */
#ifndef EXAMPLES_PAPER_KNOBS_H
#define EXAMPLES_PAPER_KNOBS_H

#include "experiment.h"
#include "images.h"
#include "options.h"
#include "sweep.h"

enum {
    KNOB_L2,
    KNOB_L1,
    KNOB_SPECTRAL,
    KNOB_FLATNESS,
    KNOB_ENERGY,
    KNOB_LEARNING_RATE,
    KNOB_BATCH_SIZE,
    KNOB_TARGET_NOISE,
    KNOB_INPUT_NOISE,
    KNOB_SCALE, /* of the initial weights */
    KNOBS
};

struct knob {
    const char *name;  /* of its sweep */
    const char *title; /* of its sweep */
    int level_count;
    const double *levels; /* growing */
    int quick_count;
    const double *quick_levels; /* for the small networks of the quick runs */
    void (*set)(struct run_plan *plan, double level);
};

extern const struct knob knobs[KNOBS];

/* With the knob's name, its title and the levels that the effort wants. */
struct sweep knob_sweep(int knob, const struct options *options, int seeds);

/* The usual experiment with this knob, in the setting where its effect is to be seen: noise with
 * the squared loss, for example. */
struct experiment knob_experiment(int knob, const struct options *options,
                                  const struct mnist *mnist);

#endif
