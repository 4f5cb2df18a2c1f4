/* What a C program does that calls the library many times: main.rs does the same. */
#include <dirichlet/dirichlet.h>

/* f(x) = x, of one input and one output. */
static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    (void)first;
    (void)x;
    (void)user;
    for (int64_t j = 0; j < samples * directions; j++)
        jtu[j] = u[j];
    return 0;
}

int32_t calls_estimator(dirichlet_estimator **estimator)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = 1,
                                       .outputs = 1,
                                       .max_samples = 1,
                                       .ignores_first = 1,
                                       .vjp = vjp};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_EXACT};
    return dirichlet_estimator_create_f64(&model, &options, estimator, NULL);
}

int32_t calls_update(dirichlet_estimator *estimator, int64_t calls, int64_t samples,
                     const double *x)
{
    int32_t status = DIRICHLET_OK;
    for (int64_t i = 0; i < calls && status == DIRICHLET_OK; i++)
        status = dirichlet_estimator_update_f64(estimator, samples, x, NULL, NULL);
    return status;
}

int32_t calls_network(const double *weight, dirichlet_dense_f64 **network)
{
    const dirichlet_dense_layer_f64 layer = {.struct_size = sizeof layer,
                                             .inputs = 1,
                                             .outputs = 1,
                                             .weights = weight,
                                             .output_stride = 1,
                                             .input_stride = 1};
    return dirichlet_dense_create_f64(&layer, 1, NULL, network, NULL);
}

int32_t calls_loss_gradient(dirichlet_dense_f64 *network, int64_t calls, const double *x,
                            const double *target, double *gradient, double *sum)
{
    const dirichlet_loss_f64 loss = {
        .struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SQUARED, .targets = target};
    const dirichlet_dense_gradient_f64 view = {.struct_size = sizeof view,
                                               .weights = gradient,
                                               .output_stride = 1,
                                               .input_stride = 1};
    int32_t status = DIRICHLET_OK;
    for (int64_t i = 0; i < calls && status == DIRICHLET_OK; i++) {
        double value = 0;
        status = dirichlet_dense_loss_gradient_f64(network, 1, x, &loss, 1, &view, 1, &value);
        *sum += value;
    }
    return status;
}
