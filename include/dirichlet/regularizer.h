/* Regularizers for any trainer: it lends its parameters, its forward pass or its gradients.
 *
 *   dirichlet_parameter_norm_*     sum |theta| or sum theta^2
 *   dirichlet_spectral_penalty_*   1/2 sum of the squared largest singular values
 *   dirichlet_energy_penalty_*     the geometric complexity itself, of any model
 *   dirichlet_flatness_penalty_*   ||grad Loss||^2, and implicit gradient regularization
 *
 * and two measurements: dirichlet_operator_norm_* of a matrix and dirichlet_jacobian_norms_* of
 * a model. Each penalty gives its value R, and adds strength * dR/dtheta to the gradient that the
 * trainer has:
 *
 *     result->value = R                  gradient += strength * dR/dtheta
 *
 * The value is not multiplied by the strength, so that it means the same whatever that is;
 * result NULL: not wanted. The strength is finite; a negative one rewards what is measured.
 *
 * There are no handles: a call keeps nothing, takes what memory it needs from the allocator of
 * its options and gives it back. On error nothing is added and no output is written, unless
 * said otherwise. `error` receives what is wrong, naming the argument: see
 * dirichlet_error in status.h. Calls may run at the same time from different threads as long as
 * what they write does not overlap. No gradient may overlap the parameters or another gradient
 * (this is not checked).
 */
#ifndef DIRICHLET_REGULARIZER_H
#define DIRICHLET_REGULARIZER_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/batch.h"
#include "dirichlet/export.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/model.h"
#include "dirichlet/parallel.h"
#include "dirichlet/penalty.h"
#include "dirichlet/progress.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The parameters themselves ---- */

/* One matrix or vector of parameters and where its gradient is added. Element (i, j) is
 * values[i * row_stride + j * column_stride], strides in elements. They are >= 1, give every
 * element a place of its own, and are not looked at along a size of 1: a vector may be a single
 * row or a single column. The gradient's strides are independent of those of the values. */
typedef struct dirichlet_parameter_f64 {
    size_t struct_size;   /* of every element of an array alike */
    const double *values; /* not NULL, finite */
    double *gradient;     /* NULL: not wanted; its strides are then not looked at */
    int64_t rows;         /* >= 1 */
    int64_t columns;      /* >= 1 */
    int64_t row_stride;
    int64_t column_stride;
    int64_t gradient_row_stride;
    int64_t gradient_column_stride;
    int32_t bias;     /* 1: a bias, 0: weights */
    int32_t reserved; /* 0 */
} dirichlet_parameter_f64;

typedef struct dirichlet_parameter_f32 {
    size_t struct_size;
    const float *values;
    float *gradient;
    int64_t rows;
    int64_t columns;
    int64_t row_stride;
    int64_t column_stride;
    int64_t gradient_row_stride;
    int64_t gradient_column_stride;
    int32_t bias;
    int32_t reserved;
} dirichlet_parameter_f32;

/* Norms of parameters. */
typedef int32_t dirichlet_norm;
#define DIRICHLET_NORM_L1 10         /* sum |theta|; its derivative at 0 is taken to be 0 */
#define DIRICHLET_NORM_SQUARED_L2 20 /* sum theta^2, with derivative 2 theta: no root, no 1/2 */

typedef struct dirichlet_parameter_norm_options {
    size_t struct_size;
    dirichlet_norm norm; /* one of the above: there is no default */
    int32_t biases;      /* 1: with, 0: without those parameters that are biases */
} dirichlet_parameter_norm_options;

