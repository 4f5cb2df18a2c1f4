/* Does a larger learning rate find a simpler function?
 *
 * Gradient descent with steps of h follows, to second order in h, the gradient flow of
 * L + h/4 ||grad L||^2 (Barrett and Dherin 2021): an implicit penalty, and through the transfer
 * theorem one on the geometric complexity. It is to be seen where the losses are equal, and not
 * where the numbers of steps are: in as many steps a larger rate fits the data better, and a
 * better fit of cross-entropy is larger logits and so a more complex function. */
#include "experiment.h"
#include "knobs.h"
#include "program.h"
#include "sweep.h"

#define NAME "learning-rate"

/* The first three carry the verdict. */
enum { CROSS_ENTROPY, SQUARED, FULL_BATCH, EQUAL_STEPS, FULL_BATCH_CROSS_ENTROPY, SWEEPS };

/* A small step takes many: no run is to end for want of steps, before it has reached the loss.
 * Two losses on the way, the second of them the end. */
static void stop_at_loss(struct run_plan *plan, double first, double second)
{
    plan->steps = 12000;
    plan->check = 10;
    plan->thresholds = 1;
    plan->loss_at[0] = first;
    plan->stop_at = second;
}

static struct experiment cross_entropy(const struct options *options, const struct mnist *mnist)
{
    const int64_t width = options_choose(options, 64, 128, 128);
    struct experiment experiment = {.mnist = mnist,
                                    .samples = options_choose(options, 1000, 2000, 2000),
                                    .measured = options_choose(options, 200, 500, 500),
                                    .set = knobs[KNOB_LEARNING_RATE].set};
    experiment.plan.settings = experiment_settings(mnist, 2, width);
    stop_at_loss(&experiment.plan, 0.1, 0.03);
    return experiment;
}

static struct experiment squared(const struct options *options, const struct mnist *mnist)
{
    struct experiment experiment = cross_entropy(options, mnist);
    experiment.plan.settings.loss = DIRICHLET_LOSS_SQUARED;
    experiment.plan.settings.batch = 32;
    stop_at_loss(&experiment.plan, 0.2, 0.1);
    return experiment;
}

/* Without batches there is no noise in the gradients: what is left is the step alone. */
static struct experiment full_batch(const struct mnist *mnist, dirichlet_loss_kind loss)
{
    struct experiment experiment = {
        .mnist = mnist, .samples = 300, .measured = 300, .set = knobs[KNOB_LEARNING_RATE].set};
    experiment.plan.settings = experiment_settings(mnist, 2, 64);
    experiment.plan.settings.loss = loss;
    experiment.plan.settings.batch = 0;
    stop_at_loss(&experiment.plan, 0.1, loss == DIRICHLET_LOSS_SQUARED ? 0.05 : 0.03);
    return experiment;
}

/* The contrary reading: so many steps, whatever the loss. */
static struct experiment equal_steps(const struct options *options, const struct mnist *mnist)
{
    struct experiment experiment = cross_entropy(options, mnist);
    experiment.plan.steps = options_choose(options, 300, 1000, 1000);
    experiment.plan.stop_at = 0.0;
    return experiment;
}

/* All rates that carry the verdict are below those at which training becomes unstable; see the
 * knob. The quick runs are of a smaller network, which diverges sooner, and leave out a rate:
 * mostly the smallest, which takes longest. */
static void describe(const struct options *options, struct sweep *sweeps)
{
    static const double rates_of_steps[] = {0.01, 0.03, 0.1, 0.3, 0.6};
    static const double rates_of_squared[] = {0.01, 0.03, 0.06, 0.1};
    static const double rates_of_full_batch[] = {0.02, 0.04, 0.08, 0.12};
    static const double rates_of_last[] = {0.03, 0.1, 0.2, 0.4, 0.8};
    const int quick = options->effort == EFFORT_QUICK;
    const struct sweep knob = knob_sweep(KNOB_LEARNING_RATE, options, 0);
    const struct sweep kinds[SWEEPS] = {{.name = "cross-entropy",
                                         .title = "learning rate (cross-entropy, batches of 64)",
                                         .level_count = knob.level_count,
                                         .levels = knob.levels},
                                        {.name = "squared",
                                         .title = "learning rate (squared loss, batches of 32)",
                                         .level_count = 4 - quick,
                                         .levels = rates_of_squared + quick},
                                        {.name = "full-batch",
                                         .title = "learning rate (squared loss, all samples)",
                                         .level_count = 4 - quick,
                                         .levels = rates_of_full_batch + quick},
                                        {.name = "equal-steps",
                                         .title = "learning rate (cross-entropy, equal steps)",
                                         .level_count = 5 - quick,
                                         .levels = rates_of_steps},
                                        {.name = "full-batch-cross-entropy",
                                         .title = "learning rate (cross-entropy, all samples)",
                                         .level_count = 5 - 2 * quick,
                                         .levels = rates_of_last + quick}};
    for (int i = 0; i < SWEEPS; i++) {
        sweeps[i] = kinds[i];
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
    experiment_verdict(NAME, sweeps, EQUAL_STEPS, EXPERIMENT_GC_AT, -1, 0.9);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    const dirichlet_loss_kind last = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY;
    struct experiment experiments[SWEEPS] = {cross_entropy(options, mnist), squared(options, mnist),
                                             full_batch(mnist, DIRICHLET_LOSS_SQUARED),
                                             equal_steps(options, mnist), full_batch(mnist, last)};
    struct sweep sweeps[SWEEPS];
    describe(options, sweeps);
    for (int i = 0; i < SWEEPS; i++)
        experiment_connect(&experiments[i], &sweeps[i]);
    return sweep_study(sweeps, SWEEPS, options, report, problem);
}

static const struct program program = {
    .name = NAME,
    .summary =
        "A larger learning rate leads to a function of lower geometric complexity (GC), at an\n"
        "equal training loss: with cross-entropy, with the squared loss, and with the squared\n"
        "loss and gradient descent on all samples. The verdict rests on the GC when the training\n"
        "loss is first reached. Two readings that say otherwise stand beside it: the GC after an\n"
        "equal number of steps, which the larger rates spend on a better fit, and cross-entropy\n"
        "on all samples, where the effect is weak and not monotone. It does not go on to the edge\n"
        "of divergence: with cross-entropy and a rate of 0.6, which is in the sweep by steps, the\n"
        "GC at equal loss is in some seeds higher than with 0.3.",
    .needs_images = 1,
    .run = run};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &program);
}
