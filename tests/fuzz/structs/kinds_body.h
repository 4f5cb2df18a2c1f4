/* The structs that have a precision; body for both. */
#ifndef DIRICHLET_FUZZ_STRUCTS_KINDS_BODY_H
#define DIRICHLET_FUZZ_STRUCTS_KINDS_BODY_H

#include "core/arithmetic/real.h"
#include "dirichlet/dirichlet.h"
#include "fuzz/structs/kind.h"

typedef PRECISION(dirichlet_model) model_table;
typedef PRECISION(dirichlet_batch) batch_view;
typedef PRECISION(dirichlet_dense_layer) layer_view;
typedef PRECISION(dirichlet_dense_gradient) gradient_view;
typedef PRECISION(dirichlet_dense_tangent) tangent_view;
typedef PRECISION(dirichlet_loss) loss_view;
typedef PRECISION(dirichlet_parameter) parameter_view;
typedef PRECISION(dirichlet_singular) singular_view;
typedef PRECISION(dirichlet_objective) objective_view;

static const struct field model_fields[] = {INTEGER(model_table, inputs, 1, MOST_INTEGER),
                                            INTEGER(model_table, outputs, 1, MOST_INTEGER),
                                            INTEGER(model_table, max_samples, 0, MOST_INTEGER),
                                            INTEGER(model_table, max_directions, 0, MOST_INTEGER),
                                            INTEGER(model_table, ignores_first, 0, 1),
                                            INTEGER(model_table, concurrent, 0, 1),
                                            POINTER(model_table, forward),
                                            POINTER(model_table, jvp),
                                            POINTER(model_table, vjp),
                                            POINTER(model_table, energies),
                                            POINTER(model_table, product_norms),
                                            POINTER(model_table, parameter_vjp),
                                            POINTER(model_table, prepare),
                                            POINTER(model_table, retain),
                                            POINTER(model_table, release),
                                            POINTER(model_table, user)};

static bool owned_by_both(const void *it)
{
    const model_table *model = it;
    return (model->retain == NULL) == (model->release == NULL);
}

const struct kind PRECISION(kind_model) = KIND_OF(model_table, model_fields, owned_by_both);

const struct kind PRECISION(kind_filled_model) = FILLED(model_table);

static const struct field batch_fields[] = {INTEGER(batch_view, samples, 0, MOST_INTEGER),
                                            POINTER(batch_view, x),
                                            INTEGER(batch_view, row_stride, 0, MOST_INTEGER),
                                            POINTER(batch_view, weights),
                                            POINTER(batch_view, indices),
                                            POINTER(batch_view, groups),
                                            POINTER(batch_view, energies),
                                            POINTER(batch_view, deviations)};

static bool has_data(const void *it)
{
    const batch_view *batch = it;
    return (batch->samples == 0 || batch->x != NULL) &&
           (batch->row_stride == 0 || batch->row_stride >= row_now);
}

const struct kind PRECISION(kind_batch) = KIND_OF(batch_view, batch_fields, has_data);

static const int32_t activations[] = {
    DIRICHLET_ACTIVATION_IDENTITY,     DIRICHLET_ACTIVATION_RELU,
    DIRICHLET_ACTIVATION_LEAKY_RELU,   DIRICHLET_ACTIVATION_PRELU,
    DIRICHLET_ACTIVATION_RELU_SQUARED, DIRICHLET_ACTIVATION_CLAMP,
    DIRICHLET_ACTIVATION_HARD_SIGMOID, DIRICHLET_ACTIVATION_HARD_SWISH,
    DIRICHLET_ACTIVATION_ELU,          DIRICHLET_ACTIVATION_SELU,
    DIRICHLET_ACTIVATION_GELU,         DIRICHLET_ACTIVATION_GELU_TANH,
    DIRICHLET_ACTIVATION_SILU,         DIRICHLET_ACTIVATION_MISH,
    DIRICHLET_ACTIVATION_SOFTPLUS,     DIRICHLET_ACTIVATION_TANH,
    DIRICHLET_ACTIVATION_SOFTSIGN,     DIRICHLET_ACTIVATION_SIGMOID,
    DIRICHLET_ACTIVATION_SIN,          -1};
static const int32_t kinks[] = {DIRICHLET_KINK_OUTSIDE, DIRICHLET_KINK_INSIDE, DIRICHLET_KINK_MEAN,
                                -1};
static const int32_t losses[] = {DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, DIRICHLET_LOSS_SQUARED,
                                 DIRICHLET_LOSS_CUSTOM, -1};