/* R = the norm of `count` >= 0 parameters. For a linear model with SQUARED_L2 and without biases
 * that is its geometric complexity. options are required.
 *
 * Errors: NULL, RANGE, CONSTANT, STRUCT_SIZE, SHAPE (strides that overlap), OVERFLOW (the sum or
 * a term of the gradient is too large for its type), NOT_FINITE (a NaN or infinite parameter);
 * all of them before anything is added. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_parameter_norm_f64(const dirichlet_parameter_f64 *parameters, int64_t count,
                             const dirichlet_parameter_norm_options *options, double strength,
                             dirichlet_penalty_result *result, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_parameter_norm_f32(const dirichlet_parameter_f32 *parameters, int64_t count,
                             const dirichlet_parameter_norm_options *options, double strength,
                             dirichlet_penalty_result *result, dirichlet_error *error);

/* Largest singular value of one matrix as the spectral penalty sees it. */
typedef struct dirichlet_singular_f64 {
    size_t struct_size; /* of every element of an array alike */
    /* (columns) of the matrix: an estimate of its right singular vector that the caller keeps from
     * call to call, any length, finite; all zeros: a random start. Updated by success alone. */
    double *vector;
    double sigma; /* out: u^T W v, never above the largest singular value */
    /* out: ||W v - sigma u|| / sigma, while W^T u = sigma v holds. A singular value of W lies
     * within sigma * residual of sigma: if it is the largest, which only a gap below it makes
     * sure, the estimate is that good. Near 0: the vectors have converged. 0 if sigma is 0. */
    double residual;
} dirichlet_singular_f64;

typedef struct dirichlet_singular_f32 {
    size_t struct_size;
    float *vector;
    double sigma;
    double residual;
} dirichlet_singular_f32;

typedef struct dirichlet_spectral_penalty_options {
    size_t struct_size;
    const dirichlet_allocator *allocator; /* NULL: malloc and free */
    int64_t iterations;                   /* of every matrix in a call; 0: 1 */
    uint64_t seed;                        /* of random starts, drawn by (seed, matrix) */
} dirichlet_spectral_penalty_options;

/* Spectral norm regularization (Yoshida and Miyato 2017): R = 1/2 sum_l sigma_l^2 over the
 * weight matrices W_l among `count` parameters, biases left out, with gradient
 * sigma_l u_l v_l^T, where
 *
 *     u = W v / ||W v||,   v = W^T u / ||W^T u||,   sigma = u^T W v
 *
 * are iterated from the vector of the call before. One iteration a training step follows
 * weights that change slowly; sigma and residual tell how closely. R is 1/2 sum ||W_l^T u_l||^2,
 * the gradient its exact derivative at fixed u_l. For the true norms, iterated to a tolerance,
 * see dirichlet_operator_norm_*.
 *
 * singular: (count), one for each parameter; of those of biases only struct_size is looked at.
 * Memory: the vectors u and v of all matrices in double. Errors: those of
 * dirichlet_parameter_norm_*, and MEMORY; all of them before anything is added or written. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_spectral_penalty_f64(
    const dirichlet_parameter_f64 *parameters, int64_t count, dirichlet_singular_f64 *singular,
    const dirichlet_spectral_penalty_options *options, double strength,
    dirichlet_penalty_result *result, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_spectral_penalty_f32(
    const dirichlet_parameter_f32 *parameters, int64_t count, dirichlet_singular_f32 *singular,
    const dirichlet_spectral_penalty_options *options, double strength,
    dirichlet_penalty_result *result, dirichlet_error *error);

/* ---- Spectral norms, measured ---- */

/* ||A||_2 of the matrix A with elements values[i * row_stride + j * column_stride], rows and
 * columns from 1 to 2^31 - 1, strides as in dirichlet_parameter_*. options NULL: the defaults of
 * spectral.h; allocator NULL: malloc and free. Not converged, with a wide bracket, is a success.
 *
 * Memory: about 2 n^2 doubles, n the smaller of rows and columns. Errors: NULL, RANGE,
 * STRUCT_SIZE, SHAPE (strides that overlap), OVERFLOW, MEMORY, NOT_FINITE (an element is),
 * BLAS_WIDTH. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_operator_norm_f64(
    const double *values, int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride,
    const dirichlet_spectral_options *options, const dirichlet_allocator *allocator,
    dirichlet_spectral_result *result, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_operator_norm_f32(
    const float *values, int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride,
    const dirichlet_spectral_options *options, const dirichlet_allocator *allocator,
    dirichlet_spectral_result *result, dirichlet_error *error);

typedef struct dirichlet_jacobian_norms_options {
    size_t struct_size;
    size_t workspace_bytes;               /* 0: DIRICHLET_DEFAULT_WORKSPACE_BYTES */
    double tolerance;                     /* as in dirichlet_spectral_options */
    int64_t max_iterations;               /* likewise */
    int64_t first_sample;                 /* >= 0: index of the first sample in the data set */
    const dirichlet_allocator *allocator; /* NULL: malloc and free */
    const dirichlet_parallel *parallel;   /* NULL: the calling thread */
    dirichlet_progress_fn
        progress; /* after every sample, value: the largest norm so far; or NULL */
    void *progress_user;
} dirichlet_jacobian_norms_options;

