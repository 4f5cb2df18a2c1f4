/* The stronger the penalty on the geometric complexity of the batch, the lower that of the training
 * data: at the end of the training, and among networks that fit equally well.
 *
 * That a penalty lowers what it penalizes is no surprise. What is to be seen here is how far it can
 * be lowered with the fit kept, and what the test accuracy says to it. */
#include "experiment.h"
#include "program.h"
#include "sweep.h"

static const double levels[] = {0, 5e-5, 3e-4, 2e-3, 1e-2};
static const double quick_levels[] = {0, 1e-4, 1e-3};

static void set_energy(struct run_plan *plan, double level)
{
    plan->settings.energy = level;
}

static int report(const struct sweep *sweep, const struct options *options, struct problem *problem)
{
    const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT, EXPERIMENT_GC_AT + 1};
    if (sweep_report(sweep, 1, columns, 3, "geometric complexity", options, problem) != 0)
        return -1;
    sweep_verdict("energy-penalty", sweep, 1, EXPERIMENT_GC, -1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    const int quick = options->effort == EFFORT_QUICK;
    struct experiment experiment = experiment_usual(options, mnist, set_energy);
    struct sweep sweep = {.name = "energy",
                          .title = "strength of the energy penalty",
                          .level_count = quick ? 3 : 5,
                          .levels = quick ? quick_levels : levels,
                          .seed_count = (int)options_choose(options, 2, 3, 8),
                          .seed = options->seed};
    experiment_connect(&experiment, &sweep);
    if (sweep_run_all(&sweep, 1, options, problem) != 0)
        return -1;
    const int result = report(&sweep, options, problem);
    sweep_free(&sweep);
    return result;
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
