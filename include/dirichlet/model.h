/* The function to be measured: f from R^d to R^k, as a table of callbacks over
 * batches. Offer those you have; the estimator says which one a method misses.
 *
 * Symbols:  d = inputs, k = outputs, n = samples of a call, m = directions of a
 *           call, p = points, J = df/dx at one sample (k x d).
 *
 * The contract of every callback:
 *
 *   Buffers    row-major, contiguous, aligned for their type only, valid only
 *              during the call. Inputs are not to be written. Outputs come with
 *              unspecified contents and must be written in full. No output
 *              overlaps an input.
 *   The point  x comes with every call: there is no "last forward" to rely on.
 *   Whose      the rows of a call are those of samples first, first + 1, ...,
 *              first + n - 1 of the data set: what else belongs to a sample (a time,
 *              a class, a length, a graph) may be looked up by that index. It is
 *              that of the sample for the points of differences around it too.
 *              A model that does not look says so by ignores_first = 1: then rows of
 *              any samples may share a call, and `first` means nothing.
 *   Samples    must be independent: row i of an output depends on row i of the
 *              inputs alone, not on which other rows share the call. Put batch
 *              normalization and dropout in evaluation mode first.
 *   State      leave the trainer as it was: a backward pass that accumulates
 *              parameter gradients has to clear them.
 *   Return     0, or a positive value of yours to stop: the call in progress then
 *              returns DIRICHLET_E_CALLBACK, everything is as before it, and the
 *              error's callback_code gives your value back. Negative values are
 *              reserved: DIRICHLET_CALLBACK_UNSUPPORTED and _OUT_OF_DOMAIN, below.
 *   Calls      come from the thread that called the library, one at a time; with
 *              `concurrent` = 1 and a dirichlet_parallel of yours from its threads.
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

#include "dirichlet/export.h"
#include "dirichlet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a callback may return beside 0 and positive values of its own. Of the other negative values
 * none has a meaning yet: a callback that returns one stops the call with CALLBACK.
 *
 *   UNSUPPORTED    it cannot do this, and will not. The call fails with
 *                  MISSING_CALLBACK, which names it: leave it out of the table, or take another
 *                  method.
 *   OUT_OF_DOMAIN  f is not defined at some row: as if all it wrote there were NaN. A call of
 * several rows is repeated row by row, to find out where; an estimator's differences around a
 * sample that is inside take shorter steps. */
#define DIRICHLET_CALLBACK_UNSUPPORTED (-1)
#define DIRICHLET_CALLBACK_OUT_OF_DOMAIN (-2)

/* What `probes` may be in options, beside the number of directions m of each sample. */
#define DIRICHLET_DEFAULT_PROBES 16 /* that of 0 */
#define DIRICHLET_PROBES_ALL (-1)   /* all directions of the side: no error by directions */

/* Forward: y = f(x), at p points of each sample: the sample itself, or points near it, for
 * differences. p is always 1 for models that ignore `first`: their points are given as samples.
 * x (n, p, d) -> y (n, p, k). */
typedef int32_t(DIRICHLET_CALL *dirichlet_forward_fn_f64)(int64_t first, int64_t samples,
                                                          int64_t points, const double *x,
                                                          double *y, void *user);

/* Jacobian-vector products: jv = J v, m tangents a sample.
 * x (n, d), v (n, m, d) -> jv (n, m, k). */
typedef int32_t(DIRICHLET_CALL *dirichlet_jvp_fn_f64)(int64_t first, int64_t samples,
                                                      int64_t directions, const double *x,
                                                      const double *v, double *jv, void *user);

/* Vector-Jacobian products: jtu = J^T u, m cotangents a sample.
 * x (n, d), u (n, m, k) -> jtu (n, m, d). */
typedef int32_t(DIRICHLET_CALL *dirichlet_vjp_fn_f64)(int64_t first, int64_t samples,
                                                      int64_t directions, const double *x,
                                                      const double *u, double *jtu, void *user);

/* Exact energies ||J||_F^2, for models that know a shorter way than products.
 * x (n, d) -> energies (n), in double for both precisions. */
typedef int32_t(DIRICHLET_CALL *dirichlet_energies_fn_f64)(int64_t first, int64_t samples,
                                                           const double *x, double *energies,
                                                           void *user);

/* Squared norms ||J^T u||^2 of m cotangents a sample, for models that can do
 * without the product itself. x (n, d), u (n, m, k) -> norms (n, m), in double
 * for both precisions. */
typedef int32_t(DIRICHLET_CALL *dirichlet_product_norms_fn_f64)(int64_t first, int64_t samples,
                                                                int64_t directions, const double *x,
                                                                const double *u, double *norms,
                                                                void *user);

