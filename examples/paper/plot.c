#define _POSIX_C_SOURCE 200809L
#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "gnuplot.h"
#include "output.h"

#define PANEL_WIDTH 460 /* points of the SVG, pixels of half the PNG */
#define PANEL_HEIGHT 360
#define PANELS_IN_A_ROW 3

/* Okabe and Ito: blue, vermilion, bluish green, orange, reddish purple, sky blue, black, grey. */
static const char *const colors[PLOT_MOST_SERIES] = {"#0072B2", "#D55E00", "#009E73", "#E69F00",
                                                     "#CC79A7", "#56B4E9", "#000000", "#777777"};
static const int points[PLOT_MOST_SERIES] = {7, 5, 9, 13, 11, 4, 6, 8};

struct range {
    double least; /* of those above 0 only, for a logarithmic axis */
    double greatest;
};

static void extend(struct range *range, double value, int positive)
{
    if (!isfinite(value) || (positive && !(value > 0.0)))
        return;
    range->least = fmin(range->least, value);
    range->greatest = fmax(range->greatest, value);
}

int plot_spans_decades(int count, const double *values)
{
    struct range range = {INFINITY, -INFINITY};
    for (int i = 0; i < count; i++)
        extend(&range, values[i], 1);
    return range.greatest >= 10.0 * range.least;
}

static struct range range_of_x(const struct plot_panel *panel)
{
    struct range range = {INFINITY, -INFINITY};
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->series[s].count; i++)
            extend(&range, panel->series[s].x[i], panel->log_x);
    return range;
}

static void extend_by_y(struct range *range, const struct plot_panel *panel)
{
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->series[s].count; i++) {
            const struct plot_series *series = &panel->series[s];
            extend(range, series->y[i], panel->log_y);
            if (series->low != NULL) {
                extend(range, series->low[i], panel->log_y);
                extend(range, series->high[i], panel->log_y);
            }
        }
}

/* Of one of the panels, and of all that are to share the axis with it. */
static struct range range_of_y(const struct plot_panel *panel, int at, int panels)
{
    struct range range = {INFINITY, -INFINITY};
    for (int p = 0; p < panels; p++)
        if (p == at || (panel[p].common_y && panel[at].common_y))
            extend_by_y(&range, &panel[p]);
    return range;
}

/* Where x = 0 goes on a logarithmic axis: as far to the left of the least positive x as the next
 * one is to the right, within reason. 0 if no x is 0. */
static double place_of_zero(const struct plot_panel *panel)
{
    const double least = range_of_x(panel).least;
    double next = 10.0 * least;
    int zeros = 0;
    for (int s = 0; panel->log_x && s < panel->series_count; s++)
        for (int i = 0; i < panel->series[s].count; i++) {
            const double x = panel->series[s].x[i];
            zeros += x == 0.0;
            if (x > least)
                next = fmin(next, x);
        }
    return zeros > 0 && isfinite(least) ? least / fmax(next / least, 3.0) : 0.0;
}

/* One block of data for each series. */
static void put_data(FILE *script, const struct plot_panel *panel, double zero)
{
    for (int s = 0; s < panel->series_count; s++) {
        const struct plot_series *series = &panel->series[s];
        fprintf(script, "$s%d << END\n", s);
        for (int i = 0; i < series->count; i++) {
            const double y = series->y[i];
            if (isfinite(y))
                fprintf(script, "%.9g %.9g %.9g %.9g\n",
                        series->x[i] == 0.0 && panel->log_x ? zero : series->x[i], y,
                        series->low != NULL ? series->low[i] : y,
                        series->high != NULL ? series->high[i] : y);
        }
        fprintf(script, "END\n");
    }
}

/* 3e-04 as it is written by hand. */
static void put_number(FILE *script, double value)
{
    if (value == 0.0 || (fabs(value) >= 1e-3 && fabs(value) < 1e5)) {
        fprintf(script, fabs(value) < 999.5 ? "%.3g" : "%.0f", value); /* not 1e+03 */
        return;
    }
    const int exponent = (int)floor(log10(fabs(value)) + 1e-9);
    const double mantissa = value / pow(10.0, exponent);
    if (fabs(mantissa - 1.0) < 1e-6)
        fprintf(script, "10^{%d}", exponent);
    else
        fprintf(script, "%.3g·10^{%d}", mantissa, exponent);
}

