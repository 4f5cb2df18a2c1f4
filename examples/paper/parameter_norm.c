/* The stronger the penalty on the norm of the weights, L1 or L2, the lower the geometric
 * complexity: at the end of the training, and among networks that fit equally well. */
#include "experiment.h"
#include "knobs.h"
#include "program.h"
#include "sweep.h"

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT};
    if (sweep_report(sweeps, count, columns, 2, "geometric complexity", options, problem) != 0)
        return -1;
    experiment_verdict("parameter-norm", sweeps, count, EXPERIMENT_GC, -1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    const int seeds = (int)options_choose(options, 3, 3, 8);
    struct experiment experiments[] = {knob_experiment(KNOB_L2, options, mnist),
                                       knob_experiment(KNOB_L1, options, mnist)};
    struct sweep sweeps[] = {knob_sweep(KNOB_L2, options, seeds),
                             knob_sweep(KNOB_L1, options, seeds)};
    for (int i = 0; i < 2; i++)
        experiment_connect(&experiments[i], &sweeps[i]);
    return sweep_study(sweeps, 2, options, report, problem);
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
