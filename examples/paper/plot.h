/* Figures by gnuplot: an optional program, looked for only when a plot is asked for. The colours
 * are those of Okabe and Ito (2008), which the colour-blind tell apart; points and dashes differ
 * too, for print. */
#ifndef EXAMPLES_PAPER_PLOT_H
#define EXAMPLES_PAPER_PLOT_H

#include "problem.h"

#define PLOT_MOST_SERIES 8

enum plot_style { PLOT_LINE_AND_POINTS, PLOT_LINE, PLOT_POINTS };

/* Points of which y is not finite are left out. */
struct plot_series {
    const char *title; /* in the legend; NULL: not there */
    enum plot_style style;
    int color; /* 0: by its place among the panel's series; 1, 2, ...: that place's */
    int count;
    const double *x;
    const double *y;
    const double *low;  /* of a band, or of bars where there are points only; NULL: none */
    const double *high; /* */
};

/* Titles are gnuplot's enhanced text: x^2, x_{ij}. */
struct plot_panel {
    const char *title;   /* or NULL */
    const char *x_title; /* with its unit, if it has one */
    const char *y_title;
    int log_x;    /* x = 0, where it occurs, is set to the left of the others, behind a gap */
    int log_y;    /* y > 0 only */
    int common_y; /* as much of the axis of y as the other panels with this */
    int tick_count;
    const double *ticks; /* of x, where all the places that occur are few; NULL: gnuplot's own */
    int series_count;
    struct plot_series series[PLOT_MOST_SERIES];
};

/* Write STEM.svg and STEM.png: the panels beside each other, at most three in a row (four: two and
 * two). 0, or -1 with the problem. */
int plot_write(const char *stem, int panels, const struct plot_panel *panel,
               struct problem *problem);

/* Whether values (positive ones; the others are not looked at) span a decade, and so belong on a
 * logarithmic axis. */
int plot_spans_decades(int count, const double *values);

#endif
