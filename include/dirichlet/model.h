/* The function to be measured: f from R^d to R^k, as a table of callbacks over
 * batches. Offer those you have; the estimator says which one a method misses.
 *
 * Symbols:  d = inputs, k = outputs, n = samples of a call, m = directions of a
 *           call, J = df/dx at one sample (k x d).
 *
 * The contract of every callback:
 *
 *   Buffers    row-major, contiguous, aligned for their type only, valid only
 *              during the call. Inputs are not to be written. Outputs come with
 *              unspecified contents and must be written in full. No output
 *              overlaps an input.
 *   The point  x comes with every call: there is no "last forward" to rely on.
 *   Samples    must be independent: row i of an output depends on row i of the
 *              inputs alone, not on which other rows share the call. Put batch
 *              normalization and dropout in evaluation mode first.
 *   State      leave the trainer as it was: a backward pass that accumulates
 *              parameter gradients has to clear them.
 *   Return     0, or any other value of yours to stop: the call in progress then
 *              returns DIRICHLET_E_CALLBACK, everything is as before it, and
 *              dirichlet_estimator_callback_code() gives your value back.
 *   Calls      come from the thread that called the library, one at a time.
 *   Control    must return normally: no C++ exception, panic or longjmp may pass
 *              through the library (catch it, return non-zero, raise it again
 *              after the call). Other handles may be used inside; calls on the
 *              handle that is being updated return DIRICHLET_E_BUSY, and it must
 *              not be destroyed.
 *   user       is passed through and never looked at.
 */
#ifndef DIRICHLET_MODEL_H
#define DIRICHLET_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Forward: y = f(x). x (n, d) -> y (n, k). */
typedef int32_t (*dirichlet_forward_f64)(int64_t samples, const double *x, double *y, void *user);

/* Jacobian-vector products: jv = J v, m tangents a sample.
 * x (n, d), v (n, m, d) -> jv (n, m, k). */
typedef int32_t (*dirichlet_jvp_f64)(int64_t samples, int64_t directions, const double *x,
                                     const double *v, double *jv, void *user);

/* Vector-Jacobian products: jtu = J^T u, m cotangents a sample.
 * x (n, d), u (n, m, k) -> jtu (n, m, d). */
typedef int32_t (*dirichlet_vjp_f64)(int64_t samples, int64_t directions, const double *x,
                                     const double *u, double *jtu, void *user);

/* Exact energies ||J||_F^2, for models that know a shorter way than products.
 * x (n, d) -> energies (n), in double for both precisions. */
typedef int32_t (*dirichlet_energies_f64)(int64_t samples, const double *x, double *energies,
                                          void *user);

/* Squared norms ||J^T u||^2 of m cotangents a sample, for models that can do
 * without the product itself. x (n, d), u (n, m, k) -> norms (n, m), in double
 * for both precisions. */
typedef int32_t (*dirichlet_product_norms_f64)(int64_t samples, int64_t directions, const double *x,
                                               const double *u, double *norms, void *user);

/* The table. It is copied by whoever takes it; `user` and what it points to stay
 * the caller's and must outlive every handle made from the table. */
typedef struct dirichlet_model_f64 {
    size_t struct_size;
    int64_t inputs;         /* d >= 1 */
    int64_t outputs;        /* k >= 1 */
    int64_t max_samples;    /* largest n a callback accepts; 0: any */
    int64_t max_directions; /* largest m a callback accepts; 0: any */
    dirichlet_forward_f64 forward;
    dirichlet_jvp_f64 jvp;
    dirichlet_vjp_f64 vjp;
    dirichlet_energies_f64 energies;
    dirichlet_product_norms_f64 product_norms;
    void *user;
} dirichlet_model_f64;

/* The same in single precision. */
typedef int32_t (*dirichlet_forward_f32)(int64_t samples, const float *x, float *y, void *user);
typedef int32_t (*dirichlet_jvp_f32)(int64_t samples, int64_t directions, const float *x,
                                     const float *v, float *jv, void *user);
typedef int32_t (*dirichlet_vjp_f32)(int64_t samples, int64_t directions, const float *x,
                                     const float *u, float *jtu, void *user);
typedef int32_t (*dirichlet_energies_f32)(int64_t samples, const float *x, double *energies,
                                          void *user);
typedef int32_t (*dirichlet_product_norms_f32)(int64_t samples, int64_t directions, const float *x,
                                               const float *u, double *norms, void *user);

typedef struct dirichlet_model_f32 {
    size_t struct_size;
    int64_t inputs;
    int64_t outputs;
    int64_t max_samples;
    int64_t max_directions;
    dirichlet_forward_f32 forward;
    dirichlet_jvp_f32 jvp;
    dirichlet_vjp_f32 vjp;
    dirichlet_energies_f32 energies;
    dirichlet_product_norms_f32 product_norms;
    void *user;
} dirichlet_model_f32;

#ifdef __cplusplus
}
#endif

#endif
