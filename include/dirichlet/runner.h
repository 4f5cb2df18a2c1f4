/* Ready-made runners: threads to lend to the library (parallel.h).
 *
 * For programs that have no pool of their own, so dirichlet.h does not include it: everything here
 * is static and compiled into the program, nothing is in the library, which starts no thread. C99
 * and C++98.
 *
 *     dirichlet_runner *runner;
 *     if (dirichlet_runner_create(4, &runner) == DIRICHLET_OK) {
 *         const dirichlet_parallel parallel = dirichlet_runner_parallel(runner);
 *         options.parallel = &parallel;
 *         ...                           the handles made with it are destroyed
 *         dirichlet_runner_destroy(runner);
 *     }
 *
 * Threads of POSIX where the system has them (compile and link with -pthread), else those of C11's
 * <threads.h>; of C11 in any case where DIRICHLET_RUNNER_C11 is defined before this header is
 * included. DIRICHLET_RUNNER_HAS_THREADS is defined where there are either. With OpenMP:
 *
 *     const dirichlet_parallel parallel = dirichlet_runner_openmp(4);
 *
 * The threads should be the only ones: keep the BLAS to one thread. C++ has a runner of its own,
 * dirichlet/cpp/runner.hpp. */
#ifndef DIRICHLET_RUNNER_H
#define DIRICHLET_RUNNER_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "dirichlet/export.h"
#include "dirichlet/parallel.h"
#include "dirichlet/status.h"

#if !defined(DIRICHLET_RUNNER_C11) && (defined(__unix__) || defined(__APPLE__))
#include <pthread.h>
#include <sched.h>
#define DIRICHLET_RUNNER_HAS_THREADS 1
#elif defined(DIRICHLET_RUNNER_C11) ||                                                             \
    (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L && !defined(__STDC_NO_THREADS__))
#include <threads.h>
#ifndef DIRICHLET_RUNNER_C11
#define DIRICHLET_RUNNER_C11
#endif
#define DIRICHLET_RUNNER_HAS_THREADS 1
#endif

#ifdef _OPENMP

/* The threads of OpenMP, at most `lanes` of them at a time (parallel.h); less than 1 is taken by
 * no call of the library. Inside a parallel region of the program tasks run on the calling thread
 * alone, unless OMP_MAX_ACTIVE_LEVELS allows more. Compile and link with -fopenmp. */
static inline dirichlet_parallel dirichlet_runner_openmp(int64_t lanes);

#endif

#ifdef DIRICHLET_RUNNER_HAS_THREADS

/* A pool of threads that are started once and wait for tasks. Its fields are not for callers. */
typedef struct dirichlet_runner dirichlet_runner;

/* Start a pool.
 *
 * threads  that do tasks at the same time, the calling one among them: threads - 1 are started
 * runner   receives NULL first, the pool on success; to be destroyed by the caller
 *
 * Errors, after which nothing is left running: NULL (runner); RANGE (threads < 1); MEMORY, also
 * where the system starts no further thread. */
static inline dirichlet_status dirichlet_runner_create(int64_t threads, dirichlet_runner **runner);

/* The pool as an option, with as many lanes as it has threads; the pool must outlive the handles
 * made with it.
 *
 * It may be lent to any number of handles, used by any number of threads at the same time, also
 * from inside a task of its own: the calling thread does tasks of its call itself, and does not
 * wait for threads that are busy elsewhere. More tasks than threads are done one after the
 * other. */
static inline dirichlet_parallel dirichlet_runner_parallel(dirichlet_runner *runner);

/* End the threads. No call may be running tasks on them any more. NULL is fine. */
static inline void dirichlet_runner_destroy(dirichlet_runner *runner);

#endif

/* From here on: how it is done, not for callers. */

static inline dirichlet_parallel dirichlet_runner_lend(int64_t lanes, void *user,
                                                       dirichlet_parallel_for_fn parallel_for)
{
    dirichlet_parallel parallel;
    parallel.struct_size = sizeof parallel;
    parallel.lanes = lanes;
    parallel.parallel_for = parallel_for;
    parallel.user = user;
    return parallel;
}

#ifdef _OPENMP

/* `user` is the number of lanes: OpenMP ends the program where it cannot start as many threads as
 * it is asked for, and a call may have more tasks than that. */
static inline int32_t DIRICHLET_CALL dirichlet_runner_openmp_for(int64_t tasks,
                                                                 dirichlet_task_fn task,
                                                                 void *argument, void *user)
{
    const int64_t most = (int64_t)(intptr_t)user;
    const int threads = (int)(tasks < most ? tasks : most);
    int64_t i;
    if (tasks < 1)
        return 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (i = 0; i < tasks; i++)
        task(i, argument);
    return 0;
}

