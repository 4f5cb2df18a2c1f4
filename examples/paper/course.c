#include "course.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one look needs. */
struct look {
    struct trainer *trainer;
    struct trainer_data train;
    struct trainer_data measured; /* of the training images */
    struct trainer_data test;
    struct trainer_data measured_test;
    dirichlet_dense_f32 *embeddings[COURSE_HIDDEN];
};

/* The mean of the energies, and their means by class: a class has a complexity of its own, that of
 * the function on the class's images. by_class NULL: not wanted. */
static int measure_outputs(dirichlet_dense_f32 *network, const struct trainer_data *data,
                           double *mean, double *by_class, struct problem *problem)
{
    double sums[COURSE_CLASSES] = {0.0};
    int64_t counts[COURSE_CLASSES] = {0};
    double sum = 0.0;
    double *energies = malloc((size_t)data->count * sizeof *energies);
    if (energies == NULL)
        return problem_no_memory(problem, "the energies");
    const dirichlet_status status =
        dirichlet_dense_energies_f32(network, data->count, data->x, energies);
    for (int64_t i = 0; status == DIRICHLET_OK && i < data->count; i++) {
        sum += energies[i];
        sums[data->labels[i]] += energies[i];
        counts[data->labels[i]]++;
    }
    free(energies);
    if (status != DIRICHLET_OK)
        return problem_set(problem, "the energies: %s", dirichlet_dense_message_f32(network));
    *mean = sum / (double)data->count;
    for (int c = 0; by_class != NULL && c < COURSE_CLASSES; c++)
        by_class[c] = counts[c] > 0 ? sums[c] / (double)counts[c] : (double)NAN;
    return 0;
}

/* The embedding complexities: of every hidden layer's output as a function of the image. */
static int measure_layers(const struct look *look, double *complexity, struct problem *problem)
{
    for (int l = 0; l < COURSE_HIDDEN; l++) {
        double sum = 0.0;
        if (dirichlet_dense_energy_sum_f32(look->embeddings[l], look->measured.count,
                                           look->measured.x, &sum) != DIRICHLET_OK)
            return problem_set(problem, "hidden layer %d: %s", l + 1,
                               dirichlet_dense_message_f32(look->embeddings[l]));
        complexity[l] = sum / (double)look->measured.count;
    }
    return 0;
}

/* A row of the table. */
static int measure(const struct look *look, double *row, struct problem *problem)
{
    struct trainer_score train;
    struct trainer_score test;
    dirichlet_dense_f32 *network = trainer_network(look->trainer);
    if (trainer_judge(look->trainer, &look->train, &train, problem) != 0 ||
        trainer_judge(look->trainer, &look->test, &test, problem) != 0)
        return -1;
    row[COURSE_LOSS] = train.loss;
    row[COURSE_LOSS_TEST] = test.loss;
    row[COURSE_ACCURACY] = train.accuracy;
    row[COURSE_ACCURACY_TEST] = test.accuracy;
    if (measure_outputs(network, &look->measured, &row[COURSE_GC], &row[COURSE_GC_CLASS],
                        problem) != 0 ||
        measure_outputs(network, &look->measured_test, &row[COURSE_GC_TEST], NULL, problem) != 0)
        return -1;
    row[COURSE_GC_RATIO] = row[COURSE_GC_TEST] / row[COURSE_GC];
    return measure_layers(look, &row[COURSE_GC_LAYER], problem);
}

static int follow_trainer(const struct look *look, const struct sweep *sweep, int seed,
                          struct pool_worker *worker, struct problem *problem)
{
    const double last = sweep->levels[sweep->level_count - 1];
    int64_t taken = 0;
    for (int l = 0; l < sweep->level_count; l++) {
        const int64_t steps = (int64_t)sweep->levels[l];
        if (trainer_steps(look->trainer, steps - taken, problem) != 0 ||
            measure(look, sweep_row(sweep, l, seed), problem) != 0 ||
            pool_report(worker, (double)steps / last, problem) != 0)
            return -1;
        taken = steps;
    }
    return 0;
}

static int follow(void *context, const struct sweep *sweep, int seed, struct pool_worker *worker,
                  struct problem *problem)
{
    const struct course *course = context;
    struct trainer_settings settings = course->settings;
    struct look look = {.test = course->mnist->test.data};
    struct images drawn;
    settings.seed = sweep->seed + (uint64_t)seed;
    settings.parallel = pool_parallel(worker);
    if (images_draw(&course->mnist->train, course->samples, settings.seed, &drawn, problem) != 0)
        return -1;
    look.train = drawn.data;
    look.measured = images_first(&look.train, course->measured);
    look.measured_test = images_first(&look.test, course->measured);
    int code = trainer_create(&settings, &look.train, &look.trainer, problem);
    for (int l = 0; code == 0 && l < COURSE_HIDDEN; l++)
        code = trainer_create_embedding(look.trainer, l + 1, &look.embeddings[l], problem);
    if (code == 0)
        code = follow_trainer(&look, sweep, seed, worker, problem);
    for (int l = 0; l < COURSE_HIDDEN; l++)
        dirichlet_dense_destroy_f32(look.embeddings[l]);
    trainer_destroy(look.trainer);
    images_free(&drawn);
    return code;
}

void course_connect(struct course *course, struct sweep *sweep)
{
    static const struct sweep_column fixed[COURSE_GC_LAYER] = {
        [COURSE_GC] = {"gc_train", "GC, training images"},
        [COURSE_GC_TEST] = {"gc_test", "GC, test images"},
        [COURSE_GC_RATIO] = {"gc_ratio", "GC, test / training"},
        [COURSE_LOSS] = {"train_loss", "training loss"},
        [COURSE_LOSS_TEST] = {"test_loss", "test loss"},
        [COURSE_ACCURACY] = {"train_accuracy", ""},
        [COURSE_ACCURACY_TEST] = {"test_accuracy", ""}};
    memcpy(sweep->columns, fixed, sizeof fixed);
    for (int l = 0; l < COURSE_HIDDEN; l++) {
        struct sweep_column *column = &sweep->columns[COURSE_GC_LAYER + l];
        snprintf(column->name, sizeof column->name, "gc_layer_%d", l + 1);
        snprintf(column->title, sizeof column->title, "GC, hidden layer %d", l + 1);
    }
    for (int c = 0; c < COURSE_CLASSES; c++)
        sweep->columns[COURSE_GC_CLASS + c] = (struct sweep_column){"", ""};
    for (int c = 0; c < COURSE_CLASSES; c++)
        snprintf(sweep->columns[COURSE_GC_CLASS + c].name, sizeof sweep->columns->name,
                 "gc_class_%d", c);
    sweep->column_count = COURSE_COLUMNS;
    sweep->follow = follow;
    sweep->context = course;
}

int course_compared_level(const struct sweep *sweep, int which)
{
    return which * (sweep->level_count - 1) / (COURSE_COMPARED - 1);
}

struct summary course_class_percent(const struct sweep *sweep, int level, int class_number)
{
    double percent[SWEEP_MOST_SEEDS];
    for (int s = 0; s < sweep->seed_count; s++)
        percent[s] = 100.0 * (sweep_value(sweep, level, s, COURSE_GC_CLASS + class_number) /
                                  sweep_value(sweep, level, s, COURSE_GC) -
                              1.0);
    return summarize(sweep->seed_count, percent);
}
