#include "either.h"

#include <stdlib.h>

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

/* Views of the tangents, likewise. */
static dirichlet_dense_tangent_f64 *views(int single, godirichlet_gradient gradient,
                                          const element *tangents)
{
    dirichlet_dense_tangent_f64 *tables = calloc((size_t)gradient.count, sizeof *tables);
    for (int64_t i = 0; tables != NULL && i < gradient.count; i++) {
        const godirichlet_layer *layer = &gradient.layers[i];
        tables[i] = (dirichlet_dense_tangent_f64){.struct_size = sizeof *tables,
                                                  .weights = at(single, tangents, layer->weights),
                                                  .output_stride = layer->output_stride,
                                                  .input_stride = layer->input_stride,
                                                  .bias = at(single, tangents, layer->bias),
                                                  .bias_stride = 1};
    }
    return tables;
}

static dirichlet_loss_f64 loss_of(godirichlet_loss loss)
{
    return (dirichlet_loss_f64){.struct_size = sizeof(dirichlet_loss_f64),
                                .kind = loss.kind,
                                .labels = loss.labels,
                                .targets = (const void *)loss.targets};
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
                                           int64_t samples, const element *x, godirichlet_loss loss,
                                           double scale, double *value)
{
    const dirichlet_loss_f64 table = loss_of(loss);
    void *tables = buffers(single, gradient);
    if (tables == NULL)
        return DIRICHLET_E_MEMORY;
    dirichlet_status status =
        BY_PRECISION(dirichlet_dense_loss_gradient, gradient.network, samples, (const void *)x,
                     (const void *)&table, scale, tables, gradient.count, value);
    free(tables);
    return status;
}

dirichlet_status godirichlet_loss_hvp(int single, godirichlet_gradient gradient, int64_t samples,
                                      const element *x, godirichlet_loss loss,
                                      const element *tangents, double scale)
{
    const dirichlet_loss_f64 table = loss_of(loss);
    void *tables = buffers(single, gradient);
    void *along = views(single, gradient, tangents);
    dirichlet_status status = DIRICHLET_E_MEMORY;
    if (tables != NULL && along != NULL)
        status = BY_PRECISION(dirichlet_dense_loss_hvp, gradient.network, samples, (const void *)x,
                              (const void *)&table, along, scale, tables, gradient.count);
    free(along);
    free(tables);
    return status;
}

dirichlet_status godirichlet_dense_energy_penalty(int single, godirichlet_gradient gradient,
                                                  godirichlet_batch batch,
                                                  const dirichlet_dense_penalty_options *options,
                                                  double strength, dirichlet_penalty_result *result)
{
    const dirichlet_batch_f64 table = batch_of(batch);
    void *tables = buffers(single, gradient);
    if (tables == NULL)
        return DIRICHLET_E_MEMORY;
    dirichlet_status status =
        BY_PRECISION(dirichlet_dense_energy_penalty_batch, gradient.network, (const void *)&table,
                     options, strength, tables, gradient.count, result);
    free(tables);
    return status;
}

dirichlet_status godirichlet_parameter_norm(int single, int64_t count, const element *values,
                                            element *gradient, int32_t norm, double strength,
                                            dirichlet_penalty_result *result,
                                            dirichlet_error *error)
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
    const dirichlet_parameter_norm_options options = {
        .struct_size = sizeof options, .norm = norm, .biases = 1};
    return BY_PRECISION(dirichlet_parameter_norm, (const void *)&table, 1, &options, strength,
                        result, error);
}
