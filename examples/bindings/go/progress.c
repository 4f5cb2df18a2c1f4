#include "progress.h"

#include <string.h>

#include "_cgo_export.h"

/* The struct of an older library is shorter than that of these headers: what it has not is 0. */
int32_t DIRICHLET_CALL godirichlet_progress(const dirichlet_progress *progress, void *user)
{
    dirichlet_progress known = {.struct_size = 0};
    memcpy(&known, progress,
           progress->struct_size < sizeof known ? progress->struct_size : sizeof known);
    return godirichletProgress((uintptr_t)user, &known);
}
