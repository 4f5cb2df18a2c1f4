/* Views of the caller's arrays: a dense layer, where its gradient is added, and a direction in its
 * parameters. */
#ifndef DIRICHLET_LAYER_H
#define DIRICHLET_LAYER_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/activation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One layer. The weight from input i to output o is
 * weights[o * output_stride + i * input_stride], strides in elements:
 *
 *   out x in, row-major (PyTorch):      output_stride = inputs, input_stride = 1
 *   in x out, row-major (Flax, Keras):  output_stride = 1, input_stride = outputs
 *   out x (in + 1), bias in the last column (FANN): output_stride = inputs + 1,
 *       input_stride = 1, bias = weights + inputs, bias_stride = inputs + 1
 *
 * Strides must be >= 1 and give every weight an element of its own; a stride along
 * a size of 1 is not used. Where neither stride is 1 the matrix is gathered into the
 * workspace in each call.
 *
 * Behind activation_parameter all fields may be 0 or left out (by an older struct_size). Parameters
 * and scales are refused where their sizes, or products of the scales, are beyond the normal
 * numbers of the layer's precision. */
typedef struct dirichlet_dense_layer_f64 {
    size_t struct_size;    /* of every layer of the array alike */
    int64_t inputs;        /* >= 1; equals the outputs of the layer before */
    int64_t outputs;       /* >= 1 */
    const double *weights; /* not NULL */
    int64_t output_stride; /* >= 1 */
    int64_t input_stride;  /* >= 1 */
    const double *bias;    /* NULL: no bias */
    int64_t bias_stride;   /* >= 1 where there is a bias */
    dirichlet_activation activation;
    int32_t parameter_given;     /* 1: activation_parameter is what it says, 0 too (of those
                                      that have one); 0: 0 stands for
                                    the default, 0.01 of leaky_relu and 1 of elu */
    double activation_parameter; /* finite; of leaky_relu, elu, prelu and clamp; of all others 0 */
    double activation_second;    /* of clamp: the upper end, above the lower one; else 0 */
    double input_scale;          /* s; 0 means 1. Negative ones turn the activation around */
    double output_scale;         /* c; 0 means 1 */
    const double *negative_slopes; /* of prelu: one for each output, borrowed as the weights are; in
                                      place of activation_parameter, which is then 0; or NULL */
    int64_t negative_slope_stride; /* >= 1 where there are such slopes */
    dirichlet_kink kink;
    int32_t reserved_too; /* 0 */
} dirichlet_dense_layer_f64;

/* Where the parameter gradient of one layer is added; strides as above, any
 * layout, independent of that of the weights. */
typedef struct dirichlet_dense_gradient_f64 {
    size_t struct_size;    /* of every element of the array alike */
    double *weights;       /* NULL: not wanted */
    int64_t output_stride; /* >= 1 */
    int64_t input_stride;  /* >= 1 */
    double *bias;          /* NULL: not wanted */
    int64_t bias_stride;   /* >= 1 */
} dirichlet_dense_gradient_f64;

/* A direction in the parameters of one layer, read only; strides likewise. */
typedef struct dirichlet_dense_tangent_f64 {
    size_t struct_size;    /* of every element of the array alike */
    const double *weights; /* NULL: 0 for all of these */
    int64_t output_stride; /* >= 1 */
    int64_t input_stride;  /* >= 1 */
    const double *bias;    /* NULL: 0 */
    int64_t bias_stride;   /* >= 1 */
} dirichlet_dense_tangent_f64;

typedef struct dirichlet_dense_layer_f32 {
    size_t struct_size;
    int64_t inputs;
    int64_t outputs;
    const float *weights;
    int64_t output_stride;
    int64_t input_stride;
    const float *bias;
    int64_t bias_stride;
    dirichlet_activation activation;
    int32_t parameter_given;
    double activation_parameter;
    double activation_second;
    double input_scale;
    double output_scale;
    const float *negative_slopes;
    int64_t negative_slope_stride;
    dirichlet_kink kink;
    int32_t reserved_too;
} dirichlet_dense_layer_f32;

typedef struct dirichlet_dense_gradient_f32 {
    size_t struct_size;
    float *weights;
    int64_t output_stride;
    int64_t input_stride;
    float *bias;
    int64_t bias_stride;
} dirichlet_dense_gradient_f32;

typedef struct dirichlet_dense_tangent_f32 {
    size_t struct_size;
    const float *weights;
    int64_t output_stride;
    int64_t input_stride;
    const float *bias;
    int64_t bias_stride;
} dirichlet_dense_tangent_f32;

#ifdef __cplusplus
}
#endif

#endif
