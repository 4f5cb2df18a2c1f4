/* Geometric complexity in the course of one training: on training and test images, in every layer
 * and in every class.
 *
 * With cross-entropy it grows while the network fits, and goes on as the logits do. It is not so
 * for every loss and every beginning: a training takes the complexity from where the weights start
 * it to where the loss wants it. He's weights are too complex a start for targets of 0 and 1, and
 * weights of twice the size (8 times the outputs, 64 times the complexity) for either loss. Such
 * courses are shown beside the first, which carries the verdict. */
#include <math.h>
#include <stdio.h>

#include "course.h"
#include "experiment.h"
#include "plot.h"
#include "program.h"
#include "sweep.h"

#define NAME "training"
#define LEAST_CORRELATION 0.9
/* Of the complexities on test and on training images. */
#define LEAST_RATIO 0.9
#define GREATEST_RATIO 1.1

/* The first carries the verdict. */
enum { CROSS_ENTROPY, LARGE_WEIGHTS, SQUARED, SMALL_WEIGHTS, COURSES };

static const double checkpoints[] = {0,   5,   10,  20,   35,   50,   75,   100,  150,  200,
                                     300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000};

/* ---- Tables and verdict ---- */

/* The table of some of the columns. */
static void print_columns(const struct sweep *sweep, int first, int count)
{
    struct sweep some = *sweep;
    for (int c = 0; c < some.column_count; c++)
        if (c < first || c >= first + count)
            some.columns[c].title[0] = '\0';
    sweep_print(&some);
}

/* The checkpoints at which classes are compared: at the beginning, on the way, at the end. */
static int compared_level(const struct sweep *sweep, int which)
{
    return which * (sweep->level_count - 1) / 2;
}

static void print_classes(const struct sweep *sweep)
{
    printf("GC of the training images of a class\nclass     ");
    for (int i = 0; i < 3; i++)
        printf("  step %-21g", sweep->levels[compared_level(sweep, i)]);
    printf("\n");
    for (int c = 0; c < COURSE_CLASSES; c++) {
        printf("%-10d", c);
        for (int i = 0; i < 3; i++)
            sweep_print_summary(sweep_summary(sweep, compared_level(sweep, i), COURSE_GC_CLASS + c),
                                sweep->seed_count, "%.3g");
        printf("\n");
    }
    printf("\n");
}

/* Of all checkpoints of all seeds. */
static struct summary test_to_training(const struct sweep *sweep)
{
    double ratios[SWEEP_MOST_LEVELS * SWEEP_MOST_SEEDS];
    int count = 0;
    for (int l = 0; l < sweep->level_count; l++)
        for (int s = 0; s < sweep->seed_count; s++)
            ratios[count++] = sweep_value(sweep, l, s, COURSE_GC_RATIO);
    return summarize(count, ratios);
}

static void print(const struct sweep *sweeps)
{
    for (int i = 0; i < COURSES; i++)
        print_columns(&sweeps[i], COURSE_GC, COURSE_GC_LAYER - COURSE_GC);
    printf("What GC is of every hidden layer's output, with cross-entropy\n");
    print_columns(&sweeps[CROSS_ENTROPY], COURSE_GC_LAYER, COURSE_HIDDEN);
    print_classes(&sweeps[CROSS_ENTROPY]);
    for (int i = 0; i < COURSES; i++) {
        const struct summary rho = sweep_spearman_summary(&sweeps[i], COURSE_GC);
        const struct summary ratio = test_to_training(&sweeps[i]);
        printf("%s: Spearman(step, GC) %+.2f..%+.2f; GC on test / on training images %.3f..%.3f\n",
               sweeps[i].title, rho.least, rho.greatest, ratio.least, ratio.greatest);
    }
    printf("\n");
}

