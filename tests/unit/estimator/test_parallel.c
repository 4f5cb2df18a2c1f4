/* The caller's pool: checked where it is an option, in copies too. What is done on it: test_tiles.c
 * and test_rows.c. */
#include <stdint.h>
#include <string.h>

#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/parallel.h"
#include "dirichlet/regularizer.h"
#include "support/check.h"
#include "support/dense_subject.h"
#include "support/sine_model.h"
#include "support/subject.h"

static int64_t tasks_run;

static int32_t run_tasks(int64_t tasks, dirichlet_task_fn task, void *argument, void *user)
{
    (void)user;
    for (int64_t i = 0; i < tasks; i++)
        task(i, argument);
    tasks_run += tasks;
    return 0;
}

static struct sine sine;
static double x[5] = {0.1, 0.2, 0.3, 0.4, 0.5};

static dirichlet_status create(const dirichlet_parallel *parallel, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP);
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .parallel = parallel};
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    return dirichlet_measure_f64(&model, 1, x, NULL, &options, &result, NULL, error);
}

static dirichlet_status create_dense(const dirichlet_parallel *parallel, dirichlet_error *error)
{
    static struct dense_subject subject;
    const dirichlet_dense_options options = {.struct_size = sizeof options, .parallel = parallel};
    dirichlet_dense_f64 *network = NULL;
    dense_subject_make(&subject);
    const dirichlet_status status =
        dirichlet_dense_create_f64(subject.layers_f64, DENSE_LAYERS, &options, &network, error);
    CHECK((network != NULL) == (status == DIRICHLET_OK));
    dirichlet_dense_destroy_f64(network);
    return status;
}

static dirichlet_status jacobians(const dirichlet_parallel *parallel, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP);
    const dirichlet_jacobian_norms_options options = {.struct_size = sizeof options,
                                                      .parallel = parallel};
    dirichlet_jacobian_norms result = DIRICHLET_INIT(dirichlet_jacobian_norms);
    return dirichlet_jacobian_norms_f64(&model, 1, x, &options, NULL, &result, error);
}

static dirichlet_status penalty(const dirichlet_parallel *parallel, dirichlet_error *error)
{
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_FORWARD);
    const dirichlet_energy_penalty_options options = {.struct_size = sizeof options,
                                                      .parallel = parallel};
    return dirichlet_energy_penalty_f64(&model, 1, x, &options, 1.0, NULL, error);
}

static dirichlet_status (*const calls[])(const dirichlet_parallel *, dirichlet_error *) = {
    create, create_dense, jacobians, penalty};

static void right_and_wrong(void **state)
{
    (void)state;
    static const dirichlet_parallel good = {
        .struct_size = sizeof good, .lanes = 4, .parallel_for = run_tasks};
    dirichlet_parallel bad[5] = {good, good, good, good, good};
    static const dirichlet_status wanted[5] = {DIRICHLET_E_STRUCT_SIZE, DIRICHLET_E_RANGE,
                                               DIRICHLET_E_RANGE, DIRICHLET_E_NULL, DIRICHLET_OK};
    static const char *const named[5] = {"parallel.struct_size", "parallel.lanes", "parallel.lanes",
                                         "parallel.parallel_for", ""};
    sine = sine_make(5, 3);
    bad[0].struct_size = 3;
    bad[1].lanes = 0;
    bad[2].lanes = INT64_MIN;
    bad[3].parallel_for = NULL;
    for (size_t c = 0; c < sizeof calls / sizeof *calls; c++)
        for (int i = 0; i < 5; i++) {
            dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
            sine.calls = 0;
            CHECK_IN(calls[c](&bad[i], &error) == wanted[i], "call %d, case %d: %d %s", (int)c, i,
                     error.status, error.message);
            CHECK_IN(strstr(error.message, named[i]) != NULL, "%s lacks %s", error.message,
                     named[i]);
            CHECK(wanted[i] == DIRICHLET_OK || sine.calls == 0);
        }
}

/* With a pool all is as without; a clone has it too. */
static void same_results(void **state)
{
    (void)state;
    static struct subject subject;
    const dirichlet_parallel parallel = {
        .struct_size = sizeof parallel, .lanes = INT64_MAX, .parallel_for = run_tasks};
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        dirichlet_estimator *made[3] = {NULL, NULL, NULL};
        subject_make(a, 64, &subject);
        CHECK(subject_create(&subject, &made[0]) == DIRICHLET_OK);
        subject.options.parallel = &parallel;
        CHECK(subject_create(&subject, &made[1]) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_clone(made[1], &made[2]) == DIRICHLET_OK);
        struct bytes bytes[3];
        for (int i = 0; i < 3; i++) {
            CHECK(subject_feed(&subject, made[i], 50, NULL, NULL) == DIRICHLET_OK);
            bytes[i] = bytes_of(made[i]);
            dirichlet_estimator_destroy(made[i]);
        }
        CHECK_IN(bytes_equal(&bytes[0], &bytes[1]) && bytes_equal(&bytes[0], &bytes[2]), "%s",
                 a->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(right_and_wrong),
                                       cmocka_unit_test(same_results)};
    return check_report("unit.parallel", cmocka_run_group_tests(tests, NULL, NULL));
}
