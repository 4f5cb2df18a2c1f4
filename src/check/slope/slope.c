#include "check/slope/slope.h"

#include <math.h>
#include <stdbool.h>

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

/* Where values do not move at all: the least that they moved by at longer steps. */
static double grid_above(const struct ladder *ladder, int64_t i)
{
    double grid = INFINITY;
    if (change(ladder, i) != 0.0)
        return 0.0;
    for (int64_t l = 0; l < i; l++)
        if (change(ladder, l) > 0.0)
            grid = fmin(grid, change(ladder, l));
    return isfinite(grid) ? grid : ladder->unseen;
}

static double rounding_at(const struct ladder *ladder, int64_t i)
{
    return (fmax(noise_below(ladder, i), grid_above(ladder, i)) + ladder->roundoff) /
           ladder_step(i);
}

static bool stays_sharp(const struct ladder *ladder, int64_t i)
{
    return fabs(gap(ladder, i + 1)) > 0.5 * fabs(gap(ladder, i));
}

/* The shortest step at which the gap is much more than rounding, which is a few times as much at
 * the next: does it stay? */
static bool is_sharp_at_center(const struct ladder *ladder)
{
    for (int64_t i = ladder->count - 3; i >= 0; i--)
        if (0.5 * fabs(gap(ladder, i)) > LADDER_RATIO * LADDER_RATIO * rounding_at(ladder, i))
            return stays_sharp(ladder, i);
    return false;
}

/* Best steps of runs of steps, each of which ends where the error has grown fourfold. */
struct runs {
    struct slope best;    /* of all */
    struct slope present; /* of the run that is going on */
    bool contradict;
};

static bool contradicts(const struct slope *a, const struct slope *b)
{
    return fabs(a->value - b->value) > 2.0 * (a->error + b->error);
}

static void end_run(struct runs *runs)
{
    runs->contradict = runs->contradict || contradicts(&runs->best, &runs->present);
    if (runs->present.error < runs->best.error)
        runs->best = runs->present;
    runs->present.error = INFINITY;
}

static void add_step(struct runs *runs, const struct slope *step)
{
    if (step->error > LADDER_RATIO * runs->present.error)
        end_run(runs);
    if (step->error < runs->present.error)
        runs->present = *step;
}

/* Is the error as large as what is seen at the longest step, and that more than rounding? */
static bool is_unresolved(const struct ladder *ladder, const struct slope *slope)
{
    const double seen = change(ladder, 0);
    return slope->error * ladder_step(0) > seen && seen > LADDER_RATIO * ladder->roundoff;
}

/* Two steps below are the least that noise can be seen at. */
struct slope ladder_slope(const struct ladder *ladder)
{
    const struct slope nothing = {0.0, INFINITY, 0.0};
    struct runs runs = {nothing, nothing, false};
    for (int64_t i = 0; i + 2 < ladder->count; i++) {
        const double rounding = rounding_at(ladder, i);
        const double value = quotient(ladder, i);
        const double error = fabs(value - quotient(ladder, i + 1)) + rounding + kink(ladder, i);
        const struct slope step = {value, error, rounding * ladder_step(i) - ladder->roundoff};
        if (0.5 * fabs(gap(ladder, i)) <= rounding || !stays_sharp(ladder, i))
            add_step(&runs, &step);
    }
    end_run(&runs);
    return runs.contradict || is_unresolved(ladder, &runs.best) || is_sharp_at_center(ladder)
               ? nothing
               : runs.best;
}