static inline dirichlet_parallel dirichlet_runner_openmp(int64_t lanes)
{
    const int64_t most = lanes < INT_MAX ? lanes : INT_MAX;
    return dirichlet_runner_lend(lanes, (void *)(intptr_t)(most < 1 ? 1 : most),
                                 dirichlet_runner_openmp_for);
}

#endif

#ifdef DIRICHLET_RUNNER_HAS_THREADS

/* A call in progress, on the stack of its thread. */
struct dirichlet_runner_job {
    dirichlet_task_fn task;
    void *argument;
    int64_t tasks;
    int64_t next;     /* task that nobody has taken */
    int64_t finished; /* tasks */
    struct dirichlet_runner_job *following;
};

#ifdef DIRICHLET_RUNNER_C11
typedef mtx_t dirichlet_runner_mutex;
typedef cnd_t dirichlet_runner_condition;
typedef thrd_t dirichlet_runner_thread;
#else
typedef pthread_mutex_t dirichlet_runner_mutex;
typedef pthread_cond_t dirichlet_runner_condition;
typedef pthread_t dirichlet_runner_thread;
#endif

struct dirichlet_runner {
    dirichlet_runner_mutex mutex; /* for all below, also the jobs */
    dirichlet_runner_condition work;
    dirichlet_runner_condition done;
    struct dirichlet_runner_job *first; /* that has tasks nobody has taken; in order of arrival */
    struct dirichlet_runner_job *last;
    int64_t waiting; /* tasks that nobody has taken, of all jobs */
    int64_t asleep;  /* threads that wait for work */
    int stop;
    int64_t threads;
    int64_t started;                  /* <= threads - 1 */
    dirichlet_runner_thread *handles; /* (threads) */
};

static inline void dirichlet_runner_work(dirichlet_runner *runner);

#ifdef DIRICHLET_RUNNER_C11

static inline int dirichlet_runner_entry(void *runner)
{
    dirichlet_runner_work((dirichlet_runner *)runner);
    return 0;
}
static inline int dirichlet_runner_start(dirichlet_runner *runner, int64_t i)
{
    return thrd_create(&runner->handles[i], dirichlet_runner_entry, runner) == thrd_success;
}
static inline void dirichlet_runner_join(dirichlet_runner_thread thread)
{
    (void)thrd_join(thread, NULL);
}
static inline void dirichlet_runner_yield(void)
{
    thrd_yield();
}
static inline int dirichlet_runner_make_mutex(dirichlet_runner_mutex *mutex)
{
    return mtx_init(mutex, mtx_plain) == thrd_success;
}
static inline void dirichlet_runner_free_mutex(dirichlet_runner_mutex *mutex)
{
    mtx_destroy(mutex);
}
static inline int dirichlet_runner_make_condition(dirichlet_runner_condition *condition)
{
    return cnd_init(condition) == thrd_success;
}
static inline void dirichlet_runner_free_condition(dirichlet_runner_condition *condition)
{
    cnd_destroy(condition);
}
static inline void dirichlet_runner_lock(dirichlet_runner *runner)
{
    (void)mtx_lock(&runner->mutex);
}
static inline void dirichlet_runner_unlock(dirichlet_runner *runner)
{
    (void)mtx_unlock(&runner->mutex);
}
static inline void dirichlet_runner_wait(dirichlet_runner *runner,
                                         dirichlet_runner_condition *condition)
{
    (void)cnd_wait(condition, &runner->mutex);
}
static inline void dirichlet_runner_wake(dirichlet_runner_condition *condition)
{
    (void)cnd_signal(condition);
}
static inline void dirichlet_runner_wake_all(dirichlet_runner_condition *condition)
{
    (void)cnd_broadcast(condition);
}

#else

