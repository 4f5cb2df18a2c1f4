/* The stronger the penalty ||dLoss/dtheta||^2 on the slope of the loss, the lower the geometric
 * complexity: at the end of the training, and among networks that fit equally well.
 *
 * Beside it stronger penalties, and the squared loss, where the penalty reaches its limit: along a
 * direction of curvature h a step multiplies the distance to the minimum by
 * 1 - rate (h + 2 strength h^2), which must not fall below -1. What such a training ends with has a
 * low complexity because it fits nothing. Runs with losses that are not finite have no part in the
 * means. */
#include "experiment.h"
#include "knobs.h"
#include "program.h"
#include "sweep.h"

static const double high_levels[] = {6e-2, 1e-1, 2e-1};
static const double squared_levels[] = {0, 1e-3, 1e-2, 3e-2};

/* The other loss has another scale, and so another rate and other losses to compare at. */
static struct experiment squared_plan(const struct options *options, const struct mnist *mnist)
{
    struct experiment experiment = knob_experiment(KNOB_FLATNESS, options, mnist);
    experiment.plan.settings.loss = DIRICHLET_LOSS_SQUARED;
    experiment.plan.settings.learning_rate = 0.05;
    experiment.plan.settings.batch = 32;
    experiment.plan.steps = 3000;
    experiment.plan.loss_at[0] = 0.1;
    experiment.plan.loss_at[1] = 0.05;
    return experiment;
}

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT, EXPERIMENT_GC_AT + 1};
    if (sweep_report(sweeps, count, columns, 3, "geometric complexity", options, problem) != 0)
        return -1;
    experiment_verdict("flatness", &sweeps[0], 1, EXPERIMENT_GC, -1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    const int quick = options->effort == EFFORT_QUICK;
    const int count = quick ? 1 : 3;
    const int seeds = (int)options_choose(options, 2, 3, 8);
    struct experiment experiments[] = {knob_experiment(KNOB_FLATNESS, options, mnist),
                                       knob_experiment(KNOB_FLATNESS, options, mnist),
                                       squared_plan(options, mnist)};
    struct sweep sweeps[] = {knob_sweep(KNOB_FLATNESS, options, seeds),
                             {.name = "flat_high",
                              .title = "high strength of the flatness penalty, cross-entropy",
                              .level_count = 3,
                              .levels = high_levels,
                              .seed_count = seeds,
                              .seed = options->seed},
                             {.name = "flat_mse",
                              .title = "strength of the flatness penalty, squared loss",
                              .level_count = 4,
                              .levels = squared_levels,
                              .seed_count = seeds,
                              .seed = options->seed}};
    for (int i = 0; i < count; i++)
        experiment_connect(&experiments[i], &sweeps[i]);
    return sweep_study(sweeps, count, options, report, problem);
}

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "flatness",
        .summary =
            "The stronger the penalty on ||dLoss/dtheta||^2, the lower the geometric complexity.\n"
            "The verdict rests on the end of the training with the cross-entropy; beside it the\n"
            "readings at equal training loss, and where training with this penalty breaks down:\n"
            "high strengths, and the squared loss.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
