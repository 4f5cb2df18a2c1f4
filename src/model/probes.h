/* The number of directions that `probes` of some options asks for (dirichlet/model.h). */
#ifndef DIRICHLET_MODEL_PROBES_H
#define DIRICHLET_MODEL_PROBES_H

#include <stdbool.h>
#include <stdint.h>

#include "dirichlet/model.h"

/* No random error for a quarter more products than the budget has: a good trade, since one that is
 * just below what is exact leaves an error of percents. */
static inline bool probes_afford(int64_t products, int64_t budget)
{
    return products <= budget + budget / 4;
}

/* Of `all` directions that there are; more, where more are asked for. */
static inline int64_t probes_asked(int64_t probes, int64_t all)
{
    if (probes > 0)
        return probes;
    return probes == DIRICHLET_PROBES_ALL || probes_afford(all, DIRICHLET_DEFAULT_PROBES)
               ? all
               : DIRICHLET_DEFAULT_PROBES;
}

#endif
