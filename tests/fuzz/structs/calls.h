/* The cases of fuzz_structs.c: each makes structs, calls, and checks. */
#ifndef DIRICHLET_FUZZ_STRUCTS_CALLS_H
#define DIRICHLET_FUZZ_STRUCTS_CALLS_H

#include "fuzz/structs/scene.h"

#define CALLS_WITH_PRECISION 16

void call_f64(struct scene *scene, int which);
void call_f32(struct scene *scene, int which);

/* A valid number that would take long, or much memory, becomes a small one. */
int64_t within(int64_t value, int64_t low, int64_t high);

/* Of options that may have lost their allocator. */
size_t small_budget(size_t bytes);

#endif
