/* Losses over the outputs of a model, for what regularizes through the gradient of a loss.
 *
 *     Loss(theta) = (1/n) sum_i l(f(x_i), t_i)
 *
 * with one of the two usual l, or one of the caller's by its values, its cotangents
 * dl/df and the products of its curvature d^2 l / df^2.
 */
#ifndef DIRICHLET_LOSS_H
#define DIRICHLET_LOSS_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"
#include "dirichlet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Losses of a sample. */
typedef int32_t dirichlet_loss_kind;
/* sum_j t_j (log sum_m exp f_m) - sum_j t_j f_j: -log softmax(f)_c for a label c. */
#define DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY 10
/* 1/2 ||f - t||^2 */
#define DIRICHLET_LOSS_SQUARED 20
/* The caller's callbacks. */
#define DIRICHLET_LOSS_CUSTOM 90

/* Loss of the samples first, ..., first + samples - 1 of a call, whose outputs are f (samples, k):
 * values (samples), cotangents (samples, k), not divided by n. Returns 0, or a positive number to
 * stop the call, as the callbacks of model.h, whose contract holds here too: calls on the network
 * of the call return DIRICHLET_E_BUSY. The numbers are not looked at: a NaN among the cotangents
 * goes into the gradient, and a value or a row of cotangents that is left out is NaN. */
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_fn_f64)(int64_t first, int64_t samples,
                                                       const double *f, double *values,
                                                       double *cotangents, void *user);

/* products = (d^2 l / df^2) tangents, at the same f; tangents and products (samples, k). */
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_curvature_fn_f64)(int64_t first, int64_t samples,
                                                                 const double *f,
                                                                 const double *tangents,
                                                                 double *products, void *user);

typedef struct dirichlet_loss_f64 {
    size_t struct_size;
    dirichlet_loss_kind kind;
    int32_t concurrent;    /* 1: the callbacks may run at the same time (parallel.h) */
    const int64_t *labels; /* (n) of 0 .. k - 1, softmax cross-entropy; or NULL */
    const double *targets; /* (n, k), finite; for softmax cross-entropy weights >= 0, most often
                              probabilities; exactly one of labels and targets is set */
    dirichlet_loss_fn_f64 function;            /* custom only */
    dirichlet_loss_curvature_fn_f64 curvature; /* custom only; NULL where no Hessian is needed */
    void *user;
} dirichlet_loss_f64;

/* The same in single precision; the values of the loss stay double. */
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_fn_f32)(int64_t first, int64_t samples,
                                                       const float *f, double *values,
                                                       float *cotangents, void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_curvature_fn_f32)(int64_t first, int64_t samples,
                                                                 const float *f,
                                                                 const float *tangents,
                                                                 float *products, void *user);

typedef struct dirichlet_loss_f32 {
    size_t struct_size;
    dirichlet_loss_kind kind;
    int32_t concurrent;
    const int64_t *labels;
    const float *targets;
    dirichlet_loss_fn_f32 function;
    dirichlet_loss_curvature_fn_f32 curvature;
    void *user;
} dirichlet_loss_f32;

/* Flatness and implicit gradient regularization (Barrett and Dherin, ICLR 2021): gradient
 * descent with step h follows, to second order, the flow of Loss + (h/4) ||grad Loss||^2. */
typedef struct dirichlet_flatness {
    size_t struct_size;
    double loss;                  /* Loss(theta) */
    double squared_gradient_norm; /* ||grad Loss||^2 */
    double implicit_regularizer;  /* (h/4) ||grad Loss||^2 */
    int32_t exact;                /* 1: by Hessian-vector products, 0: by a difference */
    int32_t reserved;             /* 0 */
} dirichlet_flatness;

#ifdef __cplusplus
}
#endif

#endif
