/* As a model grows past the width at which it can just fit its data, the test loss rises to a peak
 * and falls again (Belkin, Hsu, Ma, Mandal 2019). The geometric complexity peaks with it.
 *
 * Random features: a layer of random ReLU units, which stays as it is, and the linear layer of
 * least norm among those of least squares; no training is in it. Their peak is where there are as
 * many units as samples. Trained network: both layers, by Adam on all samples at once; it can
 * interpolate where it has about as many parameters as there are numbers to fit. Part of the labels
 * is wrong, without which there is little to see. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pooled.h"
#include "least_squares.h"
#include "program.h"
#include "sweep.h"

#define NAME "double-descent"
#define PIXELS POOLED_PIXELS
#define CLASSES POOLED_CLASSES
#define WRONG 0.18 /* part of the training labels */
#define RIDGE 1e-9
#define TEST_SAMPLES 1000

enum { GC, TEST_LOSS, TRAIN_LOSS, TEST_ACCURACY, COLUMNS };

static const double ratios[] = {0.1, 0.2, 0.4, 0.7, 0.9, 1, 1.1, 1.4, 2, 3, 5, 8};
static const double ratios_quick[] = {0.2, 0.5, 0.7, 1, 1.4, 2, 4};
static const double widths[] = {4, 8, 16, 24, 32, 48, 64, 96, 128, 256};
static const double widths_quick[] = {4, 8, 16, 64};

struct study {
    const struct mnist *mnist;
    int64_t samples;
    int64_t steps; /* of the trained network */
};

/* ---- Random features ---- */

struct features {
    int64_t width;
    int64_t train;  /* samples */
    int64_t all;    /* with the test samples */
    double *store;  /* all of the below */
    double *x;      /* (all, PIXELS) */
    double *y;      /* (all, CLASSES): targets of the training samples; in the end, outputs */
    double *hidden; /* (train, width) */
    double *inner;  /* (width, PIXELS) */
    double *outer;  /* (width, CLASSES) */
    double *bias;   /* (width) */
    const dirichlet_parallel *parallel;
};

static int prepare(const struct pooled *pooled, int64_t width, struct features *f,
                   struct problem *problem)
{
    *f = (struct features){.width = width,
                           .train = pooled->train.count,
                           .all = pooled->train.count + pooled->test.count};
    const int64_t size = f->all * (PIXELS + CLASSES) + width * (f->train + PIXELS + CLASSES + 1);
    f->store = calloc((size_t)size, sizeof(double));
    if (f->store == NULL)
        return problem_no_memory(problem, "the features");
    f->x = f->store;
    f->y = f->x + f->all * PIXELS;
    f->hidden = f->y + f->all * CLASSES;
    f->inner = f->hidden + f->train * width;
    f->outer = f->inner + width * PIXELS;
    f->bias = f->outer + width * CLASSES;
    for (int64_t i = 0; i < f->all * PIXELS; i++)
        f->x[i] = (double)pooled->x[i];
    for (int64_t i = 0; i < f->train; i++)
        f->y[i * CLASSES + pooled->labels[i]] = 1.0;
    return 0;
}

/* He's weights, and biases a tenth as large as a standard normal number. Both are functions of
 * the seed and the unit, so that wider layers have the units of narrower ones. */
static int draw_units(const struct features *f, uint64_t seed, struct problem *problem)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_initialization_options how = {
        .struct_size = sizeof how, .scheme = DIRICHLET_INITIALIZATION_HE, .seed = seed};
    if (dirichlet_initialize_f64(&how, 0, PIXELS, f->width, f->inner, PIXELS, 1, NULL, 1, &error) !=
            DIRICHLET_OK ||
        dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, seed, 0, 0, f->width, 1, 0.1, f->bias,
                                &error) != DIRICHLET_OK)
        return problem_set(problem, "the features: %s", error.message);
    return 0;
}

