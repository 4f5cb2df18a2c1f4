/* Goroutines for the library's tasks. */
#ifndef GODIRICHLET_PARALLEL_H
#define GODIRICHLET_PARALLEL_H

#include <dirichlet/dirichlet.h>

int32_t DIRICHLET_CALL godirichlet_parallel_for(int64_t tasks, dirichlet_task_fn task,
                                                void *argument, void *user);
void godirichlet_run_task(dirichlet_task_fn task, int64_t number, void *argument);

/* The option for so many goroutines in *room, which the library copies; NULL for none. */
static inline const dirichlet_parallel *godirichlet_lend(int64_t lanes, dirichlet_parallel *room)
{
    *room = (dirichlet_parallel){sizeof *room, lanes, godirichlet_parallel_for, NULL};
    return lanes != 0 ? room : NULL;
}

#endif