/* Strides along a size of 1 are not looked at, nor is that of a bias that is not there. */
static const struct field layer_fields[] = {
    INTEGER(layer_view, inputs, 1, MOST_INTEGER),
    INTEGER(layer_view, outputs, 1, MOST_INTEGER),
    NEEDED(layer_view, weights),
    ANY(layer_view, output_stride),
    ANY(layer_view, input_stride),
    POINTER(layer_view, bias),
    ANY(layer_view, bias_stride),
    SET(layer_view, activation, activations),
    INTEGER(layer_view, parameter_given, 0, 1),
    REAL(layer_view, activation_parameter, -MOST_REAL, MOST_REAL),
    REAL(layer_view, activation_second, -MOST_REAL, MOST_REAL),
    REAL(layer_view, input_scale, -MOST_REAL, MOST_REAL),
    REAL(layer_view, output_scale, -MOST_REAL, MOST_REAL),
    POINTER(layer_view, negative_slopes),
    ANY(layer_view, negative_slope_stride),
    SET(layer_view, kink, kinks),
    INTEGER(layer_view, reserved_too, 0, 0)};

static bool strides_are_positive(const void *it)
{
    const layer_view *layer = it;
    return (layer->outputs == 1 || layer->output_stride >= 1) &&
           (layer->inputs == 1 || layer->input_stride >= 1);
}

const struct kind PRECISION(kind_dense_layer) = KIND_OF(layer_view, layer_fields,
                                                        strides_are_positive);

static const struct field gradient_fields[] = {
    POINTER(gradient_view, weights), ANY(gradient_view, output_stride),
    ANY(gradient_view, input_stride), POINTER(gradient_view, bias),
    ANY(gradient_view, bias_stride)};
const struct kind PRECISION(kind_dense_gradient) = KIND_OF(gradient_view, gradient_fields, NULL);

static const struct field tangent_fields[] = {
    POINTER(tangent_view, weights), ANY(tangent_view, output_stride),
    ANY(tangent_view, input_stride), POINTER(tangent_view, bias), ANY(tangent_view, bias_stride)};
const struct kind PRECISION(kind_dense_tangent) = KIND_OF(tangent_view, tangent_fields, NULL);

static const struct field loss_fields[] = {
    SET(loss_view, kind, losses), INTEGER(loss_view, concurrent, 0, 1),
    POINTER(loss_view, labels),   POINTER(loss_view, targets),
    POINTER(loss_view, function), POINTER(loss_view, curvature),
    POINTER(loss_view, user)};

static bool has_answers(const void *it)
{
    const loss_view *loss = it;
    if (loss->kind == DIRICHLET_LOSS_CUSTOM)
        return loss->function != NULL;
    if (loss->kind == DIRICHLET_LOSS_SQUARED)
        return loss->targets != NULL && loss->labels == NULL;
    return (loss->labels == NULL) != (loss->targets == NULL);
}

const struct kind PRECISION(kind_loss) = KIND_OF(loss_view, loss_fields, has_answers);

static const struct field parameter_fields[] = {NEEDED(parameter_view, values),
                                                POINTER(parameter_view, gradient),
                                                INTEGER(parameter_view, rows, 1, MOST_INTEGER),
                                                INTEGER(parameter_view, columns, 1, MOST_INTEGER),
                                                ANY(parameter_view, row_stride),
                                                ANY(parameter_view, column_stride),
                                                ANY(parameter_view, gradient_row_stride),
                                                ANY(parameter_view, gradient_column_stride),
                                                INTEGER(parameter_view, bias, 0, 1),
                                                INTEGER(parameter_view, reserved, 0, 0)};

static bool steps_are_positive(const void *it)
{
    const parameter_view *parameter = it;
    return (parameter->rows == 1 || parameter->row_stride >= 1) &&
           (parameter->columns == 1 || parameter->column_stride >= 1);
}

const struct kind PRECISION(kind_parameter) = KIND_OF(parameter_view, parameter_fields,
                                                      steps_are_positive);

static const struct field singular_fields[] = {
    POINTER(singular_view, vector), OUT(singular_view, sigma), OUT(singular_view, residual)};
const struct kind PRECISION(kind_singular) = KIND_OF(singular_view, singular_fields, NULL);

static const struct field objective_fields[] = {
    POINTER(objective_view, user), INTEGER(objective_view, parameters, 1, MOST_INTEGER),
    NEEDED(objective_view, gradient), POINTER(objective_view, hvp)};
const struct kind PRECISION(kind_objective) = KIND_OF(objective_view, objective_fields, NULL);

#endif
