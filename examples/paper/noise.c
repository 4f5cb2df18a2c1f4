/* Noise on the targets and noise on the inputs, fresh in every step, lower the geometric
 * complexity; labels that are wrong for good raise it, for then there is more to be fitted.
 *
 * Noise on the targets has mean zero and leaves the mean gradient of the squared loss as it is;
 * what it does, it does by the noise of the gradient. Labels that are flipped anew in every step
 * lower the complexity too, and more; but they change the mean loss as label smoothing does, so
 * that the logits stay small, and the two causes cannot be told apart. They are shown beside the
 * others, as is noise on the inputs with the cross-entropy, where a little of it has hardly an
 * effect. */
#include <dirichlet/dirichlet.h>
#include <stdlib.h>
#include <string.h>

#include "experiment.h"
#include "knobs.h"
#include "program.h"
#include "sweep.h"

/* The first three are judged. */
enum { TARGET, INPUT, WRONG, FLIPPED, INPUT_CROSS_ENTROPY, KINDS };

static const double wrong_quick[] = {0, 0.2, 0.4};

static void set_flipped_labels(struct run_plan *plan, double level)
{
    plan->settings.label_noise = level;
}

static void set_nothing(struct run_plan *plan, double level)
{
    (void)plan;
    (void)level;
}

/* An experiment of which the level is the part of wrong labels in the data. */
struct wrong_labels {
    struct experiment experiment;
    sweep_measure *measure; /* of such an experiment */
};

static int measure_wrong_labels(void *context, double level, uint64_t seed,
                                struct pool_worker *worker, double *row, struct problem *problem)
{
    const struct wrong_labels *wrong = context;
    struct experiment experiment = wrong->experiment;
    struct mnist mnist = *experiment.mnist; /* the images themselves are shared */
    struct trainer_data *data = &mnist.train.data;
    const size_t size = (size_t)data->count * sizeof(int64_t);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    int64_t *labels = malloc(size);
    int code = -1;
    if (labels == NULL)
        return problem_no_memory(problem, "the wrong labels");
    memcpy(labels, data->labels, size);
    data->labels = labels;
    mnist.train.labels = labels;
    experiment.mnist = &mnist;
    if (dirichlet_noise_labels(seed, 0, 0, data->count, data->outputs, level, labels, NULL,
                               &error) != DIRICHLET_OK)
        (void)problem_set(problem, "wrong labels: %s", error.message);
    else
        code = wrong->measure(&experiment, level, seed, worker, row, problem);
    free(labels);
    return code;
}

/* Both kinds of labels and the noise on the inputs have the same levels. */
static struct sweep describe(const struct options *options, int kind)
{
    static const char *const names[KINDS] = {
        [WRONG] = "wrong", [FLIPPED] = "flipped", [INPUT_CROSS_ENTROPY] = "input_ce"};
    static const char *const titles[KINDS] = {
        [WRONG] = "part of labels wrong for good, cross-entropy",
        [FLIPPED] = "part of labels flipped in every step, cross-entropy",
        [INPUT_CROSS_ENTROPY] = "standard deviation of the input noise, cross-entropy"};
    const int seeds = (int)options_choose(options, 2, 3, 8);
    if (kind == TARGET)
        return knob_sweep(KNOB_TARGET_NOISE, options, seeds);
    struct sweep sweep = knob_sweep(KNOB_INPUT_NOISE, options, seeds);
    if (kind == INPUT)
        return sweep;
    sweep.name = names[kind];
    sweep.title = titles[kind];
    if (kind == WRONG && options->effort == EFFORT_QUICK)
        sweep.levels = wrong_quick;
    return sweep;
}

static void judge(const struct sweep *sweeps)
{
    static const int signs[] = {[TARGET] = -1, [INPUT] = -1, [WRONG] = 1};
    struct summary rho[3];
    int agrees = 1;
    for (int i = 0; i < 3; i++) {
        rho[i] = sweep_spearman_summary(&sweeps[i], EXPERIMENT_GC);
        agrees &=
            experiment_fits(&sweeps[i]) && sweep_agrees(&sweeps[i], EXPERIMENT_GC, signs[i], 0.9);
    }
    program_verdict(
        "noise", agrees,
        "Spearman for each of %d seeds, GC at the end: <= -0.9 target noise %+.2f..%+.2f, "
        "<= -0.9 input noise %+.2f..%+.2f, >= +0.9 wrong labels %+.2f..%+.2f",
        sweeps->seed_count, rho[TARGET].least, rho[TARGET].greatest, rho[INPUT].least,
        rho[INPUT].greatest, rho[WRONG].least, rho[WRONG].greatest);
}

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    const int columns[] = {EXPERIMENT_GC, EXPERIMENT_GC_AT, EXPERIMENT_GC_AT + 1};
    if (sweep_report(sweeps, count, columns, 3, "geometric complexity", options, problem) != 0)
        return -1;
    judge(sweeps);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    struct experiment experiments[KINDS] = {
        [TARGET] = knob_experiment(KNOB_TARGET_NOISE, options, mnist),
        [INPUT] = knob_experiment(KNOB_INPUT_NOISE, options, mnist),
        [WRONG] = experiment_usual(options, mnist, set_nothing),
        [FLIPPED] = experiment_usual(options, mnist, set_flipped_labels),
        [INPUT_CROSS_ENTROPY] = experiment_usual(options, mnist, knobs[KNOB_INPUT_NOISE].set)};
    struct sweep sweeps[KINDS];
    /* Wrong labels count when they are learned by heart, which takes time. */
    experiments[WRONG].samples = options_choose(options, 300, 2000, 2000);
    experiments[WRONG].plan.steps = options_choose(options, 1200, 3000, 3000);
    experiments[FLIPPED].plan.loss_at[0] = 0.3; /* little noise keeps the loss from getting lower */
    experiments[FLIPPED].plan.loss_at[1] = 0.1;
    for (int i = 0; i < KINDS; i++) {
        sweeps[i] = describe(options, i);
        experiment_connect(&experiments[i], &sweeps[i]);
    }
    struct wrong_labels wrong = {experiments[WRONG], sweeps[WRONG].measure};
    sweeps[WRONG].measure = measure_wrong_labels;
    sweeps[WRONG].context = &wrong;
    return sweep_study(sweeps, KINDS, options, report, problem);
}

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "noise",
        .summary =
            "Fresh noise on the targets and on the inputs lowers the geometric complexity; labels\n"
            "that are wrong for good raise it. The verdict rests on the end of the training;\n"
            "beside it the readings at equal training loss, labels flipped anew in every step\n"
            "(which is label smoothing as well), and input noise with the cross-entropy.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