/* The network of so many layers: 1 gives the features. outer is stored by units. */
static int make_network(const struct features *f, int64_t layers, dirichlet_dense_f64 **network,
                        struct problem *problem)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_dense_options options = {
        .struct_size = sizeof options, .layers = layers, .parallel = f->parallel};
    const dirichlet_dense_layer_f64 layer[2] = {{.struct_size = sizeof *layer,
                                                 .inputs = PIXELS,
                                                 .outputs = f->width,
                                                 .weights = f->inner,
                                                 .output_stride = PIXELS,
                                                 .input_stride = 1,
                                                 .bias = f->bias,
                                                 .bias_stride = 1,
                                                 .activation = DIRICHLET_ACTIVATION_RELU},
                                                {.struct_size = sizeof *layer,
                                                 .inputs = f->width,
                                                 .outputs = CLASSES,
                                                 .weights = f->outer,
                                                 .output_stride = 1,
                                                 .input_stride = CLASSES,
                                                 .activation = DIRICHLET_ACTIVATION_IDENTITY}};
    if (dirichlet_dense_create_f64(layer, 2, &options, network, &error) != DIRICHLET_OK)
        return problem_set(problem, "the network: %s", error.message);
    return 0;
}

static int fit(const struct features *f, struct problem *problem)
{
    dirichlet_dense_f64 *first = NULL;
    if (make_network(f, 1, &first, problem) != 0)
        return -1;
    int code = 0;
    if (dirichlet_dense_forward_f64(first, f->train, f->x, f->hidden) != DIRICHLET_OK)
        code = problem_set(problem, "the features: %s", dirichlet_dense_message_f64(first));
    dirichlet_dense_destroy_f64(first);
    if (code == 0)
        code =
            least_squares(f->train, f->width, CLASSES, f->hidden, f->y, RIDGE, f->outer, problem);
    return code;
}

static struct trainer_score judge(int64_t samples, const double *y, const int64_t *labels)
{
    struct trainer_score score = {0.0, 0.0};
    for (int64_t i = 0; i < samples; i++) {
        int best = 0;
        for (int k = 0; k < CLASSES; k++) {
            const double error = y[i * CLASSES + k] - (k == labels[i] ? 1.0 : 0.0);
            score.loss += 0.5 * error * error / (double)samples;
            best = y[i * CLASSES + k] > y[i * CLASSES + best] ? k : best;
        }
        score.accuracy += (best == labels[i]) / (double)samples;
    }
    return score;
}

static int judge_features(const struct features *f, const struct pooled *pooled, double *row,
                          struct problem *problem)
{
    dirichlet_dense_f64 *network = NULL;
    double sum = 0.0;
    if (make_network(f, 2, &network, problem) != 0)
        return -1;
    dirichlet_status status = dirichlet_dense_forward_f64(network, f->all, f->x, f->y);
    if (status == DIRICHLET_OK)
        status = dirichlet_dense_energy_sum_f64(network, f->train, f->x, &sum);
    const int code = status == DIRICHLET_OK ? 0
                                            : problem_set(problem, "the network: %s",
                                                          dirichlet_dense_message_f64(network));
    dirichlet_dense_destroy_f64(network);
    const struct trainer_score test =
        judge(pooled->test.count, f->y + f->train * CLASSES, pooled->test.labels);
    row[GC] = sum / (double)f->train;
    row[TRAIN_LOSS] = judge(f->train, f->y, pooled->labels).loss;
    row[TEST_LOSS] = test.loss;
    row[TEST_ACCURACY] = test.accuracy;
    return code;
}

static int measure_features(void *context, double level, uint64_t seed, struct pool_worker *worker,
                            double *row, struct problem *problem)
{
    const struct study *study = context;
    struct pooled pooled;
    struct features f;
    if (pooled_draw(study->mnist, study->samples, TEST_SAMPLES, WRONG, seed, &pooled, problem) != 0)
        return -1;
    const int64_t width = (int64_t)floor(level * (double)pooled.train.count + 0.5);
    int code = prepare(&pooled, width, &f, problem);
    f.parallel = pool_parallel(worker);
    if (code == 0)
        code = draw_units(&f, seed, problem);
    if (code == 0)
        code = fit(&f, problem);
    if (code == 0)
        code = judge_features(&f, &pooled, row, problem);
    free(f.store);
    pooled_free(&pooled);
    return code;
}

