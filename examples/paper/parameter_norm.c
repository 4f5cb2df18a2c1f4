/* The stronger the penalty on the norm of the weights, L1 or L2, the lower the geometric
 * complexity: at the end of the training, and among networks that fit equally well. */
#include "experiment.h"
#include "program.h"
#include "sweep.h"

static const double l2_levels[] = {0, 3e-4, 1e-3, 3e-3, 1e-2};
static const double l1_levels[] = {0, 3e-5, 1e-4, 3e-4, 1e-3};
static const double l2_quick[] = {0, 3e-3, 1e-2};
static const double l1_quick[] = {0, 3e-4, 1e-3};

static void set_l2(struct run_plan *plan, double level)
{
    plan->settings.l2 = level;
}

static void set_l1(struct run_plan *plan, double level)
{
    plan->settings.l1 = level;
}

static int report(const struct sweep *sweeps, const struct options *options,
                  struct problem *problem)
{
    const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT};
    if (sweep_report(sweeps, 2, columns, 2, "geometric complexity", options, problem) != 0)
        return -1;
    sweep_verdict("parameter-norm", sweeps, 2, EXPERIMENT_GC, -1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    const int quick = options->effort == EFFORT_QUICK;
    const int levels = quick ? 3 : 5;
    const int seeds = (int)options_choose(options, 3, 3, 8);
    struct experiment experiments[] = {experiment_usual(options, mnist, set_l2),
                                       experiment_usual(options, mnist, set_l1)};
    struct sweep sweeps[] = {{.name = "l2",
                              .title = "strength of the L2 penalty",
                              .level_count = levels,
                              .levels = quick ? l2_quick : l2_levels,
                              .seed_count = seeds,
                              .seed = options->seed},
                             {.name = "l1",
                              .title = "strength of the L1 penalty",
                              .level_count = levels,
                              .levels = quick ? l1_quick : l1_levels,
                              .seed_count = seeds,
                              .seed = options->seed}};
    for (int i = 0; i < 2; i++)
        experiment_connect(&experiments[i], &sweeps[i]);
    if (sweep_run_all(sweeps, 2, options, problem) != 0)
        return -1;
    const int result = report(sweeps, options, problem);
    for (int i = 0; i < 2; i++)
        sweep_free(&sweeps[i]);
    return result;
}

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "parameter-norm",
        .summary = "The stronger the penalty on the norm of the weights, L1 or L2, the lower the\n"
                   "geometric complexity of the network that comes out.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