static inline void *dirichlet_runner_entry(void *runner)
{
    dirichlet_runner_work((dirichlet_runner *)runner);
    return NULL;
}
static inline int dirichlet_runner_start(dirichlet_runner *runner, int64_t i)
{
    return pthread_create(&runner->handles[i], NULL, dirichlet_runner_entry, runner) == 0;
}
static inline void dirichlet_runner_join(dirichlet_runner_thread thread)
{
    (void)pthread_join(thread, NULL);
}
static inline void dirichlet_runner_yield(void)
{
    (void)sched_yield();
}
static inline int dirichlet_runner_make_mutex(dirichlet_runner_mutex *mutex)
{
    return pthread_mutex_init(mutex, NULL) == 0;
}
static inline void dirichlet_runner_free_mutex(dirichlet_runner_mutex *mutex)
{
    (void)pthread_mutex_destroy(mutex);
}
static inline int dirichlet_runner_make_condition(dirichlet_runner_condition *condition)
{
    return pthread_cond_init(condition, NULL) == 0;
}
static inline void dirichlet_runner_free_condition(dirichlet_runner_condition *condition)
{
    (void)pthread_cond_destroy(condition);
}
static inline void dirichlet_runner_lock(dirichlet_runner *runner)
{
    (void)pthread_mutex_lock(&runner->mutex);
}
static inline void dirichlet_runner_unlock(dirichlet_runner *runner)
{
    (void)pthread_mutex_unlock(&runner->mutex);
}
static inline void dirichlet_runner_wait(dirichlet_runner *runner,
                                         dirichlet_runner_condition *condition)
{
    (void)pthread_cond_wait(condition, &runner->mutex);
}
static inline void dirichlet_runner_wake(dirichlet_runner_condition *condition)
{
    (void)pthread_cond_signal(condition);
}
static inline void dirichlet_runner_wake_all(dirichlet_runner_condition *condition)
{
    (void)pthread_cond_broadcast(condition);
}

#endif

/* Before a thread sleeps it looks so many times whether it need not: waking it up takes longer than
 * the gaps between the calls of a measurement. Only the two counts that are looked at without the
 * mutex are atomic; what was seen is looked at again with it. */
#ifndef DIRICHLET_RUNNER_LOOKS
#define DIRICHLET_RUNNER_LOOKS 100
#endif

static inline void dirichlet_runner_set(int64_t *count, int64_t value)
{
#ifdef __GNUC__
    __atomic_store_n(count, value, __ATOMIC_RELAXED);
#else
    *count = value;
#endif
}

static inline void dirichlet_runner_look(const int64_t *count, int64_t at_least)
{
#ifdef __GNUC__
    int i;
    for (i = 0; i < DIRICHLET_RUNNER_LOOKS && __atomic_load_n(count, __ATOMIC_RELAXED) < at_least;
         i++)
        dirichlet_runner_yield();
#else
    (void)count;
    (void)at_least;
    dirichlet_runner_yield();
#endif
}

/* With the mutex held, as all that follow up to the threads themselves. */
static inline void dirichlet_runner_enqueue(dirichlet_runner *runner,
                                            struct dirichlet_runner_job *job)
{
    int64_t wanted = job->tasks - 1; /* the calling thread takes one */
    if (wanted > runner->asleep)
        wanted = runner->asleep;
    if (runner->first == NULL)
        runner->first = job;
    else
        runner->last->following = job;
    runner->last = job;
    dirichlet_runner_set(&runner->waiting, runner->waiting + job->tasks);
    for (; wanted > 0; wanted--)
        dirichlet_runner_wake(&runner->work);
}

static inline void dirichlet_runner_dequeue(dirichlet_runner *runner,
                                            const struct dirichlet_runner_job *job)
{
    struct dirichlet_runner_job *before = NULL;
    struct dirichlet_runner_job *at = runner->first;
    for (; at != job; at = at->following)
        before = at;
    if (before == NULL)
        runner->first = at->following;
    else
        before->following = at->following;
    if (runner->last == at)
        runner->last = before;
}

/* Do one task of a job that has one to take; the mutex is let go meanwhile. The job, which is
 * another thread's, is gone as soon as its last task counts as finished and the mutex is let go. */
static inline void dirichlet_runner_do_task(dirichlet_runner *runner,
                                            struct dirichlet_runner_job *job)
{
    const int64_t task = job->next++;
    dirichlet_runner_set(&runner->waiting, runner->waiting - 1);
    if (job->next == job->tasks)
        dirichlet_runner_dequeue(runner, job);
    dirichlet_runner_unlock(runner);
    job->task(task, job->argument);
    dirichlet_runner_lock(runner);
    dirichlet_runner_set(&job->finished, job->finished + 1);
    if (job->finished == job->tasks)
        dirichlet_runner_wake_all(&runner->done);
}

static inline void dirichlet_runner_wait_for_work(dirichlet_runner *runner)
{
    dirichlet_runner_unlock(runner);
    dirichlet_runner_look(&runner->waiting, 1);
    dirichlet_runner_lock(runner);
    while (runner->first == NULL && !runner->stop) {
        runner->asleep++;
        dirichlet_runner_wait(runner, &runner->work);
        runner->asleep--;
    }
}

