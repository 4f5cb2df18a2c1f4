/* One training run, with checks on the way: how complex the function is at the end, and how
 * complex it was when its loss first fell below given values.
 *
 * The second is the reading at equal loss. Geometric complexity grows while a network fits its
 * data, so that whatever merely slows the fit lowers it; functions are to be compared where they
 * fit equally well. */
#ifndef EXAMPLES_PAPER_RUN_H
#define EXAMPLES_PAPER_RUN_H

#include <stdint.h>

#include "pool.h"
#include "problem.h"
#include "trainer.h"

#define RUN_MOST_THRESHOLDS 4

/* Looks at the trainer at every check, the first of them before the first step; it may measure, or
 * set another learning rate. 0, or -1 with the problem. */
typedef int run_observer(void *context, struct trainer *trainer, int64_t steps,
                         const struct trainer_score *train, struct problem *problem);

struct run_plan {
    struct trainer_settings settings;
    int64_t steps; /* at most */
    int64_t check; /* steps between two checks; 0: none before the end */
    int thresholds;
    double loss_at[RUN_MOST_THRESHOLDS]; /* of all training data, without penalties */
    double stop_at;                      /* stop at the first check with such a loss; 0: do not */
    run_observer *observer;              /* or NULL */
    void *context;                       /* of the observer */
};

struct run_data {
    struct trainer_data train;
    struct trainer_data test;
    struct trainer_data measured; /* for the geometric complexity */
};

/* All but `steps` are NaN where the training diverged. */
struct run_result {
    double complexity;
    struct trainer_score train;
    struct trainer_score test;
    double complexity_at[RUN_MOST_THRESHOLDS]; /* at the first check with such a loss; NaN: none */
    int64_t steps;                             /* taken */
};

/* Train a network from its beginning. worker: to report to, or NULL. 0, or -1 with the problem;
 * that the loss is no longer finite is a result and not a problem. */
int run_train(const struct run_plan *plan, const struct run_data *data, struct pool_worker *worker,
              struct run_result *result, struct problem *problem);

#endif
