/* Geometric complexity follows the length of the curve while a network fits ten points.
 *
 * The arc length is found without derivatives, as the length of the polyline through values of
 * the function; the geometric complexity by the library. By Jensen's inequality, on an interval I,
 *
 *     arc = int_I sqrt(1 + f'^2) dx <= |I| sqrt(1 + GC),    GC = (1/|I|) int_I f'^2 dx.
 *
 * The targets are two periods of a sine with noise. With a single period the network has little to
 * do after a few hundred steps: the complexity then still creeps up as kinks sharpen, while the
 * length stays or falls. That reading is printed beside the other. */
#include <math.h>
#include <stdio.h>

#include "plot.h"
#include "program.h"
#include "random.h"
#include "sweep.h"
#include "trainer.h"

#define NAME "fit-1d"
#define POINTS 10
#define CELLS 2000 /* of the interval */
#define LENGTH 2.0 /* of it: -1 to 1 */
#define MOST_SEEDS 10
#define MOST_LEVELS 20
#define LEAST_CORRELATION 0.99
/* What float values and cells with a kink may put the two sides of the inequality off by. */
#define TOLERANCE 1e-3

enum { GC, GC_AT_POINTS, ARC, BOUND, LOSS, COLUMNS };

static const double checkpoints[MOST_LEVELS] = {0,    10,   20,   35,   60,   80,   120,
                                                180,  250,  350,  500,  700,  1000, 1400,
                                                2000, 2800, 4000, 5600, 8000, 16000};

struct target {
    double periods;
    double x[CELLS + 1];
    double curves[MOST_LEVELS][CELLS + 1]; /* the first seed's functions, for the plot */
};

static void draw_points(const struct target *target, uint64_t seed, float *x, float *y)
{
    const double pi = 3.14159265358979323846;
    struct random random = {.state = seed};
    for (int i = 0; i < POINTS; i++) {
        const double at = LENGTH * i / (POINTS - 1) - 0.5 * LENGTH;
        x[i] = (float)at;
        y[i] = (float)(sin(target->periods * pi * at) + 0.3 * random_normal(&random));
    }
}

static double length_of(const float *values)
{
    double length = 0.0;
    for (int i = 0; i < CELLS; i++)
        length += hypot(LENGTH / CELLS, (double)values[i + 1] - (double)values[i]);
    return length;
}

/* The function at the ends of the cells, and its complexity at their middles: where a cell has no
 * kink, the slope of the polyline is the derivative in its middle. */
static int measure_function(struct trainer *trainer, float *values, double *row,
                            struct problem *problem)
{
    float ends[CELLS + 1];
    float middles[CELLS];
    for (int i = 0; i <= CELLS; i++)
        ends[i] = (float)(LENGTH * i / CELLS - 0.5 * LENGTH);
    for (int i = 0; i < CELLS; i++)
        middles[i] = (float)(LENGTH * (i + 0.5) / CELLS - 0.5 * LENGTH);
    const struct trainer_data grid = {.count = CELLS, .inputs = 1, .outputs = 1, .x = middles};
    dirichlet_dense_f32 *network = trainer_network(trainer);
    if (dirichlet_dense_forward_f32(network, CELLS + 1, ends, values) != DIRICHLET_OK)
        return problem_set(problem, "the function: %s", dirichlet_dense_message_f32(network));
    if (trainer_complexity(trainer, &grid, &row[GC], problem) != 0)
        return -1;
    row[ARC] = length_of(values);
    row[BOUND] = LENGTH * sqrt(1.0 + row[GC]);
    return 0;
}

/* Train on to a checkpoint; `last` is that of the whole run. */
static int train(struct trainer *trainer, double steps, double last, struct pool_worker *worker,
                 struct problem *problem)
{
    double taken = (double)trainer_steps_taken(trainer);
    while (taken < steps) {
        if (trainer_steps(trainer, (int64_t)fmin(steps - taken, 500.0), problem) != 0)
            return -1;
        taken = (double)trainer_steps_taken(trainer);
        if (pool_report(worker, taken / last, problem) != 0)
            return -1;
    }
    return 0;
}

static int measure(struct trainer *trainer, const struct trainer_data *data, float *values,
                   double *row, struct problem *problem)
{
    struct trainer_score score;
    if (measure_function(trainer, values, row, problem) != 0 ||
        trainer_complexity(trainer, data, &row[GC_AT_POINTS], problem) != 0 ||
        trainer_judge(trainer, data, &score, problem) != 0)
        return -1;
    row[LOSS] = score.loss;
    return 0;
}

