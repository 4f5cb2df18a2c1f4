#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "program.h"

static int64_t runs_of(const struct sweep *sweep)
{
    return (int64_t)sweep->level_count * sweep->seed_count;
}

/* A run that is followed gives all levels of its seed. */
static int64_t jobs_of(const struct sweep *sweep)
{
    return sweep->follow != NULL ? sweep->seed_count : runs_of(sweep);
}

struct queue {
    struct sweep *sweeps;
    int count;
};

/* Job number `job` of all sweeps one behind the other, the seeds of a level side by side. */
static int measure_one(void *context, int64_t job, struct pool_worker *worker,
                       struct problem *problem)
{
    const struct queue *queue = context;
    struct sweep *sweep = queue->sweeps;
    while (job >= jobs_of(sweep)) {
        job -= jobs_of(sweep);
        sweep++;
    }
    if (sweep->follow != NULL)
        return sweep->follow(sweep->context, sweep, (int)job, worker, problem);
    return sweep->measure(sweep->context, sweep->levels[job / sweep->seed_count],
                          sweep->seed + (uint64_t)(job % sweep->seed_count), worker,
                          sweep->table + job * sweep->column_count, problem);
}

static int allocate_table(struct sweep *sweep, struct problem *problem)
{
    const int64_t size = runs_of(sweep) * sweep->column_count;
    sweep->table = malloc((size_t)size * sizeof(double));
    if (sweep->table == NULL)
        return problem_no_memory(problem, sweep->name);
    for (int64_t i = 0; i < size; i++)
        sweep->table[i] = NAN;
    return 0;
}

int sweep_run_all(struct sweep *sweeps, int count, const struct options *options,
                  struct problem *problem)
{
    struct queue queue = {sweeps, count};
    int64_t jobs = 0;
    int result = 0;
    for (int i = 0; i < count; i++)
        sweeps[i].table = NULL;
    for (int i = 0; result == 0 && i < count; i++) {
        result = allocate_table(&sweeps[i], problem);
        jobs += jobs_of(&sweeps[i]);
    }
    if (result == 0)
        result = pool_run(options->threads, jobs, measure_one, &queue, problem);
    for (int i = 0; result != 0 && i < count; i++)
        sweep_free(&sweeps[i]);
    return result;
}

void sweep_free(struct sweep *sweep)
{
    free(sweep->table);
    sweep->table = NULL;
}

int sweep_study(struct sweep *sweeps, int count, const struct options *options,
                sweep_reporter *report, struct problem *problem)
{
    if (sweep_run_all(sweeps, count, options, problem) != 0)
        return -1;
    const int result = report(options, sweeps, count, problem);
    for (int i = 0; i < count; i++)
        sweep_free(&sweeps[i]);
    return result;
}

double *sweep_row(const struct sweep *sweep, int level, int seed)
{
    return sweep->table + (level * sweep->seed_count + seed) * sweep->column_count;
}

double sweep_value(const struct sweep *sweep, int level, int seed, int column)
{
    return sweep_row(sweep, level, seed)[column];
}

struct summary sweep_summary(const struct sweep *sweep, int level, int column)
{
    double values[SWEEP_MOST_SEEDS];
    for (int s = 0; s < sweep->seed_count; s++)
        values[s] = sweep_value(sweep, level, s, column);
    return summarize(sweep->seed_count, values);
}

double sweep_spearman(const struct sweep *sweep, int seed, int column)
{
    double values[SWEEP_MOST_LEVELS];
    for (int l = 0; l < sweep->level_count; l++)
        values[l] = sweep_value(sweep, l, seed, column);
    return spearman(sweep->level_count, sweep->levels, values);
}

struct summary sweep_spearman_summary(const struct sweep *sweep, int column)
{
    double values[SWEEP_MOST_SEEDS];
    for (int s = 0; s < sweep->seed_count; s++)
        values[s] = sweep_spearman(sweep, s, column);
    return summarize(sweep->seed_count, values);
}

static int is_complete(const struct sweep *sweep, int column)
{
    for (int l = 0; l < sweep->level_count; l++)
        if (sweep_summary(sweep, l, column).count < sweep->seed_count)
            return 0;
    return 1;
}

int sweep_agrees(const struct sweep *sweep, int column, int sign, double bound)
{
    const double rounding = 1e-9; /* a correlation of ranks is a fraction: -0.9 is one */
    int agreeing = 0;
    for (int s = 0; s < sweep->seed_count; s++)
        agreeing += sign * sweep_spearman(sweep, s, column) >= bound - rounding;
    return agreeing == sweep->seed_count && is_complete(sweep, column);
}
