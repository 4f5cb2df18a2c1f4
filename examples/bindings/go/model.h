/* Models as tables of callbacks that call Go, and the calls that take them. */
#ifndef GODIRICHLET_MODEL_H
#define GODIRICHLET_MODEL_H

#include <dirichlet/dirichlet.h>

#include "precision.h"

typedef struct godirichlet_model {
    int64_t inputs, outputs, max_samples, max_directions;
    int64_t lanes; /* goroutines; 0: the calling thread */
    int32_t ignores_first, concurrent;
    /* 1: Go has this function */
    int32_t forward, jvp, vjp, energies, product_norms, parameter_vjp, prepare;
    uintptr_t functions; /* cgo.Handle of Go's functions: C may keep this number, no pointer */
    uintptr_t progress;  /* the same where Go wants progress, else 0 */
    void *network;       /* not NULL: the model is this network; no function is looked at */
    const void *table;   /* not NULL: the model is this table of C functions; likewise */
} godirichlet_model;

dirichlet_status godirichlet_create(int single, const godirichlet_model *model,
                                    const dirichlet_estimator_options *options,
                                    dirichlet_estimator **out, dirichlet_error *error);
dirichlet_status godirichlet_jacobian_norms(int single, const godirichlet_model *model,
                                            int64_t samples, const element *x,
                                            const dirichlet_jacobian_norms_options *options,
                                            double *norms, dirichlet_jacobian_norms *result,
                                            dirichlet_error *error);
dirichlet_status godirichlet_energy_penalty(int single, const godirichlet_model *model,
                                            godirichlet_batch batch,
                                            const dirichlet_energy_penalty_options *options,
                                            double strength, dirichlet_penalty_result *result,
                                            dirichlet_error *error);
/* The report's lines go to `findings`, which has room for DIRICHLET_CHECK_MOST_FINDINGS of them;
 * parameters and gradient may be NULL. */
dirichlet_status godirichlet_check(int single, const godirichlet_model *model, int64_t samples,
                                   const element *x, const dirichlet_check_options *options,
                                   element *parameters, element *gradient,
                                   dirichlet_check_finding *findings,
                                   dirichlet_check_report *report, dirichlet_error *error);

#endif
