/* What every runner must do, whatever its threads are. */
#ifndef DIRICHLET_TESTS_RUNNER_ROUNDS_H
#define DIRICHLET_TESTS_RUNNER_ROUNDS_H

#include "dirichlet/parallel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every task once, in thousands of calls, for numbers of tasks below and above the lanes. */
void rounds_every_task_once(const dirichlet_parallel *parallel);

/* As many tasks as lanes that all wait for each other: they must run at the same time. */
void rounds_at_the_same_time(const dirichlet_parallel *parallel);

/* Four threads of the program lend the same runner at the same time. */
void rounds_several_callers(const dirichlet_parallel *parallel);

/* Tasks that call the runner again, three deep. */
void rounds_nested(const dirichlet_parallel *parallel);

/* A call must end while all other threads of the runner are held up in another call. */
void rounds_while_others_are_busy(const dirichlet_parallel *parallel);

#ifdef __cplusplus
}
#endif

#endif
