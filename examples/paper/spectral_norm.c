/* The stronger the penalty 1/2 sum sigma_l^2 on the spectral norms of the weight matrices, the
 * lower the geometric complexity: at the end of the training, and among networks that fit equally
 * well.
 *
 * The largest singular values are followed by one power iteration a step, which is what makes this
 * penalty cheap; see dirichlet_spectral_penalty_f32 in the trainer. */
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
    experiment_verdict("spectral-norm", sweeps, count, EXPERIMENT_GC, -1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct experiment experiment = knob_experiment(KNOB_SPECTRAL, options, mnist);
    struct sweep sweep = knob_sweep(KNOB_SPECTRAL, options, (int)options_choose(options, 2, 3, 8));
    experiment_connect(&experiment, &sweep);
    return sweep_study(&sweep, 1, options, report, problem);
}

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "spectral-norm",
        .summary = "The stronger the penalty on the spectral norms of the weights, the lower the "
                   "geometric\n"
                   "complexity of the network that comes out. The verdict rests on the end of the\n"
                   "training; the readings at equal training loss are beside it.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
