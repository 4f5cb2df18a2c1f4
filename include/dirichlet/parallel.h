/* The caller's threads. The library never starts one: it says how many independent tasks there
 * are, and the caller's pool runs them (as in libjxl's parallel runner). */
#ifndef DIRICHLET_PARALLEL_H
#define DIRICHLET_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The library's: does task number `task` of what `argument` stands for. It must return before the
 * pool's call does; nothing may pass through it (no exception, no cancellation of its thread). */
typedef void(DIRICHLET_CALL *dirichlet_task_fn)(int64_t task, void *argument);

/* The caller's: call task(i, argument) once for every i in 0, ..., tasks - 1, in any order, at the
 * same time as it likes, on any threads, the calling one too, and return when all of them have
 * returned. Memory that the calling thread wrote before must be visible to the tasks, and what they
 * wrote to it afterwards, as starting and joining threads, or a pool's queue, see to.
 *
 * It may be called again from another thread at the same time, by another handle. Returns 0; any
 * other value says that some task was not run: the call in progress then fails with CALLBACK and the
 * number in its error's callback_code. States are as before it; arrays that a call on a network
 * writes to may hold a part of the results. */
typedef int32_t(DIRICHLET_CALL *dirichlet_parallel_for_fn)(int64_t tasks, dirichlet_task_fn task,
                                                           void *argument, void *user);

/* runner.h has ready-made ones.
 *
 * An option of estimators, networks and long calls; NULL in their place: the calling thread does
 * everything. It is copied; what `user` points to must outlive the handles made with it.
 *
 * A call makes at most `lanes` tasks at a time. Each has arrays of its own within workspace_bytes:
 * where the budget has no room for so many, fewer are made, and where the work is not worth a task
 * (some tens of microseconds) none is. A task takes pieces of the call, tiles of samples or slices of
 * a product, until there are none left. Pieces are cut by the sizes of the call and the budget alone,
 * and what they add up is added up in their order, so that results have the same bits for any
 * number of lanes, any order of the tasks, and without a pool; where a BLAS is called, as far as its
 * own do not depend on its threads: give it one (docs/guide/threads.md).
 *
 * If pieces fail, the error is that of the first sample at fault.
 *
 * Which callbacks of the caller's then run at the same time, each on the thread of its task:
 *   those of a model (forward, jvp, vjp, energies, product_norms, prepare) and of a custom loss, if
 *   the model or loss says so by its field `concurrent`; otherwise one at a time, from the thread
 *   that made the call;
 *   never progress, allocator hooks, retain, release and the parameter VJP: they are called from
 *   the thread that made the call. */
typedef struct dirichlet_parallel {
    size_t struct_size;
    int64_t lanes;                          /* tasks that may run at the same time, >= 1 */
    dirichlet_parallel_for_fn parallel_for; /* not NULL */
    void *user;
} dirichlet_parallel;

#ifdef __cplusplus
}
#endif

#endif
