#include "reference.h"

#include <math.h>
#include <stdlib.h>

/* Of libquadmath, whose header only gcc finds. */
#ifdef DIRICHLET_HAVE_QUADMATH
quad sqrtq(quad);
quad expq(quad);
quad expm1q(quad);
quad logq(quad);
quad log1pq(quad);
quad erfcq(quad);
quad tanhq(quad);
quad sinq(quad);
quad cosq(quad);
quad atanq(quad);
#define QUAD(function) function##q
#else
#define QUAD(function) function##l
#endif

quad quad_abs(quad value)
{
    return value < 0 ? -value : value;
}

quad quad_sqrt(quad value)
{
    return QUAD(sqrt)(value);
}

quad quad_exp(quad value)
{
    return QUAD(exp)(value);
}

quad quad_log(quad value)
{
    return QUAD(log)(value);
}

static quad sqrt_two_over_pi(void)
{
    return quad_sqrt(1 / (2 * QUAD(atan)(1)));
}

static quad logistic(quad z)
{
    return 1 / (1 + QUAD(exp)(-z));
}

/* d logistic / dz = logistic(z) logistic(-z). */
static quad logistic_slope(quad z)
{
    return logistic(z) * logistic(-z);
}

static void gelu(quad z, quad *value, quad *derivative)
{
    const quad phi = QUAD(erfc)(-z * quad_sqrt((quad)1 / 2)) / 2;
    *value = z * phi;
    *derivative = phi + z * QUAD(exp)(-z * z / 2) * sqrt_two_over_pi() / 2;
}

/* 0.5 z (1 + tanh u) = z logistic(2 u). */
static void gelu_tanh(quad z, quad *value, quad *derivative)
{
    const quad cubic = (quad)44715 / 1000000;
    const quad u = sqrt_two_over_pi() * (z + cubic * z * z * z);
    const quad slope = sqrt_two_over_pi() * (1 + 3 * cubic * z * z);
    *value = z * logistic(2 * u);
    *derivative = logistic(2 * u) + z * logistic_slope(2 * u) * 2 * slope;
}

void reference_activation(dirichlet_activation kind, quad p, quad z, quad *value, quad *derivative)
{
    *value = z;
    *derivative = 1;
    switch (kind) {
    case DIRICHLET_ACTIVATION_RELU:
        *value = z > 0 ? z : 0;
        *derivative = z > 0 ? 1 : 0;
        break;
    case DIRICHLET_ACTIVATION_LEAKY_RELU:
        *value = z > 0 ? z : p * z;
        *derivative = z > 0 ? 1 : p;
        break;
    case DIRICHLET_ACTIVATION_ELU:
        *value = z > 0 ? z : p * QUAD(expm1)(z);
        *derivative = z > 0 ? 1 : p * QUAD(exp)(z);
        break;
    case DIRICHLET_ACTIVATION_GELU: gelu(z, value, derivative); break;
    case DIRICHLET_ACTIVATION_GELU_TANH: gelu_tanh(z, value, derivative); break;
    case DIRICHLET_ACTIVATION_SILU:
        *value = z * logistic(z);
        *derivative = logistic(z) + z * logistic_slope(z);
        break;
    case DIRICHLET_ACTIVATION_SOFTPLUS:
        *value = z > 0 ? z + QUAD(log1p)(QUAD(exp)(-z)) : QUAD(log1p)(QUAD(exp)(z));
        *derivative = logistic(z);
        break;
    case DIRICHLET_ACTIVATION_TANH:
        *value = QUAD(tanh)(z);
        *derivative = 4 * logistic_slope(2 * z);
        break;
    case DIRICHLET_ACTIVATION_SIGMOID:
        *value = logistic(z);
        *derivative = logistic_slope(z);
        break;
    case DIRICHLET_ACTIVATION_SIN:
        *value = QUAD(sin)(z);
        *derivative = QUAD(cos)(z);
        break;
    default: break;
    }
}

static quad parameter_of(const struct reference_layer *layer)
{
    if (layer->parameter != 0.0)
        return (quad)layer->parameter;
    return layer->activation == DIRICHLET_ACTIVATION_LEAKY_RELU ? (quad)0.01 : (quad)1;
}

/* elu with p = 1 has a continuous derivative: no mask to get wrong. */
static bool has_kink(const struct reference_layer *layer)
{
    return layer->activation == DIRICHLET_ACTIVATION_RELU ||
           layer->activation == DIRICHLET_ACTIVATION_LEAKY_RELU ||
           (layer->activation == DIRICHLET_ACTIVATION_ELU && parameter_of(layer) != 1);
}

static quad weight_at(const struct reference_layer *layer, int64_t o, int64_t i)
{
    const int64_t at = o * layer->inputs + i;
    const quad weight = (quad)layer->weights[at];
    return layer->weight_direction == NULL ? weight
                                           : weight + layer->shift * layer->weight_direction[at];
}

