/* A measurement of the threaded model on lent threads, and all that comes of it. */
#ifndef DIRICHLET_UNIT_LENT_THREADS_H
#define DIRICHLET_UNIT_LENT_THREADS_H

#include <stdbool.h>
#include <stdint.h>

#include "dirichlet/estimator.h"
#include "support/pool.h"
#include "support/threaded_model.h"

#define LENT_ROWS 300
#define LENT_WIDTH 48 /* most inputs */
#define LENT_STRIDE (LENT_WIDTH + 3)
#define LENT_GROUPS 3
#define LENT_TOLD 512

/* What is measured. */
struct lent {
    struct threaded model;
    int32_t callbacks;
    int32_t precision; /* 64 or 32 */
    dirichlet_estimator_options options;
    int64_t rows;   /* of an update */
    int64_t stride; /* 0: the inputs */
    bool weighted;
    bool indexed;
    bool grouped;
    int64_t cancel_at; /* of the calls of progress; 0: never, -1: no progress */
    double wide[LENT_ROWS * LENT_STRIDE];
    float narrow[LENT_ROWS * LENT_STRIDE];
    double weights[LENT_ROWS];
    int64_t indices[LENT_ROWS];
    int64_t groups[LENT_ROWS];
};

/* What came of it. */
struct outcome {
    dirichlet_status status;
    dirichlet_error error;
    int64_t told;
    dirichlet_progress progress[LENT_TOLD];
    double energies[LENT_ROWS];
    double deviations[LENT_ROWS];
    size_t size;
    unsigned char state[65536];
    int64_t samples; /* that were used */
    int32_t stopped;
    int64_t workspace; /* bytes */
};

/* All rows, unweighted, in one update, by the arrangement's method. */
void lent_make(const struct arrangement *arrangement, int32_t precision, struct lent *lent);

/* A number of both precisions' data; after the stride has been set. */
void lent_set(struct lent *lent, int64_t row, int64_t column, double value);

/* Two updates, of a few rows and of lent->rows; on the threads of `pool`, NULL: the calling one. */
void lent_run(struct lent *lent, struct pool *pool, int64_t lanes, struct outcome *outcome);

/* The same to the last bit. */
bool outcomes_equal(const struct outcome *a, const struct outcome *b);

/* Run it for several numbers of lanes and kinds of pools and expect the outcome of none: that too.
 * Returns the number of calls that pools have had. */
int64_t lent_compare(struct lent *lent, const char *name, struct outcome *none);

#endif