typedef struct dirichlet_jacobian_norms {
    size_t struct_size;        /* set by the caller; as much is filled in */
    double norm;               /* the largest */
    double lower;              /* the largest of the lower bounds */
    int64_t sample;            /* index of the sample that has the largest; the first of them */
    int64_t converged_samples; /* of n */
    int32_t converged;         /* 1: all of them */
    int32_t reserved;          /* 0 */
} dirichlet_jacobian_norms;

/* ||J(x_i)||_2 of every sample. The largest is a lower bound of the Lipschitz constant of f in
 * Euclidean norms, and, where f is differentiable on a convex set, the supremum over that set is
 * the constant itself. Per sample ||J||_2^2 <= ||J||_F^2 <= min(k, d) ||J||_2^2.
 *
 * The Jacobian is formed by k VJPs or d JVPs with unit vectors, the cheaper side that has a
 * callback; bounds and tolerance are those of the norm of the Jacobian so found, in double: the
 * model's own rounding comes on top.
 *
 * model    vjp or jvp is needed; max_samples and max_directions are kept
 * x        (n, d), finite; n >= 1
 * norms    (n), or NULL; untouched on error
 *
 * Memory: the workspace must have room for one Jacobian and twice the Gram matrix of its smaller
 * side; beside it 8 bytes a sample. Errors: NULL, RANGE, STRUCT_SIZE, OVERFLOW, MISSING_CALLBACK,
 * NO_DATA (n = 0), WORKSPACE
 * (error.least_bytes is the least budget), MEMORY, NOT_FINITE (naming the
 * row), CALLBACK, CANCELLED, BLAS_WIDTH. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_jacobian_norms_f64(const dirichlet_model_f64 *model, int64_t samples, const double *x,
                             const dirichlet_jacobian_norms_options *options, double *norms,
                             dirichlet_jacobian_norms *result, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_jacobian_norms_f32(const dirichlet_model_f32 *model, int64_t samples, const float *x,
                             const dirichlet_jacobian_norms_options *options, double *norms,
                             dirichlet_jacobian_norms *result, dirichlet_error *error);

/* ---- The geometric complexity of any model ---- */

typedef struct dirichlet_energy_penalty_options {
    size_t struct_size;
    size_t workspace_bytes; /* 0: DIRICHLET_DEFAULT_WORKSPACE_BYTES */
    /* Directions of a sample, m. 0: DIRICHLET_DEFAULT_PROBES, or all d where these are at most a
     * quarter more. From d on, or DIRICHLET_PROBES_ALL: all d coordinates, with no random error.
     * One is unbiased too, and in training often all that is needed. */
    int64_t probes;
    uint64_t seed;
    /* Index of the first sample, >= 0: the signs of a sample are drawn by (seed, index, probe).
     * Give every training step its own seed or samples. */
    int64_t first_sample;
    /* Step h as a multiple of max(1, ||x|| / sqrt(d)): how far each input moves. 0: the cube root
     * of the precision's epsilon, 6e-6 or 5e-3; at least the square of that, 4e-11 or 3e-5: the
     * rounding of x and f swallows smaller ones. Rounded to a power of two.
     * For a float32 network behind double callbacks say 5e-3, since its forward pass has the
     * noise of float32. */
    double step;
    const dirichlet_allocator *allocator; /* NULL: malloc and free */
    const dirichlet_parallel *parallel;   /* NULL: the calling thread */
    /* After every tile; value: that of the samples so far. Cancelled, it fails as where a callback
     * fails, see below. NULL: not wanted. */
    dirichlet_progress_fn progress;
    void *progress_user;
} dirichlet_energy_penalty_options;

