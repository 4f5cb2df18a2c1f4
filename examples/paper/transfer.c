/* The transfer theorem: pressure on the gradients by the parameters is pressure on those by the
 * inputs, and so on the geometric complexity. At every sample (dense.h, dirichlet_dense_transfer)
 *
 *     ||df/dx||_F^2 sum_l T_l^2 <= ||df/dtheta||_F^2.
 *
 * First the inequality, at samples of networks before, during and after training. Then what it
 * is good for: a penalty on the gradient of the loss by the parameters (flatness) lowers the
 * geometric complexity. */
#include <math.h>
#include <stdio.h>

#include "experiment.h"
#include "plot.h"
#include "program.h"
#include "run.h"
#include "sweep.h"

#define NAME "transfer"
#define EQUAL_LOSS 0.1
#define MOST_SAMPLES 100

enum {
    VIOLATIONS, /* of the three times below together */
    CHECKED,    /* samples looked at */
    RATIO_BEFORE,
    RATIO_AFTER,
    GREATEST_RATIO,
    SIDE_AT_LOSS, /* the mean ||df/dtheta||_F^2 */
    SIDE,
    GC_AT_LOSS,
    GC,
    TRAIN_LOSS,
    COLUMNS
};

static const double strengths[] = {0, 1e-2, 2e-2, 5e-2};
static const double strengths_quick[] = {0, 2e-2, 5e-2};
/* Here a step of gradient descent is about as long as the penalty's curvature allows: some runs
 * end in a spike of the loss, with any complexity. It is shown, and no part of the verdict. */
static const double strengths_unstable[] = {1e-1};
static const double depths[] = {0, 1, 2, 4};

enum { FLATNESS, DEPTH, UNSTABLE, SWEEPS };

struct study {
    const struct mnist *mnist;
    int64_t samples; /* of training */
    int64_t checked; /* test images at which the theorem is looked at */
    int64_t width;
    int64_t steps;
    int64_t check;
    int kind; /* of those above: what the level is */
};

struct observation {
    struct trainer_data data;
    int64_t layers;
    int64_t steps;
    double *row;
};

/* The two sides at every sample. ratio: the mean of left over right; side: that of the right. */
static int look(const struct observation *observation, struct trainer *trainer, double *ratio,
                double *side, struct problem *problem)
{
    dirichlet_dense_f32 *network = trainer_network(trainer);
    const struct trainer_data *data = &observation->data;
    double left[MOST_SAMPLES];
    double right[MOST_SAMPLES];
    double factors[MOST_SAMPLES * TRAINER_MOST_LAYERS] = {0.0};
    dirichlet_dense_transfer_result sides = {.struct_size = sizeof sides,
                                             .input_side = left,
                                             .parameter_side = right,
                                             .factors = factors};
    double *row = observation->row;
    *ratio = *side = 0.0;
    if (dirichlet_dense_transfer_f32(network, data->count, data->x, NULL, &sides) != DIRICHLET_OK)
        return problem_set(problem, "the theorem: %s", dirichlet_dense_message_f32(network));
    const int64_t layers = observation->layers;
    for (int64_t i = 0; i < data->count; i++) {
        double sum = 0.0;
        for (int64_t l = 0; l < layers; l++)
            sum += factors[i * layers + l] * factors[i * layers + l];
        const double of_sample = left[i] * sum / right[i];
        row[VIOLATIONS] += !(left[i] * sum <= right[i]);
        row[GREATEST_RATIO] = fmax(row[GREATEST_RATIO], of_sample);
        *ratio += of_sample / (double)data->count;
        *side += right[i] / (double)data->count;
    }
    row[CHECKED] += (double)data->count;
    return 0;
}

/* Before the first step, at the first check with a loss of EQUAL_LOSS, and after the last step. */
static int observe(void *context, struct trainer *trainer, int64_t steps,
                   const struct trainer_score *train, struct problem *problem)
{
    const struct observation *observation = context;
    double *row = observation->row;
    double ratio = 0.0;
    double side = 0.0;
    const int is_first = isnan(row[SIDE_AT_LOSS]) && train->loss <= EQUAL_LOSS;
    const int is_last = steps >= observation->steps;
    if (steps != 0 && !is_first && !is_last)
        return 0;
    if (look(observation, trainer, &ratio, &side, problem) != 0)
        return -1;
    if (steps == 0)
        row[RATIO_BEFORE] = ratio;
    if (is_first)
        row[SIDE_AT_LOSS] = side;
    if (is_last) {
        row[RATIO_AFTER] = ratio;
        row[SIDE] = side;
    }
    return 0;
}