static void give_verdict(const struct sweep *sweeps)
{
    const struct sweep *sweep = &sweeps[CROSS_ENTROPY];
    const struct summary train = sweep_spearman_summary(sweep, COURSE_GC);
    const struct summary test = sweep_spearman_summary(sweep, COURSE_GC_TEST);
    const struct summary squared = sweep_spearman_summary(&sweeps[SQUARED], COURSE_GC);
    const struct summary ratio = test_to_training(sweep);
    const int agrees = sweep_agrees(sweep, COURSE_GC, 1, LEAST_CORRELATION) &&
                       sweep_agrees(sweep, COURSE_GC_TEST, 1, LEAST_CORRELATION) &&
                       ratio.least >= LEAST_RATIO && ratio.greatest <= GREATEST_RATIO;
    program_verdict(NAME, agrees,
                    "cross-entropy: Spearman(step, GC) >= %+g for each of %d seeds: training "
                    "%+.2f..%+.2f, test %+.2f..%+.2f; test/training %.3f..%.3f (squared loss: "
                    "Spearman %+.2f..%+.2f)",
                    LEAST_CORRELATION, sweep->seed_count, train.least, train.greatest, test.least,
                    test.greatest, ratio.least, ratio.greatest, squared.least, squared.greatest);
}

/* ---- The figure ---- */

struct figure {
    struct plot_panel panels[6];
    struct sweep_curve curves[32]; /* in use: those of the series so far */
    char titles[3][32];
    int count;
};

static void add(struct figure *figure, int panel, const struct sweep *sweep, int column,
                const char *title)
{
    struct plot_panel *to = &figure->panels[panel];
    struct plot_series *series = &to->series[to->series_count++];
    *series = sweep_series(sweep, column, &figure->curves[figure->count++]);
    series->title = title;
}

/* From a ratio to how much more than 1 it is. */
static void turn_into_percent(struct sweep_curve *curve, int count)
{
    double *parts[] = {curve->mean, curve->least, curve->greatest};
    for (int p = 0; p < 3; p++)
        for (int i = 0; i < count; i++)
            parts[p][i] = 100.0 * (parts[p][i] - 1.0);
}

