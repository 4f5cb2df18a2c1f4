#include "support/pool.h"

#include <pthread.h>
#include <stdlib.h>

const struct pool_lent pools_lent[POOLS_LENT] = {{POOL_IN_ORDER, 1}, {POOL_IN_ORDER, 7},
                                                 {POOL_BACKWARD, 2}, {POOL_LAST_THREAD, 3},
                                                 {POOL_THREADS, 2},  {POOL_THREADS, 4}};

struct job {
    pthread_t thread;
    dirichlet_task_fn task;
    void *argument;
    int64_t first;
    int64_t count;
};

static void *run_job(void *given)
{
    const struct job *job = given;
    for (int64_t i = 0; i < job->count; i++)
        job->task(job->first + i, job->argument);
    return NULL;
}

/* `count` tasks a thread. */
static int32_t run_threads(int64_t tasks, int64_t count, dirichlet_task_fn task, void *argument)
{
    const int64_t threads = tasks / count;
    struct job *jobs = calloc((size_t)threads, sizeof *jobs);
    int32_t code = jobs == NULL ? 1 : 0;
    int64_t started = 0;
    for (; code == 0 && started < threads; started++) {
        jobs[started] = (struct job){
            .task = task, .argument = argument, .first = started * count, .count = count};
        code = pthread_create(&jobs[started].thread, NULL, run_job, &jobs[started]) != 0;
        if (code != 0)
            break;
    }
    for (int64_t i = 0; i < started; i++)
        (void)pthread_join(jobs[i].thread, NULL);
    free(jobs);
    return code;
}

static int32_t pool_run(int64_t tasks, dirichlet_task_fn task, void *argument, void *user)
{
    struct pool *pool = user;
    pool->calls++;
    pool->tasks += tasks;
    switch (pool->calls <= pool->works ? POOL_IN_ORDER : pool->kind) {
    case POOL_FAILS: return 17;
    case POOL_FORGETS: return 0;
    case POOL_THREADS: return run_threads(tasks, 1, task, argument);
    case POOL_LAST_THREAD: return run_threads(tasks, tasks, task, argument);
    case POOL_BACKWARD:
        for (int64_t i = tasks; i > 0; i--)
            task(i - 1, argument);
        return 0;
    default:
        for (int64_t i = 0; i < tasks; i++)
            task(i, argument);
        return 0;
    }
}

dirichlet_parallel pool_lend(struct pool *pool, int64_t lanes)
{
    const dirichlet_parallel parallel = {
        .struct_size = sizeof parallel, .lanes = lanes, .parallel_for = pool_run, .user = pool};
    return parallel;
}

const char *pool_name(int kind)
{
    static const char *const names[] = {"in order", "backward", "threads", "another thread"};
    return names[kind];
}