static int measure(void *context, double level, uint64_t seed, struct pool_worker *worker,
                   double *row, struct problem *problem)
{
    const struct study *study = context;
    struct images drawn;
    struct run_result result;
    const int hidden = study->kind == DEPTH ? (int)level : 2;
    struct observation observation = {images_first(&study->mnist->test.data, study->checked),
                                      hidden + 1, study->steps, row};
    struct run_plan plan = {.settings = experiment_settings(study->mnist, hidden, study->width),
                            .steps = study->steps,
                            .check = study->check,
                            .thresholds = 1,
                            .loss_at = {EQUAL_LOSS},
                            .observer = observe,
                            .context = &observation};
    plan.settings.seed = seed;
    plan.settings.flatness = study->kind == DEPTH ? 0.0 : level;
    if (images_draw(&study->mnist->train, study->samples, seed, &drawn, problem) != 0)
        return -1;
    const struct run_data data = {drawn.data, study->mnist->test.data,
                                  images_first(&drawn.data, 500)};
    row[VIOLATIONS] = row[CHECKED] = row[GREATEST_RATIO] = 0.0;
    const int code = run_train(&plan, &data, worker, &result, problem);
    images_free(&drawn);
    if (code != 0)
        return -1;
    row[GC_AT_LOSS] = result.complexity_at[0];
    row[GC] = result.complexity;
    row[TRAIN_LOSS] = result.train.loss;
    return 0;
}

struct theorem {
    double violations;
    double checked;
    int complete;      /* no run diverged, but for the strengths that are not judged */
    double mean_ratio; /* of all networks, before and after training */
    double greatest_ratio;
};

static struct theorem summarize_theorem(const struct sweep *sweeps, int count)
{
    struct theorem all = {.complete = 1};
    int networks = 0;
    for (int i = 0; i < count; i++)
        for (int l = 0; l < sweeps[i].level_count; l++)
            for (int s = 0; s < sweeps[i].seed_count; s++) {
                const double sum = sweep_value(&sweeps[i], l, s, RATIO_BEFORE) +
                                   sweep_value(&sweeps[i], l, s, RATIO_AFTER);
                all.violations += sweep_value(&sweeps[i], l, s, VIOLATIONS);
                all.checked += sweep_value(&sweeps[i], l, s, CHECKED);
                all.complete &= isfinite(sum) || i == UNSTABLE;
                all.mean_ratio += isfinite(sum) ? sum : 0.0;
                networks += isfinite(sum) ? 2 : 0;
                all.greatest_ratio =
                    fmax(all.greatest_ratio, sweep_value(&sweeps[i], l, s, GREATEST_RATIO));
            }
    all.mean_ratio /= networks;
    return all;
}

static void add_curve(const struct sweep *sweep, int column, const char *title,
                      struct sweep_curve *curve, struct plot_panel *panel)
{
    struct plot_series *series = &panel->series[panel->series_count++];
    *series = sweep_series(sweep, column, curve);
    series->title = title;
}

