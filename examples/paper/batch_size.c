/* Do smaller batches find a simpler function?
 *
 * The gradients of small batches are noisy, and what they do on average is descend on
 * L + h/4 (||grad L||^2 + their variance) (Smith, Dherin, Barrett and De 2021): the smaller the
 * batch, the stronger this implicit penalty on the gradients by the parameters, and through the
 * transfer theorem on the geometric complexity. The learning rate is held fixed; the readings by
 * epochs, in which large batches take fewer steps, go the other way. */
#include "experiment.h"
#include "knobs.h"
#include "program.h"
#include "sweep.h"

#define NAME "batch-size"
#define EPOCHS 30
#define SAMPLES 2000
#define SAMPLES_QUICK 1000

/* The first two carry the verdict. */
enum { CROSS_ENTROPY, SQUARED, EQUAL_STEPS, EQUAL_EPOCHS, EQUAL_RATIO, SWEEPS };

/* plan.steps comes as those at a batch of 1: the samples of all epochs. */
static void set_batch_and_epochs(struct run_plan *plan, double level)
{
    knobs[KNOB_BATCH_SIZE].set(plan, level);
    plan->steps = (int64_t)((double)plan->steps / level);
}

/* The rate of the other sweeps at batches of 64. */
static void set_batch_and_rate(struct run_plan *plan, double level)
{
    set_batch_and_epochs(plan, level);
    plan->settings.learning_rate *= level / 64.0;
}

/* The rate is one at which batches of 16 are still stable. Two losses on the way, the second of
 * them the end. */
static struct experiment equal_loss(const struct options *options, const struct mnist *mnist)
{
    struct experiment experiment = {.mnist = mnist,
                                    .samples =
                                        options_choose(options, SAMPLES_QUICK, SAMPLES, SAMPLES),
                                    .measured = options_choose(options, 200, 500, 500),
                                    .set = knobs[KNOB_BATCH_SIZE].set};
    struct run_plan *plan = &experiment.plan;
    plan->settings = experiment_settings(mnist, 2, options_choose(options, 64, 128, 128));
    plan->settings.learning_rate = 0.2;
    plan->steps = 8000;
    plan->check = 10;
    plan->thresholds = 1;
    plan->loss_at[0] = 0.03;
    plan->stop_at = 0.01;
    return experiment;
}

static struct experiment squared(const struct options *options, const struct mnist *mnist)
{
    struct experiment experiment = equal_loss(options, mnist);
    experiment.plan.settings.loss = DIRICHLET_LOSS_SQUARED;
    experiment.plan.settings.learning_rate = 0.1;
    experiment.plan.loss_at[0] = 0.1;
    experiment.plan.stop_at = 0.05;
    return experiment;
}

static struct experiment equal_steps(const struct options *options, const struct mnist *mnist)
{
    struct experiment experiment = equal_loss(options, mnist);
    experiment.plan.steps = options_choose(options, 600, 2000, 2000);
    experiment.plan.stop_at = 0.0;
    return experiment;
}

static struct experiment equal_epochs(const struct options *options, const struct mnist *mnist,
                                      void (*set)(struct run_plan *plan, double level))
{
    struct experiment experiment = equal_steps(options, mnist);
    experiment.plan.steps = EPOCHS * experiment.samples;
    experiment.set = set;
    return experiment;
}

/* The quick runs take three of the sizes. */
static void describe(const struct options *options, struct sweep *sweeps)
{
    static const double smaller[] = {8, 16, 32, 64, 128};
    static const double smaller_quick[] = {8, 16, 64};
    const int quick = options->effort == EFFORT_QUICK;
    const struct sweep knob = knob_sweep(KNOB_BATCH_SIZE, options, 0);
    const double *const levels[] = {knob.levels, quick ? smaller_quick : smaller};
    const struct sweep kinds[SWEEPS] = {
        {.name = "cross-entropy", .title = "batch size (cross-entropy)", .levels = levels[0]},
        {.name = "squared", .title = "batch size (squared loss)", .levels = levels[1]},
        {.name = "equal-steps",
         .title = "batch size (cross-entropy, equal steps)",
         .levels = levels[0]},
        {.name = "equal-epochs",
         .title = "batch size (cross-entropy, equal epochs)",
         .levels = levels[0]},
        {.name = "equal-ratio",
         .title = "batch size (equal epochs, rate in proportion)",
         .levels = levels[1]}};
    for (int i = 0; i < SWEEPS; i++) {
        sweeps[i] = kinds[i];
        sweeps[i].level_count = quick ? 3 : 5;
        sweeps[i].seed = options->seed;
        sweeps[i].seed_count = (int)options_choose(options, 2, 3, 10);
    }
}

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    static const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT};
    if (sweep_report(sweeps, count, columns, 2, "geometric complexity", options, problem) != 0)
        return -1;
    experiment_verdict(NAME, sweeps, EQUAL_STEPS, EXPERIMENT_GC_AT, 1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct experiment experiments[SWEEPS] = {equal_loss(options, mnist), squared(options, mnist),
                                             equal_steps(options, mnist),
                                             equal_epochs(options, mnist, set_batch_and_epochs),
                                             equal_epochs(options, mnist, set_batch_and_rate)};
    struct sweep sweeps[SWEEPS];
    describe(options, sweeps);
    for (int i = 0; i < SWEEPS; i++)
        experiment_connect(&experiments[i], &sweeps[i]);
    return sweep_study(sweeps, SWEEPS, options, report, problem);
}

static const struct program program = {
    .name = NAME,
    .summary =
        "Smaller batches lead to a function of lower geometric complexity (GC), at a fixed\n"
        "learning rate and an equal training loss: with cross-entropy and with the squared loss.\n"
        "The verdict rests on the GC when the training loss is first reached. Beside it stand\n"
        "the GC after an equal number of steps, which agrees, and two readings that say\n"
        "otherwise: after an equal number of epochs, in which small batches take more steps and\n"
        "fit better, and with the learning rate in proportion to the batch, where it is the rate\n"
        "that decides.",
    .needs_images = 1,
    .run = run};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &program);
}
