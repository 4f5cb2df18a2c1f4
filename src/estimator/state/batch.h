/* The samples of an update: checked, and the buffers of ours that go with them. */
#ifndef DIRICHLET_ESTIMATOR_BATCH_H
#define DIRICHLET_ESTIMATOR_BATCH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/statistics/moments.h"
#include "dirichlet/status.h"
#include "estimator/state/estimator.h"

/* One update in progress. What it finds goes to buffers of ours first: the caller's stay untouched
 * on error. */
struct progress {
    const struct batch *batch;
    int64_t done;
    int64_t before;      /* samples that had been used */
    int64_t tile;        /* most samples of a tile */
    int64_t round;       /* most tiles at a time */
    double *energies;    /* (n); NULL: not wanted */
    double *deviations;  /* likewise */
    unsigned char *rows; /* (lanes, tile, d): where rows of x do not stand next to each other; or
                            NULL */
    unsigned char *memory;
    int64_t bytes;
};

static inline double batch_weight(const struct progress *progress, int64_t row)
{
    return progress->batch->weights == NULL ? 1.0 : progress->batch->weights[row];
}

static inline bool is_finite_measure(const struct measure *measure)
{
    return isfinite(measure->energy) && isfinite(measure->noise) && isfinite(measure->step_error) &&
           isfinite(measure->difference_deviation);
}

/* Everything that can be said of a batch before the first callback. */
dirichlet_status batch_check(dirichlet_estimator *estimator, const struct batch *batch);

/* Take the buffers. */
dirichlet_status batch_begin(dirichlet_estimator *estimator, const struct batch *batch,
                             struct progress *progress);

/* Give the buffers back. */
void batch_end(dirichlet_estimator *estimator, struct progress *progress);

/* Where a tile begins: its first row of the batch, and what the state before it has. */
struct place {
    int64_t row;
    int64_t count;
    int64_t next_sample;
};

/* The samples there that share a tile; none where the estimator stops. */
struct cut {
    struct tile tile;
    int64_t row;
    int64_t samples;
};
struct cut batch_cut(const dirichlet_estimator *estimator, const struct progress *progress,
                     struct place place);

/* Their rows, next to each other; gathered in what is the lane's. */
const void *batch_rows(const dirichlet_estimator *estimator, const struct progress *progress,
                       const struct cut *cut, int64_t lane);

#endif
