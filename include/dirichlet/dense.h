/* Dense networks over weights that stay the caller's.
 *
 *     z_l = W_l h_l + b_l,   h_1 = x,   h_{l+1} = a_l(z_l),   f(x) = h_{L+1}
 *
 * Layer l is a view: pointers and strides into the caller's arrays. Nothing is
 * copied that the caller could change, and nothing of the caller's is written,
 * so a trainer may go on updating its weights between calls (not during one).
 *
 * For the geometric complexity of a classifier give the last layer the identity
 * activation: it is defined on the logits, before softmax. For the embedding
 * complexity of the first layers set dirichlet_dense_options.layers.
 *
 * A layer, and where its gradient goes, is a view of layer.h. Where an activation has a kink, such
 * as relu at 0, it has no derivative; which one stands for it is said by
 * dirichlet_dense_layer_*.kink. docs/guide/activations.md lists what the frameworks take, and their
 * names for the activations here. A NaN or infinity in the data or in the weights comes out as a
 * NaN or infinite result, never hidden by a saturated unit.
 *
 * As a model (dirichlet_dense_model_*) the network offers all the callbacks of
 * model.h; the functions here are the same things called directly.
 */
#ifndef DIRICHLET_DENSE_H
#define DIRICHLET_DENSE_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/activation.h"
#include "dirichlet/batch.h"
#include "dirichlet/estimator.h"
#include "dirichlet/export.h"
#include "dirichlet/layer.h"
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

typedef struct dirichlet_dense_options {
    size_t struct_size;
    size_t workspace_bytes;               /* 0: DIRICHLET_DEFAULT_WORKSPACE_BYTES */
    int64_t layers;                       /* use the first so many layers; 0: all */
    const dirichlet_allocator *allocator; /* NULL: malloc and free; copied */
    const dirichlet_parallel *parallel;   /* NULL: the calling thread; copied */
} dirichlet_dense_options;

/* How the energy penalty is computed; NULL for an argument of this type: exactly. */
typedef struct dirichlet_dense_penalty_options {
    size_t struct_size;
    int64_t probes; /* m cotangents a sample, up to 2^32 - 1. 0: DIRICHLET_DEFAULT_PROBES, or all
                       where these are at most a quarter more; DIRICHLET_PROBES_ALL: all */
    uint64_t seed;  /* of the probes: a new one in each step of a training */
    int64_t first_sample;    /* >= 0: index of the call's first sample, for its probes */
    dirichlet_method method; /* auto: exact if probes is 0, ALL or at least min(d, k), as the
                                estimator's is where the model knows its energies, else rademacher;
                                exact; or rademacher */
    int32_t reserved;        /* 0 */
} dirichlet_dense_penalty_options;

/* What the transfer theorem's call does beside. */
typedef struct dirichlet_dense_transfer_options {
    size_t struct_size;
    dirichlet_progress_fn progress; /* after every tile; value: the largest ratio so far; or NULL */
    void *progress_user;
} dirichlet_dense_transfer_options;

/* The arrays it fills, the caller's; NULL: not wanted. L layers in use. */
typedef struct dirichlet_dense_transfer_result {
    size_t struct_size;
    int64_t samples;        /* out: n */
    double *input_side;     /* (n): ||J||_F^2 */
    double *parameter_side; /* (n): ||df/dtheta||_F^2 */
    double *factors;        /* (n, L): T_l */
    double *ratios; /* (n): the left side over the right one, at most 1; 0 where both are 0 */
} dirichlet_dense_transfer_result;

/* What the spectral norms of the layers together say. */
typedef struct dirichlet_dense_lipschitz {
    size_t struct_size; /* set by the caller; as much is filled in */
    double upper_bound; /* >= ||f(x) - f(x')|| / ||x - x'|| for all x, x' */
    int32_t converged;  /* 1: the norms of all layers are right to the tolerance */
    int32_t reserved;   /* 0 */
} dirichlet_dense_lipschitz;

/* What a network is. */
typedef struct dirichlet_dense_description {
    size_t struct_size;            /* set by the caller; as much is filled in */
    int64_t inputs;                /* d */
    int64_t outputs;               /* k of the layers in use */
    int64_t layers;                /* in use */
    int64_t weights;               /* parameters of these layers: elements of all matrices */
    int64_t biases;                /* elements of all biases there are */
    int64_t workspace_bytes;       /* budget that calls keep within */
    int64_t least_workspace_bytes; /* smallest budget that this network could be made with */
} dirichlet_dense_description;

