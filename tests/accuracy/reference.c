#include "reference.h"

#include <math.h>
#include <stdlib.h>

/* Of libquadmath, whose header only gcc finds. */
#ifdef DIRICHLET_HAVE_QUADMATH
quad sqrtq(quad);
quad expq(quad);
quad logq(quad);
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

/* That of output o, which may have a slope of its own. */
static struct reference_activation activation_of(const struct reference_layer *layer, int64_t o)
{
    return (struct reference_activation){.kind = layer->activation,
                                         .parameter = layer->slopes == NULL ? layer->parameter
                                                                            : layer->slopes[o],
                                         .second = layer->second,
                                         .input_scale = layer->input_scale,
                                         .output_scale = layer->output_scale};
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
static void note_margin(struct reference *reference, const struct reference_activation *activation,
                        quad z, quad terms)
{
    quad kinks[2];
    const int count = reference_activation_kinks(activation, kinks);
    for (int i = 0; i < count && terms > 0; i++) {
        const double margin = (double)(quad_abs(z - kinks[i]) / (terms + quad_abs(kinks[i])));
        if (!(margin >= reference->margin))
            reference->margin = margin;
    }
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
        const struct reference_activation activation = activation_of(layer, o);
        quad jet[3];
        note_margin(reference, &activation, z, terms);
        reference->terms += l == reference->depth - 1 ? squares : 0;
        reference_activation_at(&activation, z, jet);
        reference->inputs[l + 1][o] = jet[0];
        reference->slopes[l][o] = jet[1];
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
