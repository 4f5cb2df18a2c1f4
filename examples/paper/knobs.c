#include "knobs.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const double l2_levels[] = {0, 3e-4, 1e-3, 3e-3, 1e-2};
static const double l2_quick[] = {0, 3e-3, 1e-2};
static const double l1_levels[] = {0, 3e-5, 1e-4, 3e-4, 1e-3};
static const double l1_quick[] = {0, 3e-4, 1e-3};
static const double spectral_levels[] = {0, 2e-3, 6e-3, 2e-2, 6e-2};
static const double spectral_quick[] = {0, 2e-2, 6e-2};
static const double flatness_levels[] = {0, 1e-3, 3e-3, 1e-2, 3e-2};
static const double flatness_quick[] = {0, 2e-2, 5e-2};
static const double energy_levels[] = {0, 5e-5, 3e-4, 2e-3, 1e-2};
static const double energy_quick[] = {0, 1e-4, 1e-3};

/* All rates are below those at which some runs diverge or, as at 0.6 with cross-entropy, come back
 * from a leap of the loss as another, more complex function. */
static const double rates[] = {0.03, 0.1, 0.2, 0.3};
static const double rates_quick[] = {0.03, 0.1, 0.3};

static const double batches[] = {16, 32, 64, 128, 256};
static const double batches_quick[] = {16, 64, 256};
static const double target_levels[] = {0, 0.1, 0.2, 0.4, 0.8};
static const double target_quick[] = {0, 0.4, 0.8};
static const double input_levels[] = {0, 0.05, 0.1, 0.2, 0.4};
static const double input_quick[] = {0, 0.1, 0.4};
static const double scales[] = {0.5, 0.75, 1, 1.5, 2, 3};
static const double scales_quick[] = {1, 1.5, 2, 3};

static void set_l2(struct run_plan *plan, double level)
{
    plan->settings.l2 = level;
}

static void set_l1(struct run_plan *plan, double level)
{
    plan->settings.l1 = level;
}

static void set_spectral(struct run_plan *plan, double level)
{
    plan->settings.spectral = level;
}

static void set_flatness(struct run_plan *plan, double level)
{
    plan->settings.flatness = level;
}

static void set_energy(struct run_plan *plan, double level)
{
    plan->settings.energy = level;
}

static void set_learning_rate(struct run_plan *plan, double level)
{
    plan->settings.learning_rate = level;
}

static void set_batch_size(struct run_plan *plan, double level)
{
    plan->settings.batch = (int64_t)level;
}

static void set_target_noise(struct run_plan *plan, double level)
{
    plan->settings.target_noise = level;
}

static void set_input_noise(struct run_plan *plan, double level)
{
    plan->settings.input_noise = level;
}

static void set_scale(struct run_plan *plan, double level)
{
    plan->settings.initialization.scale = level;
    plan->settings.initialization.scale_given = 1;
}

#define LEVELS(standard, quick) COUNT(standard), standard, COUNT(quick), quick

const struct knob knobs[KNOBS] = {
    [KNOB_L2] = {"l2", "strength of the L2 penalty", LEVELS(l2_levels, l2_quick), set_l2},
    [KNOB_L1] = {"l1", "strength of the L1 penalty", LEVELS(l1_levels, l1_quick), set_l1},
    [KNOB_SPECTRAL] = {"spectral", "strength of the spectral penalty",
                       LEVELS(spectral_levels, spectral_quick), set_spectral},
    [KNOB_FLATNESS] = {"flatness", "strength of the flatness penalty, cross-entropy",
                       LEVELS(flatness_levels, flatness_quick), set_flatness},
    [KNOB_ENERGY] = {"energy", "strength of the energy penalty",
                     LEVELS(energy_levels, energy_quick), set_energy},
    [KNOB_LEARNING_RATE] = {"learning-rate", "learning rate", LEVELS(rates, rates_quick),
                            set_learning_rate},
    [KNOB_BATCH_SIZE] = {"batch-size", "batch size", LEVELS(batches, batches_quick),
                         set_batch_size},
    [KNOB_TARGET_NOISE] = {"target", "standard deviation of the target noise, squared loss",
                           LEVELS(target_levels, target_quick), set_target_noise},
    [KNOB_INPUT_NOISE] = {"input", "standard deviation of the input noise, squared loss",
                          LEVELS(input_levels, input_quick), set_input_noise},
    [KNOB_SCALE] = {"scale", "scale of the initial weights", LEVELS(scales, scales_quick),
                    set_scale}};

struct sweep knob_sweep(int knob, const struct options *options, int seeds)
{
    const struct knob *turned = &knobs[knob];
    const int quick = options->effort == EFFORT_QUICK;
    return (struct sweep){.name = turned->name,
                          .title = turned->title,
                          .level_count = quick ? turned->quick_count : turned->level_count,
                          .levels = quick ? turned->quick_levels : turned->levels,
                          .seed_count = seeds,
                          .seed = options->seed};
}

/* The other loss has another scale, and so another rate and other losses to compare at. */
static void set_noise_plan(const struct options *options, int64_t batch, int64_t steps,
                           struct run_plan *plan)
{
    plan->settings.loss = DIRICHLET_LOSS_SQUARED;
    plan->settings.learning_rate = 0.05;
    plan->settings.batch = batch;
    plan->steps = options_choose(options, 800, steps, steps);
    plan->check = 50; /* a check of all data costs what many such small batches do */
    plan->loss_at[1] = 0.05;
}

struct experiment knob_experiment(int knob, const struct options *options,
                                  const struct mnist *mnist)
{
    struct experiment experiment = experiment_usual(options, mnist, knobs[knob].set);
    struct run_plan *plan = &experiment.plan;
    switch (knob) {
    case KNOB_BATCH_SIZE: plan->settings.learning_rate = 0.2; break; /* batches of 16 are stable */
    case KNOB_TARGET_NOISE: set_noise_plan(options, 16, 5000, plan); break;
    case KNOB_INPUT_NOISE: set_noise_plan(options, 32, 3000, plan); break;
    case KNOB_SCALE: plan->settings.learning_rate = 0.05; break; /* a scale of 3 is stable */
    default: break;
    }
    return experiment;
}
