#include "rounds.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "support/check.h"

#define MOST_TASKS 50
#define CALLS 3000
#define CALLERS 4

struct marks {
    int64_t tasks;
    int64_t plain[MOST_TASKS]; /* written by one task each, and not atomic: the call orders it */
    atomic_int seen[MOST_TASKS];
    atomic_int strange;
};

static void DIRICHLET_CALL mark(int64_t task, void *argument)
{
    struct marks *marks = argument;
    if (task < 0 || task >= marks->tasks) {
        atomic_fetch_add(&marks->strange, 1);
        return;
    }
    marks->plain[task] += task + 1;
    atomic_fetch_add(&marks->seen[task], 1);
}

/* 0, or what was wrong with one call. */
static const char *one_call(const dirichlet_parallel *parallel, int64_t tasks)
{
    struct marks marks;
    memset(&marks, 0, sizeof marks);
    marks.tasks = tasks;
    if (parallel->parallel_for(tasks, mark, &marks, parallel->user) != 0)
        return "it failed";
    if (atomic_load(&marks.strange) != 0)
        return "a task that is not there";
    for (int64_t i = 0; i < MOST_TASKS; i++)
        if (atomic_load(&marks.seen[i]) != (i < tasks) || marks.plain[i] != (i < tasks ? i + 1 : 0))
            return "a task was not run once";
    return NULL;
}

static const char *many_calls(const dirichlet_parallel *parallel)
{
    const char *wrong = NULL;
    for (int64_t call = 0; call < CALLS && wrong == NULL; call++)
        wrong = one_call(parallel, call % (MOST_TASKS + 1));
    return wrong;
}

void rounds_every_task_once(const dirichlet_parallel *parallel)
{
    const char *wrong = many_calls(parallel);
    CHECK_IN(wrong == NULL, "%d lanes: %s", (int)parallel->lanes, wrong);
}

struct meeting {
    atomic_int here;
    int all;
};

static void DIRICHLET_CALL meet(int64_t task, void *argument)
{
    struct meeting *meeting = argument;
    (void)task;
    atomic_fetch_add(&meeting->here, 1);
    while (atomic_load(&meeting->here) < meeting->all)
        sched_yield();
}

void rounds_at_the_same_time(const dirichlet_parallel *parallel)
{
    for (int i = 0; i < 200; i++) {
        struct meeting meeting = {.all = (int)parallel->lanes};
        CHECK(parallel->parallel_for(parallel->lanes, meet, &meeting, parallel->user) == 0);
        CHECK(atomic_load(&meeting.here) == meeting.all);
    }
}

struct caller {
    pthread_t thread;
    const dirichlet_parallel *parallel;
    const char *wrong;
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    caller->wrong = many_calls(caller->parallel);
    return NULL;
}

void rounds_several_callers(const dirichlet_parallel *parallel)
{
    struct caller callers[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.parallel = parallel};
        CHECK(pthread_create(&callers[i].thread, NULL, call, &callers[i]) == 0);
    }
    for (int i = 0; i < CALLERS; i++)
        CHECK(pthread_join(callers[i].thread, NULL) == 0);
    for (int i = 0; i < CALLERS; i++)
        CHECK_IN(callers[i].wrong == NULL, "caller %d: %s", i, callers[i].wrong);
}

struct nest {
    const dirichlet_parallel *parallel;
    int depth;
    atomic_int *leaves;
};

static void DIRICHLET_CALL descend(int64_t task, void *argument)
{
    const struct nest *nest = argument;
    struct nest inner = *nest;
    (void)task;
    inner.depth--;
    if (nest->depth == 0 ||
        nest->parallel->parallel_for(5, descend, &inner, nest->parallel->user) != 0)
        atomic_fetch_add(nest->leaves, 1);
}

void rounds_nested(const dirichlet_parallel *parallel)
{
    for (int i = 0; i < 50; i++) {
        atomic_int leaves = 0;
        struct nest nest = {parallel, 3, &leaves};
        descend(0, &nest);
        CHECK_IN(atomic_load(&leaves) == 125, "%d tasks of 125", (int)atomic_load(&leaves));
    }
}

struct hold {
    const dirichlet_parallel *parallel;
    atomic_int here;
    atomic_int over;
};

static void DIRICHLET_CALL hold(int64_t task, void *argument)
{
    struct hold *held = argument;
    (void)task;
    atomic_fetch_add(&held->here, 1);
    while (atomic_load(&held->over) == 0)
        sched_yield();
}

static void *hold_all(void *argument)
{
    struct hold *held = argument;
    (void)held->parallel->parallel_for(held->parallel->lanes, hold, held, held->parallel->user);
    return NULL;
}

void rounds_while_others_are_busy(const dirichlet_parallel *parallel)
{
    struct hold held = {.parallel = parallel};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, hold_all, &held) == 0);
    while (atomic_load(&held.here) < (int)parallel->lanes)
        sched_yield();
    const char *wrong = many_calls(parallel);
    atomic_store(&held.over, 1);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_IN(wrong == NULL, "%s", wrong);
}