/* How the energies are computed. J = D_L W_L D_{L-1} W_{L-1} ... D_1 W_1, where D_l holds the
 * derivatives of layer l at a sample, is a product of matrices: any of its L + 1 widths n_p
 * (n_0 = d, n_L = k) can be the pivot, from which n_p rows are carried through the others:
 *
 *   pivot L        the k rows of W_L downward, ||J||_F^2 is the sum of their squares
 *   pivot 0        the d columns of W_1 upward, likewise
 *   0 < pivot < L  J = V D_p U: rows from both sides, ||J||_F^2 = <V^T V, D_p U U^T D_p>;
 *                  rows whose derivative D_p is 0 are left out
 *   pivot 1 of 2   without a row carried, ||J||_F^2 = d^T ((W_2^T W_2) o (W_1 W_1^T)) d with
 *                  d the diagonal of D_1 and o the elementwise product
 *
 * A row's last factor is W_1 (or W_L), or the triangle L_1 with L_1 L_1^T = W_1 W_1^T, made
 * once a call: ||u W_1|| = ||u L_1||, at n_1 / (2 d) of the operations. It gives the norm as
 * accurately as W_1 unless u W_1 cancels by many digits; the samples where it does are
 * counted and done again with the matrices themselves. */
typedef int32_t dirichlet_dense_end;
#define DIRICHLET_DENSE_END_NONE 0    /* nothing is multiplied on this side of the pivot */
#define DIRICHLET_DENSE_END_DIRECT 10 /* the outermost matrix itself */
#define DIRICHLET_DENSE_END_GRAM 20   /* the triangle of its Gram matrix */

typedef struct dirichlet_dense_plan {
    size_t struct_size;
    int64_t samples;               /* that it was made for */
    int64_t pivot;                 /* 0 (input) to L (output) */
    int64_t rows;                  /* n_p, carried for each sample */
    dirichlet_dense_end upper_end; /* toward the output */
    dirichlet_dense_end lower_end; /* toward the input */
    int32_t sum;                   /* 1: the sum over the batch, no energy of a single sample:
                                      <sum of U^T U, W_1 W_1^T> with U the rows that arrive; at
                                      pivot 1 of 2 <sum of d d^T, (W_2^T W_2) o (W_1 W_1^T)> */
    int32_t norms;                 /* 1: of product_norms, the rows are the caller's u and
                                      enter above W_L */
    double sample_flops;           /* operations for each sample, forward pass included; for hidden
                                      pivots at most so many */
    double call_flops;             /* operations of a call beside that */
    int64_t bytes;                 /* workspace in use */
    int64_t direct_samples;        /* done again with the matrices themselves, by the last call */
    int32_t gradient; /* 1: of energy_penalty: the rows are sent to the ends and come back as
                         derivatives; the Gram matrix itself stands for the triangle, and at a
                         hidden pivot for a side that has no other matrix */
    int32_t reserved; /* 0 */
} dirichlet_dense_plan;

/* Size that holds every description of a plan of up to 16 layers. */
#define DIRICHLET_DENSE_PLAN_TEXT_SIZE 2048

typedef struct dirichlet_dense_f64 dirichlet_dense_f64;
typedef struct dirichlet_dense_f32 dirichlet_dense_f32;

/* Make a network of `layer_count` >= 1 views. The array of views is copied; the
 * weights and biases behind them are borrowed and must outlive the handle.
 *
 * options NULL: all defaults. *out is set to NULL first, to the handle on success.
 * error: see dirichlet_error in status.h.
 *
 * Errors: NULL, RANGE, CONSTANT, STRUCT_SIZE, SHAPE (a layer's inputs differ from
 * the outputs before it, or strides that overlap), OVERFLOW, WORKSPACE (error.least_bytes is
 * the least budget), MEMORY, BLAS_WIDTH. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_create_f64(
    const dirichlet_dense_layer_f64 *layers, int64_t layer_count,
    const dirichlet_dense_options *options, dirichlet_dense_f64 **out, dirichlet_error *error);

/* Free the handle, none of the caller's arrays. NULL is fine. */
DIRICHLET_API void DIRICHLET_CALL dirichlet_dense_destroy_f64(dirichlet_dense_f64 *network);

