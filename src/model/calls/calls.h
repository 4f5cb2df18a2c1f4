/* A model's callbacks, called as model.h promises and their answers turned into statuses. */
#ifndef DIRICHLET_MODEL_CALLS_H
#define DIRICHLET_MODEL_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "dirichlet/check.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"

/* Who calls: on a failure the message names the callback and has its number. */
struct model_caller_f64 {
    const dirichlet_model_f64 *model;
    struct environment *environment; /* callbacks run in it */
    struct message *message;
    bool *outside; /* set where a callback says that a row is out of its domain; NULL: not wanted */
};
struct model_caller_f32 {
    const dirichlet_model_f32 *model;
    struct environment *environment;
    struct message *message;
    bool *outside;
};

/* Rows of samples first, first + 1, ...: no more than max_samples at a time. What a callback leaves
 * unwritten at the ends of a row, and all of a sample that is out of its domain, is NaN. The
 * callback must be there; `directions` are within max_directions. */
dirichlet_status model_forward_f64(const struct model_caller_f64 *caller, int64_t first,
                                   int64_t samples, int64_t points, const double *x, double *y);
dirichlet_status model_jvp_f64(const struct model_caller_f64 *caller, int64_t first,
                               int64_t samples, int64_t directions, const double *x,
                               const double *v, double *jv);
dirichlet_status model_vjp_f64(const struct model_caller_f64 *caller, int64_t first,
                               int64_t samples, int64_t directions, const double *x,
                               const double *u, double *jtu);
dirichlet_status model_product_norms_f64(const struct model_caller_f64 *caller, int64_t first,
                                         int64_t samples, int64_t directions, const double *x,
                                         const double *u, double *norms);
dirichlet_status model_energies_f64(const struct model_caller_f64 *caller, int64_t first,
                                    int64_t samples, const double *x, double *energies);
dirichlet_status model_parameter_vjp_f64(const struct model_caller_f64 *caller, int64_t first,
                                         int64_t samples, int64_t points, const double *x,
                                         const double *cotangents);

/* Before the products of these rows, all of which go into one call. No callback: nothing. */
dirichlet_status model_prepare_f64(const struct model_caller_f64 *caller, int64_t first,
                                   int64_t samples, const double *x);

/* One callback, as it is: nothing is checked, and the environment is the caller's affair. `many`
 * points or directions of each sample; what a callback does not have is not looked at. */
int32_t model_invoke_f64(const dirichlet_model_f64 *model, dirichlet_callback callback,
                         int64_t first, int64_t samples, int64_t many, const double *x,
                         const double *given, void *out);
int32_t model_invoke_f32(const dirichlet_model_f32 *model, dirichlet_callback callback,
                         int64_t first, int64_t samples, int64_t many, const float *x,
                         const float *given, void *out);

dirichlet_status model_forward_f32(const struct model_caller_f32 *caller, int64_t first,
                                   int64_t samples, int64_t points, const float *x, float *y);
dirichlet_status model_jvp_f32(const struct model_caller_f32 *caller, int64_t first,
                               int64_t samples, int64_t directions, const float *x, const float *v,
                               float *jv);
dirichlet_status model_vjp_f32(const struct model_caller_f32 *caller, int64_t first,
                               int64_t samples, int64_t directions, const float *x, const float *u,
                               float *jtu);
dirichlet_status model_product_norms_f32(const struct model_caller_f32 *caller, int64_t first,
                                         int64_t samples, int64_t directions, const float *x,
                                         const float *u, double *norms);
dirichlet_status model_energies_f32(const struct model_caller_f32 *caller, int64_t first,
                                    int64_t samples, const float *x, double *energies);
dirichlet_status model_parameter_vjp_f32(const struct model_caller_f32 *caller, int64_t first,
                                         int64_t samples, int64_t points, const float *x,
                                         const float *cotangents);
dirichlet_status model_prepare_f32(const struct model_caller_f32 *caller, int64_t first,
                                   int64_t samples, const float *x);

#endif