static int plot(const struct sweep *sweeps, const char *stem, struct problem *problem)
{
    static const double ones[] = {1.0, 1.0, 1.0, 1.0}; /* as many as depths */
    static struct sweep_curve curves[6];
    struct plot_panel panels[3] = {{.y_title = "left / right side of the theorem"},
                                   {.y_title = "mean ||\u2202f/\u2202\u03b8||_F^2"},
                                   {.y_title = "geometric complexity"}};
    for (int i = 0; i < 3; i++) {
        const struct sweep *sweep = &sweeps[i == 0 ? DEPTH : FLATNESS];
        panels[i].x_title = sweep->title;
        panels[i].log_x = i > 0;
        panels[i].tick_count = sweep->level_count;
        panels[i].ticks = sweep->levels;
    }
    add_curve(&sweeps[DEPTH], RATIO_BEFORE, "before training", &curves[0], &panels[0]);
    add_curve(&sweeps[DEPTH], RATIO_AFTER, "after training", &curves[1], &panels[0]);
    panels[0].series[panels[0].series_count++] =
        (struct plot_series){.title = "the theorem's bound",
                             .style = PLOT_LINE,
                             .count = sweeps[DEPTH].level_count,
                             .x = sweeps[DEPTH].levels,
                             .y = ones};
    add_curve(&sweeps[FLATNESS], SIDE, "at the end", &curves[2], &panels[1]);
    add_curve(&sweeps[FLATNESS], SIDE_AT_LOSS, "at loss 0.1", &curves[3], &panels[1]);
    add_curve(&sweeps[FLATNESS], GC, "at the end", &curves[4], &panels[2]);
    add_curve(&sweeps[FLATNESS], GC_AT_LOSS, "at loss 0.1", &curves[5], &panels[2]);
    return plot_write(stem, 3, panels, problem);
}

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    const struct theorem theorem = summarize_theorem(sweeps, count);
    const struct summary end = sweep_spearman_summary(&sweeps[FLATNESS], GC);
    const struct summary equal = sweep_spearman_summary(&sweeps[FLATNESS], GC_AT_LOSS);
    for (int i = 0; i < count; i++)
        sweep_print(&sweeps[i]);
    if (options->csv != NULL && sweep_write_csv(sweeps, count, options->csv, problem) != 0)
        return -1;
    if (options->plot != NULL && plot(sweeps, options->plot, problem) != 0)
        return -1;
    program_verdict(
        NAME,
        theorem.violations == 0.0 && theorem.complete &&
            sweep_agrees(&sweeps[FLATNESS], GC, -1, 0.9),
        "%.0f violations in %.0f looks at samples, left over right %.2f on average, %.3f at "
        "most; Spearman(flatness, GC) %+.2f..%+.2f at the end, %+.2f..%+.2f at loss %g",
        theorem.violations, theorem.checked, theorem.mean_ratio, theorem.greatest_ratio, end.least,
        end.greatest, equal.least, equal.greatest, EQUAL_LOSS);
    return 0;
}

static struct sweep make_sweep(const struct options *options, struct study *study)
{
    static const char *const names[SWEEPS] = {"flatness", "hidden_layers", "flatness_unstable"};
    static const char *const titles[SWEEPS] = {
        "strength of the flatness penalty", "hidden layers",
        "strength of the flatness penalty, where training is no longer stable"};
    const int quick = options->effort == EFFORT_QUICK;
    const double *levels[SWEEPS] = {quick ? strengths_quick : strengths, depths,
                                    strengths_unstable};
    const int counts[SWEEPS] = {quick ? 3 : 4, quick ? 3 : 4, 1};
    struct sweep sweep = {.name = names[study->kind],
                          .title = titles[study->kind],
                          .level_count = counts[study->kind],
                          .levels = levels[study->kind],
                          .seed_count = (int)options_choose(options, 2, 3, 8),
                          .seed = options->seed,
                          .column_count = COLUMNS,
                          .columns = {[VIOLATIONS] = {"violations", "violations"},
                                      [CHECKED] = {"checked", ""},
                                      [RATIO_BEFORE] = {"ratio_before", "ratio before training"},
                                      [RATIO_AFTER] = {"ratio_after", "ratio after training"},
                                      [GREATEST_RATIO] = {"ratio_greatest", "greatest ratio"},
                                      [SIDE_AT_LOSS] = {"parameter_side_at_loss_0.1", ""},
                                      [SIDE] = {"parameter_side", "||df/dtheta||^2 at the end"},
                                      [GC_AT_LOSS] = {"gc_at_loss_0.1", "GC at loss 0.1"},
                                      [GC] = {"gc", "GC at the end"},
                                      [TRAIN_LOSS] = {"train_loss", ""}},
                          .measure = measure,
                          .context = study};
    return sweep;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct study studies[SWEEPS];
    struct sweep sweeps[SWEEPS];
    for (int i = 0; i < SWEEPS; i++) {
        studies[i] = (struct study){.mnist = mnist,
                                    .samples = options_choose(options, 500, 2000, 2000),
                                    .checked = options_choose(options, 10, 50, MOST_SAMPLES),
                                    .width = options_choose(options, 32, 64, 128),
                                    .steps = options_choose(options, 400, 2000, 2000),
                                    .check = 20,
                                    .kind = i};
        sweeps[i] = make_sweep(options, &studies[i]);
    }
    return sweep_study(sweeps, SWEEPS, options, report, problem);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = NAME,
        .summary =
            "The transfer theorem holds at every sample of every network, and a penalty on the\n"
            "gradient of the loss by the parameters lowers the geometric complexity. The verdict\n"
            "rests on the complexity at the end of training; that at equal loss is beside it.\n"
            "Strengths at which training is no longer stable are shown apart.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