/* Fill *model (struct_size set by the caller) with a table whose `user` is this
 * network: it must outlive every handle made from the table, and is used by them
 * as by any other caller (one call at a time). Errors: NULL, STRUCT_SIZE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_model_f64(dirichlet_dense_f64 *network, dirichlet_model_f64 *model);

/* y = f(x). samples >= 0; x (n, d); y (n, k). With n = 0 nothing happens.
 * In this and the next calls with samples no output may overlap an input or the weights (this
 * is not checked). Errors: NULL, RANGE, OVERFLOW. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_forward_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x, double *y);

/* jv = J v. directions m >= 1; x (n, d), v (n, m, d), jv (n, m, k). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_jvp_f64(dirichlet_dense_f64 *network,
                                                                      int64_t samples,
                                                                      int64_t directions,
                                                                      const double *x,
                                                                      const double *v, double *jv);

/* jtu = J^T u. x (n, d), u (n, m, k), jtu (n, m, d). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_vjp_f64(dirichlet_dense_f64 *network,
                                                                      int64_t samples,
                                                                      int64_t directions,
                                                                      const double *x,
                                                                      const double *u, double *jtu);

/* energies[i] = ||J(x_i)||_F^2, exact up to rounding. x (n, d), energies (n).
 *
 * The order of the products is chosen from the widths, n and the workspace: large batches
 * in one call are cheaper than many small ones. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energies_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x, double *energies);

/* *sum = sum_i ||J(x_i)||_F^2, which may be had more cheaply than its terms: above all for two
 * layers with a relu, leaky_relu or prelu of one slope between them, where it takes a forward pass
 * and counting which
 * units are on together (with a CBLAS). Where such a sum would lose digits it is had from the
 * energies after all, which dirichlet_dense_last_plan_* tells by its sum = 0. x (n, d). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energy_sum_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x, double *sum);

/* The plan that energies (sum 0) or energy_sum (sum 1) would follow for a call with so many
 * samples >= 0 (that of energy_penalty can be had afterwards only, by last_plan); plan->struct_size
 * is the caller's. Errors: NULL, RANGE, STRUCT_SIZE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energy_plan_f64(
    dirichlet_dense_f64 *network, int64_t samples, int32_t sum, dirichlet_dense_plan *plan);

/* The plan that the last energies, energy_sum, product_norms or energy_penalty call followed, with
 * direct_samples. Before the first one all is 0. Errors: NULL, STRUCT_SIZE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_last_plan_f64(const dirichlet_dense_f64 *network, dirichlet_dense_plan *plan);

/* A plan of this network in words: pivot, steps, operations, bytes, a line each. At most `size`
 * bytes are written, terminator included. text NULL: none. Errors: NULL, STRUCT_SIZE; SHAPE if
 * this network has no such plan. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_plan_text_f64(
    const dirichlet_dense_f64 *network, const dirichlet_dense_plan *plan, char *text, size_t size);

/* norms[i][j] = ||J(x_i)^T u_ij||^2. x (n, d), u (n, m, k), norms (n, m). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_product_norms_f64(dirichlet_dense_f64 *network, int64_t samples, int64_t directions,
                                  const double *x, const double *u, double *norms);

/* Parameter VJP: with the cotangents c_i = dLoss/df(x_i) of any loss, add
 *
 *     gradient += scale * sum_i (df(x_i)/dtheta)^T c_i
 *
 * to the caller's buffers: the loss's gradient for backpropagation. x (n, d),
 * cotangents (n, k), gradients: one element per layer in use, in their order.
 * scale must be finite. A layer without a bias counts as one with the bias 0 where it has a buffer
 * for one; in the other calls with gradients too. The buffers must overlap neither each other nor
 * the weights. Errors: also STRUCT_SIZE and SHAPE, each before anything is added. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_parameter_vjp_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x, const double *cotangents,
    double scale, const dirichlet_dense_gradient_f64 *gradients, int64_t gradient_count);

/* Geometric complexity as a penalty. With GC = (1/n) sum_i ||J(x_i)||_F^2 add
 *
 *     gradients += strength * dGC/dtheta
 *
 * for every weight and bias that has a buffer, and write GC itself (without strength) to
 * result->value unless result is NULL; standard_error is 0 or NaN. x (n, d), n >= 1; strength is
 * finite. The gradient is exact: it includes what smooth activations add through their second
 * derivatives (not with respect to slopes of prelu or other parameters of activations); through
 * relu, leaky_relu, prelu, clamp and hard_sigmoid, whose derivatives are constant almost
 * everywhere, no bias has any (Dherin et al. 2022, section 4; double backpropagation: Drucker and
 * Le Cun 1992).
 *
 * With m probes the energies are estimated as the estimator's Rademacher method does
 * it, (1/m) sum_p ||J^T u_p||^2 with random signs u_p keyed by (seed, first_sample + i, p), and the
 * gradient is that of the estimate: unbiased, at m / k of the cost. From m = min(d, k) on it is the
 * exact energy.
 *
 * last_plan tells how it was done: where the rows started, and whether with the Gram matrices of
 * the outermost weights, for which wide layers need a larger workspace. A NaN or infinity in the
 * data or the weights makes the value and every gradient that is not 0 for all data NaN. The value
 * is a double; a gradient beyond the precision of its buffer is infinite, or NaN where it is a sum
 * of such. Errors: NULL, RANGE, OVERFLOW, NO_DATA (n = 0), STRUCT_SIZE, SHAPE, each before anything
 * is added. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_energy_penalty_f64(dirichlet_dense_f64 *network, int64_t samples, const double *x,
                                   const dirichlet_dense_penalty_options *options, double strength,
                                   const dirichlet_dense_gradient_f64 *gradients,
                                   int64_t gradient_count, dirichlet_penalty_result *result);

/* The same with what a batch can say: with weights w, GC = sum_i w_i e_i / sum_i w_i; indices in
 * the place of first_sample; and a row stride, for which x is copied. groups, energies and
 * deviations must be NULL. Errors: also SHAPE for
 * a row_stride below d; NO_DATA if no weight is positive; MEMORY. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energy_penalty_batch_f64(
    dirichlet_dense_f64 *network, const dirichlet_batch_f64 *batch,
    const dirichlet_dense_penalty_options *options, double strength,
    const dirichlet_dense_gradient_f64 *gradients, int64_t gradient_count,
    dirichlet_penalty_result *result);

/* A training step's gradient in one call. With Loss = (1/n) sum_i l(f(x_i), t_i) (loss.h) add
 *
 *     gradients += scale * dLoss/dtheta
 *
 * and write Loss to *value unless that is NULL (0 with n = 0). The loss's labels or targets are
 * those of the call's samples. Errors: as parameter_vjp, those of the loss (NULL, RANGE, CONSTANT,
 * SHAPE, MISSING_CALLBACK), each before anything is added; CALLBACK, where a custom loss returned
 * non-zero: then the buffers hold the gradient of some of the samples. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_loss_gradient_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x, const dirichlet_loss_f64 *loss,
    double scale, const dirichlet_dense_gradient_f64 *gradients, int64_t gradient_count,
    double *value);

/* Exact Hessian-vector products of that loss (Pearlmutter 1994): with the direction v in the
 * parameters that `tangents` are views of (read only; NULL: 0 for these parameters) add
 *
 *     gradients += scale * (d^2 Loss / dtheta^2) v
 *
 * tangents and gradients: gradient_count elements each; they must not overlap. A custom loss needs
 * its curvature too. Errors: as loss_gradient. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_loss_hvp_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x, const dirichlet_loss_f64 *loss,
    const dirichlet_dense_tangent_f64 *tangents, double scale,
    const dirichlet_dense_gradient_f64 *gradients, int64_t gradient_count);

/* Flatness: R = ||dLoss/dtheta||^2 with its exact gradient 2 H dLoss/dtheta,
 *
 *     gradients += strength * dR/dtheta
 *
 * and in *result (NULL: not wanted; struct_size is the caller's) Loss, R and the implicit gradient
 * regularizer (learning_rate / 4) R, learning_rate >= 0. theta are those weights and biases of the
 * network that have a buffer in `gradients`; with gradients NULL and gradient_count 0 all weights
 * and biases, and only the values are computed. n >= 1. For the call's duration memory for one
 * gradient is taken from the allocator, beside the workspace. Errors: as loss_gradient; NO_DATA (n
 * = 0), MEMORY. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_flatness_penalty_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x, const dirichlet_loss_f64 *loss,
    double learning_rate, double strength, const dirichlet_dense_gradient_f64 *gradients,
    int64_t gradient_count, dirichlet_flatness *result);

/* norms[l]: ||W_l||_2, the largest singular value of each layer's weights, and
 *
 *     lipschitz->upper_bound = product of ||W_l||_2 Lip(a_l)  >=  ||f(x) - f(x')|| / ||x - x'||
 *
 * for all x and x' and so >= ||J(x)||_2. With L layers in use: norms (L), struct_size of every
 * element alike and the caller's, or NULL; lipschitz likewise, or NULL. options NULL: all defaults,
 * see spectral.h.
 *
 * The bound takes the upper bounds of the norms, which hold whether or not they have converged.
 * Lip(a), the largest |a'|: |c s|, the scales, times 1 for identity, relu, clamp, softplus, tanh,
 * softsign and sin; max(1, |p|) for leaky_relu, prelu (the largest of its units' slopes) and elu;
 * 1/4 for sigmoid, 1/6 for hard_sigmoid, 3/2 for hard_swish; 1.7580993... for selu, 1.1289041...
 * for gelu, 1.1289930... for gelu_tanh, 1.0998393... for silu and 1.0884981... for mish, rounded
 * up; and infinity for relu_squared. Where weights are NaN or infinite, norm and bound are NaN.
 *
 * Memory: for each layer in turn about 16 n (n + 64) bytes, n the smaller of its sizes, from the
 * handle's allocator and not within its budget, given back before the call returns.
 * Errors: NULL (both norms and lipschitz), STRUCT_SIZE,
 * RANGE (options), OVERFLOW, MEMORY, CANCELLED. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_spectral_norms_f64(
    dirichlet_dense_f64 *network, const dirichlet_spectral_options *options,
    dirichlet_spectral_result *norms, dirichlet_dense_lipschitz *lipschitz);

/* The two sides of the transfer theorem (Dherin, Munn, Rosca and Barrett 2022), by which
 * pressure on the parameter gradients is pressure on the geometric complexity: at every sample
 *
 *     ||J||_F^2 sum_l T_l^2 <= ||df/dtheta||_F^2,
 *     T_l = sqrt(1 + ||h_l||^2) / (||W_l||_2 ||dh_l/dx||_2)
 *
 * result->input_side: ||J||_F^2; parameter_side: ||df/dtheta||_F^2 over all weights and biases of
 * the layers in use, = sum_l ||df/dz_l||_F^2 (1 + ||h_l||^2); factors: T_l; ratios: the left side
 * over the right one. Without a bias the 1 is dropped. x (n, d). options may be NULL.
 *
 * Norms are taken from above, raised by what rounding may have taken from the sums of squares of
 * both sides, from dh_l/dx and from J, so that T_l is at most what it should be and rounding
 * cannot seem to violate the theorem. It is less by about 2e-9 of itself (for sizes up to
 * 4096), or by more where these products cancel to little more than rounding errors. Where T_l
 * would be infinite or beyond a double, it is 0, by which the statement holds: so where J = 0
 * because all of dh_l/dx or W_l is. Where f(x) is NaN or infinite, all that belongs to the sample
 * is NaN. Where a side is beyond a double, or so small that it has lost digits, all T_l are 0.
 *
 * A diagnostic, not fast: for each sample it forms dh_l/dx and df/dz_l and searches the norms of
 * the former. Memory: that of one sample, 16 (d + k) times the largest width and
 * 16 n (n + 64) bytes, n the smaller size of the largest matrix, from the handle's allocator as
 * above, and 8 (L + 3) bytes a sample: nothing is written on error. Errors: NULL, RANGE,
 * STRUCT_SIZE, OVERFLOW, MEMORY, CANCELLED. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_transfer_f64(
    dirichlet_dense_f64 *network, int64_t samples, const double *x,
    const dirichlet_dense_transfer_options *options, dirichlet_dense_transfer_result *result);

/* Sizes d and k of the layers in use. NULL gives 0. */
DIRICHLET_API int64_t DIRICHLET_CALL dirichlet_dense_inputs_f64(const dirichlet_dense_f64 *network);
DIRICHLET_API int64_t DIRICHLET_CALL
dirichlet_dense_outputs_f64(const dirichlet_dense_f64 *network);

