/* Is there one factor by which all cases are off alike? */
#ifndef DIRICHLET_CHECK_FACTOR_H
#define DIRICHLET_CHECK_FACTOR_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

struct factor {
    int64_t cases;
    double least; /* the factors that explain all cases so far */
    double most;
};

static inline struct factor factor_begin(void)
{
    const struct factor factor = {0, -INFINITY, INFINITY};
    return factor;
}

/* A number that should be `wanted`, up to `allowed`. */
static inline void factor_case(struct factor *factor, double found, double wanted, double allowed)
{
    const double ratio = found / wanted;
    const double reach = allowed / fabs(wanted) * fmax(1.0, fabs(ratio));
    factor->least = fmax(factor->least, ratio - reach);
    factor->most = fmin(factor->most, ratio + reach);
    factor->cases++;
}

/* NaN: there is none; one case alone shows nothing. */
static inline double factor_common(const struct factor *factor)
{
    return factor->cases > 1 && factor->least <= factor->most ? 0.5 * (factor->least + factor->most)
                                                              : (double)NAN;
}

#endif
