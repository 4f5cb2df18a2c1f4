/* An estimator's work on the caller's threads: whole tiles where the model's callbacks may run at
 * the same time, and otherwise what the library does with the rows of one. */
#ifndef DIRICHLET_ESTIMATOR_CREW_H
#define DIRICHLET_ESTIMATOR_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/lent/lanes.h"
#include "core/interface/message.h"
#include "core/statistics/moments.h"
#include "dirichlet/status.h"
#include "estimator/state/batch.h"
#include "estimator/state/estimator.h"

/* A tile of a round. */
struct attempt {
    struct cut cut;
    struct measure *measures; /* (samples of a tile) */
    bool summed;              /* all of them are sound, of no group, and in */
    struct moments moments;
};

/* What has come of a round: so many tiles, and the failure of the one behind them. */
struct measured {
    int64_t tiles;
    const struct lane *failed; /* NULL: none has failed */
};

/* As many lanes as fit into what the workspace leaves of the budget. Errors: MEMORY. */
dirichlet_status crew_create(dirichlet_estimator *estimator, struct message *message);
void crew_destroy(dirichlet_estimator *estimator);

/* Are tiles measured at the same time? */
bool crew_measures(const dirichlet_estimator *estimator);

/* Tiles of the first round of an update, and of the one after a round of so many: few at first
 * where somebody waits for them. */
int64_t crew_first_round(const dirichlet_estimator *estimator);
int64_t crew_next_round(const dirichlet_estimator *estimator, int64_t round);

/* Measure the next tiles, in crew.tiles, as they are cut if no sample is skipped. Errors: of the
 * pool. */
dirichlet_status crew_measure(dirichlet_estimator *estimator, const struct progress *progress,
                              struct measured *measured);

/* Call function(estimator, row, argument) for rows 0, ..., rows - 1, each of which takes about so
 * many nanoseconds: on other threads too where that pays. Errors: of the pool. */
typedef void crew_row(struct dirichlet_estimator *estimator, int64_t row, const void *argument);
dirichlet_status crew_rows(dirichlet_estimator *estimator, int64_t rows, double nanoseconds,
                           crew_row *function, const void *argument);

#endif
