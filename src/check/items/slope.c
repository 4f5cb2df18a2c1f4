#include "check/items/slope.h"

#include <math.h>

double ladder_step(int64_t i)
{
    return LADDER_FIRST * exp2(-2.0 * (double)i);
}

static double quotient(const struct ladder *ladder, int64_t i)
{
    return (ladder->above[i] - ladder->below[i]) / (2.0 * ladder_step(i));
}

/* The slope above 0 less that below. */
static double gap(const struct ladder *ladder, int64_t i)
{
    return ((ladder->above[i] - ladder->center) - (ladder->center - ladder->below[i])) /
           ladder_step(i);
}

/* What a kink may be off by: half of the gap, or of what is left of it without g''. */
static double kink(const struct ladder *ladder, int64_t i)
{
    const double all = gap(ladder, i);
    const double sharp = all - LADDER_RATIO * gap(ladder, i + 1);
    return 0.5 * fmin(fabs(all), fabs(sharp));
}

static double noise_below(const struct ladder *ladder, int64_t i)
{
    double noise = 0.0;
    for (int64_t l = i + 1; l < ladder->count; l++)
        noise = fmax(noise, fabs(quotient(ladder, l) - quotient(ladder, i)) * ladder_step(l));
    return noise;
}

static double change(const struct ladder *ladder, int64_t i)
{
    return fmax(fabs(ladder->above[i] - ladder->center), fabs(ladder->below[i] - ladder->center));
}

/* Where values do not move at all, but did at longer steps: the least that they moved by. */
static double grid_above(const struct ladder *ladder, int64_t i)
{
    double grid = INFINITY;
    if (change(ladder, i) != 0.0)
        return 0.0;
    for (int64_t l = 0; l < i; l++)
        if (change(ladder, l) > 0.0)
            grid = fmin(grid, change(ladder, l));
    return isfinite(grid) ? grid : 0.0;
}

/* Two steps below are the least that noise can be seen at. */
struct slope ladder_slope(const struct ladder *ladder)
{
    struct slope best = {0.0, INFINITY, 0.0};
    for (int64_t i = 0; i + 2 < ladder->count; i++) {
        const double noise = fmax(noise_below(ladder, i), grid_above(ladder, i));
        const double rounding = (noise + ladder->roundoff) / ladder_step(i);
        const double half_gap = 0.5 * fabs(gap(ladder, i));
        const double value = quotient(ladder, i);
        const double error =
            fabs(value - quotient(ladder, i + 1)) + rounding + kink(ladder, i);
        if (half_gap > rounding && fabs(gap(ladder, i + 1)) > half_gap)
            continue;
        if (error > LADDER_RATIO * LADDER_RATIO * best.error)
            break;
        if (error < best.error)
            best = (struct slope){value, error, noise};
    }
    return best;
}