static double place_of_tick(const struct plot_panel *panel, double zero, int tick)
{
    const double x = panel->ticks[tick];
    if (!panel->log_x)
        return x;
    return log(x == 0.0 ? zero : x);
}

/* Ticks are in order. A number that has no room beside the last one is left out. */
static void put_ticks(FILE *script, const struct plot_panel *panel, double zero)
{
    const double room = 0.075; /* of the axis, for a number */
    int last = 0;
    fprintf(script, "set xtics autofreq\n");
    if (panel->ticks == NULL)
        return;
    const double first = place_of_tick(panel, zero, 0);
    const double span = place_of_tick(panel, zero, panel->tick_count - 1) - first;
    fprintf(script, "set xtics (");
    for (int i = 0; i < panel->tick_count; i++) {
        const double place = place_of_tick(panel, zero, i);
        fprintf(script, "%s\"", i > 0 ? ", " : "");
        if (i == 0 || place - place_of_tick(panel, zero, last) >= room * span) {
            put_number(script, panel->ticks[i]);
            last = i;
        }
        fprintf(script, "\" %.9g", panel->ticks[i] == 0.0 && panel->log_x ? zero : panel->ticks[i]);
    }
    fprintf(script, ")\n");
}

/* The range with a margin. */
static void put_range(FILE *script, const char *axis, struct range range, int logarithmic,
                      double margin)
{
    if (!(range.least <= range.greatest)) /* nothing is there */
        range = (struct range){1.0, 10.0};
    if (logarithmic) {
        const double factor = pow(range.greatest / range.least, margin) * 1.05;
        fprintf(script, "set %srange [%.9g:%.9g]\n", axis, range.least / factor,
                range.greatest * factor);
        return;
    }
    const double width = range.greatest - range.least;
    const double added = width > 0.0 ? margin * width : fmax(1e-6, 0.1 * fabs(range.greatest));
    fprintf(script, "set %srange [%.9g:%.9g]\n", axis, range.least - added, range.greatest + added);
}

/* Within two decades gnuplot's own ticks, the powers of ten, are too few. */
static void put_y_ticks(FILE *script, const struct plot_panel *panel, struct range range)
{
    static const int steps[] = {1, 2, 5};
    fprintf(script, "set ytics autofreq\n");
    if (!panel->log_y || !(range.greatest < 100.0 * range.least))
        return;
    const int first = (int)floor(log10(range.least));
    fprintf(script, "set ytics (");
    for (int i = 0; i < 12; i++) /* four decades from there */
        fprintf(script, "%s%.9g", i > 0 ? ", " : "", steps[i % 3] * pow(10.0, first + i / 3));
    fprintf(script, ")\n");
}

static void put_axes(FILE *script, const struct plot_panel *panel, double zero, struct range y)
{
    struct range x = range_of_x(panel);
    fprintf(script, "unset logscale\nset autoscale\nunset label\n");
    fprintf(script, "set title \"%s\"\n", panel->title != NULL ? panel->title : "");
    fprintf(script, "set xlabel \"%s\"\nset ylabel \"%s\"\n", panel->x_title, panel->y_title);
    if (panel->log_x)
        fprintf(script, "set logscale x\n");
    if (panel->log_y)
        fprintf(script, "set logscale y\n");
    if (zero > 0.0) { /* the gap between 0 and the rest */
        fprintf(script, "set label \"//\" at %.9g, graph 0 center front\n", sqrt(zero * x.least));
        x.least = zero;
    }
    if (!panel->log_y && y.least >= 0.0)
        y.least = 0.0;
    put_range(script, "x", x, panel->log_x, 0.04);
    put_range(script, "y", y, panel->log_y, 0.04);
    if (!panel->log_y && y.least == 0.0)
        fprintf(script, "set yrange [0:]\n");
    put_ticks(script, panel, zero);
    put_y_ticks(script, panel, y);
}

static void put_band(FILE *script, int series, int color)
{
    fprintf(script,
            "$s%d using 1:3:4 with filledcurves fillcolor rgb \"%s\" fillstyle transparent solid "
            "0.2 noborder notitle, \\\n",
            series, colors[color]);
}

/* Between points without a line there is nothing for a band to show. */
static void put_bars(FILE *script, int series, int color)
{
    fprintf(script,
            "$s%d using 1:2:3:4 with yerrorbars linecolor rgb \"%s\" linewidth 1.5 pointsize 0 "
            "notitle, \\\n",
            series, colors[color]);
}

