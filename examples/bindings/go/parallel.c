#include "parallel.h"

#include "_cgo_export.h"

int32_t DIRICHLET_CALL godirichlet_parallel_for(int64_t tasks, dirichlet_task_fn task,
                                                void *argument, void *user)
{
    (void)user;
    godirichletParallelFor(tasks, task, argument);
    return 0;
}

/* Go cannot call a pointer of C's. */
void godirichlet_run_task(dirichlet_task_fn task, int64_t number, void *argument)
{
    task(number, argument);
}