static int follow_trainer(struct trainer *trainer, const struct trainer_data *data,
                          const struct sweep *sweep, int seed, struct pool_worker *worker,
                          struct problem *problem)
{
    struct target *target = sweep->context;
    const double last = sweep->levels[sweep->level_count - 1];
    float values[CELLS + 1];
    for (int l = 0; l < sweep->level_count; l++) {
        if (train(trainer, sweep->levels[l], last, worker, problem) != 0 ||
            measure(trainer, data, values, sweep_row(sweep, l, seed), problem) != 0)
            return -1;
        for (int i = 0; seed == 0 && i <= CELLS; i++)
            target->curves[l][i] = (double)values[i];
    }
    return 0;
}

static int follow(void *context, const struct sweep *sweep, int seed, struct pool_worker *worker,
                  struct problem *problem)
{
    const struct target *target = context;
    float x[POINTS];
    float y[POINTS];
    struct trainer *trainer = NULL;
    const struct trainer_data data = {
        .count = POINTS, .inputs = 1, .outputs = 1, .x = x, .targets = y};
    const struct trainer_settings settings = {
        .layers = 3,
        .widths = {1, 100, 100, 1},
        .initialization = {.scheme = DIRICHLET_INITIALIZATION_GLOROT},
        .loss = DIRICHLET_LOSS_SQUARED,
        .learning_rate = 0.06,
        .seed = sweep->seed + (uint64_t)seed,
        .parallel = pool_parallel(worker)};
    draw_points(target, settings.seed, x, y);
    int code = trainer_create(&settings, &data, &trainer, problem);
    if (code == 0)
        code = follow_trainer(trainer, &data, sweep, seed, worker, problem);
    trainer_destroy(trainer);
    return code;
}

/* Spearman's correlation of two columns over the checkpoints, the least of the seeds. */
static double least_correlation(const struct sweep *sweep, int a, int b)
{
    double least = 1.0;
    for (int s = 0; s < sweep->seed_count; s++) {
        double x[MOST_LEVELS];
        double y[MOST_LEVELS];
        for (int l = 0; l < sweep->level_count; l++) {
            x[l] = sweep_value(sweep, l, s, a);
            y[l] = sweep_value(sweep, l, s, b);
        }
        const double correlation = spearman(sweep->level_count, x, y);
        if (!(correlation >= least)) /* so that a NaN is kept, too */
            least = correlation;
    }
    return least;
}

static int violations(const struct sweep *sweep)
{
    int count = 0;
    for (int l = 0; l < sweep->level_count; l++)
        for (int s = 0; s < sweep->seed_count; s++)
            count += !(sweep_value(sweep, l, s, ARC) <=
                       sweep_value(sweep, l, s, BOUND) * (1.0 + TOLERANCE));
    return count;
}

static struct plot_series series(const char *title, enum plot_style style, int count,
                                 const double *x, const double *y)
{
    return (struct plot_series){.title = title, .style = style, .count = count, .x = x, .y = y};
}

/* One seed's points, and its function at a few checkpoints. */
static void plot_functions(const struct sweep *sweep, struct target *target,
                           struct plot_panel *panel)
{
    static char titles[4][64];
    static double x[POINTS];
    static double y[POINTS];
    const int drawn[4] = {0, 6, 12, sweep->level_count - 1};
    float points[2][POINTS];
    draw_points(target, sweep->seed, points[0], points[1]);
    for (int i = 0; i < POINTS; i++) {
        x[i] = (double)points[0][i];
        y[i] = (double)points[1][i];
    }
    for (int i = 0; i <= CELLS; i++)
        target->x[i] = LENGTH * i / CELLS - 0.5 * LENGTH;
    for (int i = 0; i < 4; i++) {
        const int l = drawn[i];
        snprintf(titles[i], sizeof titles[i], "step %.0f: GC %.2g, length %.1f", sweep->levels[l],
                 sweep_value(sweep, l, 0, GC), sweep_value(sweep, l, 0, ARC));
        panel->series[i] = series(titles[i], PLOT_LINE, CELLS + 1, target->x, target->curves[l]);
    }
    panel->series[4] = series("the points", PLOT_POINTS, POINTS, x, y);
    panel->series_count = 5;
}