static void put_curve(FILE *script, const struct plot_series *series, int at, int color)
{
    static const char *const styles[] = {"linespoints", "lines", "points"};
    fprintf(script, "$s%d using 1:2 with %s linecolor rgb \"%s\"", at, styles[series->style],
            colors[color]);
    if (series->style != PLOT_POINTS)
        fprintf(script, " linewidth 2 dashtype %d", color % 5 + 1);
    if (series->style != PLOT_LINE)
        fprintf(script, " pointtype %d pointsize 0.9", points[color]);
    if (series->title != NULL)
        fprintf(script, " title \"%s\", \\\n", series->title);
    else
        fprintf(script, " notitle, \\\n");
}

static int color_of(const struct plot_panel *panel, int series)
{
    const int chosen = panel->series[series].color;
    return (chosen > 0 ? chosen - 1 : series) % PLOT_MOST_SERIES;
}

static int has_points(const struct plot_series *series)
{
    int count = 0;
    for (int i = 0; i < series->count; i++)
        count += isfinite(series->y[i]) != 0;
    return count > 0;
}

/* The bands first, so that no curve is under one. The empty plot at the end is the one without a
 * comma behind it, and all there is where there are no points. */
static void put_panel(FILE *script, const struct plot_panel *panel, struct range y)
{
    const double zero = place_of_zero(panel);
    put_data(script, panel, zero);
    put_axes(script, panel, zero, y);
    fprintf(script, "plot \\\n");
    for (int s = 0; s < panel->series_count; s++)
        if (panel->series[s].low != NULL && has_points(&panel->series[s])) {
            if (panel->series[s].style == PLOT_POINTS)
                put_bars(script, s, color_of(panel, s));
            else
                put_band(script, s, color_of(panel, s));
        }
    for (int s = 0; s < panel->series_count; s++)
        if (has_points(&panel->series[s]))
            put_curve(script, &panel->series[s], s, color_of(panel, s));
    fprintf(script, "NaN notitle\n");
}

static void put_figure(FILE *script, const char *terminal, int panels,
                       const struct plot_panel *panel)
{
    const int most = panels == 4 ? 2 : PANELS_IN_A_ROW;
    const int columns = panels < most ? panels : most;
    const int rows = (panels + columns - 1) / columns;
    const int scale = terminal[0] == 'p' ? 2 : 1; /* png: more pixels, all of it larger */
    fprintf(script, "set encoding utf8\n");
    fprintf(script, "set terminal %s size %d,%d\n", terminal, scale * columns * PANEL_WIDTH,
            scale * rows * PANEL_HEIGHT);
    fprintf(script, "set border 3 linewidth 1\nset tics nomirror out\n"
                    "set grid ytics linecolor rgb \"#DDDDDD\" linewidth 1\n"
                    "set key tmargin center horizontal Left reverse samplen 3\n");
    fprintf(script, "set multiplot layout %d,%d\n", rows, columns);
    for (int i = 0; i < panels; i++)
        put_panel(script, &panel[i], range_of_y(panel, i, panels));
    fprintf(script, "unset multiplot\n");
}

static int write_one(const char *stem, const char *ending, const char *terminal, int panels,
                     const struct plot_panel *panel, struct problem *problem)
{
    char path[4096];
    struct bytes image = {NULL, 0, 0};
    FILE *script = NULL;
    const int length = snprintf(path, sizeof path, "%s.%s", stem, ending);
    if (length < 0 || (size_t)length >= sizeof path)
        return problem_set(problem, "%.100s...: this path is too long", stem);
    if (gnuplot_script(&script, problem) != 0)
        return -1;
    put_figure(script, terminal, panels, panel);
    int result = gnuplot_run(script, &image, problem);
    if (result == 0)
        result = file_write(path, image.data, image.size, NULL, 0, problem);
    bytes_free(&image);
    return result;
}

int plot_write(const char *stem, int panels, const struct plot_panel *panel,
               struct problem *problem)
{
    const char *svg = "svg enhanced font 'sans-serif,13' background '#FFFFFF'";
    const char *png = "pngcairo enhanced font 'sans,13' fontscale 1.6 linewidth 2 pointscale 2";
    if (write_one(stem, "svg", svg, panels, panel, problem) != 0)
        return -1;
    return write_one(stem, "png", png, panels, panel, problem);
}