/* Classes have no order: points and bars. */
static void add_classes(struct figure *figure, int panel, const struct sweep *sweep, int which)
{
    static const double classes[COURSE_CLASSES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const int level = compared_level(sweep, which);
    struct plot_panel *to = &figure->panels[panel];
    struct sweep_curve *curve = &figure->curves[figure->count++];
    snprintf(figure->titles[which], sizeof figure->titles[which], "step %g", sweep->levels[level]);
    for (int c = 0; c < COURSE_CLASSES; c++) {
        const struct summary summary = sweep_summary(sweep, level, COURSE_GC_CLASS + c);
        curve->mean[c] = summary.mean;
        curve->least[c] = summary.least;
        curve->greatest[c] = summary.greatest;
    }
    to->ticks = classes;
    to->tick_count = COURSE_CLASSES;
    to->series[to->series_count++] = (struct plot_series){.title = figure->titles[which],
                                                          .style = PLOT_POINTS,
                                                          .count = COURSE_CLASSES,
                                                          .x = classes,
                                                          .y = curve->mean,
                                                          .low = curve->least,
                                                          .high = curve->greatest};
}

static void describe_panels(struct figure *figure, const struct sweep *sweep)
{
    static const struct plot_panel panels[6] = {
        {.title = "cross-entropy", .y_title = "geometric complexity", .log_y = 1},
        {.title = "cross-entropy", .y_title = "mean loss", .log_y = 1},
        {.title = "cross-entropy", .y_title = "GC of the layer's output", .log_y = 1},
        {.title = "cross-entropy", .y_title = "GC on the class's images", .log_y = 1},
        {.title = "other losses and beginnings", .y_title = "geometric complexity", .log_y = 1},
        {.title = "test images against training images", .y_title = "difference of GC (%)"}};
    for (int i = 0; i < 6; i++) {
        figure->panels[i] = panels[i];
        figure->panels[i].log_x = 1;
        figure->panels[i].x_title = "training step";
        figure->panels[i].ticks = sweep->levels;
        figure->panels[i].tick_count = sweep->level_count;
    }
    figure->panels[3].log_x = 0;
    figure->panels[3].x_title = "class";
}

static int plot(const struct sweep *sweeps, const char *stem, struct problem *problem)
{
    static const char *const courses[COURSES] = {"cross-entropy", "weights × 2", "squared loss",
                                                 "squared, weights / 2"};
    struct figure figure = {.count = 0};
    const struct sweep *first = &sweeps[CROSS_ENTROPY];
    describe_panels(&figure, first);
    add(&figure, 0, first, COURSE_GC, "training images");
    add(&figure, 0, first, COURSE_GC_TEST, "test images");
    add(&figure, 1, first, COURSE_LOSS, "training images");
    add(&figure, 1, first, COURSE_LOSS_TEST, "test images");
    add(&figure, 2, first, COURSE_GC_LAYER, "hidden layer 1");
    add(&figure, 2, first, COURSE_GC_LAYER + 1, "hidden layer 2");
    add(&figure, 2, first, COURSE_GC, "logits");
    for (int i = 0; i < 3; i++)
        add_classes(&figure, 3, first, i);
    for (int i = 0; i < COURSES; i++) {
        add(&figure, 4, &sweeps[i], COURSE_GC, courses[i]);
        add(&figure, 5, &sweeps[i], COURSE_GC_RATIO, courses[i]);
        turn_into_percent(&figure.curves[figure.count - 1], first->level_count);
    }
    return plot_write(stem, 6, figure.panels, problem);
}

/* ---- The courses ---- */

static void describe(const struct options *options, const struct mnist *mnist,
                     struct course *courses, struct sweep *sweeps)
{
    static const char *const names[COURSES] = {"steps", "steps_large", "steps_squared",
                                               "steps_squared_small"};
    static const char *const titles[COURSES] = {
        "steps, cross-entropy", "steps, cross-entropy, weights of twice the size",
        "steps, squared loss", "steps, squared loss, weights of half the size"};
    for (int i = 0; i < COURSES; i++) {
        const int64_t width = options_choose(options, 32, 128, 128);
        courses[i] = (struct course){.mnist = mnist,
                                     .samples = options_choose(options, 500, 2000, 2000),
                                     .measured = options_choose(options, 300, 1000, 1000),
                                     .settings = experiment_settings(mnist, COURSE_HIDDEN, width)};
        sweeps[i] = (struct sweep){.name = names[i],
                                   .title = titles[i],
                                   .level_count = (int)options_choose(options, 12, 17, 19),
                                   .levels = checkpoints,
                                   .seed_count = (int)options_choose(options, 3, 5, 10),
                                   .seed = options->seed};
        course_connect(&courses[i], &sweeps[i]);
    }
    for (int i = SQUARED; i <= SMALL_WEIGHTS; i++) {
        courses[i].settings.loss = DIRICHLET_LOSS_SQUARED;
        courses[i].settings.learning_rate = 0.05;
        courses[i].settings.batch = 32;
    }
    courses[LARGE_WEIGHTS].settings.initialization.scale = 2.0;
    courses[SMALL_WEIGHTS].settings.initialization.scale = 0.5;
}

static int report(const struct options *options, const struct sweep *sweeps,
                  struct problem *problem)
{
    print(sweeps);
    if (options->csv != NULL && sweep_write_long_csv(sweeps, COURSES, options->csv, problem) != 0)
        return -1;
    if (options->plot != NULL && plot(sweeps, options->plot, problem) != 0)
        return -1;
    give_verdict(sweeps);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct course courses[COURSES];
    struct sweep sweeps[COURSES];
    describe(options, mnist, courses, sweeps);
    int code = sweep_run_all(sweeps, COURSES, options, problem);
    if (code == 0)
        code = report(options, sweeps, problem);
    for (int i = 0; i < COURSES; i++)
        sweep_free(&sweeps[i]);
    return code;
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = NAME,
        .summary =
            "The geometric complexity (GC) in the course of a training: it grows while a network\n"
            "fits by cross-entropy, alike on training and test images. The verdict rests on that.\n"
            "Beside it, GC by layer and by class, and courses that go otherwise: with the squared\n"
            "loss GC falls from what the same weights start it with; from weights of twice the\n"
            "size it first falls with cross-entropy, too.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
