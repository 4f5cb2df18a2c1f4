/* Do smaller batches find a simpler function?
 *
 * The gradients of small batches are noisy, and what they do on average is descend on
 * L + h/4 (||grad L||^2 + their variance) (Smith, Dherin, Barrett and De 2021): the smaller the
 * batch, the stronger this implicit penalty on the gradients by the parameters, and through the
 * transfer theorem on the geometric complexity. The learning rate is held fixed; the readings by
 * epochs, in which large batches take fewer steps, go the other way. */
#include "experiment.h"
#include "program.h"
#include "sweep.h"

#define NAME "batch-size"
#define EPOCHS 30
#define SAMPLES 2000
#define SAMPLES_QUICK 500

/* The first two carry the verdict. */
enum { CROSS_ENTROPY, SQUARED, EQUAL_STEPS, EQUAL_EPOCHS, EQUAL_RATIO, SWEEPS };

static void set_batch(struct run_plan *plan, double level)
{
    plan->settings.batch = (int64_t)level;
}

static void set_batch_and_epochs(struct run_plan *plan, double level)
{
    set_batch(plan, level);
    plan->steps = (int64_t)(EPOCHS * SAMPLES / level);
}

/* 0.2 at batches of 64. */
static void set_batch_and_rate(struct run_plan *plan, double level)
{
    set_batch_and_epochs(plan, level);
    plan->settings.learning_rate = 0.2 * level / 64.0;
}

/* Runs that end at a loss, of which the rate lets batches of 16 be just stable. */
static struct experiment equal_loss(const struct mnist *mnist)
{
    struct experiment experiment = {
        .mnist = mnist, .samples = SAMPLES, .measured = 500, .set = set_batch};
    struct run_plan *plan = &experiment.plan;
    plan->settings = experiment_settings(mnist, 2, 128);
    plan->settings.learning_rate = 0.2;
    plan->steps = 20000;
    plan->check = 10;
    plan->thresholds = 1;
    plan->loss_at[0] = 0.03;
    plan->stop_at = 0.03;
    return experiment;
}

static struct experiment squared(const struct mnist *mnist)
{
    struct experiment experiment = equal_loss(mnist);
    experiment.plan.settings.loss = DIRICHLET_LOSS_SQUARED;
    experiment.plan.settings.learning_rate = 0.1;
    experiment.plan.loss_at[0] = 0.05;
    experiment.plan.stop_at = 0.05;
    return experiment;
}

static struct experiment equal_steps(const struct mnist *mnist, int64_t steps)
{
    struct experiment experiment = equal_loss(mnist);
    experiment.plan.steps = steps;
    experiment.plan.stop_at = 0.0;
    return experiment;
}

static struct experiment equal_epochs(const struct mnist *mnist)
{
    struct experiment experiment = equal_steps(mnist, 0);
    experiment.set = set_batch_and_epochs;
    return experiment;
}

static struct experiment equal_ratio(const struct mnist *mnist)
{
    struct experiment experiment = equal_steps(mnist, 0);
    experiment.set = set_batch_and_rate;
    return experiment;
}

static void describe(const struct options *options, const struct mnist *mnist,
                     struct experiment *experiments, struct sweep *sweeps)
{
    static const double batches[] = {16, 32, 64, 128, 256};
    static const double batches_of_squared[] = {8, 16, 32, 64, 128};
    const int seeds = (int)options_choose(options, 2, 5, 10);
    const struct sweep kinds[SWEEPS] = {
        [CROSS_ENTROPY] = {.name = "cross-entropy",
                           .title = "batch size (cross-entropy, until equal loss)",
                           .levels = batches},
        [SQUARED] = {.name = "squared",
                     .title = "batch size (squared loss, until equal loss)",
                     .levels = batches_of_squared},
        [EQUAL_STEPS] = {.name = "equal-steps",
                         .title = "batch size (cross-entropy, equal steps)",
                         .levels = batches},
        [EQUAL_EPOCHS] = {.name = "equal-epochs",
                          .title = "batch size (cross-entropy, 30 epochs)",
                          .levels = batches},
        [EQUAL_RATIO] = {.name = "equal-ratio",
                         .title = "batch size (30 epochs, learning rate in proportion)",
                         .levels = batches_of_squared}};
    experiments[CROSS_ENTROPY] = equal_loss(mnist);
    experiments[SQUARED] = squared(mnist);
    experiments[EQUAL_STEPS] = equal_steps(mnist, options_choose(options, 500, 2000, 2000));
    experiments[EQUAL_EPOCHS] = equal_epochs(mnist);
    experiments[EQUAL_RATIO] = equal_ratio(mnist);
    for (int i = 0; i < SWEEPS; i++) {
        sweeps[i] = kinds[i];
        sweeps[i].level_count = 5;
        sweeps[i].seed = options->seed;
        sweeps[i].seed_count = seeds;
        experiment_connect(&experiments[i], &sweeps[i]);
    }
}

static int report(const struct options *options, const struct sweep *sweeps,
                  struct problem *problem)
{
    static const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT};
    for (int i = 0; i < SWEEPS; i++)
        sweep_print(&sweeps[i]);
    if (options->csv != NULL && sweep_write_csv(sweeps, SWEEPS, options->csv, problem) != 0)
        return -1;
    if (options->plot != NULL &&
        sweep_plot(sweeps, SWEEPS, columns, 2, "geometric complexity", options->plot, problem) != 0)
        return -1;
    sweep_verdict(NAME, sweeps, EQUAL_STEPS, EXPERIMENT_GC_AT, 1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct experiment experiments[SWEEPS];
    struct sweep sweeps[SWEEPS];
    describe(options, mnist, experiments, sweeps);
    int result = sweep_run_all(sweeps, SWEEPS, options, problem);
    if (result == 0)
        result = report(options, sweeps, problem);
    for (int i = 0; i < SWEEPS; i++)
        sweep_free(&sweeps[i]);
    return result;
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
