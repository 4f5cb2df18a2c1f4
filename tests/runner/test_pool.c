/* The pool of runner.h, on threads of POSIX or, compiled with DIRICHLET_RUNNER_C11, of C11. */
#include <stdint.h>

static int64_t creations_left = INT64_MAX; /* then the system has no more threads */

#ifdef DIRICHLET_RUNNER_C11
#include <threads.h>
static int create_or_not(thrd_t *thread, thrd_start_t entry, void *argument)
{
    return creations_left-- > 0 ? thrd_create(thread, entry, argument) : thrd_nomem;
}
#define thrd_create create_or_not
#else
#include <errno.h>
#include <pthread.h>
static int create_or_not(pthread_t *thread, const pthread_attr_t *attributes,
                         void *(*entry)(void *), void *argument)
{
    return creations_left-- > 0 ? pthread_create(thread, attributes, entry, argument) : EAGAIN;
}
#define pthread_create create_or_not
#endif
#include "dirichlet/runner.h"

#include "rounds.h"
#include "support/check.h"

static const int64_t sizes[] = {1, 2, 3, 4, 9};
#define SIZES ((int)(sizeof sizes / sizeof *sizes))

static void with_every_size(void (*round)(const dirichlet_parallel *))
{
    for (int i = 0; i < SIZES; i++) {
        dirichlet_runner *runner = NULL;
        CHECK(dirichlet_runner_create(sizes[i], &runner) == DIRICHLET_OK);
        const dirichlet_parallel parallel = dirichlet_runner_parallel(runner);
        CHECK(parallel.struct_size == sizeof parallel && parallel.lanes == sizes[i]);
        round(&parallel);
        dirichlet_runner_destroy(runner);
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

/* Made and destroyed again, used or not. */
static void many_pools(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        dirichlet_runner *runner = NULL;
        CHECK(dirichlet_runner_create(3, &runner) == DIRICHLET_OK);
        const dirichlet_parallel parallel = dirichlet_runner_parallel(runner);
        if (i % 2 == 0)
            rounds_at_the_same_time(&parallel);
        dirichlet_runner_destroy(runner);
    }
    dirichlet_runner_destroy(NULL);
}

static void arguments(void **state)
{
    (void)state;
    dirichlet_runner *runner = (dirichlet_runner *)&creations_left;
    CHECK(dirichlet_runner_create(2, NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_runner_create(0, &runner) == DIRICHLET_E_RANGE && runner == NULL);
    CHECK(dirichlet_runner_create(INT64_MIN, &runner) == DIRICHLET_E_RANGE && runner == NULL);
    CHECK(dirichlet_runner_create(INT64_MAX, &runner) == DIRICHLET_E_MEMORY && runner == NULL);
}

/* Those that were started end again: the sanitizers would see them and their memory. */
static void no_more_threads(void **state)
{
    (void)state;
    for (int64_t left = 0; left < 5; left++) {
        dirichlet_runner *runner = (dirichlet_runner *)&creations_left;
        creations_left = left;
        const dirichlet_status status = dirichlet_runner_create(6, &runner);
        creations_left = INT64_MAX;
        CHECK(status == DIRICHLET_E_MEMORY && runner == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_once),
        cmocka_unit_test(at_the_same_time),
        cmocka_unit_test(several_callers),
        cmocka_unit_test(nested),
        cmocka_unit_test(while_others_are_busy),
        cmocka_unit_test(many_pools),
        cmocka_unit_test(arguments),
        cmocka_unit_test(no_more_threads),
    };
    return check_report("runner.pool", cmocka_run_group_tests(tests, NULL, NULL));
}
