/* The unifying picture: whatever regularizes, the penalties that are asked for and the heuristics
 * of training, lowers the geometric complexity (GC).
 *
 * The knobs have nothing in common but that each can be turned up. So the axis that they share is
 * the place of the level among the knob's levels, from the weakest at 0 to the strongest at 1, and
 * the other axis is the GC over that at the weakest level of the same knob and seed: all curves
 * begin at 1. Batches and initial weights regularize the more the smaller they are.
 *
 * There are two readings, after the last step and when the training loss first falls below 0.1,
 * which the strongest penalties never let it. Every knob is judged by one of them and shown in
 * both. By the loss are judged the learning rate and the batch size, since in as many steps larger
 * rates fit better, and a better fit with cross-entropy is a larger GC; by the end all the others.
 */
#include <math.h>
#include <stdio.h>

#include "experiment.h"
#include "knobs.h"
#include "plot.h"
#include "program.h"
#include "relative.h"
#include "sweep.h"

#define NAME "regularizers"
#define BOUND 0.9
#define PENALTIES 5 /* the first knobs; the others are heuristics */

enum { END = EXPERIMENT_GC, EQUAL_LOSS = EXPERIMENT_GC_AT };

struct claim {
    const char *label;
    int sign;   /* of the level; -1: the smaller the stronger */
    int column; /* the reading that it is judged by */
};

static const struct claim claims[KNOBS] = {[KNOB_L2] = {"L2", 1, END},
                                           [KNOB_L1] = {"L1", 1, END},
                                           [KNOB_SPECTRAL] = {"spectral norm", 1, END},
                                           [KNOB_FLATNESS] = {"flatness", 1, END},
                                           [KNOB_ENERGY] = {"GC itself", 1, END},
                                           [KNOB_LEARNING_RATE] = {"learning rate", 1, EQUAL_LOSS},
                                           [KNOB_BATCH_SIZE] = {"1/batch size", -1, EQUAL_LOSS},
                                           [KNOB_TARGET_NOISE] = {"target noise", 1, END},
                                           [KNOB_INPUT_NOISE] = {"input noise", 1, END},
                                           [KNOB_SCALE] = {"1/initial scale", -1, END}};

static int agrees(const struct sweep *sweep, int knob, int column)
{
    return experiment_fits(sweep) && sweep_agrees(sweep, column, -claims[knob].sign, BOUND);
}

/* The ratio at the last place that all seeds have, and how many places that is; the correlation. */
static void print_reading(const struct sweep *sweep, int knob, int column)
{
    const struct summary rho = relative_spearman(sweep, claims[knob].sign, column);
    char ratio[64] = "-";
    char text[64] = "-";
    const int last = relative_last(sweep, claims[knob].sign, column);
    const struct summary there = relative_at(sweep, claims[knob].sign, last, column);
    if (last > 0)
        snprintf(ratio, sizeof ratio, "%.3f [%.3f, %.3f] %d/%d", there.mean, there.least,
                 there.greatest, last + 1, sweep->level_count);
    if (rho.count > 0)
        snprintf(text, sizeof text, "%+.2f..%+.2f", rho.least, rho.greatest);
    printf("  %c %-24s %-12s", claims[knob].column == column ? '*' : ' ', ratio, text);
}

static void print_table(const struct sweep *sweeps)
{
    printf("GC at the strongest level that all seeds reach over that at the weakest: geometric "
           "mean [least, greatest] of %d\nseeds, and which of how many levels it is; Spearman's "
           "correlation of GC with the strength. *: judged by this.\n%-15s    %-39s    %s\n",
           sweeps->seed_count, "knob", "at the end of training", "at a training loss of 0.1");
    for (int k = 0; k < KNOBS; k++) {
        printf("%-15s", claims[k].label);
        print_reading(&sweeps[k], k, END);
        print_reading(&sweeps[k], k, EQUAL_LOSS);
        printf("\n");
    }
    printf("\n");
}

/* The readings that no knob is judged by, where they contradict the claim. */
static void print_contrary(const struct sweep *sweeps)
{
    for (int k = 0; k < KNOBS; k++) {
        const int other = claims[k].column == END ? EQUAL_LOSS : END;
        const struct summary rho = relative_spearman(&sweeps[k], claims[k].sign, other);
        if (rho.greatest > -BOUND)
            printf("otherwise %s: %s, Spearman %+.2f..%+.2f\n",
                   other == END ? "at the end of training" : "at equal loss", claims[k].label,
                   rho.least, rho.greatest);
    }
}

static void judge(const struct sweep *sweeps)
{
    int agreeing = 0;
    int worst = 0;
    double greatest = -INFINITY;
    for (int k = 0; k < KNOBS; k++) {
        const struct summary rho = relative_spearman(&sweeps[k], claims[k].sign, claims[k].column);
        agreeing += agrees(&sweeps[k], k, claims[k].column);
        if (!(rho.greatest <= greatest)) {
            greatest = rho.greatest;
            worst = k;
        }
    }
    program_verdict(NAME, agreeing == KNOBS,
                    "Spearman of GC with strength <= %+g in each of %d seeds for %d of %d knobs "
                    "(learning rate and batch size at equal loss, the others at the end); greatest "
                    "%+.2f, %s",
                    -BOUND, sweeps->seed_count, agreeing, KNOBS, greatest, claims[worst].label);
}

