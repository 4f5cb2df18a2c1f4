/* Random numbers of training: weights to begin with, and noise on data and labels.
 *
 * Every number is a function of its key and its place alone (Philox-4x32-10, Salmon,
 * Moraes, Dror and Shaw, SC 2011): a weight of (seed, layer, output, input), noise of
 * (kind, seed, step, sample, component). It does not depend on the layout of an array,
 * on how the samples were cut into batches, or on the order of calls; it is the same on
 * every machine; and a float is the float64 rounded. No two places of one seed share
 * random bits, nor do those of the estimator's probes, even under the same seed.
 *
 * There are no handles here: all functions may run at the same time on different arrays.
 * error: see dirichlet_error in status.h. On error nothing else is written.
 */
#ifndef DIRICHLET_RANDOM_H
#define DIRICHLET_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"
#include "dirichlet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Variance of a weight. The fan-in is the layer's inputs, the fan-out its outputs. */
typedef int32_t dirichlet_initialization;
#define DIRICHLET_INITIALIZATION_LECUN 10   /* 1 / fan_in (LeCun, Bottou, Orr, Mueller 1998) */
#define DIRICHLET_INITIALIZATION_GLOROT 20  /* 2 / (fan_in + fan_out) (Glorot, Bengio 2010) */
#define DIRICHLET_INITIALIZATION_HE 30      /* 2 / fan_in (He, Zhang, Ren, Sun 2015) */
#define DIRICHLET_INITIALIZATION_PYTORCH 40 /* 1 / (3 fan_in), torch.nn.Linear's */

/* Shape of the distribution; mean 0 and the variance of the scheme, whatever the shape. */
typedef int32_t dirichlet_distribution;
#define DIRICHLET_DISTRIBUTION_NORMAL 10
/* A normal distribution cut at 2 of its standard deviations and widened by
 * 1 / 0.8796... to the variance of the scheme, as variance_scaling of JAX does. */
#define DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL 20
/* On +- sqrt(3 variance). */
#define DIRICHLET_DISTRIBUTION_UNIFORM 30

/* What biases begin with. */
typedef int32_t dirichlet_initial_bias;
#define DIRICHLET_INITIAL_BIAS_ZERO 0
#define DIRICHLET_INITIAL_BIAS_UNIFORM 10 /* on +- 1 / sqrt(fan_in), torch.nn.Linear's */

typedef struct dirichlet_initialization_options {
    size_t struct_size;
    dirichlet_initialization scheme;     /* 0: LECUN */
    dirichlet_distribution distribution; /* 0: UNIFORM for PYTORCH, else NORMAL */
    dirichlet_initial_bias bias;
    int32_t scale_given; /* 1: scale is what it says, 0 too; 0: a scale of 0 means 1 */
    uint64_t seed;
    /* Multiplies the standard deviation of weights and biases; finite, >= 0. */
    double scale;
} dirichlet_initialization_options;

