/* What a sweep over a number of the trainer's settings measures: a run on a draw of the training
 * images for every level and seed. The weights, the order, the noise and the draw of the images
 * depend on the seed alone, so that the levels of a seed differ by nothing but the level. */
#ifndef EXAMPLES_PAPER_EXPERIMENT_H
#define EXAMPLES_PAPER_EXPERIMENT_H

#include <stdint.h>

#include "images.h"
#include "run.h"
#include "sweep.h"

struct experiment {
    const struct mnist *mnist;
    int64_t samples;  /* drawn of the training images */
    int64_t measured; /* the first of them, for the geometric complexity */
    struct run_plan plan;
    void (*set)(struct run_plan *plan, double level); /* turn the knob */
};

/* Columns of the table. */
enum {
    EXPERIMENT_GC, /* at the end */
    EXPERIMENT_TRAIN_LOSS,
    EXPERIMENT_TRAIN_ACCURACY,
    EXPERIMENT_TEST_LOSS,
    EXPERIMENT_TEST_ACCURACY,
    EXPERIMENT_STEPS,
    EXPERIMENT_GC_AT /* the first of the thresholds; the others follow */
};

/* Such a network with the settings that most programs share: 784-128-128-10 for MNIST (the
 * hidden layers as given), ReLU, He's normal weights, zero biases, cross-entropy, plain gradient
 * descent at 0.1 on batches of 64. */
struct trainer_settings experiment_settings(const struct mnist *mnist, int hidden_layers,
                                            int64_t width);

/* What the programs about penalties and noises share: such a network, its data, as many steps, and
 * the readings at the losses 0.1 and 0.03. */
struct experiment experiment_usual(const struct options *options, const struct mnist *mnist,
                                   void (*set)(struct run_plan *plan, double level));

/* Whether every network of the sweep fits what it was trained on: what has collapsed is simple,
 * too, and no evidence. 3 of 4 training images right is far below what any of them reaches that has
 * not. */
int experiment_fits(const struct sweep *sweep);

/* The verdict for the case that all sweeps are to agree by one column, which it names, in networks
 * that fit. */
void experiment_verdict(const char *program, const struct sweep *sweeps, int count, int column,
                        int sign, double bound);

/* Give the sweep the columns above, and this experiment to measure them. The experiment must
 * outlive the sweep. */
void experiment_connect(struct experiment *experiment, struct sweep *sweep);

#endif
