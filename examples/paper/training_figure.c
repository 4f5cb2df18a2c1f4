#include "training_figure.h"

#include <stdio.h>

#include "course.h"
#include "plot.h"

enum { COMPLEXITY, LOSS, LAYERS, CLASSES, OTHERS, DIFFERENCE, PANELS };

struct figure {
    struct plot_panel panels[PANELS];
    struct sweep_curve curves[PANELS * PLOT_MOST_SERIES]; /* of the series so far */
    int curve_count;
    double places[COURSE_COMPARED][COURSE_CLASSES]; /* of the classes' points */
    char titles[COURSE_COMPARED][32];
};

static struct plot_series *add(struct figure *figure, int panel, const struct sweep *sweep,
                               int column, const char *title)
{
    struct plot_panel *to = &figure->panels[panel];
    struct plot_series *series = &to->series[to->series_count++];
    *series = sweep_series(sweep, column, &figure->curves[figure->curve_count++]);
    series->title = title;
    return series;
}

/* By how much GC on test images is above that on training images. */
static void add_difference(struct figure *figure, const struct sweep *sweep, const char *title)
{
    struct sweep_curve *curve = &figure->curves[figure->curve_count];
    double *parts[] = {curve->mean, curve->least, curve->greatest};
    add(figure, DIFFERENCE, sweep, COURSE_GC_RATIO, title);
    for (int p = 0; p < 3; p++)
        for (int l = 0; l < sweep->level_count; l++)
            parts[p][l] = 100.0 * (parts[p][l] - 1.0);
}

/* Classes have no order: points with bars, those of the checkpoints side by side. */
static void add_classes(struct figure *figure, const struct sweep *sweep, int which)
{
    const int level = course_compared_level(sweep, which);
    double *places = figure->places[which];
    struct plot_panel *to = &figure->panels[CLASSES];
    struct sweep_curve *curve = &figure->curves[figure->curve_count++];
    snprintf(figure->titles[which], sizeof figure->titles[which], "step %g", sweep->levels[level]);
    for (int c = 0; c < COURSE_CLASSES; c++) {
        const struct summary summary = course_class_percent(sweep, level, c);
        places[c] = c + 0.22 * (which - 1);
        curve->mean[c] = summary.mean;
        curve->least[c] = summary.least;
        curve->greatest[c] = summary.greatest;
    }
    to->series[to->series_count++] = (struct plot_series){.title = figure->titles[which],
                                                          .style = PLOT_POINTS,
                                                          .count = COURSE_CLASSES,
                                                          .x = places,
                                                          .y = curve->mean,
                                                          .low = curve->least,
                                                          .high = curve->greatest};
}

static void describe_panels(struct figure *figure)
{
    static const double classes[COURSE_CLASSES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const double steps[] = {0, 10, 100, 1000, 10000};
    static const struct plot_panel panels[PANELS] = {
        {.title = "cross-entropy", .y_title = "geometric complexity (GC)", .log_y = 1},
        {.title = "cross-entropy", .y_title = "mean loss", .log_y = 1},
        {.title = "cross-entropy", .y_title = "GC of the layer's output", .log_y = 1},
        {.title = "cross-entropy", .y_title = "GC of the class against all (%)"},
        {.title = "cross-entropy (CE), squared loss; scale of weights",
         .y_title = "geometric complexity (GC)",
         .log_y = 1},
        {.title = "cross-entropy (CE), squared loss; scale of weights",
         .y_title = "GC, test against training (%)"}};
    for (int i = 0; i < PANELS; i++) {
        figure->panels[i] = panels[i];
        figure->panels[i].log_x = i != CLASSES;
        figure->panels[i].x_title = i == CLASSES ? "class" : "training step";
        figure->panels[i].ticks = i == CLASSES ? classes : steps;
        figure->panels[i].tick_count = i == CLASSES ? COURSE_CLASSES : 5;
    }
}

int training_figure(const struct sweep *sweeps, const char *stem, struct problem *problem)
{
    static const char *const titles[COURSES] = {"CE, scale 1", "CE, scale 2", "squared, scale 1",
                                                "squared, scale ½"};
    struct figure figure = {.curve_count = 0};
    const struct sweep *first = &sweeps[CROSS_ENTROPY];
    describe_panels(&figure);
    add(&figure, COMPLEXITY, first, COURSE_GC, "training images")->style = PLOT_LINE;
    add(&figure, COMPLEXITY, first, COURSE_GC_TEST, "test images")->style = PLOT_POINTS;
    add(&figure, LOSS, first, COURSE_LOSS, "training images");
    add(&figure, LOSS, first, COURSE_LOSS_TEST, "test images");
    add(&figure, LAYERS, first, COURSE_GC_LAYER, "hidden layer 1");
    add(&figure, LAYERS, first, COURSE_GC_LAYER + 1, "hidden layer 2");
    add(&figure, LAYERS, first, COURSE_GC, "logits");
    for (int i = 0; i < COURSE_COMPARED; i++)
        add_classes(&figure, first, i);
    for (int i = 0; i < COURSES; i++) {
        add(&figure, OTHERS, &sweeps[i], COURSE_GC, titles[i]);
        add_difference(&figure, &sweeps[i], titles[i]);
    }
    return plot_write(stem, PANELS, figure.panels, problem);
}
