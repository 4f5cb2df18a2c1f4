#include "experiment.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "program.h"

struct trainer_settings experiment_settings(const struct mnist *mnist, int hidden_layers,
                                            int64_t width)
{
    struct trainer_settings settings = {.layers = hidden_layers + 1,
                                        .loss = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY,
                                        .optimizer = TRAINER_SGD,
                                        .learning_rate = 0.1,
                                        .batch = 64};
    settings.initialization.struct_size = sizeof settings.initialization;
    settings.initialization.scheme = DIRICHLET_INITIALIZATION_HE;
    settings.widths[0] = mnist->train.data.inputs;
    for (int l = 1; l <= hidden_layers; l++)
        settings.widths[l] = width;
    settings.widths[hidden_layers + 1] = mnist->train.data.outputs;
    return settings;
}

struct experiment experiment_usual(const struct options *options, const struct mnist *mnist,
                                   void (*set)(struct run_plan *plan, double level))
{
    const int64_t width = options_choose(options, 32, 128, 128);
    return (struct experiment){.mnist = mnist,
                               .samples = options_choose(options, 500, 2000, 2000),
                               .measured = options_choose(options, 200, 500, 500),
                               .plan = {.settings = experiment_settings(mnist, 2, width),
                                        .steps = options_choose(options, 400, 2000, 2000),
                                        .check = options_choose(options, 20, 20, 10),
                                        .thresholds = 2,
                                        .loss_at = {0.1, 0.03}},
                               .set = set};
}

static void name_columns(const struct run_plan *plan, struct sweep *sweep)
{
    static const struct sweep_column fixed[EXPERIMENT_GC_AT] = {
        [EXPERIMENT_GC] = {"gc", "GC at the end"},
        [EXPERIMENT_TRAIN_LOSS] = {"train_loss", "training loss"},
        [EXPERIMENT_TRAIN_ACCURACY] = {"train_accuracy", ""},
        [EXPERIMENT_TEST_LOSS] = {"test_loss", ""},
        [EXPERIMENT_TEST_ACCURACY] = {"test_accuracy", "test accuracy"},
        [EXPERIMENT_STEPS] = {"steps", ""}};
    memcpy(sweep->columns, fixed, sizeof fixed);
    if (plan->stop_at > 0.0) /* where the end is a loss, its column says which */
        snprintf(sweep->columns[EXPERIMENT_GC].title, sizeof sweep->columns->title, "GC at loss %g",
                 plan->stop_at);
    for (int i = 0; i < plan->thresholds; i++) {
        struct sweep_column *column = &sweep->columns[EXPERIMENT_GC_AT + i];
        snprintf(column->name, sizeof column->name, "gc_at_loss_%g", plan->loss_at[i]);
        snprintf(column->title, sizeof column->title, "GC at loss %g", plan->loss_at[i]);
    }
    sweep->column_count = EXPERIMENT_GC_AT + plan->thresholds;
}

int experiment_fits(const struct sweep *sweep)
{
    int fitting = 0;
    for (int l = 0; l < sweep->level_count; l++)
        for (int s = 0; s < sweep->seed_count; s++)
            fitting += sweep_value(sweep, l, s, EXPERIMENT_TRAIN_ACCURACY) >= 0.75;
    return fitting == sweep->level_count * sweep->seed_count;
}

void experiment_verdict(const char *program, const struct sweep *sweeps, int count, int column,
                        int sign, double bound)
{
    char text[512];
    size_t used = 0;
    int agrees = 1;
    for (int i = 0; i < count && used < sizeof text; i++) {
        const struct summary rho = sweep_spearman_summary(&sweeps[i], column);
        const int fits = experiment_fits(&sweeps[i]);
        agrees &= fits && sweep_agrees(&sweeps[i], column, sign, bound);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s, %s, %+.2f..%+.2f%s",
                                 i > 0 ? "; " : "", sweeps[i].name, sweeps[i].columns[column].title,
                                 rho.least, rho.greatest, fits ? "" : " (not all of them fit)");
    }
    program_verdict(program, agrees, "Spearman %s %+g for each of %d seeds: %s",
                    sign < 0 ? "<=" : ">=", sign * bound, sweeps->seed_count, text);
}

/* Where the end is to be a loss, it is one only if it was reached. */
static double complexity_at_the_end(const struct run_plan *plan, const struct run_result *result)
{
    const int reached = plan->stop_at <= 0.0 || result->train.loss <= plan->stop_at;
    return reached ? result->complexity : (double)NAN;
}

static void fill(const struct run_plan *plan, const struct run_result *result, double *row)
{
    row[EXPERIMENT_GC] = complexity_at_the_end(plan, result);
    row[EXPERIMENT_TRAIN_LOSS] = result->train.loss;
    row[EXPERIMENT_TRAIN_ACCURACY] = result->train.accuracy;
    row[EXPERIMENT_TEST_LOSS] = result->test.loss;
    row[EXPERIMENT_TEST_ACCURACY] = result->test.accuracy;
    row[EXPERIMENT_STEPS] = (double)result->steps;
    for (int i = 0; i < plan->thresholds; i++)
        row[EXPERIMENT_GC_AT + i] = result->complexity_at[i];
}

static int measure(void *context, double level, uint64_t seed, struct pool_worker *worker,
                   double *row, struct problem *problem)
{
    const struct experiment *experiment = context;
    struct run_plan plan = experiment->plan;
    struct run_result result;
    struct images drawn;
    if (images_draw(&experiment->mnist->train, experiment->samples, seed, &drawn, problem) != 0)
        return -1;
    const struct run_data data = {.train = drawn.data,
                                  .test = experiment->mnist->test.data,
                                  .measured = images_first(&drawn.data, experiment->measured)};
    plan.settings.seed = seed;
    experiment->set(&plan, level);
    const int code = run_train(&plan, &data, worker, &result, problem);
    if (code == 0)
        fill(&plan, &result, row);
    images_free(&drawn);
    return code;
}

void experiment_connect(struct experiment *experiment, struct sweep *sweep)
{
    name_columns(&experiment->plan, sweep);
    sweep->measure = measure;
    sweep->context = experiment;
}