static quad bias_at(const struct reference_layer *layer, int64_t o)
{
    const quad bias = layer->bias == NULL ? 0 : (quad)layer->bias[o];
    return layer->bias_direction == NULL ? bias : bias + layer->shift * layer->bias_direction[o];
}

static quad *allocate(int64_t count)
{
    quad *values = calloc((size_t)count, sizeof *values);
    if (values == NULL)
        abort();
    return values;
}

/* Where all terms are 0, so is z, for everybody. */
static void note_margin(struct reference *reference, const struct reference_layer *layer, quad z,
                        quad terms)
{
    if (!has_kink(layer) || terms == 0)
        return;
    const double margin = (double)(quad_abs(z) / terms);
    if (!(margin >= reference->margin))
        reference->margin = margin;
}

static void forward_layer(struct reference *reference, int64_t l)
{
    const struct reference_layer *layer = &reference->layers[l];
    for (int64_t o = 0; o < layer->outputs; o++) {
        quad z = bias_at(layer, o);
        quad terms = quad_abs(z);
        quad squares = z * z;
        for (int64_t i = 0; i < layer->inputs; i++) {
            const quad term = weight_at(layer, o, i) * reference->inputs[l][i];
            z += term;
            terms += quad_abs(term);
            squares += term * term;
        }
        note_margin(reference, layer, z, terms);
        reference->terms += l == reference->depth - 1 ? squares : 0;
        reference_activation(layer->activation, parameter_of(layer), z,
                             &reference->inputs[l + 1][o], &reference->slopes[l][o]);
    }
}

/* J_l = D_l W_l J_{l-1}, (outputs, d), J_0 the identity. */
static quad *jacobian_layer(const struct reference *reference, int64_t l, const quad *before)
{
    const struct reference_layer *layer = &reference->layers[l];
    const int64_t d = reference->layers[0].inputs;
    quad *after = allocate(layer->outputs * d);
    for (int64_t o = 0; o < layer->outputs; o++) {
        for (int64_t i = 0; i < layer->inputs && before != NULL; i++)
            for (int64_t j = 0; j < d; j++)
                after[o * d + j] += weight_at(layer, o, i) * before[i * d + j];
        for (int64_t j = 0; j < d; j++)
            after[o * d + j] = reference->slopes[l][o] *
                               (before != NULL ? after[o * d + j] : weight_at(layer, o, j));
    }
    return after;
}

void reference_compute(struct reference *reference, const struct reference_layer *layers,
                       int64_t depth, const double *x)
{
    *reference = (struct reference){.depth = depth, .layers = layers, .margin = 1.0};
    reference->inputs[0] = allocate(layers[0].inputs);
    for (int64_t i = 0; i < layers[0].inputs; i++)
        reference->inputs[0][i] = (quad)x[i];
    for (int64_t l = 0; l < depth; l++) {
        reference->inputs[l + 1] = allocate(layers[l].outputs);
        reference->slopes[l] = allocate(layers[l].outputs);
        forward_layer(reference, l);
        quad *jacobian = jacobian_layer(reference, l, reference->jacobian);
        free(reference->jacobian);
        reference->jacobian = jacobian;
    }
    const int64_t entries = layers[depth - 1].outputs * layers[0].inputs;
    for (int64_t i = 0; i < entries; i++)
        reference->energy += reference->jacobian[i] * reference->jacobian[i];
}

void reference_free(struct reference *reference)
{
    for (int64_t l = 0; l < reference->depth; l++) {
        free(reference->inputs[l]);
        free(reference->slopes[l]);
    }
    free(reference->inputs[reference->depth]);
    free(reference->jacobian);
}

/* delta_{l-1} = W_l^T delta_l, without the slopes of layer l - 1. */
static quad *delta_below(const struct reference_layer *layer, const quad *delta)
{
    quad *below = allocate(layer->inputs);
    for (int64_t o = 0; o < layer->outputs; o++)
        for (int64_t i = 0; i < layer->inputs; i++)
            below[i] += weight_at(layer, o, i) * delta[o];
    return below;
}

void reference_add_gradient(const struct reference *reference, const quad *cotangent, quad scale,
                            quad *const *weights, quad *const *biases)
{
    const int64_t k = reference->layers[reference->depth - 1].outputs;
    quad *delta = allocate(k);
    for (int64_t o = 0; o < k; o++)
        delta[o] = scale * cotangent[o];
    for (int64_t l = reference->depth - 1; l >= 0; l--) {
        const struct reference_layer *layer = &reference->layers[l];
        for (int64_t o = 0; o < layer->outputs; o++) {
            delta[o] *= reference->slopes[l][o];
            biases[l][o] += delta[o];
            for (int64_t i = 0; i < layer->inputs; i++)
                weights[l][o * layer->inputs + i] += delta[o] * reference->inputs[l][i];
        }
        quad *below = delta_below(layer, delta);
        free(delta);
        delta = below;
    }
    free(delta);
}
