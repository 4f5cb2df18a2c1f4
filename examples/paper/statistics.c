#include "statistics.h"

#include <math.h>
#include <stdlib.h>

struct summary summarize(int count, const double *values)
{
    struct summary summary = {NAN, NAN, NAN, 0};
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        if (summary.count == 0 || values[i] < summary.least)
            summary.least = values[i];
        if (summary.count == 0 || values[i] > summary.greatest)
            summary.greatest = values[i];
        sum += values[i];
        summary.count++;
    }
    if (summary.count > 0)
        summary.mean = sum / summary.count;
    return summary;
}

/* The mean of the ranks that equal values take up; by counting, the tables are small. */
static double rank_of(int count, const double *values, int at)
{
    int less = 0;
    int equal = 0;
    for (int i = 0; i < count; i++) {
        less += values[i] < values[at];
        equal += values[i] == values[at];
    }
    return less + 0.5 * (equal + 1);
}

/* Of ranks, whose mean is (count + 1) / 2. */
static double correlation_of_ranks(int count, const double *x, const double *y)
{
    const double mean = 0.5 * (count + 1);
    double xx = 0.0;
    double yy = 0.0;
    double xy = 0.0;
    for (int i = 0; i < count; i++) {
        const double dx = rank_of(count, x, i) - mean;
        const double dy = rank_of(count, y, i) - mean;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    return xx > 0.0 && yy > 0.0 ? xy / sqrt(xx * yy) : NAN;
}

double spearman(int count, const double *x, const double *y)
{
    double *pairs = count < 3 ? NULL : malloc(2 * (size_t)count * sizeof(double));
    int kept = 0;
    if (pairs == NULL)
        return NAN;
    for (int i = 0; i < count; i++)
        if (!isnan(x[i]) && !isnan(y[i])) {
            pairs[kept] = x[i];
            pairs[count + kept] = y[i];
            kept++;
        }
    const double result = kept < 3 ? NAN : correlation_of_ranks(kept, pairs, pairs + count);
    free(pairs);
    return result;
}