struct curve {
    double x[SWEEP_MOST_LEVELS];
    double y[3][SWEEP_MOST_LEVELS]; /* mean, least, greatest */
};

static struct plot_series draw(const struct sweep *sweep, int knob, int column, struct curve *curve)
{
    for (int i = 0; i < sweep->level_count; i++) {
        const struct summary ratio = relative_at(sweep, claims[knob].sign, i, column);
        curve->x[i] = (double)i / (sweep->level_count - 1);
        curve->y[0][i] = ratio.mean;
        curve->y[1][i] = ratio.least;
        curve->y[2][i] = ratio.greatest;
    }
    return (struct plot_series){.title = claims[knob].label,
                                .count = sweep->level_count,
                                .x = curve->x,
                                .y = curve->y[0],
                                .low = curve->y[1],
                                .high = curve->y[2]};
}

/* Above the readings at the end, below those at equal loss; penalties to the left. */
static int plot(const struct sweep *sweeps, const char *stem, struct problem *problem)
{
    static const double ticks[] = {0, 0.25, 0.5, 0.75, 1};
    static const double ends[] = {0, 1};
    static const double ones[] = {1, 1};
    static struct curve curves[2][KNOBS];
    struct plot_panel panels[4];
    for (int p = 0; p < 4; p++) {
        const int reading = p / 2;
        const int first = p % 2 == 0 ? 0 : PENALTIES;
        const int count = p % 2 == 0 ? PENALTIES : KNOBS - PENALTIES;
        panels[p] = (struct plot_panel){
            .x_title = p % 2 == 0 ? "penalties, weakest (0) to strongest (1)"
                                  : "heuristics of training, weakest (0) to strongest (1)",
            .y_title = reading == 0 ? "relative GC, end of training" : "relative GC, loss 0.1",
            .log_y = 1,
            .common_y = 1,
            .tick_count = 5,
            .ticks = ticks,
            .series_count = count + 1};
        for (int i = 0; i < count; i++)
            panels[p].series[i] =
                draw(&sweeps[first + i], first + i, reading == 0 ? END : EQUAL_LOSS,
                     &curves[reading][first + i]);
        panels[p].series[count] = (struct plot_series){
            .style = PLOT_LINE, .color = PLOT_MOST_SERIES, .count = 2, .x = ends, .y = ones};
    }
    return plot_write(stem, 4, panels, problem);
}

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    for (int k = 0; k < count; k++)
        sweep_print(&sweeps[k]);
    if (options->csv != NULL && sweep_write_csv(sweeps, count, options->csv, problem) != 0)
        return -1;
    if (options->plot != NULL && plot(sweeps, options->plot, problem) != 0)
        return -1;
    print_table(sweeps);
    print_contrary(sweeps);
    judge(sweeps);
    return 0;
}

/* At which step the loss falls below a value is known to a check only, the more so where the steps
 * are large: what is judged by it has more of them, and in the quick run the network and the rates
 * at which the effect is larger than that. */
static void prepare(const struct options *options, const struct mnist *mnist, int knob,
                    struct experiment *experiment, struct sweep *sweep)
{
    *experiment = knob_experiment(knob, options, mnist);
    *sweep = knob_sweep(knob, options, (int)options_choose(options, 2, 3, 8));
    struct run_plan *plan = &experiment->plan;
    plan->thresholds = 1; /* a loss of 0.1 */
    if (knob < PENALTIES) /* whose steps cost most, and half as many are enough */
        plan->steps = options_choose(options, plan->steps, 1000, plan->steps);
    if (claims[knob].column != EQUAL_LOSS)
        return;
    plan->check = 10;
    if (options->effort != EFFORT_QUICK)
        return;
    experiment->samples = 1000;
    plan->settings.widths[1] = plan->settings.widths[2] = 64;
    if (knob == KNOB_LEARNING_RATE) /* the last three; the first takes longest */
        sweep->levels = knobs[knob].levels + knobs[knob].level_count - sweep->level_count;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct experiment experiments[KNOBS];
    struct sweep sweeps[KNOBS];
    for (int k = 0; k < KNOBS; k++) {
        prepare(options, mnist, k, &experiments[k], &sweeps[k]);
        experiment_connect(&experiments[k], &sweeps[k]);
    }
    return sweep_study(sweeps, KNOBS, options, report, problem);
}

static const struct program program = {
    .name = NAME,
    .summary =
        "Ten knobs, one picture: penalties (L2, L1, spectral norm, flatness, the geometric\n"
        "complexity itself) and heuristics of training (learning rate, batch size, noise on\n"
        "targets and inputs, scale of the initial weights) all lower the geometric complexity\n"
        "(GC). The verdict rests on the GC at the end of training, but for the learning rate and\n"
        "the batch size on that at equal training loss; the other reading stands beside it, and\n"
        "where it says otherwise, as at the end for the learning rate, a line says so.",
    .needs_images = 1,
    .run = run};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &program);
}