/* The trainer's backward pass: add sum over all rows of (df/dtheta)^T c to its own gradient, with
 * p points and cotangents of each sample: x (n, p, d), c (n, p, k). It must see the parameters that
 * `forward` sees. Needed by dirichlet_energy_penalty_* alone; "leave the trainer as it was" does
 * not hold for the gradient it adds to. */
typedef int32_t(DIRICHLET_CALL *dirichlet_parameter_vjp_fn_f64)(int64_t first, int64_t samples,
                                                                int64_t points, const double *x,
                                                                const double *cotangents,
                                                                void *user);

/* Called before the products of some samples, with the same first, samples and x as the calls of
 * jvp, vjp and product_norms that follow: a model of one direction a call can do its forward pass
 * here, once. The products of other samples, and calls of forward and energies, are preceded by
 * one of their own, or none. OUT_OF_DOMAIN is for the products to say, here it changes nothing. x
 * stays where it is and as it is until the last of these calls, so nothing needs to be copied.
 *
 * The products come from the thread that prepare came from. If `concurrent` is 1, other threads may
 * prepare and multiply other samples meanwhile: what it keeps has to be the thread's, or that of
 * `first`. */
typedef int32_t(DIRICHLET_CALL *dirichlet_prepare_fn_f64)(int64_t first, int64_t samples,
                                                          const double *x, void *user);

/* Ownership of `user`, in both precisions. A handle that keeps the table (an estimator, its clone,
 * that of dirichlet_measure_*) calls retain once when it is made and release once when it is
 * destroyed, on the thread of that call; calls that keep nothing call neither. Both or neither are
 * set. They cannot fail. */
typedef void(DIRICHLET_CALL *dirichlet_retain_fn)(void *user);
typedef void(DIRICHLET_CALL *dirichlet_release_fn)(void *user);

/* The table. It is copied by whoever takes it; `user` and what it points to stay
 * the caller's and must outlive every handle made from the table, unless retain and release
 * see to that. */
typedef struct dirichlet_model_f64 {
    size_t struct_size;
    int64_t inputs;         /* d >= 1 */
    int64_t outputs;        /* k >= 1 */
    int64_t max_samples;    /* largest number of rows of x, n or n p, of a call; 0: any */
    int64_t max_directions; /* largest m a callback accepts; 0: any */
    int32_t ignores_first;  /* 1: no callback looks at `first` */
    int32_t concurrent;     /* 1: callbacks may run at the same time (parallel.h) */
    dirichlet_forward_fn_f64 forward;
    dirichlet_jvp_fn_f64 jvp;
    dirichlet_vjp_fn_f64 vjp;
    dirichlet_energies_fn_f64 energies;
    dirichlet_product_norms_fn_f64 product_norms;
    dirichlet_parameter_vjp_fn_f64 parameter_vjp;
    dirichlet_prepare_fn_f64 prepare;
    dirichlet_retain_fn retain;
    dirichlet_release_fn release;
    void *user;
} dirichlet_model_f64;

/* The same in single precision. */
typedef int32_t(DIRICHLET_CALL *dirichlet_forward_fn_f32)(int64_t first, int64_t samples,
                                                          int64_t points, const float *x, float *y,
                                                          void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_jvp_fn_f32)(int64_t first, int64_t samples,
                                                      int64_t directions, const float *x,
                                                      const float *v, float *jv, void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_vjp_fn_f32)(int64_t first, int64_t samples,
                                                      int64_t directions, const float *x,
                                                      const float *u, float *jtu, void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_energies_fn_f32)(int64_t first, int64_t samples,
                                                           const float *x, double *energies,
                                                           void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_product_norms_fn_f32)(int64_t first, int64_t samples,
                                                                int64_t directions, const float *x,
                                                                const float *u, double *norms,
                                                                void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_parameter_vjp_fn_f32)(int64_t first, int64_t samples,
                                                                int64_t points, const float *x,
                                                                const float *cotangents,
                                                                void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_prepare_fn_f32)(int64_t first, int64_t samples,
                                                          const float *x, void *user);

typedef struct dirichlet_model_f32 {
    size_t struct_size;
    int64_t inputs;
    int64_t outputs;
    int64_t max_samples;
    int64_t max_directions;
    int32_t ignores_first;
    int32_t concurrent;
    dirichlet_forward_fn_f32 forward;
    dirichlet_jvp_fn_f32 jvp;
    dirichlet_vjp_fn_f32 vjp;
    dirichlet_energies_fn_f32 energies;
    dirichlet_product_norms_fn_f32 product_norms;
    dirichlet_parameter_vjp_fn_f32 parameter_vjp;
    dirichlet_prepare_fn_f32 prepare;
    dirichlet_retain_fn retain;
    dirichlet_release_fn release;
    void *user;
} dirichlet_model_f32;

#ifdef __cplusplus
}
#endif

#endif
