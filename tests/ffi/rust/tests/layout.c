/* Sizes, offsets and constants of the header, as tests/layout.rs expects them. */
#include <dirichlet/dirichlet.h>
#include <stddef.h>
#include <stdio.h>

#define SIZE(type) printf(#type " %zu\n", sizeof(type))
#define OFFSET(type, field) printf(#type "." #field " %zu\n", offsetof(type, field))
#define CONSTANT(name) printf(#name " %zu\n", (size_t)(name))

int main(void)
{
    SIZE(dirichlet_model_f64);
    OFFSET(dirichlet_model_f64, struct_size);
    OFFSET(dirichlet_model_f64, inputs);
    OFFSET(dirichlet_model_f64, outputs);
    OFFSET(dirichlet_model_f64, max_samples);
    OFFSET(dirichlet_model_f64, max_directions);
    OFFSET(dirichlet_model_f64, forward);
    OFFSET(dirichlet_model_f64, jvp);
    OFFSET(dirichlet_model_f64, vjp);
    OFFSET(dirichlet_model_f64, energies);
    OFFSET(dirichlet_model_f64, product_norms);
    OFFSET(dirichlet_model_f64, user);
    SIZE(dirichlet_estimator_options);
    OFFSET(dirichlet_estimator_options, struct_size);
    OFFSET(dirichlet_estimator_options, method);
    OFFSET(dirichlet_estimator_options, on_nonfinite);
    OFFSET(dirichlet_estimator_options, probes);
    OFFSET(dirichlet_estimator_options, seed);
    OFFSET(dirichlet_estimator_options, first_sample);
    OFFSET(dirichlet_estimator_options, population);
    OFFSET(dirichlet_estimator_options, max_samples);
    OFFSET(dirichlet_estimator_options, tolerance);
    OFFSET(dirichlet_estimator_options, min_samples);
    OFFSET(dirichlet_estimator_options, confidence);
    OFFSET(dirichlet_estimator_options, step);
    OFFSET(dirichlet_estimator_options, forward_noise);
    OFFSET(dirichlet_estimator_options, workspace_bytes);
    OFFSET(dirichlet_estimator_options, allocator);
    OFFSET(dirichlet_estimator_options, progress);
    OFFSET(dirichlet_estimator_options, progress_user);
    SIZE(dirichlet_result);
    OFFSET(dirichlet_result, struct_size);
    OFFSET(dirichlet_result, value);
    OFFSET(dirichlet_result, standard_error);
    OFFSET(dirichlet_result, standard_error_data);
    OFFSET(dirichlet_result, standard_error_probes);
    OFFSET(dirichlet_result, confidence);
    OFFSET(dirichlet_result, lower);
    OFFSET(dirichlet_result, upper);
    OFFSET(dirichlet_result, samples);
    OFFSET(dirichlet_result, skipped);
    OFFSET(dirichlet_result, weight_sum);
    OFFSET(dirichlet_result, min_energy);
    OFFSET(dirichlet_result, max_energy);
    OFFSET(dirichlet_result, products);
    OFFSET(dirichlet_result, noise);
    OFFSET(dirichlet_result, method);
    OFFSET(dirichlet_result, exact);
    OFFSET(dirichlet_result, stop_reason);
    OFFSET(dirichlet_result, reserved);
    SIZE(dirichlet_dense_layer_f64);
    OFFSET(dirichlet_dense_layer_f64, struct_size);
    OFFSET(dirichlet_dense_layer_f64, inputs);
    OFFSET(dirichlet_dense_layer_f64, outputs);
    OFFSET(dirichlet_dense_layer_f64, weights);
    OFFSET(dirichlet_dense_layer_f64, output_stride);
    OFFSET(dirichlet_dense_layer_f64, input_stride);
    OFFSET(dirichlet_dense_layer_f64, bias);
    OFFSET(dirichlet_dense_layer_f64, bias_stride);
    OFFSET(dirichlet_dense_layer_f64, activation);
    OFFSET(dirichlet_dense_layer_f64, reserved);
    OFFSET(dirichlet_dense_layer_f64, activation_parameter);
    CONSTANT(DIRICHLET_OK);
    CONSTANT(DIRICHLET_E_RANGE);
    CONSTANT(DIRICHLET_E_MISSING_CALLBACK);
    CONSTANT(DIRICHLET_E_CALLBACK);
    CONSTANT(DIRICHLET_MESSAGE_SIZE);
    CONSTANT(DIRICHLET_METHOD_AUTO);
    CONSTANT(DIRICHLET_METHOD_EXACT);
    CONSTANT(DIRICHLET_METHOD_RADEMACHER);
    CONSTANT(DIRICHLET_METHOD_SPHERE);
    CONSTANT(DIRICHLET_METHOD_GAUSSIAN);
    CONSTANT(DIRICHLET_METHOD_ORTHOGONAL);
    CONSTANT(DIRICHLET_METHOD_UNIT);
    CONSTANT(DIRICHLET_METHOD_HUTCHPP);
    CONSTANT(DIRICHLET_METHOD_FINITE_DIFFERENCE);
    CONSTANT(DIRICHLET_ACTIVATION_IDENTITY);
    CONSTANT(DIRICHLET_ACTIVATION_RELU);
    CONSTANT(DIRICHLET_ACTIVATION_TANH);
    CONSTANT(DIRICHLET_ACTIVATION_SIN);
    return 0;
}
