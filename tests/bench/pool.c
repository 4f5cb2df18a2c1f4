#define _POSIX_C_SOURCE 200809L
#include "pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"

struct bench_pool {
    int64_t lanes;
    int64_t threads; /* that were started */
    pthread_t *thread;
    double *seconds;     /* of each task of the call */
    pthread_mutex_t use; /* held by the call in progress */
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_cond_t done;
    /* Under the lock: */
    dirichlet_task_fn task;
    void *argument;
    int64_t tasks;
    int64_t next;
    int64_t open; /* tasks that have not returned */
    int stop;
    struct bench_pool_record record;
};

static void require(int good)
{
    if (good)
        return;
    fprintf(stderr, "bench: no threads\n");
    exit(1);
}

static void run_timed(struct bench_pool *pool, int64_t task, dirichlet_task_fn function,
                      void *argument)
{
    const double begin = cpu_seconds_now();
    function(task, argument);
    pool->seconds[task] = cpu_seconds_now() - begin;
}

/* With the lock held: tasks of the call in progress, as long as there are any. */
static void take_tasks(struct bench_pool *pool)
{
    while (pool->next < pool->tasks) {
        const int64_t task = pool->next++;
        const dirichlet_task_fn function = pool->task;
        void *argument = pool->argument;
        (void)pthread_mutex_unlock(&pool->lock);
        run_timed(pool, task, function, argument);
        (void)pthread_mutex_lock(&pool->lock);
        if (--pool->open == 0)
            (void)pthread_cond_broadcast(&pool->done);
    }
}

static void *work(void *given)
{
    struct bench_pool *pool = given;
    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->stop) {
        take_tasks(pool);
        if (!pool->stop)
            (void)pthread_cond_wait(&pool->work, &pool->lock);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void note_call(struct bench_pool *pool, int64_t tasks, double wall)
{
    double sum = 0.0;
    double longest = 0.0;
    for (int64_t i = 0; i < tasks; i++) {
        sum += pool->seconds[i];
        longest = pool->seconds[i] > longest ? pool->seconds[i] : longest;
    }
    pool->record.calls++;
    pool->record.tasks += tasks;
    pool->record.wall += wall;
    pool->record.inside += sum;
    pool->record.longest += longest;
    pool->record.mean += sum / (double)tasks;
}

static void share_out(struct bench_pool *pool, int64_t tasks, dirichlet_task_fn task,
                      void *argument)
{
    (void)pthread_mutex_lock(&pool->lock);
    pool->task = task;
    pool->argument = argument;
    pool->next = 0;
    pool->tasks = tasks;
    pool->open = tasks;
    (void)pthread_cond_broadcast(&pool->work);
    take_tasks(pool);
    while (pool->open > 0)
        (void)pthread_cond_wait(&pool->done, &pool->lock);
    (void)pthread_mutex_unlock(&pool->lock);
}

/* A call from within a task, or beside another call, finds the threads busy: its own thread does
 * everything. */
static int32_t run_pool(int64_t tasks, dirichlet_task_fn task, void *argument, void *user)
{
    struct bench_pool *pool = user;
    if (tasks < 1)
        return 0;
    if (tasks > pool->lanes) /* against the contract: no call makes more tasks than lanes */
        return 1;
    if (pthread_mutex_trylock(&pool->use) != 0) {
        for (int64_t i = 0; i < tasks; i++)
            task(i, argument);
        return 0;
    }
    const double begin = wall_seconds_now();
    if (pool->threads > 0)
        share_out(pool, tasks, task, argument);
    else
        for (int64_t i = 0; i < tasks; i++)
            run_timed(pool, i, task, argument);
    note_call(pool, tasks, wall_seconds_now() - begin);
    (void)pthread_mutex_unlock(&pool->use);
    return 0;
}

static struct bench_pool *make_pool(int64_t lanes, int64_t threads)
{
    struct bench_pool *pool = calloc(1, sizeof *pool);
    require(pool != NULL);
    pool->lanes = lanes;
    pool->seconds = calloc((size_t)lanes, sizeof *pool->seconds);
    pool->thread = calloc((size_t)lanes, sizeof *pool->thread);
    require(pool->seconds != NULL && pool->thread != NULL);
    require(pthread_mutex_init(&pool->use, NULL) == 0 &&
            pthread_mutex_init(&pool->lock, NULL) == 0 &&
            pthread_cond_init(&pool->work, NULL) == 0 && pthread_cond_init(&pool->done, NULL) == 0);
    for (; pool->threads < threads; pool->threads++)
        require(pthread_create(&pool->thread[pool->threads], NULL, work, pool) == 0);
    return pool;
}

struct bench_pool *start_bench_pool(int64_t lanes)
{
    return make_pool(lanes, lanes - 1);
}

struct bench_pool *start_bench_pool_in_order(int64_t lanes)
{
    return make_pool(lanes, 0);
}

void stop_bench_pool(struct bench_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    pool->stop = 1;
    (void)pthread_cond_broadcast(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
    for (int64_t i = 0; i < pool->threads; i++)
        (void)pthread_join(pool->thread[i], NULL);
    (void)pthread_cond_destroy(&pool->work);
    (void)pthread_cond_destroy(&pool->done);
    (void)pthread_mutex_destroy(&pool->lock);
    (void)pthread_mutex_destroy(&pool->use);
    free(pool->thread);
    free(pool->seconds);
    free(pool);
}

dirichlet_parallel lend_bench_pool(struct bench_pool *pool)
{
    const dirichlet_parallel parallel = {.struct_size = sizeof parallel,
                                         .lanes = pool->lanes,
                                         .parallel_for = run_pool,
                                         .user = pool};
    return parallel;
}

void clear_bench_pool(struct bench_pool *pool)
{
    pool->record = (struct bench_pool_record){0};
}

struct bench_pool_record bench_pool_record(const struct bench_pool *pool)
{
    return pool->record;
}
