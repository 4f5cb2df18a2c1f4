/* A run's readings against a second trainer that goes the same way step by step. */
#include <math.h>
#include <string.h>

#include "run.h"
#include "support/check.h"

#define SAMPLES 60
#define STEPS 200
#define CHECKED 10

static float x[SAMPLES * 2];
static int64_t labels[SAMPLES];

/* Two classes, inside and outside a circle. */
static struct run_data make_data(void)
{
    struct run_data data = {0};
    for (int i = 0; i < SAMPLES; i++) {
        const double radius = 0.1 + 1.5 * i / SAMPLES;
        x[2 * i] = (float)(radius * cos(2.4 * i));
        x[2 * i + 1] = (float)(radius * sin(2.4 * i));
        labels[i] = radius > 0.8;
    }
    data.train = (struct trainer_data){
        .count = SAMPLES, .inputs = 2, .outputs = 2, .x = x, .labels = labels};
    data.test = data.train;
    data.measured = data.train;
    data.measured.count = SAMPLES / 2;
    return data;
}

static struct run_plan make_plan(void)
{
    struct run_plan plan = {.steps = STEPS, .check = CHECKED};
    plan.settings = (struct trainer_settings){.layers = 2,
                                              .widths = {2, 16, 2},
                                              .loss = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY,
                                              .learning_rate = 0.5,
                                              .batch = 20,
                                              .seed = 4};
    return plan;
}

/* The same training, and what there is to see at every check. */
struct trace {
    int checks;
    double loss[STEPS / CHECKED + 1];
    double complexity[STEPS / CHECKED + 1];
};

static struct trace follow(const struct run_plan *plan, const struct run_data *data)
{
    struct trace trace = {0};
    struct trainer *trainer = NULL;
    struct problem problem = {"", 0};
    CHECK(trainer_create(&plan->settings, &data->train, &trainer, &problem) == 0);
    for (int i = 0; i <= STEPS / CHECKED; i++) {
        struct trainer_score score;
        if (i > 0)
            CHECK(trainer_steps(trainer, CHECKED, &problem) == 0);
        CHECK(trainer_judge(trainer, &data->train, &score, &problem) == 0);
        CHECK(trainer_complexity(trainer, &data->measured, &trace.complexity[i], &problem) == 0);
        trace.loss[i] = score.loss;
        trace.checks++;
    }
    trainer_destroy(trainer);
    return trace;
}

static int first_below(const struct trace *trace, double loss)
{
    int at = 0;
    while (at < trace->checks && !(trace->loss[at] <= loss))
        at++;
    return at;
}

static void readings_at_equal_loss(void **state)
{
    (void)state;
    const struct run_data data = make_data();
    struct run_plan plan = make_plan();
    struct problem problem = {"", 0};
    struct run_result result;
    const struct trace trace = follow(&plan, &data);
    const double last = trace.loss[trace.checks - 1];
    plan.thresholds = 3;
    plan.loss_at[0] = 0.5 * (trace.loss[0] + last);
    plan.loss_at[1] = 1e-9;
    plan.loss_at[2] = 100.0; /* reached at the beginning */
    CHECK(run_train(&plan, &data, NULL, &result, &problem) == 0);
    const int at = first_below(&trace, plan.loss_at[0]);
    printf("loss %.4f to %.4f, %.4f after %d checks; GC there %.4f, at the end %.4f\n",
           trace.loss[0], last, plan.loss_at[0], at, result.complexity_at[0], result.complexity);
    CHECK(at > 0 && at < trace.checks - 1);
    CHECK(result.complexity_at[0] == trace.complexity[at]);
    CHECK(isnan(result.complexity_at[1]));
    CHECK(result.complexity_at[2] == trace.complexity[0]);
    CHECK(isnan(result.complexity_at[3]));
    CHECK(result.complexity == trace.complexity[trace.checks - 1]);
    CHECK(result.train.loss == last && result.test.loss == last);
    CHECK(result.steps == STEPS);
}

static void stopping(void **state)
{
    (void)state;
    const struct run_data data = make_data();
    struct run_plan plan = make_plan();
    struct problem problem = {"", 0};
    struct run_result result;
    const struct trace trace = follow(&plan, &data);
    plan.stop_at = 0.5 * (trace.loss[0] + trace.loss[trace.checks - 1]);
    CHECK(run_train(&plan, &data, NULL, &result, &problem) == 0);
    const int at = first_below(&trace, plan.stop_at);
    printf("stopped after %d steps\n", (int)result.steps);
    CHECK(result.steps == at * CHECKED);
    CHECK(result.train.loss == trace.loss[at] && result.complexity == trace.complexity[at]);
}

struct seen {
    int checks;
    int failing; /* at this check; -1: never */
    double loss[STEPS / CHECKED + 1];
};

static int observe(void *context, struct trainer *trainer, int64_t steps,
                   const struct trainer_score *train, struct problem *problem)
{
    struct seen *seen = context;
    CHECK(steps == seen->checks * CHECKED && steps == trainer_steps_taken(trainer));
    seen->loss[seen->checks] = train->loss;
    if (seen->checks++ == seen->failing)
        return problem_set(problem, "enough");
    return 0;
}

static void observers(void **state)
{
    (void)state;
    const struct run_data data = make_data();
    struct run_plan plan = make_plan();
    struct problem problem = {"", 0};
    struct run_result result;
    struct seen seen = {.failing = -1};
    const struct trace trace = follow(&plan, &data);
    plan.observer = observe;
    plan.context = &seen;
    CHECK(run_train(&plan, &data, NULL, &result, &problem) == 0);
    CHECK(seen.checks == trace.checks);
    CHECK(memcmp(seen.loss, trace.loss, sizeof seen.loss) == 0);
    seen = (struct seen){.failing = 3};
    CHECK(run_train(&plan, &data, NULL, &result, &problem) == -1);
    CHECK(strcmp(problem.text, "enough") == 0 && seen.checks == 4);
}

static void divergence_is_a_result(void **state)
{
    (void)state;
    const struct run_data data = make_data();
    struct problem problem = {"", 0};
    struct run_result result;
    for (int64_t check = 0; check <= CHECKED; check += CHECKED) {
        struct run_plan plan = make_plan();
        plan.check = check;
        plan.thresholds = 1;
        plan.settings.learning_rate = 1e30;
        CHECK_IN(run_train(&plan, &data, NULL, &result, &problem) == 0, "%s", problem.text);
        printf("checks every %d steps: diverged, %d steps\n", (int)check, (int)result.steps);
        CHECK(isnan(result.complexity) && isnan(result.train.loss) && isnan(result.test.accuracy));
        CHECK(isnan(result.complexity_at[0]));
        CHECK(result.steps == (check > 0 ? check : STEPS));
    }
}

static void bad_settings_are_a_problem(void **state)
{
    (void)state;
    const struct run_data data = make_data();
    struct run_plan plan = make_plan();
    struct problem problem = {"", 0};
    struct run_result result;
    plan.settings.initialization.scale = -1.0;
    CHECK(run_train(&plan, &data, NULL, &result, &problem) == -1);
    printf("%s\n", problem.text);
    CHECK(strstr(problem.text, "scale") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(readings_at_equal_loss),
                                       cmocka_unit_test(stopping), cmocka_unit_test(observers),
                                       cmocka_unit_test(divergence_is_a_result),
                                       cmocka_unit_test(bad_settings_are_a_problem)};
    return check_report("paper.run", cmocka_run_group_tests(tests, NULL, NULL));
}