/* What the threads of the pool do. */
static inline void dirichlet_runner_work(dirichlet_runner *runner)
{
    dirichlet_runner_lock(runner);
    while (!runner->stop) {
        if (runner->first != NULL)
            dirichlet_runner_do_task(runner, runner->first);
        else
            dirichlet_runner_wait_for_work(runner);
    }
    dirichlet_runner_unlock(runner);
}

static inline void dirichlet_runner_wait_for_others(dirichlet_runner *runner,
                                                    const struct dirichlet_runner_job *job)
{
    if (job->finished < job->tasks) {
        dirichlet_runner_unlock(runner);
        dirichlet_runner_look(&job->finished, job->tasks);
        dirichlet_runner_lock(runner);
    }
    while (job->finished < job->tasks)
        dirichlet_runner_wait(runner, &runner->done);
}

/* The calling thread waits only for tasks that other threads are doing: these wait, if at all, for
 * tasks of calls of their own. So it always comes to an end. */
static inline int32_t DIRICHLET_CALL dirichlet_runner_for(int64_t tasks, dirichlet_task_fn task,
                                                          void *argument, void *user)
{
    dirichlet_runner *runner = (dirichlet_runner *)user;
    struct dirichlet_runner_job job;
    if (tasks < 1)
        return 0;
    job.task = task;
    job.argument = argument;
    job.tasks = tasks;
    job.next = 0;
    job.finished = 0;
    job.following = NULL;
    dirichlet_runner_lock(runner);
    dirichlet_runner_enqueue(runner, &job);
    while (job.next < job.tasks)
        dirichlet_runner_do_task(runner, &job);
    dirichlet_runner_wait_for_others(runner, &job);
    dirichlet_runner_unlock(runner);
    return 0;
}

static inline dirichlet_parallel dirichlet_runner_parallel(dirichlet_runner *runner)
{
    return dirichlet_runner_lend(runner->threads, runner, dirichlet_runner_for);
}

static inline int dirichlet_runner_make(dirichlet_runner *runner)
{
    if (!dirichlet_runner_make_mutex(&runner->mutex))
        return 0;
    if (!dirichlet_runner_make_condition(&runner->work)) {
        dirichlet_runner_free_mutex(&runner->mutex);
        return 0;
    }
    if (dirichlet_runner_make_condition(&runner->done))
        return 1;
    dirichlet_runner_free_condition(&runner->work);
    dirichlet_runner_free_mutex(&runner->mutex);
    return 0;
}

static inline void dirichlet_runner_free(dirichlet_runner *runner)
{
    if (runner != NULL)
        free(runner->handles);
    free(runner);
}

static inline void dirichlet_runner_destroy(dirichlet_runner *runner)
{
    int64_t i;
    if (runner == NULL)
        return;
    dirichlet_runner_lock(runner);
    runner->stop = 1;
    dirichlet_runner_wake_all(&runner->work);
    dirichlet_runner_unlock(runner);
    for (i = 0; i < runner->started; i++)
        dirichlet_runner_join(runner->handles[i]);
    dirichlet_runner_free_condition(&runner->done);
    dirichlet_runner_free_condition(&runner->work);
    dirichlet_runner_free_mutex(&runner->mutex);
    dirichlet_runner_free(runner);
}

static inline dirichlet_status dirichlet_runner_create(int64_t threads, dirichlet_runner **runner)
{
    dirichlet_runner *made;
    if (runner == NULL)
        return DIRICHLET_E_NULL;
    *runner = NULL;
    if (threads < 1)
        return DIRICHLET_E_RANGE;
    if ((uint64_t)threads > SIZE_MAX / sizeof *made->handles)
        return DIRICHLET_E_MEMORY;
    made = (dirichlet_runner *)calloc(1, sizeof *made);
    if (made != NULL)
        made->handles = (dirichlet_runner_thread *)calloc((size_t)threads, sizeof *made->handles);
    if (made == NULL || made->handles == NULL || !dirichlet_runner_make(made)) {
        dirichlet_runner_free(made);
        return DIRICHLET_E_MEMORY;
    }
    made->threads = threads;
    while (made->started < threads - 1 && dirichlet_runner_start(made, made->started))
        made->started++;
    if (made->started == threads - 1) {
        *runner = made;
        return DIRICHLET_OK;
    }
    dirichlet_runner_destroy(made);
    return DIRICHLET_E_MEMORY;
}

#endif

#endif