/* The geometric complexity of a model and its gradient from forward and backward passes alone:
 *
 *     R = 1/n sum_i 1/m sum_p ||u_ip||^2,   u = (f(x + h v) - f(x - h v)) / (2 h) ~ J v
 *     dR/dtheta = 1/(n m h) sum_ip [ (df/dtheta(x + h v))^T u - (df/dtheta(x - h v))^T u ]
 *
 * with v of random signs, drawn afresh for every sample and probe, or the d coordinates (then
 * without the 1/m). R is the finite difference's own energy, which differs from the true one by
 * O(h^2), and the gradient is the exact derivative of that R: the two always fit together. In
 * expectation over the signs R is the mean of the energies.
 *
 * model  forward is needed, and parameter_vjp: called with the points x + h v and x - h v in turn
 *        and cotangents that hold the strength; NULL there: the value alone. max_samples is kept
 *        by both; no other callback is used
 * x      (n, d), finite; n >= 1
 *
 * Some samples, the first of the call and of m probes each every ceil(50 / m)-th, are put to
 * forward themselves, and a point at a sixteenth of the inputs' scale from them: 2 % of its
 * rows where the call has 50 pairs or more, two rows otherwise. What they show of noise goes to
 * result->noise, relative to R: with e = (f(x + h v) - 2 f(x) + f(x - h v)) / (2 h),
 * sum ||e||^2 / (3 sum ||u||^2) over these samples; kinks and the error of the step count in it.
 * The call fails with NOISE where sum ||e||^2 is more than half of the
 * energy, or more than half of the outputs do not differ at all between the two points but do at
 * the far one: a float32 network behind double callbacks with too short a step, half precision
 * inside, outputs on a grid, a function that the step is too long for. Then say the step.
 *
 * The points, the cotangents and R do not depend on the workspace or on other samples, but for
 * the 1/n in the cotangents.
 *
 * What to expect: on smooth networks of 1 to 4 layers R and its gradient were right to 5e-10 in
 * double and to 1.1e-4 in single precision, where the rounding of the forward pass is divided by
 * h: a noisier one is felt. Across the kink of a relu a difference sees both sides. For a sample
 * within h of one R is a mixture, and its gradient has a term of order 1/h for the motion of the
 * kink, which the derivative at a sample does not have: rare in double precision, where relu
 * networks came out as well as smooth ones; but in single precision a single such sample among
 * 40 put the gradient off by a third. Where a network is dense, dense.h has what is exact.
 *
 * All arguments are checked before the first callback, and what forward returns before any
 * cotangent is made of it. If a callback fails after others have succeeded, a later output
 * is not finite, or noise swamps the sum of the samples up to a later tile (it is looked at tile by
 * tile), or it is cancelled, the trainer's gradient holds part of the sum: clear it.
 *
 * Errors: NULL, RANGE, STRUCT_SIZE, OVERFLOW, MISSING_CALLBACK, NO_DATA (n = 0), WORKSPACE
 * (error.least_bytes is the least budget), MEMORY, NOT_FINITE (naming the sample), CALLBACK,
 * CANCELLED, NOISE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_energy_penalty_f64(const dirichlet_model_f64 *model, int64_t samples, const double *x,
                             const dirichlet_energy_penalty_options *options, double strength,
                             dirichlet_penalty_result *result, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_energy_penalty_f32(const dirichlet_model_f32 *model, int64_t samples, const float *x,
                             const dirichlet_energy_penalty_options *options, double strength,
                             dirichlet_penalty_result *result, dirichlet_error *error);

/* The same with what a batch can say: with weights w, R = sum_i w_i e_i / sum_i w_i; indices in the
 * place of first_sample; energies and deviations go out. groups must be NULL. Errors: also
 * SHAPE for a row_stride below d; NO_DATA if no weight is positive. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_energy_penalty_batch_f64(
    const dirichlet_model_f64 *model, const dirichlet_batch_f64 *batch,
    const dirichlet_energy_penalty_options *options, double strength,
    dirichlet_penalty_result *result, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_energy_penalty_batch_f32(
    const dirichlet_model_f32 *model, const dirichlet_batch_f32 *batch,
    const dirichlet_energy_penalty_options *options, double strength,
    dirichlet_penalty_result *result, dirichlet_error *error);

/* ---- Flatness of any loss ---- */

