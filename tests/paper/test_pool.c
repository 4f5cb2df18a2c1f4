/* Every job runs once, on any number of threads; the first failure is the one told. */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "pool.h"
#include "support/check.h"

#define JOBS 200

struct record {
    atomic_int runs[JOBS];
    atomic_int started;
    int64_t failing; /* this job fails; -1: none */
};

static int job(void *context, int64_t number, struct pool_worker *worker, struct problem *problem)
{
    struct record *record = context;
    atomic_fetch_add(&record->started, 1);
    atomic_fetch_add(&record->runs[number], 1);
    if (number == record->failing)
        return problem_set(problem, "job %d failed", (int)number);
    return pool_report(worker, 0.5, problem);
}

static void every_job_runs_once(void **state)
{
    (void)state;
    const int threads[] = {1, 2, 7, 250};
    struct problem problem = {"", 0};
    for (int t = 0; t < 4; t++) {
        struct record record = {.failing = -1};
        CHECK(pool_run(threads[t], JOBS, job, &record, &problem) == 0);
        for (int i = 0; i < JOBS; i++)
            CHECK_IN(record.runs[i] == 1, "%d threads: job %d ran %d times", threads[t], i,
                     (int)record.runs[i]);
    }
    CHECK(pool_run(3, 0, job, NULL, &problem) == 0);
}

static void one_failure_ends_all(void **state)
{
    (void)state;
    struct problem problem = {"", 0};
    struct record record = {.failing = 20};
    CHECK(pool_run(1, JOBS, job, &record, &problem) == -1);
    printf("one thread: %d of %d jobs started, \"%s\"\n", (int)record.started, JOBS, problem.text);
    CHECK(record.started == 21);
    CHECK(strcmp(problem.text, "job 20 failed") == 0);
}

/* Job 0 fails once job 1 is at work; job 1 must hear of it, or it never ends. */
static int wait_for_failure(void *context, int64_t number, struct pool_worker *worker,
                            struct problem *problem)
{
    const struct timespec pause = {0, 1000000};
    atomic_int *others = context;
    if (number == 0) {
        while (*others == 0)
            nanosleep(&pause, NULL);
        return problem_set(problem, "the first");
    }
    atomic_fetch_add(others, 1);
    while (pool_report(worker, 0.1, problem) == 0)
        nanosleep(&pause, NULL);
    return -1;
}

static void others_hear_of_a_failure(void **state)
{
    (void)state;
    struct problem problem = {"", 0};
    atomic_int others = 0;
    CHECK(pool_run(2, 5, wait_for_failure, &others, &problem) == -1);
    CHECK_IN(strcmp(problem.text, "the first") == 0, "%s", problem.text);
    CHECK(others == 1);
}

static void without_a_pool(void **state)
{
    (void)state;
    struct problem problem = {"", 0};
    CHECK(pool_report(NULL, 0.5, &problem) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once), cmocka_unit_test(one_failure_ends_all),
        cmocka_unit_test(others_hear_of_a_failure), cmocka_unit_test(without_a_pool)};
    return check_report("paper.pool", cmocka_run_group_tests(tests, NULL, NULL));
}
