#include "run.h"

#include <math.h>

#define STEPS_BETWEEN_REPORTS 50 /* where there are no checks */

struct run {
    const struct run_plan *plan;
    const struct run_data *data;
    struct trainer *trainer;
    struct run_result *result;
    int reached;  /* thresholds */
    int finished; /* the training is to end here */
};

static void clear(struct run_result *result)
{
    *result = (struct run_result){.complexity = NAN, .train = {NAN, NAN}, .test = {NAN, NAN}};
    for (int i = 0; i < RUN_MOST_THRESHOLDS; i++)
        result->complexity_at[i] = NAN;
}

/* Thresholds may come in any order. */
static int read_thresholds(struct run *run, double loss, struct problem *problem)
{
    double complexity = NAN;
    for (int i = 0; i < run->plan->thresholds; i++) {
        double *slot = &run->result->complexity_at[i];
        if (!isnan(*slot) || !(loss <= run->plan->loss_at[i]))
            continue;
        if (isnan(complexity) &&
            trainer_complexity(run->trainer, &run->data->measured, &complexity, problem) != 0)
            return -1;
        *slot = complexity;
        run->reached++;
    }
    return 0;
}

/* A check costs about what ten steps cost: none where nothing is looked for any more. */
static int looks_for_something(const struct run *run)
{
    const struct run_plan *plan = run->plan;
    return plan->check > 0 &&
           (plan->observer != NULL || plan->stop_at > 0.0 || run->reached < plan->thresholds);
}

static int check(struct run *run, struct problem *problem)
{
    const struct run_plan *plan = run->plan;
    struct trainer_score train;
    if (!looks_for_something(run))
        return 0;
    if (trainer_judge(run->trainer, &run->data->train, &train, problem) != 0)
        return -1;
    if (!isfinite(train.loss)) {
        run->finished = 1;
        return 0;
    }
    if (read_thresholds(run, train.loss, problem) != 0)
        return -1;
    run->finished = train.loss <= plan->stop_at;
    if (plan->observer == NULL)
        return 0;
    return plan->observer(plan->context, run->trainer, run->result->steps, &train, problem);
}

static int step_and_check(struct run *run, struct pool_worker *worker, struct problem *problem)
{
    const struct run_plan *plan = run->plan;
    const int64_t stride = plan->check > 0 ? plan->check : STEPS_BETWEEN_REPORTS;
    if (check(run, problem) != 0)
        return -1;
    while (run->result->steps < plan->steps && !run->finished) {
        const int64_t left = plan->steps - run->result->steps;
        const int64_t steps = left < stride ? left : stride;
        if (trainer_steps(run->trainer, steps, problem) != 0)
            return -1;
        run->result->steps += steps;
        if (check(run, problem) != 0 ||
            pool_report(worker, (double)run->result->steps / (double)plan->steps, problem) != 0)
            return -1;
    }
    return 0;
}

/* What a diverged network measures is of no use, finite or not. */
static int judge_end(struct run *run, struct problem *problem)
{
    struct run_result *result = run->result;
    const struct run_data *data = run->data;
    if (trainer_judge(run->trainer, &data->train, &result->train, problem) != 0)
        return -1;
    if (!isfinite(result->train.loss)) {
        const int64_t steps = result->steps;
        clear(result);
        result->steps = steps;
        return 0;
    }
    if (trainer_judge(run->trainer, &data->test, &result->test, problem) != 0)
        return -1;
    return trainer_complexity(run->trainer, &data->measured, &result->complexity, problem);
}

int run_train(const struct run_plan *plan, const struct run_data *data, struct pool_worker *worker,
              struct run_result *result, struct problem *problem)
{
    struct run run = {.plan = plan, .data = data, .result = result};
    struct trainer_settings settings = plan->settings;
    settings.parallel = pool_parallel(worker);
    clear(result);
    if (trainer_create(&settings, &data->train, &run.trainer, problem) != 0)
        return -1;
    int code = step_and_check(&run, worker, problem);
    if (code == 0)
        code = judge_end(&run, problem);
    trainer_destroy(run.trainer);
    return code;
}
