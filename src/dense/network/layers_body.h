/* Reading the caller's arrays of views. */
#ifndef DIRICHLET_DENSE_LAYERS_BODY_H
#define DIRICHLET_DENSE_LAYERS_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dense/activation/activation.h"
#include "dense/activation/jet.h"
#include "dense/network/network_body.h"
#include "dense/network/strides.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"

typedef PRECISION(dirichlet_dense_layer) public_layer;
typedef PRECISION(dirichlet_dense_gradient) public_gradient;
typedef PRECISION(dirichlet_dense_tangent) public_tangent;

static dirichlet_status check_layer_sizes(public_layer *layer, const char *name,
                                          struct message *message)
{
    dirichlet_status status = dense_extent_check(layer->inputs, name, "inputs", message);
    if (status == DIRICHLET_OK)
        status = dense_extent_check(layer->outputs, name, "outputs", message);
    if (status == DIRICHLET_OK)
        status = dense_strides_check_matrix(layer->outputs, layer->inputs, sizeof(real), name,
                                            &layer->output_stride, &layer->input_stride, message);
    if (status == DIRICHLET_OK && layer->bias != NULL)
        status = dense_strides_check_bias(layer->outputs, sizeof(real), name, &layer->bias_stride,
                                          message);
    if (status == DIRICHLET_OK && layer->negative_slopes != NULL)
        status = dense_strides_check_slopes(layer->outputs, sizeof(real), name,
                                            &layer->negative_slope_stride, message);
    return status;
}

static dirichlet_status read_activation(const public_layer *given, const char *name,
                                        struct dense_activation *out, struct message *message)
{
    const struct dense_activation asked = {.kind = given->activation,
                                           .kink = given->kink,
                                           .parameter = given->activation_parameter,
                                           .second = given->activation_second,
                                           .input_scale = given->input_scale,
                                           .output_scale = given->output_scale,
                                           .by_unit = given->negative_slopes != NULL,
                                           .parameter_given = given->parameter_given != 0};
    return dense_activation_read(asked, (double)REAL_SMALLEST, (double)REAL_LARGEST, name, out,
                                 message);
}

static struct dense_layer layer_of(const public_layer *given, struct dense_activation activation)
{
    return (struct dense_layer){.inputs = given->inputs,
                                .outputs = given->outputs,
                                .weights = given->weights,
                                .output_stride = given->output_stride,
                                .input_stride = given->input_stride,
                                .bias = given->bias,
                                .bias_stride = given->bias_stride,
                                .negative_slopes = given->negative_slopes,
                                .negative_slope_stride = given->negative_slope_stride,
                                .activation = activation};
}

static dirichlet_status read_layer(const public_layer *layers, int64_t index,
                                   struct dense_layer *out, struct message *message)
{
    struct message name;
    public_layer given;
    struct dense_activation activation = {0};
    dirichlet_status status = versioned_struct_read_element(&given, sizeof given, layers, index,
                                                            "layers", &name, message);
    if (status == DIRICHLET_OK)
        status = check_layer_sizes(&given, name.text, message);
    if (status != DIRICHLET_OK)
        return status;
    if (given.weights == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "%s.weights is NULL", name.text);
    if (given.reserved_too != 0)
        return message_fail(message, DIRICHLET_E_RANGE, "%s.reserved_too is %d: it must be 0",
                            name.text, (int)given.reserved_too);
    if (given.parameter_given != 0 && given.parameter_given != 1)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.parameter_given is %d: it must be 0 "
                            "or 1",
                            name.text, (int)given.parameter_given);
    status = read_activation(&given, name.text, &activation, message);
    *out = layer_of(&given, activation);
    if (status == DIRICHLET_OK && dense_activation_is_linear_by_sides(activation))
        out->sides = dense_activation_sides(activation);
    return status;
}

/* Check every view; their widths must follow each other. */
static dirichlet_status check_layers(const public_layer *layers, int64_t count,
                                     struct message *message)
{
    int64_t width = 0;
    for (int64_t l = 0; l < count; l++) {
        struct dense_layer layer;
        const dirichlet_status status = read_layer(layers, l, &layer, message);
        if (status != DIRICHLET_OK)
            return status;
        if (l > 0 && layer.inputs != width)
            return message_fail(message, DIRICHLET_E_SHAPE,
                                "layers[%lld].inputs is %lld, layers[%lld].outputs is %lld",
                                (long long)l, (long long)layer.inputs, (long long)(l - 1),
                                (long long)width);
        width = layer.outputs;
    }
    return DIRICHLET_OK;
}

/* Tangents are laid out as gradients are, but for const: the view that takes one is only read. */
_Static_assert(sizeof(public_tangent) == sizeof(public_gradient) &&
                   offsetof(public_tangent, bias_stride) == offsetof(public_gradient, bias_stride),
               "one function reads both");

static dirichlet_status read_gradient(const char *array, const void *gradients, int64_t index,
                                      const struct dense_layer *layer, struct dense_gradient *out,
                                      struct message *message)
{
    struct message name;
    public_gradient given = {0};
    dirichlet_status status = versioned_struct_read_element(&given, sizeof given, gradients, index,
                                                            array, &name, message);
    if (status == DIRICHLET_OK && given.weights != NULL)
        status = dense_strides_check_matrix(layer->outputs, layer->inputs, sizeof(real), name.text,
                                            &given.output_stride, &given.input_stride, message);
    if (status == DIRICHLET_OK && given.bias != NULL)
        status = dense_strides_check_bias(layer->outputs, sizeof(real), name.text,
                                          &given.bias_stride, message);
    *out = (struct dense_gradient){given.weights, given.output_stride, given.input_stride,
                                   given.bias,    given.bias_stride,   NULL};
    return status;
}

#endif
