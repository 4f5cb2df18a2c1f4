#define _POSIX_C_SOURCE 200809L
#include "pool.h"

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
};

struct pool_worker {
    struct pool *pool;
    double part; /* of its job */
    pthread_t thread;
    int started;
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

static void *work(void *argument)
{
    struct pool_worker *worker = argument;
    struct pool *pool = worker->pool;
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
    return NULL;
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

/* The calling thread is one of them; where no more can be started, there are fewer. */
static void work_together(struct pool *pool, struct pool_worker *workers, int threads)
{
    for (int i = 0; i < threads; i++)
        workers[i] = (struct pool_worker){.pool = pool};
    for (int i = 1; i < threads; i++)
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    (void)work(&workers[0]);
    for (int i = 1; i < threads; i++)
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
}

int pool_run(int threads, int64_t jobs, pool_job *job, void *context, struct problem *problem)
{
    struct pool pool = {.jobs = jobs, .job = job, .context = context};
    struct pool_worker *workers = malloc((size_t)threads * sizeof *workers);
    if (workers == NULL || pthread_mutex_init(&pool.lock, NULL) != 0) {
        free(workers);
        return problem_no_memory(problem, "the threads");
    }
    progress_start(&pool.progress, jobs * STEPS_OF_A_JOB);
    work_together(&pool, workers, threads);
    progress_end(&pool.progress);
    pthread_mutex_destroy(&pool.lock);
    free(workers);
    if (!pool.failed)
        return 0;
    *problem = pool.problem;
    return -1;
}