/* *loss = Loss(theta), gradient = grad Loss(theta), both to be written; theta, gradient (p). */
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_gradient_fn_f64)(const double *theta, double *loss,
                                                                double *gradient, void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_gradient_fn_f32)(const float *theta, double *loss,
                                                                float *gradient, void *user);

/* hv = H(theta) v, H the Hessian of Loss; theta, v, hv (p). */
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_hvp_fn_f64)(const double *theta, const double *v,
                                                           double *hv, void *user);
typedef int32_t(DIRICHLET_CALL *dirichlet_loss_hvp_fn_f32)(const float *theta, const float *v,
                                                           float *hv, void *user);

/* A loss as a function of all its parameters in one array, on a fixed batch. The contract of the
 * callbacks of model.h holds: Loss must depend on theta alone, so no fresh dropout masks. */
typedef struct dirichlet_objective_f64 {
    size_t struct_size;
    void *user;
    int64_t parameters; /* p >= 1 */
    dirichlet_loss_gradient_fn_f64 gradient;
    dirichlet_loss_hvp_fn_f64 hvp; /* NULL: a difference of gradients in its place */
} dirichlet_objective_f64;

typedef struct dirichlet_objective_f32 {
    size_t struct_size;
    void *user;
    int64_t parameters;
    dirichlet_loss_gradient_fn_f32 gradient;
    dirichlet_loss_hvp_fn_f32 hvp;
} dirichlet_objective_f32;

typedef struct dirichlet_flatness_options {
    size_t struct_size;
    const dirichlet_allocator *allocator; /* NULL: malloc and free */
    /* Without hvp: how far theta moves along the gradient, ||a g||, as a multiple of
     * max(1, ||theta|| / sqrt(p)), >= 0. 0: the cube root of the epsilon of the precision. */
    double step;
} dirichlet_flatness_options;

/* R = ||g||^2, g = grad Loss(theta), with dR/dtheta = 2 H g. With the strength learning_rate / 4
 * this is the implicit regularizer of gradient descent.
 *
 * theta          (p), finite
 * learning_rate  h of result->implicit_regularizer, finite and >= 0
 * gradient       (p), to be added to; NULL: R alone
 * result         NULL: not wanted; else struct_size is the caller's; exact is 1 unless a difference
 *                was taken
 *
 * H g is had from hvp, or else from two more gradients, (g(theta + a g) - g(theta - a g)) / 2a.
 * That is right to O(a^2) where the loss is smooth. It is not across the kinks of relu and the
 * like: a single unit that switches between the two points changes H g at random, and results
 * off by factors of 1 to 36 were measured. Give hvp there.
 *
 * Memory: 2 p numbers of the precision with hvp, 4 p without, 1 p for R alone. Errors: NULL,
 * RANGE, STRUCT_SIZE, OVERFLOW, MISSING_CALLBACK, MEMORY, NOT_FINITE, CALLBACK, and NOISE where
 * the step is lost in the rounding of theta; nothing is added or written on any of them. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_flatness_penalty_f64(
    const dirichlet_objective_f64 *objective, const double *theta, double learning_rate,
    double strength, double *gradient, const dirichlet_flatness_options *options,
    dirichlet_flatness *result, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_flatness_penalty_f32(
    const dirichlet_objective_f32 *objective, const float *theta, double learning_rate,
    double strength, float *gradient, const dirichlet_flatness_options *options,
    dirichlet_flatness *result, dirichlet_error *error);

#ifdef __cplusplus
}
#endif

#endif
