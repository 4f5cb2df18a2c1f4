/* The stronger the penalty on the geometric complexity of the batch, the lower that of the training
 * data: at the end of the training, and among networks that fit equally well.
 *
 * That a penalty lowers what it penalizes is no surprise. What is to be seen here is how far it can
 * be lowered with the fit kept, and what the test accuracy says to it. */
#include "experiment.h"
#include "knobs.h"
#include "program.h"
#include "sweep.h"

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT, EXPERIMENT_GC_AT + 1};
    if (sweep_report(sweeps, count, columns, 3, "geometric complexity", options, problem) != 0)
        return -1;
    experiment_verdict("energy-penalty", sweeps, count, EXPERIMENT_GC, -1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct experiment experiment = knob_experiment(KNOB_ENERGY, options, mnist);
    struct sweep sweep = knob_sweep(KNOB_ENERGY, options, (int)options_choose(options, 2, 3, 8));
    experiment_connect(&experiment, &sweep);
    return sweep_study(&sweep, 1, options, report, problem);
}

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "energy-penalty",
        .summary =
            "The stronger the penalty on the geometric complexity itself, the lower it is. The\n"
            "verdict rests on the end of the training; the readings at equal training loss are\n"
            "beside it.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
