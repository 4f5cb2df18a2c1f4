#define _POSIX_C_SOURCE 200809L
#include "pool.h"

#include <dirichlet/runner.h>
#include <pthread.h>
#include <stdlib.h>

#include "progress.h"

#define STEPS_OF_A_JOB 1000 /* of the progress bar */

struct pool {
    pthread_mutex_t lock; /* for all below */
    struct progress progress;
    int64_t jobs;
    int64_t next;
    double done; /* in jobs */
    int failed;
    struct problem problem; /* of the first that failed */
    pool_job *job;
    void *context;
    dirichlet_parallel parallel;
    struct pool_worker *workers;
};

struct pool_worker {
    struct pool *pool;
    double part; /* of its job */
};

/* Both with the lock. */
static void advance(struct pool_worker *worker, double part)
{
    struct pool *pool = worker->pool;
    pool->done += part - worker->part;
    worker->part = part;
    progress_show(&pool->progress, (int64_t)(pool->done * STEPS_OF_A_JOB), "");
}

static int take(struct pool *pool, int64_t *job)
{
    if (pool->failed || pool->next >= pool->jobs)
        return 0;
    *job = pool->next++;
    return 1;
}

static void DIRICHLET_CALL work(int64_t number, void *argument)
{
    struct pool *pool = argument;
    struct pool_worker *worker = &pool->workers[number];
    struct problem problem = {"", 0};
    int64_t job = 0;
    pthread_mutex_lock(&pool->lock);
    while (take(pool, &job)) {
        pthread_mutex_unlock(&pool->lock);
        const int result = pool->job(pool->context, job, worker, &problem);
        pthread_mutex_lock(&pool->lock);
        if (result != 0 && !pool->failed) {
            pool->failed = 1;
            pool->problem = problem;
        }
        advance(worker, 1.0);
        worker->part = 0.0;
    }
    pthread_mutex_unlock(&pool->lock);
}

const dirichlet_parallel *pool_parallel(const struct pool_worker *worker)
{
    return worker == NULL ? NULL : &worker->pool->parallel;
}

int pool_report(struct pool_worker *worker, double part, struct problem *problem)
{
    if (worker == NULL)
        return 0;
    pthread_mutex_lock(&worker->pool->lock);
    advance(worker, part);
    const int failed = worker->pool->failed;
    pthread_mutex_unlock(&worker->pool->lock);
    return failed ? problem_set(problem, "given up, since another run failed") : 0;
}

/* Where so many cannot be started, there are fewer. */
static dirichlet_runner *start_runner(int threads)
{
    dirichlet_runner *runner = NULL;
    while (threads > 0 && dirichlet_runner_create(threads, &runner) != DIRICHLET_OK)
        threads--;
    return runner;
}

static int work_together(struct pool *pool, dirichlet_runner *runner, struct problem *problem)
{
    pool->parallel = dirichlet_runner_parallel(runner);
    const int64_t threads = pool->parallel.lanes;
    pool->workers = calloc((size_t)threads, sizeof *pool->workers);
    if (pool->workers == NULL)
        return problem_no_memory(problem, "the threads");
    for (int64_t i = 0; i < threads; i++)
        pool->workers[i].pool = pool;
    progress_start(&pool->progress, pool->jobs * STEPS_OF_A_JOB);
    (void)pool->parallel.parallel_for(threads, work, pool, pool->parallel.user);
    progress_end(&pool->progress);
    free(pool->workers);
    if (pool->failed)
        *problem = pool->problem;
    return pool->failed ? -1 : 0;
}

int pool_run(int threads, int64_t jobs, pool_job *job, void *context, struct problem *problem)
{
    struct pool pool = {.jobs = jobs, .job = job, .context = context};
    dirichlet_runner *runner = start_runner(threads);
    if (runner == NULL || pthread_mutex_init(&pool.lock, NULL) != 0) {
        dirichlet_runner_destroy(runner);
        return problem_no_memory(problem, "the threads");
    }
    const int result = work_together(&pool, runner, problem);
    pthread_mutex_destroy(&pool.lock);
    dirichlet_runner_destroy(runner);
    return result;
}
