/* The runner of OpenMP. */
#include "dirichlet/runner.h"

#include "rounds.h"
#include "support/check.h"

static void with_every_size(void (*round)(const dirichlet_parallel *))
{
    for (int64_t lanes = 1; lanes <= 4; lanes++) {
        const dirichlet_parallel parallel = dirichlet_runner_openmp(lanes);
        CHECK(parallel.struct_size == sizeof parallel && parallel.lanes == lanes);
        round(&parallel);
    }
}

static void every_task_once(void **state)
{
    (void)state;
    with_every_size(rounds_every_task_once);
}

static void at_the_same_time(void **state)
{
    (void)state;
    with_every_size(rounds_at_the_same_time);
}

static void several_callers(void **state)
{
    (void)state;
    with_every_size(rounds_several_callers);
}

static void nested(void **state)
{
    (void)state;
    with_every_size(rounds_nested);
}

static void while_others_are_busy(void **state)
{
    (void)state;
    with_every_size(rounds_while_others_are_busy);
}

/* Numbers of lanes that no call of the library takes do no harm. */
static void any_number_of_lanes(void **state)
{
    (void)state;
    static const int64_t lanes[] = {0, -3, INT64_MIN};
    for (int i = 0; i < 3; i++) {
        const dirichlet_parallel parallel = dirichlet_runner_openmp(lanes[i]);
        CHECK(parallel.lanes == lanes[i]);
        rounds_every_task_once(&parallel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_once),       cmocka_unit_test(at_the_same_time),
        cmocka_unit_test(several_callers),       cmocka_unit_test(nested),
        cmocka_unit_test(while_others_are_busy), cmocka_unit_test(any_number_of_lanes),
    };
    return check_report("runner.openmp", cmocka_run_group_tests(tests, NULL, NULL));
}
