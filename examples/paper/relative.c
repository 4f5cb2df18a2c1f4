#include "relative.h"

#include <math.h>

struct summary relative_at(const struct sweep *sweep, int sign, int place, int column)
{
    const int last = sweep->level_count - 1;
    const int level = sign > 0 ? place : last - place;
    const int weakest = sign > 0 ? 0 : last;
    double logs[SWEEP_MOST_SEEDS];
    for (int s = 0; s < sweep->seed_count; s++)
        logs[s] =
            log(sweep_value(sweep, level, s, column)) - log(sweep_value(sweep, weakest, s, column));
    const struct summary of_logs = summarize(sweep->seed_count, logs);
    if (of_logs.count < sweep->seed_count)
        return (struct summary){NAN, NAN, NAN, of_logs.count};
    return (struct summary){exp(of_logs.mean), exp(of_logs.least), exp(of_logs.greatest),
                            of_logs.count};
}

int relative_last(const struct sweep *sweep, int sign, int column)
{
    int place = sweep->level_count - 1;
    while (place > 0 && isnan(relative_at(sweep, sign, place, column).mean))
        place--;
    return place;
}

struct summary relative_spearman(const struct sweep *sweep, int sign, int column)
{
    const struct summary rho = sweep_spearman_summary(sweep, column);
    if (sign > 0)
        return rho;
    return (struct summary){-rho.mean, -rho.greatest, -rho.least, rho.count};
}
