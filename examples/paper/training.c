/* Geometric complexity in the course of one training: on training and test images, in every layer
 * and in every class.
 *
 * With cross-entropy it grows while the network fits, and goes on as the logits do. It is not so
 * for every loss and every beginning: with the squared loss, whose targets are 0 and 1, it falls
 * from where He's weights start it, to creep up again late, and from weights of twice the size (8
 * times the outputs, 64 times the complexity) it falls at first with cross-entropy, too. Nor does
 * it forget where it began: from weights of half the size the squared loss ends below. Such courses
 * are shown beside the first, which carries the verdict. */
#include <math.h>
#include <stdio.h>

#include "course.h"
#include "experiment.h"
#include "program.h"
#include "sweep.h"
#include "training_figure.h"

#define NAME "training"
#define LEAST_CORRELATION 0.9
/* Of the complexities on test and on training images. */
#define LEAST_RATIO 0.9
#define GREATEST_RATIO 1.1

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

static void print_classes(const struct sweep *sweep)
{
    printf("GC of a class's training images against that of all of them, per cent\nclass     ");
    for (int i = 0; i < COURSE_COMPARED; i++)
        printf("  step %-21g", sweep->levels[course_compared_level(sweep, i)]);
    printf("\n");
    for (int c = 0; c < COURSE_CLASSES; c++) {
        printf("%-10d", c);
        for (int i = 0; i < COURSE_COMPARED; i++)
            sweep_print_summary(course_class_percent(sweep, course_compared_level(sweep, i), c),
                                sweep->seed_count, "%+.1f");
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
                                     .measured = options_choose(options, 500, 1000, 1000),
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

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    print(sweeps);
    if (options->csv != NULL && sweep_write_long_csv(sweeps, count, options->csv, problem) != 0)
        return -1;
    if (options->plot != NULL && training_figure(sweeps, options->plot, problem) != 0)
        return -1;
    give_verdict(sweeps);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct course courses[COURSES];
    struct sweep sweeps[COURSES];
    describe(options, mnist, courses, sweeps);
    return sweep_study(sweeps, COURSES, options, report, problem);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = NAME,
        .summary =
            "The geometric complexity (GC) in the course of a training: it grows while a network\n"
            "fits by cross-entropy, alike on training and test images. The verdict rests on that.\n"
            "Beside it, GC by layer and by class, and courses that go otherwise: with the squared\n"
            "loss GC falls from where the same weights start it, grows only from smaller ones, "
            "and\n"
            "ends some per cent higher on test images; from weights of twice the size it falls at\n"
            "first with cross-entropy, too.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
