#include "precision.h"

#include <stdlib.h>

#define BY_PRECISION(function, ...)                                                                \
    (single ? function##_f32(__VA_ARGS__) : function##_f64(__VA_ARGS__))

/* Structs of the two precisions differ only in what their pointers point to: those of double are
 * filled, and stand for both. */
_Static_assert(sizeof(dirichlet_dense_layer_f32) == sizeof(dirichlet_dense_layer_f64) &&
                   sizeof(dirichlet_dense_gradient_f32) == sizeof(dirichlet_dense_gradient_f64) &&
                   sizeof(dirichlet_loss_f32) == sizeof(dirichlet_loss_f64) &&
                   sizeof(dirichlet_parameter_f32) == sizeof(dirichlet_parameter_f64),
               "structs of one layout in both precisions");

static void *at(int single, const element *array, int64_t index)
{
    if (array == NULL || index < 0)
        return NULL;
    return (element *)array + index * (int64_t)(single ? sizeof(float) : sizeof(double));
}

dirichlet_status godirichlet_update(int single, dirichlet_estimator *estimator, int64_t samples,
                                    const element *x, const double *weights, double *energies)
{
    return BY_PRECISION(dirichlet_estimator_update, estimator, samples, (const void *)x, weights,
                        energies);
}

dirichlet_status godirichlet_dense_create(int single, const godirichlet_layer *layers,
                                          int64_t count, const element *parameters,
                                          const dirichlet_dense_options *options, void **out,
                                          char *message)
{
    dirichlet_dense_layer_f64 *tables = calloc((size_t)count, sizeof *tables);
    if (tables == NULL)
        return DIRICHLET_E_MEMORY;
    for (int64_t i = 0; i < count; i++)
        tables[i] =
            (dirichlet_dense_layer_f64){.struct_size = sizeof *tables,
                                        .inputs = layers[i].inputs,
                                        .outputs = layers[i].outputs,
                                        .weights = at(single, parameters, layers[i].weights),
                                        .output_stride = layers[i].output_stride,
                                        .input_stride = layers[i].input_stride,
                                        .bias = at(single, parameters, layers[i].bias),
                                        .bias_stride = 1,
                                        .activation = layers[i].activation,
                                        .activation_parameter = layers[i].activation_parameter,
                                        .activation_second = layers[i].activation_second,
                                        .input_scale = layers[i].input_scale,
                                        .output_scale = layers[i].output_scale,
                                        .negative_slopes = at(single, parameters, layers[i].slopes),
                                        .negative_slope_stride = 1,
                                        .kink = layers[i].kink};
    const void *given = tables;
    void *network = NULL;
    dirichlet_status status = BY_PRECISION(dirichlet_dense_create, given, count, options,
                                           (void *)&network, message, DIRICHLET_MESSAGE_SIZE);
    *out = network;
    free(tables);
    return status;
}

void godirichlet_dense_destroy(int single, void *network)
{
    BY_PRECISION(dirichlet_dense_destroy, network);
}

const char *godirichlet_dense_message(int single, const void *network)
{
    return BY_PRECISION(dirichlet_dense_message, network);
}

dirichlet_status godirichlet_dense_forward(int single, void *network, int64_t samples,
                                           const element *x, element *y)
{
    return BY_PRECISION(dirichlet_dense_forward, network, samples, (const void *)x, (void *)y);
}

dirichlet_status godirichlet_dense_jvp(int single, void *network, int64_t samples,
                                       int64_t directions, const element *x, const element *v,
                                       element *jv)
{
    return BY_PRECISION(dirichlet_dense_jvp, network, samples, directions, (const void *)x,
                        (const void *)v, (void *)jv);
}

dirichlet_status godirichlet_dense_vjp(int single, void *network, int64_t samples,
                                       int64_t directions, const element *x, const element *u,
                                       element *jtu)
{
    return BY_PRECISION(dirichlet_dense_vjp, network, samples, directions, (const void *)x,
                        (const void *)u, (void *)jtu);
}

dirichlet_status godirichlet_dense_energies(int single, void *network, int64_t samples,
                                            const element *x, double *energies)
{
    return BY_PRECISION(dirichlet_dense_energies, network, samples, (const void *)x, energies);
}

dirichlet_status godirichlet_dense_energy_sum(int single, void *network, int64_t samples,
                                              const element *x, double *sum)
{
    return BY_PRECISION(dirichlet_dense_energy_sum, network, samples, (const void *)x, sum);
}

/* The buffers of a gradient, to be freed; NULL if there is no memory. */
static dirichlet_dense_gradient_f64 *buffers(int single, godirichlet_gradient gradient)
{
    dirichlet_dense_gradient_f64 *tables = calloc((size_t)gradient.count, sizeof *tables);
    for (int64_t i = 0; tables != NULL && i < gradient.count; i++) {
        const godirichlet_layer *layer = &gradient.layers[i];
        tables[i] = (dirichlet_dense_gradient_f64){
            .struct_size = sizeof *tables,
            .weights = at(single, gradient.parameters, layer->weights),
            .output_stride = layer->output_stride,
            .input_stride = layer->input_stride,
            .bias = at(single, gradient.parameters, layer->bias),
            .bias_stride = 1};
    }
    return tables;
}

dirichlet_status godirichlet_parameter_vjp(int single, godirichlet_gradient gradient,
                                           int64_t samples, const element *x,
                                           const element *cotangents, double scale)
{
    void *tables = buffers(single, gradient);
    if (tables == NULL)
        return DIRICHLET_E_MEMORY;
    dirichlet_status status =
        BY_PRECISION(dirichlet_dense_parameter_vjp, gradient.network, samples, (const void *)x,
                     (const void *)cotangents, scale, tables, gradient.count);
    free(tables);
    return status;
}

dirichlet_status godirichlet_loss_gradient(int single, godirichlet_gradient gradient,
                                           int64_t samples, const element *x, int32_t kind,
                                           const int64_t *labels, const element *targets,
                                           double scale, double *value)
{
    const dirichlet_loss_f64 table = {.struct_size = sizeof table,
                                      .kind = kind,
                                      .labels = labels,
                                      .targets = (const void *)targets};
    const void *loss = &table;
    void *tables = buffers(single, gradient);
    if (tables == NULL)
        return DIRICHLET_E_MEMORY;
    dirichlet_status status =
        BY_PRECISION(dirichlet_dense_loss_gradient, gradient.network, samples, (const void *)x,
                     loss, scale, tables, gradient.count, value);
    free(tables);
    return status;
}

dirichlet_status godirichlet_energy_penalty(int single, godirichlet_gradient gradient,
                                            int64_t samples, const element *x,
                                            const dirichlet_dense_penalty_options *options,
                                            double strength, double *value)
{
    void *tables = buffers(single, gradient);
    if (tables == NULL)
        return DIRICHLET_E_MEMORY;
    dirichlet_status status =
        BY_PRECISION(dirichlet_dense_energy_penalty, gradient.network, samples, (const void *)x,
                     options, strength, tables, gradient.count, value);
    free(tables);
    return status;
}

dirichlet_status godirichlet_parameter_norm(int single, int64_t count, const element *values,
                                            element *gradient, int32_t norm, double strength,
                                            double *value, char *message)
{
    const dirichlet_parameter_f64 table = {.struct_size = sizeof table,
                                           .values = (const void *)values,
                                           .gradient = (void *)gradient,
                                           .rows = count,
                                           .columns = 1,
                                           .row_stride = 1,
                                           .column_stride = 1,
                                           .gradient_row_stride = 1,
                                           .gradient_column_stride = 1};
    const void *parameter = &table;
    return BY_PRECISION(dirichlet_parameter_norm, parameter, 1, norm, 1, strength, value, message,
                        DIRICHLET_MESSAGE_SIZE);
}

dirichlet_status godirichlet_initialize(int single, const dirichlet_initialization_options *options,
                                        int64_t layer, const godirichlet_layer *shape,
                                        element *weights, element *bias, char *message)
{
    return BY_PRECISION(dirichlet_initialize, options, layer, shape->inputs, shape->outputs,
                        (void *)weights, shape->output_stride, shape->input_stride, (void *)bias, 1,
                        message, DIRICHLET_MESSAGE_SIZE);
}

dirichlet_status godirichlet_noise_add(int single, int32_t kind, uint64_t seed, int64_t step,
                                       int64_t first_sample, int64_t samples, int64_t width,
                                       double standard_deviation, element *values, char *message)
{
    return BY_PRECISION(dirichlet_noise_add, kind, seed, step, first_sample, samples, width,
                        standard_deviation, (void *)values, message, DIRICHLET_MESSAGE_SIZE);
}