/* ---- Trained network ---- */

/* Adam on all samples, its rate falling linearly to 0. */
static int train(struct trainer *trainer, const struct study *study, double rate,
                 struct pool_worker *worker, struct problem *problem)
{
    const int64_t stride = 25;
    for (int64_t taken = 0; taken < study->steps; taken += stride) {
        const double part = (double)taken / (double)study->steps;
        trainer_set_learning_rate(trainer, rate * (1.0 - part));
        if (trainer_steps(trainer, stride, problem) != 0 || pool_report(worker, part, problem) != 0)
            return -1;
    }
    return 0;
}

static int measure_network(void *context, double level, uint64_t seed, struct pool_worker *worker,
                           double *row, struct problem *problem)
{
    const struct study *study = context;
    struct pooled pooled;
    struct trainer *trainer = NULL;
    struct trainer_score scores[2] = {{NAN, NAN}, {NAN, NAN}};
    const struct trainer_settings settings = {
        .layers = 2,
        .widths = {PIXELS, (int64_t)level, CLASSES},
        .initialization = {.scheme = DIRICHLET_INITIALIZATION_HE},
        .loss = DIRICHLET_LOSS_SQUARED,
        .optimizer = TRAINER_ADAM,
        .learning_rate = 0.005,
        .seed = seed,
        .parallel = pool_parallel(worker)};
    if (pooled_draw(study->mnist, study->samples, TEST_SAMPLES, WRONG, seed, &pooled, problem) != 0)
        return -1;
    int code = trainer_create(&settings, &pooled.train, &trainer, problem);
    if (code == 0)
        code = train(trainer, study, settings.learning_rate, worker, problem);
    if (code == 0)
        code = trainer_judge(trainer, &pooled.train, &scores[0], problem);
    if (code == 0)
        code = trainer_judge(trainer, &pooled.test, &scores[1], problem);
    if (code == 0)
        code = trainer_complexity(trainer, &pooled.train, &row[GC], problem);
    row[TRAIN_LOSS] = scores[0].loss;
    row[TEST_LOSS] = scores[1].loss;
    row[TEST_ACCURACY] = scores[1].accuracy;
    trainer_destroy(trainer);
    pooled_free(&pooled);
    return code;
}

/* ---- What comes of it ---- */

/* The level of a seed's greatest value. */
static int peak(const struct sweep *sweep, int seed, int column)
{
    int best = 0;
    for (int l = 1; l < sweep->level_count; l++)
        if (sweep_value(sweep, l, seed, column) > sweep_value(sweep, best, seed, column))
            best = l;
    return best;
}

/* Whether the mean complexity of the seeds is greatest inside, and a third lower at both ends. */
static int mean_rises_and_falls(const struct sweep *sweep)
{
    const int last = sweep->level_count - 1;
    int best = 0;
    for (int l = 1; l <= last; l++)
        if (sweep_summary(sweep, l, GC).mean > sweep_summary(sweep, best, GC).mean)
            best = l;
    const double bound = 2.0 / 3.0 * sweep_summary(sweep, best, GC).mean;
    return sweep_summary(sweep, 0, GC).mean <= bound &&
           sweep_summary(sweep, last, GC).mean <= bound;
}

static int is_complete(const struct sweep *sweep)
{
    int found = 0;
    for (int l = 0; l < sweep->level_count; l++)
        for (int s = 0; s < sweep->seed_count; s++)
            found += isfinite(sweep_value(sweep, l, s, GC)) &&
                     isfinite(sweep_value(sweep, l, s, TEST_LOSS));
    return found == sweep->level_count * sweep->seed_count;
}

/* Seeds whose complexity and test loss are greatest at the same level. */
static int seeds_with_one_peak(const struct sweep *sweep)
{
    int count = 0;
    for (int s = 0; s < sweep->seed_count; s++)
        count += peak(sweep, s, GC) == peak(sweep, s, TEST_LOSS);
    return count;
}

static int seeds_with_both_peaks_at(const struct sweep *sweep, double level)
{
    int count = 0;
    for (int s = 0; s < sweep->seed_count; s++)
        count += sweep->levels[peak(sweep, s, GC)] == level &&
                 sweep->levels[peak(sweep, s, TEST_LOSS)] == level;
    return count;
}

