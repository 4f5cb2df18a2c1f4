/* Statistics of small tables. A NaN is a value that is not there. */
#ifndef EXAMPLES_PAPER_STATISTICS_H
#define EXAMPLES_PAPER_STATISTICS_H

/* Of the values that are there; all NaN, and 0 of them, if none is. */
struct summary {
    double mean;
    double least;
    double greatest;
    int count;
};
struct summary summarize(int count, const double *values);

/* Spearman's rank correlation: Pearson's correlation of the ranks, equal values sharing the mean
 * of their ranks. Pairs with a NaN are left out. NaN for fewer than three pairs, if all values of
 * one side are equal, or if memory runs out. */
double spearman(int count, const double *x, const double *y);

#endif
