/* A sweep seen from the level that regularizes least: values relative to what is measured there,
 * and their order by strength. sign: 1 if larger levels are stronger, -1 if smaller ones are. */
#ifndef EXAMPLES_PAPER_RELATIVE_H
#define EXAMPLES_PAPER_RELATIVE_H

#include "sweep.h"

/* At this place in the order from the weakest level to the strongest, the value over that at place
 * 0 with the same seed: the seeds' geometric mean, least and greatest. NaN if some seed has none.
 */
struct summary relative_at(const struct sweep *sweep, int sign, int place, int column);

/* The last place where every seed has a value. */
int relative_last(const struct sweep *sweep, int sign, int column);

/* Of the column with the strength. */
struct summary relative_spearman(const struct sweep *sweep, int sign, int column);

#endif
