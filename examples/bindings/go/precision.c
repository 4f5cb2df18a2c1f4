#include "either.h"
#include "parallel.h"
#include "progress.h"

#include <stdlib.h>

dirichlet_status godirichlet_update(int single, dirichlet_estimator *estimator,
                                    godirichlet_batch batch)
{
    const dirichlet_batch_f64 table = batch_of(batch);
    return BY_PRECISION(dirichlet_estimator_update_batch, estimator, (const void *)&table);
}

static dirichlet_dense_layer_f64 layer_of(int single, const godirichlet_layer *layer,
                                          const element *parameters)
{
    return (dirichlet_dense_layer_f64){.struct_size = sizeof(dirichlet_dense_layer_f64),
                                       .inputs = layer->inputs,
                                       .outputs = layer->outputs,
                                       .weights = at(single, parameters, layer->weights),
                                       .output_stride = layer->output_stride,
                                       .input_stride = layer->input_stride,
                                       .bias = at(single, parameters, layer->bias),
                                       .bias_stride = 1,
                                       .activation = layer->activation,
                                       .parameter_given = layer->parameter_given,
                                       .activation_parameter = layer->activation_parameter,
                                       .activation_second = layer->activation_second,
                                       .input_scale = layer->input_scale,
                                       .output_scale = layer->output_scale,
                                       .negative_slopes = at(single, parameters, layer->slopes),
                                       .negative_slope_stride = 1,
                                       .kink = layer->kink};
}

dirichlet_status godirichlet_dense_create(int single, const godirichlet_layer *layers,
                                          int64_t count, const element *parameters,
                                          const dirichlet_dense_options *options, int64_t lanes,
                                          void **out, dirichlet_error *error)
{
    dirichlet_dense_layer_f64 *tables = calloc((size_t)count, sizeof *tables);
    if (tables == NULL)
        return DIRICHLET_E_MEMORY;
    for (int64_t i = 0; i < count; i++)
        tables[i] = layer_of(single, &layers[i], parameters);
    dirichlet_parallel lent;
    dirichlet_dense_options threaded = *options;
    threaded.parallel = godirichlet_lend(lanes, &lent);
    void *network = NULL;
    dirichlet_status status = BY_PRECISION(dirichlet_dense_create, (const void *)tables, count,
                                           &threaded, (void *)&network, error);
    *out = network;
    free(tables);
    return status;
}

void godirichlet_dense_destroy(int single, void *network)
{
    BY_PRECISION(dirichlet_dense_destroy, network);
}

dirichlet_status godirichlet_dense_last_error(int single, const void *network,
                                              dirichlet_error *error)
{
    return BY_PRECISION(dirichlet_dense_last_error, network, error);
}

dirichlet_status godirichlet_dense_describe(int single, const void *network,
                                            dirichlet_dense_description *description)
{
    return BY_PRECISION(dirichlet_dense_describe, network, description);
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

static dirichlet_spectral_options watched(const dirichlet_spectral_options *options,
                                          uintptr_t progress)
{
    dirichlet_spectral_options table = *options;
    table.progress = godirichlet_progress_of(progress);
    table.progress_user = (void *)progress;
    return table;
}

dirichlet_status godirichlet_spectral_norms(int single, void *network,
                                            const dirichlet_spectral_options *options,
                                            uintptr_t progress, dirichlet_spectral_result *norms,
                                            dirichlet_dense_lipschitz *lipschitz)
{
    const dirichlet_spectral_options table = watched(options, progress);
    return BY_PRECISION(dirichlet_dense_spectral_norms, network, &table, norms, lipschitz);
}

dirichlet_status godirichlet_operator_norm(int single, const element *values, int64_t rows,
                                           int64_t columns,
                                           const dirichlet_spectral_options *options,
                                           uintptr_t progress, dirichlet_spectral_result *result,
                                           dirichlet_error *error)
{
    const dirichlet_spectral_options table = watched(options, progress);
    return BY_PRECISION(dirichlet_operator_norm, (const void *)values, rows, columns, columns, 1,
                        &table, NULL, result, error);
}

dirichlet_status godirichlet_transfer(int single, void *network, int64_t samples, const element *x,
                                      uintptr_t progress, double *input_side,
                                      double *parameter_side, double *factors, double *ratios)
{
    const dirichlet_dense_transfer_options options = {.struct_size = sizeof options,
                                                      .progress = godirichlet_progress_of(progress),
                                                      .progress_user = (void *)progress};
    dirichlet_dense_transfer_result result = {.struct_size = sizeof result,
                                              .input_side = input_side,
                                              .parameter_side = parameter_side,
                                              .factors = factors,
                                              .ratios = ratios};
    return BY_PRECISION(dirichlet_dense_transfer, network, samples, (const void *)x, &options,
                        &result);
}

dirichlet_status godirichlet_initialize(int single, const dirichlet_initialization_options *options,
                                        int64_t layer, const godirichlet_layer *shape,
                                        element *weights, element *bias, dirichlet_error *error)
{
    return BY_PRECISION(dirichlet_initialize, options, layer, shape->inputs, shape->outputs,
                        (void *)weights, shape->output_stride, shape->input_stride, (void *)bias, 1,
                        error);
}

dirichlet_status godirichlet_noise_add(int single, int32_t kind, uint64_t seed, int64_t step,
                                       int64_t first_sample, int64_t samples, int64_t width,
                                       double standard_deviation, element *values,
                                       dirichlet_error *error)
{
    return BY_PRECISION(dirichlet_noise_add, kind, seed, step, first_sample, samples, width,
                        standard_deviation, (void *)values, error);
}
