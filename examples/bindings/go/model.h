/* Models as tables of callbacks that call Go. */
#ifndef GODIRICHLET_MODEL_H
#define GODIRICHLET_MODEL_H

#include <dirichlet/dirichlet.h>

typedef struct godirichlet_model {
    int64_t inputs, outputs, max_samples, max_directions;
    int forward, jvp, vjp; /* 1: Go has this function */
    uintptr_t functions;   /* cgo.Handle of Go's functions: C may keep this number, no pointer */
    void *network;         /* not NULL: the model is this network; nothing else is looked at */
    const void *table;     /* not NULL: the model is this table of C functions; likewise */
} godirichlet_model;

dirichlet_status godirichlet_create(int single, const godirichlet_model *model,
                                    const dirichlet_estimator_options *options,
                                    dirichlet_estimator **out, char *message);

#endif
