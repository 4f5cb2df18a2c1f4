/* The progress callback of every call that has one, for functions of Go. */
#ifndef GODIRICHLET_PROGRESS_H
#define GODIRICHLET_PROGRESS_H

#include <dirichlet/dirichlet.h>

/* user: the cgo.Handle of what has the function. */
int32_t DIRICHLET_CALL godirichlet_progress(const dirichlet_progress *progress, void *user);

/* That callback, or NULL where Go wants none and the handle is 0. */
static inline dirichlet_progress_fn godirichlet_progress_of(uintptr_t handle)
{
    return handle != 0 ? godirichlet_progress : NULL;
}

#endif