static void print(const struct sweep *sweep)
{
    double gc[SWEEP_MOST_LEVELS];
    double loss[SWEEP_MOST_LEVELS];
    sweep_print(sweep);
    for (int s = 0; s < sweep->seed_count; s++) {
        for (int l = 0; l < sweep->level_count; l++) {
            gc[l] = sweep_value(sweep, l, s, GC);
            loss[l] = sweep_value(sweep, l, s, TEST_LOSS);
        }
        printf("seed %llu: GC peaks at %g, the test loss at %g; their Spearman correlation %+.2f\n",
               (unsigned long long)(sweep->seed + (uint64_t)s), sweep->levels[peak(sweep, s, GC)],
               sweep->levels[peak(sweep, s, TEST_LOSS)], spearman(sweep->level_count, gc, loss));
    }
    printf("\n");
}

static int report(const struct options *options, const struct sweep *sweeps, int count,
                  struct problem *problem)
{
    const int columns[] = {GC, TEST_LOSS};
    const int at_samples = seeds_with_both_peaks_at(&sweeps[0], 1.0);
    print(&sweeps[0]);
    print(&sweeps[1]);
    if (sweep_write_files(sweeps, count, columns, 2, "geometric complexity; test loss", options,
                          problem) != 0)
        return -1;
    const int falls = mean_rises_and_falls(&sweeps[1]);
    program_verdict(NAME,
                    at_samples == sweeps[0].seed_count && falls && is_complete(&sweeps[0]) &&
                        is_complete(&sweeps[1]),
                    "random features: GC and test loss both peak at width = samples in %d of %d "
                    "seeds; trained network: the mean GC %s by a third or more, its peak is that "
                    "of the test loss in %d of %d seeds",
                    at_samples, sweeps[0].seed_count,
                    falls ? "rises and falls" : "does not rise and fall",
                    seeds_with_one_peak(&sweeps[1]), sweeps[1].seed_count);
    return 0;
}

static int run(const struct options *options, const struct mnist *mnist, struct problem *problem)
{
    const int quick = options->effort == EFFORT_QUICK;
    struct study studies[2] = {
        {mnist, options_choose(options, 150, 600, 600), 0},
        {mnist, options_choose(options, 100, 500, 500), options_choose(options, 1000, 3000, 6000)}};
    struct sweep sweeps[2] = {{.name = "random_features",
                               .title = "random features / samples",
                               .levels = quick ? ratios_quick : ratios,
                               .level_count = quick ? 7 : 12,
                               .measure = measure_features},
                              {.name = "width",
                               .title = "width of the trained network",
                               .levels = quick ? widths_quick : widths,
                               .level_count = quick ? 4 : 10,
                               .measure = measure_network}};
    static const struct sweep_column columns[COLUMNS] = {
        [GC] = {"gc", "geometric complexity"},
        [TEST_LOSS] = {"test_loss", "test loss"},
        [TRAIN_LOSS] = {"train_loss", "training loss"},
        [TEST_ACCURACY] = {"test_accuracy", "test accuracy"}};
    for (int i = 0; i < 2; i++) {
        sweeps[i].seed_count = (int)options_choose(options, 3, i == 0 ? 4 : 3, 8);
        sweeps[i].seed = options->seed;
        sweeps[i].column_count = COLUMNS;
        memcpy(sweeps[i].columns, columns, sizeof columns);
        sweeps[i].context = &studies[i];
    }
    return sweep_study(sweeps, 2, options, report, problem);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = NAME,
        .summary =
            "As the width grows, the geometric complexity peaks where the test loss does. The\n"
            "verdict rests on random features with least squares, where both peak at one width,\n"
            "and on a trained network, whose peak is broad: there the complexity has to rise and\n"
            "fall, and its peak is that of the test loss in some seeds only. The first descent of\n"
            "the test loss has no counterpart: the complexity rises from the narrowest model to\n"
            "the peak.",
        .needs_images = 1,
        .run = run};
    return program_main(argc, argv, &program);
}
