/* The activations of dense networks, elementwise functions of a unit's z, and which derivative they
 * have at a kink. p and q are dirichlet_dense_layer_*.activation_parameter and activation_second.
 * Each can be scaled, c a(s z), by output_scale and input_scale.
 *
 * docs/guide/activations.md has the frameworks' names for them, and what differs. */
#ifndef DIRICHLET_ACTIVATION_H
#define DIRICHLET_ACTIVATION_H

#include <stdint.h>

typedef int32_t dirichlet_activation;
#define DIRICHLET_ACTIVATION_IDENTITY 0      /* z */
#define DIRICHLET_ACTIVATION_RELU 10         /* max(z, 0) */
#define DIRICHLET_ACTIVATION_LEAKY_RELU 11   /* z > 0 ? z : p z; p is 0.01 unless said */
#define DIRICHLET_ACTIVATION_PRELU 12        /* z > 0 ? z : p z; any p, or one for each unit */
#define DIRICHLET_ACTIVATION_RELU_SQUARED 13 /* max(z, 0)^2 */
#define DIRICHLET_ACTIVATION_CLAMP 15        /* min(max(z, p), q) */
#define DIRICHLET_ACTIVATION_HARD_SIGMOID 16 /* min(max((z + 3) / 6, 0), 1) */
#define DIRICHLET_ACTIVATION_HARD_SWISH 17   /* z min(max((z + 3) / 6, 0), 1) */
#define DIRICHLET_ACTIVATION_ELU 20          /* z > 0 ? z : p (e^z - 1); p is 1 unless said */
#define DIRICHLET_ACTIVATION_SELU                                                                  \
    21                                    /* l (z > 0 ? z : a (e^z - 1)), l = 1.0507009873554805,  \
                                             a = 1.6732632423543773 (Klambauer et al. 2017) */
#define DIRICHLET_ACTIVATION_GELU 30      /* z Phi(z), Phi the normal distribution function */
#define DIRICHLET_ACTIVATION_GELU_TANH 31 /* its approximation by tanh (Hendrycks, Gimpel 2016) */
#define DIRICHLET_ACTIVATION_SILU 40      /* z / (1 + e^-z) */
#define DIRICHLET_ACTIVATION_MISH 41      /* z tanh(log(1 + e^z)) */
#define DIRICHLET_ACTIVATION_SOFTPLUS 50  /* log(1 + e^z) */
#define DIRICHLET_ACTIVATION_TANH 60      /* tanh z */
#define DIRICHLET_ACTIVATION_SOFTSIGN 61  /* z / (1 + |z|); a''(0) = 0, the mean of both sides */
#define DIRICHLET_ACTIVATION_SIGMOID 70   /* 1 / (1 + e^-z) */
#define DIRICHLET_ACTIVATION_SIN 80       /* sin z */

/* The derivative at a kink, dirichlet_dense_layer_*.kink. An activation with kinks is one function
 * between them, such as z for z > 0 of relu or for p < z < q of clamp, and others outside; this
 * says from which side the derivatives at a kink itself are taken. Kinks are: 0 of relu,
 * leaky_relu, prelu, relu_squared, elu and selu (of relu_squared, and of elu with p = 1, only a''
 * jumps); p and q of clamp; -3 and 3 of hard_sigmoid and hard_swish. They are those of s times the
 * unit's pre-activation. Activations without kinks have 0 here. */
typedef int32_t dirichlet_kink;
#define DIRICHLET_KINK_OUTSIDE 0 /* relu 0, leaky_relu p, clamp 0: as PyTorch has it */
#define DIRICHLET_KINK_INSIDE 10 /* relu 1, leaky_relu 1, clamp 1: JAX's and Keras' leaky_relu */
#define DIRICHLET_KINK_MEAN 20   /* the mean of both: JAX's clip and maximum(x, 0) */

#endif