/* What the last failed call on this handle found wrong, naming the argument; the
 * empty string if none failed yet. Valid until the next call on the handle. */
DIRICHLET_API const char *DIRICHLET_CALL
dirichlet_dense_message_f64(const dirichlet_dense_f64 *network);

/* All of that failure, as dirichlet_estimator_last_error gives it. Errors: NULL, STRUCT_SIZE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_last_error_f64(const dirichlet_dense_f64 *network, dirichlet_error *error);

/* Errors: NULL, STRUCT_SIZE. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_describe_f64(
    const dirichlet_dense_f64 *network, dirichlet_dense_description *description);

/* The same in single precision; energies, norms and scale stay double. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_create_f32(
    const dirichlet_dense_layer_f32 *layers, int64_t layer_count,
    const dirichlet_dense_options *options, dirichlet_dense_f32 **out, dirichlet_error *error);
DIRICHLET_API void DIRICHLET_CALL dirichlet_dense_destroy_f32(dirichlet_dense_f32 *network);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_model_f32(dirichlet_dense_f32 *network, dirichlet_model_f32 *model);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_forward_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x, float *y);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_jvp_f32(dirichlet_dense_f32 *network,
                                                                      int64_t samples,
                                                                      int64_t directions,
                                                                      const float *x,
                                                                      const float *v, float *jv);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_vjp_f32(dirichlet_dense_f32 *network,
                                                                      int64_t samples,
                                                                      int64_t directions,
                                                                      const float *x,
                                                                      const float *u, float *jtu);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energies_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x, double *energies);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energy_sum_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x, double *sum);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energy_plan_f32(
    dirichlet_dense_f32 *network, int64_t samples, int32_t sum, dirichlet_dense_plan *plan);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_last_plan_f32(const dirichlet_dense_f32 *network, dirichlet_dense_plan *plan);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_plan_text_f32(
    const dirichlet_dense_f32 *network, const dirichlet_dense_plan *plan, char *text, size_t size);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_product_norms_f32(dirichlet_dense_f32 *network, int64_t samples, int64_t directions,
                                  const float *x, const float *u, double *norms);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_parameter_vjp_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x, const float *cotangents,
    double scale, const dirichlet_dense_gradient_f32 *gradients, int64_t gradient_count);
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_energy_penalty_f32(dirichlet_dense_f32 *network, int64_t samples, const float *x,
                                   const dirichlet_dense_penalty_options *options, double strength,
                                   const dirichlet_dense_gradient_f32 *gradients,
                                   int64_t gradient_count, dirichlet_penalty_result *result);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_energy_penalty_batch_f32(
    dirichlet_dense_f32 *network, const dirichlet_batch_f32 *batch,
    const dirichlet_dense_penalty_options *options, double strength,
    const dirichlet_dense_gradient_f32 *gradients, int64_t gradient_count,
    dirichlet_penalty_result *result);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_loss_gradient_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x, const dirichlet_loss_f32 *loss,
    double scale, const dirichlet_dense_gradient_f32 *gradients, int64_t gradient_count,
    double *value);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_loss_hvp_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x, const dirichlet_loss_f32 *loss,
    const dirichlet_dense_tangent_f32 *tangents, double scale,
    const dirichlet_dense_gradient_f32 *gradients, int64_t gradient_count);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_flatness_penalty_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x, const dirichlet_loss_f32 *loss,
    double learning_rate, double strength, const dirichlet_dense_gradient_f32 *gradients,
    int64_t gradient_count, dirichlet_flatness *result);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_spectral_norms_f32(
    dirichlet_dense_f32 *network, const dirichlet_spectral_options *options,
    dirichlet_spectral_result *norms, dirichlet_dense_lipschitz *lipschitz);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_transfer_f32(
    dirichlet_dense_f32 *network, int64_t samples, const float *x,
    const dirichlet_dense_transfer_options *options, dirichlet_dense_transfer_result *result);
DIRICHLET_API int64_t DIRICHLET_CALL dirichlet_dense_inputs_f32(const dirichlet_dense_f32 *network);
DIRICHLET_API int64_t DIRICHLET_CALL
dirichlet_dense_outputs_f32(const dirichlet_dense_f32 *network);
DIRICHLET_API const char *DIRICHLET_CALL
dirichlet_dense_message_f32(const dirichlet_dense_f32 *network);

DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_dense_last_error_f32(const dirichlet_dense_f32 *network, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_dense_describe_f32(
    const dirichlet_dense_f32 *network, dirichlet_dense_description *description);

#ifdef __cplusplus
}
#endif

#endif
