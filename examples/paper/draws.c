#include "draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define IMAGES 10 /* for the complexity of one draw: depth makes the images alike */

void draws_set_depth(struct run_plan *plan, double level)
{
    struct trainer_settings *settings = &plan->settings;
    const int hidden = (int)level;
    const int64_t outputs = settings->widths[settings->layers];
    for (int l = 1; l <= hidden; l++)
        settings->widths[l] = DRAWS_WIDTH;
    settings->layers = hidden + 1;
    settings->widths[settings->layers] = outputs;
}

/* A trainer that takes no step. */
static int complexity_of_draw(const struct trainer_settings *settings,
                              const struct trainer_data *data, double *complexity,
                              struct problem *problem)
{
    struct trainer *trainer = NULL;
    if (trainer_create(settings, data, &trainer, problem) != 0)
        return -1;
    const int result = trainer_complexity(trainer, data, complexity, problem);
    trainer_destroy(trainer);
    return result;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void summarize_draws(int count, double *values, double expected, double *row)
{
    double squares = 0.0;
    const double mean = summarize(count, values).mean;
    for (int i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    qsort(values, (size_t)count, sizeof *values, compare);
    row[DRAWS_MEAN] = mean;
    row[DRAWS_MEDIAN] = 0.5 * (values[(count - 1) / 2] + values[count / 2]);
    row[DRAWS_EXPECTED] = expected;
    row[DRAWS_RATIO] = mean / expected;
    row[DRAWS_RATIO_ERROR] = sqrt(squares / ((double)count * (count - 1))) / expected;
    row[DRAWS_MEDIAN_RATIO] = row[DRAWS_MEDIAN] / expected;
}

static int measure_depth(void *context, double level, uint64_t seed, struct pool_worker *worker,
                         double *row, struct problem *problem)
{
    const struct draws *draws = context;
    const struct trainer_data data = images_first(&draws->mnist->train.data, IMAGES);
    struct run_plan plan = {.settings = experiment_settings(draws->mnist, 1, DRAWS_WIDTH)};
    struct trainer_settings *settings = &plan.settings;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    double values[DRAWS_MOST];
    double expected = 0.0;
    settings->initialization = draws->initialization;
    settings->parallel = pool_parallel(worker);
    draws_set_depth(&plan, level);
    if (dirichlet_expected_energy(&settings->initialization, settings->widths, settings->layers,
                                  0.0, &expected, &error) != DIRICHLET_OK)
        return problem_set(problem, "%s", error.message);
    for (int i = 0; i < draws->count; i++) {
        settings->seed = seed * DRAWS_MOST + (uint64_t)i;
        if (complexity_of_draw(settings, &data, &values[i], problem) != 0 ||
            pool_report(worker, (double)i / draws->count, problem) != 0)
            return -1;
    }
    summarize_draws(draws->count, values, expected, row);
    return 0;
}

/* The same draw at scale 1 and at the level's. */
static int measure_scale(void *context, double level, uint64_t seed, struct pool_worker *worker,
                         double *row, struct problem *problem)
{
    const struct draws *draws = context;
    const struct trainer_data data = images_first(&draws->mnist->train.data, 100);
    struct run_plan plan = {.settings = experiment_settings(draws->mnist, 2, 128)};
    double unscaled = 0.0;
    plan.settings.seed = seed;
    plan.settings.parallel = pool_parallel(worker);
    if (complexity_of_draw(&plan.settings, &data, &unscaled, problem) != 0)
        return -1;
    plan.settings.initialization.scale = level;
    plan.settings.initialization.scale_given = 1;
    if (complexity_of_draw(&plan.settings, &data, &row[DRAWS_SCALED], problem) != 0)
        return -1;
    row[DRAWS_POWER_ERROR] =
        fabs(row[DRAWS_SCALED] / (unscaled * pow(level, 2 * plan.settings.layers)) - 1);
    return 0;
}

void draws_connect_depth(struct draws *draws, struct sweep *sweep)
{
    static const struct sweep_column columns[DRAWS_COLUMNS] = {
        [DRAWS_MEAN] = {"gc_mean", "mean GC"},
        [DRAWS_MEDIAN] = {"gc_median", ""},
        [DRAWS_EXPECTED] = {"gc_expected", "closed form"},
        [DRAWS_RATIO] = {"mean_over_form", "mean / closed form"},
        [DRAWS_RATIO_ERROR] = {"standard_error", "standard error of it"},
        [DRAWS_MEDIAN_RATIO] = {"median_over_form", "median / closed form"}};
    memcpy(sweep->columns, columns, sizeof columns);
    sweep->column_count = DRAWS_COLUMNS;
    sweep->measure = measure_depth;
    sweep->context = draws;
}

void draws_connect_scale(struct draws *draws, struct sweep *sweep)
{
    static const struct sweep_column columns[DRAWS_SCALE_COLUMNS] = {
        [DRAWS_SCALED] = {"gc", "GC"},
        [DRAWS_POWER_ERROR] = {"error_of_power", "|GC / (s^(2L) GC(1)) - 1|"}};
    memcpy(sweep->columns, columns, sizeof columns);
    sweep->column_count = DRAWS_SCALE_COLUMNS;
    sweep->measure = measure_scale;
    sweep->context = draws;
}

double draws_worst_deviation(const struct sweep *sweep)
{
    double worst = 0.0;
    for (int l = 0; l < sweep->level_count; l++) {
        double variance = 0.0;
        for (int s = 0; s < sweep->seed_count; s++)
            variance += pow(sweep_value(sweep, l, s, DRAWS_RATIO_ERROR), 2);
        const double error = sqrt(variance) / sweep->seed_count;
        const double deviation = fabs(sweep_summary(sweep, l, DRAWS_RATIO).mean - 1) / error;
        if (isnan(deviation))
            return deviation;
        worst = fmax(worst, deviation);
    }
    return worst;
}