/* All checkpoints of all seeds, and Jensen's bound. */
static void plot_lengths(const struct sweep *sweep, struct plot_panel *panel)
{
    static double complexity[MOST_LEVELS * MOST_SEEDS];
    static double length[MOST_LEVELS * MOST_SEEDS];
    static double x[101];
    static double bound[101];
    double most = 0.0;
    int count = 0;
    for (int l = 0; l < sweep->level_count; l++)
        for (int s = 0; s < sweep->seed_count; s++, count++) {
            complexity[count] = sweep_value(sweep, l, s, GC);
            length[count] = sweep_value(sweep, l, s, ARC);
            most = fmax(most, complexity[count]);
        }
    for (int i = 0; i <= 100; i++) {
        x[i] = most * i / 100;
        bound[i] = LENGTH * sqrt(1.0 + x[i]);
    }
    panel->series[0] = series("checkpoints of all seeds", PLOT_POINTS, count, complexity, length);
    panel->series[1] = series("bound |I| (1 + GC)^{1/2}", PLOT_LINE, 101, x, bound);
    panel->series_count = 2;
}

static int write_files(const struct options *options, const struct sweep *sweeps, int count,
                       struct problem *problem)
{
    struct plot_panel panels[2] = {{.x_title = "input x", .y_title = "output f(x)"},
                                   {.x_title = "geometric complexity", .y_title = "arc length"}};
    if (options->csv != NULL && sweep_write_csv(sweeps, count, options->csv, problem) != 0)
        return -1;
    if (options->plot == NULL)
        return 0;
    plot_functions(&sweeps[0], sweeps[0].context, &panels[0]);
    plot_lengths(&sweeps[0], &panels[1]);
    return plot_write(options->plot, 2, panels, problem);
}

static void print(const struct sweep *sweep)
{
    sweep_print(sweep);
    printf("Spearman correlation over the checkpoints, the least of the seeds: of the arc length "
           "with GC on the\ninterval %+.4f, with GC at the points %+.4f; above the bound: %d of "
           "%d checkpoints\n\n",
           least_correlation(sweep, GC, ARC), least_correlation(sweep, GC_AT_POINTS, ARC),
           violations(sweep), sweep->level_count * sweep->seed_count);
}

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    const double correlation = least_correlation(&sweeps[0], GC, ARC);
    const int broken = violations(&sweeps[0]) + violations(&sweeps[1]);
    print(&sweeps[0]);
    print(&sweeps[1]);
    if (write_files(options, sweeps, count, problem) != 0)
        return -1;
    program_verdict(NAME, correlation >= LEAST_CORRELATION && broken == 0,
                    "two periods: Spearman(GC, arc length) >= %.4f in each of %d seeds (one "
                    "period: %.4f); %d checkpoints above the bound",
                    correlation, sweeps[0].seed_count, least_correlation(&sweeps[1], GC, ARC),
                    broken);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    static struct target targets[2] = {{.periods = 2.0}, {.periods = 1.0}};
    struct sweep sweeps[2];
    (void)mnist;
    for (int i = 0; i < 2; i++) {
        sweeps[i] =
            (struct sweep){.name = i == 0 ? "steps" : "steps_one_period",
                           .title = i == 0 ? "steps of gradient descent, two periods"
                                           : "steps of gradient descent, one period",
                           .level_count = (int)options_choose(options, 16, 19, MOST_LEVELS),
                           .levels = checkpoints,
                           .seed_count = (int)options_choose(options, 3, 5, MOST_SEEDS),
                           .seed = options->seed,
                           .column_count = COLUMNS,
                           .columns = {[GC] = {"gc", "GC"},
                                       [GC_AT_POINTS] = {"gc_at_points", "GC at the points"},
                                       [ARC] = {"arc_length", "arc length"},
                                       [BOUND] = {"bound", "bound"},
                                       [LOSS] = {"train_loss", "loss"}},
                           .follow = follow,
                           .context = &targets[i]};
    }
    return sweep_study(sweeps, 2, options, report, problem);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = NAME,
        .summary =
            "While a network of one input fits ten points, its geometric complexity follows the\n"
            "arc length of its curve. The verdict rests on the complexity on the whole interval,\n"
            "for points that take the network thousands of steps to fit; beside it, the\n"
            "complexity at the points, and a simpler target.",
        .run = run};
    return program_main(argc, argv, &program);
}