/* Draw the weights and biases of one layer. Layouts as in dense.h: the weight from input i to
 * output o goes to weights[o * output_stride + i * input_stride], the bias of output o to
 * bias[o * bias_stride]; nothing between them is touched. Weights and biases must not overlap
 * each other (this is not checked; interleaved is fine).
 *
 * options NULL: all defaults. layer: its number, 0 to 2^31 - 1, so that no two layers of a
 * network are alike. inputs and outputs 1 to 2^31 - 1. bias NULL: none, and bias_stride is not
 * looked at.
 *
 * Errors: NULL, RANGE, CONSTANT, STRUCT_SIZE, SHAPE (strides by which weights overlap), OVERFLOW
 * (an array beyond the address space, or weights beyond the precision for a huge scale). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_initialize_f64(
    const dirichlet_initialization_options *options, int64_t layer, int64_t inputs, int64_t outputs,
    double *weights, int64_t output_stride, int64_t input_stride, double *bias, int64_t bias_stride,
    dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_initialize_f32(
    const dirichlet_initialization_options *options, int64_t layer, int64_t inputs, int64_t outputs,
    float *weights, int64_t output_stride, int64_t input_stride, float *bias, int64_t bias_stride,
    dirichlet_error *error);

/* *variance of a weight of such a layer, scale included. Errors: NULL, RANGE, CONSTANT,
 * STRUCT_SIZE, OVERFLOW (a scale whose square is beyond a double). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL
dirichlet_initialization_variance(const dirichlet_initialization_options *options, int64_t inputs,
                                  int64_t outputs, double *variance, dirichlet_error *error);

/* The geometric complexity to expect at initialization: the mean over all draws of the weights of
 * ||J(x)||_F^2, for a network of L layers with relu or leaky_relu between them and an identity
 * output,
 *
 *     *energy = n_L prod_{l=1}^{L} n_{l-1} Var(W_l) ((1 + p^2) / 2)^(L-1),
 *
 * n_0, ..., n_L = widths[0], ..., widths[layer_count], layer_count = L >= 1. p = negative_slope,
 * finite, is 0 for relu and for leaky_relu its slope.
 *
 * It is exact, for any width and depth and any data set, if no x is 0: given all that is below, a
 * row of W_l and its negative are equally likely, and they turn the unit on and off by turns while
 * their squares stay what they are. So a unit is on with probability 1/2, independently of the
 * squared length of its row; only mean 0, the variance and the symmetry of the weights matter, not
 * their distribution. Biases that are 0 or symmetric, as all biases here, do not change it: the
 * bias takes the negative along with its row. (At x = 0 without biases a relu network has J = 0.)
 * It is a mean: a network's own energy spreads around it, with a heavy tail in deep, narrow ones.
 *
 * For relu and scale 1: LeCun n_L 2^-(L-1), He 2 n_L at every depth, PyTorch n_L 3^-L 2^-(L-1).
 *
 * Errors: NULL, RANGE, CONSTANT, STRUCT_SIZE, OVERFLOW (beyond a double). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_expected_energy(
    const dirichlet_initialization_options *options, const int64_t *widths, int64_t layer_count,
    double negative_slope, double *energy, dirichlet_error *error);

/* Noise, fresh in every step: step is the number of the training step, 0 to 2^32 - 1, and
 * first_sample >= 0 the index of the first of `samples` >= 0 samples, in the data set or in the
 * step's batch as the caller likes, as long as the samples of one step have indices of their own.
 * So a step that is cut into micro-batches draws the same noise as a whole one. */

/* Label noise (symmetric): each of labels (samples), all in 0 .. classes - 1, is replaced with the
 * given probability, in [0, 1], by one of the classes - 1 OTHERS, each equally likely; classes >=
 * 2. The probability is thus the rate of labels that are wrong. (A label redrawn among all classes
 * with probability q is the same with q (classes - 1) / classes.)
 *
 * Give it a copy of the true labels in every step: labels that are noisy for good are no
 * regularizer. *changed, unless NULL, is the number of labels that were replaced.
 *
 * Errors: NULL, RANGE (also a label; the message has its index), OVERFLOW. */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_noise_labels(
    uint64_t seed, int64_t step, int64_t first_sample, int64_t samples, int64_t classes,
    double probability, int64_t *labels, int64_t *changed, dirichlet_error *error);

/* What the noise is for: independent streams. */
typedef int32_t dirichlet_noise;
/* E ||f(x + s u) - t||^2 = ||f(x) - t||^2 + s^2 (||J||_F^2 + (f - t)^T tr Hessian f) + O(s^4):
 * about s^2 GC beside a squared loss (Bishop 1995). */
#define DIRICHLET_NOISE_INPUT 10
/* On regression targets or one-hot labels. It leaves the mean of a squared loss's gradient as it
 * is; what regularizes is the noise of stochastic gradient descent (Blanc et al. 2020). */
#define DIRICHLET_NOISE_TARGET 20

/* values += standard_deviation * u, u independent standard normal numbers; values (samples,
 * width), width 1 to 2^31 - 1; standard_deviation finite, >= 0. The sum is rounded once to the
 * precision; NaNs and infinities stay. Errors: NULL, RANGE, CONSTANT, OVERFLOW (too many
 * numbers, or a standard_deviation whose noise the precision cannot hold). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_noise_add_f64(
    dirichlet_noise kind, uint64_t seed, int64_t step, int64_t first_sample, int64_t samples,
    int64_t width, double standard_deviation, double *values, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_noise_add_f32(
    dirichlet_noise kind, uint64_t seed, int64_t step, int64_t first_sample, int64_t samples,
    int64_t width, double standard_deviation, float *values, dirichlet_error *error);

#ifdef __cplusplus
}
#endif

#endif
