/* Every public constant (but for the version) and the layout of every public struct, pinned. A
 * change here is a change of the binary interface: see docs/reference/abi.md before making one. abi.sh checks
 * that nothing public is missing from this file. */
#include <stddef.h>

#include "dirichlet/dirichlet.h"

#define CONSTANT(name, value) _Static_assert((name) == (value), #name)

CONSTANT(DIRICHLET_OK, 0);
CONSTANT(DIRICHLET_E_NULL, 1);
CONSTANT(DIRICHLET_E_RANGE, 2);
CONSTANT(DIRICHLET_E_CONSTANT, 3);
CONSTANT(DIRICHLET_E_STRUCT_SIZE, 4);
CONSTANT(DIRICHLET_E_SHAPE, 5);
CONSTANT(DIRICHLET_E_PRECISION, 6);
CONSTANT(DIRICHLET_E_MEMORY, 20);
CONSTANT(DIRICHLET_E_OVERFLOW, 21);
CONSTANT(DIRICHLET_E_WORKSPACE, 22);
CONSTANT(DIRICHLET_E_NOT_FINITE, 30);
CONSTANT(DIRICHLET_E_NO_DATA, 31);
CONSTANT(DIRICHLET_E_NOISE, 32);
CONSTANT(DIRICHLET_E_MISSING_CALLBACK, 40);
CONSTANT(DIRICHLET_E_CALLBACK, 41);
CONSTANT(DIRICHLET_E_CANCELLED, 42);
CONSTANT(DIRICHLET_E_BUSY, 43);
CONSTANT(DIRICHLET_E_COUPLED, 44);
CONSTANT(DIRICHLET_E_MISMATCH, 50);
CONSTANT(DIRICHLET_E_CORRUPT, 51);
CONSTANT(DIRICHLET_E_FORMAT, 52);
CONSTANT(DIRICHLET_E_BLAS_WIDTH, 60);
CONSTANT(DIRICHLET_E_MPI, 61);
CONSTANT(DIRICHLET_MESSAGE_SIZE, 256);

CONSTANT(DIRICHLET_DEFAULT_WORKSPACE_BYTES, 67108864);

CONSTANT(DIRICHLET_METHOD_AUTO, 0);
CONSTANT(DIRICHLET_METHOD_EXACT, 10);
CONSTANT(DIRICHLET_METHOD_RADEMACHER, 20);
CONSTANT(DIRICHLET_METHOD_SPHERE, 21);
CONSTANT(DIRICHLET_METHOD_GAUSSIAN, 22);
CONSTANT(DIRICHLET_METHOD_ORTHOGONAL, 30);
CONSTANT(DIRICHLET_METHOD_UNIT, 31);
CONSTANT(DIRICHLET_METHOD_HUTCHPP, 40);
CONSTANT(DIRICHLET_METHOD_FINITE_DIFFERENCE, 50);
CONSTANT(DIRICHLET_NONFINITE_FAIL, 0);
CONSTANT(DIRICHLET_NONFINITE_SKIP, 1);
CONSTANT(DIRICHLET_STOP_NONE, 0);
CONSTANT(DIRICHLET_STOP_SAMPLES, 10);
CONSTANT(DIRICHLET_STOP_TOLERANCE, 20);

CONSTANT(DIRICHLET_ACTIVATION_IDENTITY, 0);
CONSTANT(DIRICHLET_ACTIVATION_RELU, 10);
CONSTANT(DIRICHLET_ACTIVATION_LEAKY_RELU, 11);
CONSTANT(DIRICHLET_ACTIVATION_PRELU, 12);
CONSTANT(DIRICHLET_ACTIVATION_RELU_SQUARED, 13);
CONSTANT(DIRICHLET_ACTIVATION_CLAMP, 15);
CONSTANT(DIRICHLET_ACTIVATION_HARD_SIGMOID, 16);
CONSTANT(DIRICHLET_ACTIVATION_HARD_SWISH, 17);
CONSTANT(DIRICHLET_ACTIVATION_ELU, 20);
CONSTANT(DIRICHLET_ACTIVATION_SELU, 21);
CONSTANT(DIRICHLET_ACTIVATION_GELU, 30);
CONSTANT(DIRICHLET_ACTIVATION_GELU_TANH, 31);
CONSTANT(DIRICHLET_ACTIVATION_SILU, 40);
CONSTANT(DIRICHLET_ACTIVATION_MISH, 41);
CONSTANT(DIRICHLET_ACTIVATION_SOFTPLUS, 50);
CONSTANT(DIRICHLET_ACTIVATION_TANH, 60);
CONSTANT(DIRICHLET_ACTIVATION_SOFTSIGN, 61);
CONSTANT(DIRICHLET_ACTIVATION_SIGMOID, 70);
CONSTANT(DIRICHLET_ACTIVATION_SIN, 80);
CONSTANT(DIRICHLET_KINK_OUTSIDE, 0);
CONSTANT(DIRICHLET_KINK_INSIDE, 10);
CONSTANT(DIRICHLET_KINK_MEAN, 20);
CONSTANT(DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, 10);
CONSTANT(DIRICHLET_LOSS_SQUARED, 20);
CONSTANT(DIRICHLET_LOSS_CUSTOM, 90);
CONSTANT(DIRICHLET_DENSE_END_NONE, 0);
CONSTANT(DIRICHLET_DENSE_END_DIRECT, 10);
CONSTANT(DIRICHLET_DENSE_END_GRAM, 20);
CONSTANT(DIRICHLET_DENSE_PLAN_TEXT_SIZE, 2048);

CONSTANT(DIRICHLET_INITIALIZATION_LECUN, 10);
CONSTANT(DIRICHLET_INITIALIZATION_GLOROT, 20);
CONSTANT(DIRICHLET_INITIALIZATION_HE, 30);
CONSTANT(DIRICHLET_INITIALIZATION_PYTORCH, 40);
CONSTANT(DIRICHLET_DISTRIBUTION_NORMAL, 10);
CONSTANT(DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL, 20);
CONSTANT(DIRICHLET_DISTRIBUTION_UNIFORM, 30);
CONSTANT(DIRICHLET_INITIAL_BIAS_ZERO, 0);
CONSTANT(DIRICHLET_INITIAL_BIAS_UNIFORM, 10);
CONSTANT(DIRICHLET_NOISE_INPUT, 10);
CONSTANT(DIRICHLET_NOISE_TARGET, 20);

CONSTANT(DIRICHLET_NORM_L1, 10);
CONSTANT(DIRICHLET_NORM_L2, 20);

_Static_assert(sizeof(dirichlet_status) == 4 && (dirichlet_status)-1 < 0, "dirichlet_status");
_Static_assert(sizeof(dirichlet_method) == 4 && (dirichlet_method)-1 < 0, "dirichlet_method");
_Static_assert(sizeof(dirichlet_stop_reason) == 4 && (dirichlet_stop_reason)-1 < 0,
               "dirichlet_stop_reason");
_Static_assert(sizeof(dirichlet_activation) == 4 && (dirichlet_activation)-1 < 0,
               "dirichlet_activation");
_Static_assert(sizeof(dirichlet_kink) == 4 && (dirichlet_kink)-1 < 0, "dirichlet_kink");
_Static_assert(sizeof(dirichlet_initialization) == 4 && (dirichlet_initialization)-1 < 0,
               "dirichlet_initialization");
_Static_assert(sizeof(dirichlet_distribution) == 4 && (dirichlet_distribution)-1 < 0,
               "dirichlet_distribution");
_Static_assert(sizeof(dirichlet_initial_bias) == 4 && (dirichlet_initial_bias)-1 < 0,
               "dirichlet_initial_bias");
_Static_assert(sizeof(dirichlet_noise) == 4 && (dirichlet_noise)-1 < 0, "dirichlet_noise");
_Static_assert(sizeof(dirichlet_loss_kind) == 4 && (dirichlet_loss_kind)-1 < 0,
               "dirichlet_loss_kind");
_Static_assert(sizeof(dirichlet_norm) == 4 && (dirichlet_norm)-1 < 0, "dirichlet_norm");

/* Offsets and sizes of the LP64 platforms. Elsewhere the types are the same and the
 * padding may differ. */
#if UINTPTR_MAX == UINT64_MAX

#define STRUCT(type, size) _Static_assert(sizeof(type) == (size), #type)
#define FIELD(type, name, offset, size)                                                            \
    _Static_assert(offsetof(type, name) == (offset) && sizeof(((type *)0)->name) == (size),        \
                   #type "." #name)

STRUCT(dirichlet_allocator, 32);
FIELD(dirichlet_allocator, struct_size, 0, 8);
FIELD(dirichlet_allocator, allocate, 8, 8);
FIELD(dirichlet_allocator, release, 16, 8);
FIELD(dirichlet_allocator, user, 24, 8);

STRUCT(dirichlet_model_f64, 88);
FIELD(dirichlet_model_f64, struct_size, 0, 8);
FIELD(dirichlet_model_f64, inputs, 8, 8);
FIELD(dirichlet_model_f64, outputs, 16, 8);
FIELD(dirichlet_model_f64, max_samples, 24, 8);
FIELD(dirichlet_model_f64, max_directions, 32, 8);
FIELD(dirichlet_model_f64, forward, 40, 8);
FIELD(dirichlet_model_f64, jvp, 48, 8);
FIELD(dirichlet_model_f64, vjp, 56, 8);
FIELD(dirichlet_model_f64, energies, 64, 8);
FIELD(dirichlet_model_f64, product_norms, 72, 8);
FIELD(dirichlet_model_f64, user, 80, 8);

STRUCT(dirichlet_model_f32, 88);
FIELD(dirichlet_model_f32, struct_size, 0, 8);
FIELD(dirichlet_model_f32, inputs, 8, 8);
FIELD(dirichlet_model_f32, outputs, 16, 8);
FIELD(dirichlet_model_f32, max_samples, 24, 8);
FIELD(dirichlet_model_f32, max_directions, 32, 8);
FIELD(dirichlet_model_f32, forward, 40, 8);
FIELD(dirichlet_model_f32, jvp, 48, 8);
FIELD(dirichlet_model_f32, vjp, 56, 8);
FIELD(dirichlet_model_f32, energies, 64, 8);
FIELD(dirichlet_model_f32, product_norms, 72, 8);
FIELD(dirichlet_model_f32, user, 80, 8);

STRUCT(dirichlet_estimator_options, 128);
FIELD(dirichlet_estimator_options, struct_size, 0, 8);
FIELD(dirichlet_estimator_options, method, 8, 4);
FIELD(dirichlet_estimator_options, on_nonfinite, 12, 4);
FIELD(dirichlet_estimator_options, probes, 16, 8);
FIELD(dirichlet_estimator_options, seed, 24, 8);
FIELD(dirichlet_estimator_options, first_sample, 32, 8);
FIELD(dirichlet_estimator_options, population, 40, 8);
FIELD(dirichlet_estimator_options, max_samples, 48, 8);
FIELD(dirichlet_estimator_options, tolerance, 56, 8);
FIELD(dirichlet_estimator_options, min_samples, 64, 8);
FIELD(dirichlet_estimator_options, confidence, 72, 8);
FIELD(dirichlet_estimator_options, step, 80, 8);
FIELD(dirichlet_estimator_options, forward_noise, 88, 8);
FIELD(dirichlet_estimator_options, workspace_bytes, 96, 8);
FIELD(dirichlet_estimator_options, allocator, 104, 8);
FIELD(dirichlet_estimator_options, progress, 112, 8);
FIELD(dirichlet_estimator_options, progress_user, 120, 8);

STRUCT(dirichlet_result, 176);
FIELD(dirichlet_result, struct_size, 0, 8);
FIELD(dirichlet_result, value, 8, 8);
FIELD(dirichlet_result, standard_error, 16, 8);
FIELD(dirichlet_result, standard_error_data, 24, 8);
FIELD(dirichlet_result, standard_error_probes, 32, 8);
FIELD(dirichlet_result, confidence, 40, 8);
FIELD(dirichlet_result, lower, 48, 8);
FIELD(dirichlet_result, upper, 56, 8);
FIELD(dirichlet_result, samples, 64, 8);
FIELD(dirichlet_result, skipped, 72, 8);
FIELD(dirichlet_result, weight_sum, 80, 8);
FIELD(dirichlet_result, min_energy, 88, 8);
FIELD(dirichlet_result, max_energy, 96, 8);
FIELD(dirichlet_result, products, 104, 8);
FIELD(dirichlet_result, noise, 112, 8);
FIELD(dirichlet_result, method, 120, 4);
FIELD(dirichlet_result, exact, 124, 4);
FIELD(dirichlet_result, stop_reason, 128, 4);
FIELD(dirichlet_result, reserved, 132, 4);
FIELD(dirichlet_result, standard_error_differences, 136, 8);
FIELD(dirichlet_result, step_error, 144, 8);
FIELD(dirichlet_result, forward_noise, 152, 8);
FIELD(dirichlet_result, min_step, 160, 8);
FIELD(dirichlet_result, max_step, 168, 8);

STRUCT(dirichlet_dense_layer_f64, 128);
FIELD(dirichlet_dense_layer_f64, struct_size, 0, 8);
FIELD(dirichlet_dense_layer_f64, inputs, 8, 8);
FIELD(dirichlet_dense_layer_f64, outputs, 16, 8);
FIELD(dirichlet_dense_layer_f64, weights, 24, 8);
FIELD(dirichlet_dense_layer_f64, output_stride, 32, 8);
FIELD(dirichlet_dense_layer_f64, input_stride, 40, 8);
FIELD(dirichlet_dense_layer_f64, bias, 48, 8);
FIELD(dirichlet_dense_layer_f64, bias_stride, 56, 8);
FIELD(dirichlet_dense_layer_f64, activation, 64, 4);
FIELD(dirichlet_dense_layer_f64, reserved, 68, 4);
FIELD(dirichlet_dense_layer_f64, activation_parameter, 72, 8);
FIELD(dirichlet_dense_layer_f64, activation_second, 80, 8);
FIELD(dirichlet_dense_layer_f64, input_scale, 88, 8);
FIELD(dirichlet_dense_layer_f64, output_scale, 96, 8);
FIELD(dirichlet_dense_layer_f64, negative_slopes, 104, 8);
FIELD(dirichlet_dense_layer_f64, negative_slope_stride, 112, 8);
FIELD(dirichlet_dense_layer_f64, kink, 120, 4);
FIELD(dirichlet_dense_layer_f64, reserved_too, 124, 4);

STRUCT(dirichlet_dense_gradient_f64, 48);
FIELD(dirichlet_dense_gradient_f64, struct_size, 0, 8);
FIELD(dirichlet_dense_gradient_f64, weights, 8, 8);
FIELD(dirichlet_dense_gradient_f64, output_stride, 16, 8);
FIELD(dirichlet_dense_gradient_f64, input_stride, 24, 8);
FIELD(dirichlet_dense_gradient_f64, bias, 32, 8);
FIELD(dirichlet_dense_gradient_f64, bias_stride, 40, 8);

STRUCT(dirichlet_dense_layer_f32, 128);
FIELD(dirichlet_dense_layer_f32, struct_size, 0, 8);
FIELD(dirichlet_dense_layer_f32, inputs, 8, 8);
FIELD(dirichlet_dense_layer_f32, outputs, 16, 8);
FIELD(dirichlet_dense_layer_f32, weights, 24, 8);
FIELD(dirichlet_dense_layer_f32, output_stride, 32, 8);
FIELD(dirichlet_dense_layer_f32, input_stride, 40, 8);
FIELD(dirichlet_dense_layer_f32, bias, 48, 8);
FIELD(dirichlet_dense_layer_f32, bias_stride, 56, 8);
FIELD(dirichlet_dense_layer_f32, activation, 64, 4);
FIELD(dirichlet_dense_layer_f32, reserved, 68, 4);
FIELD(dirichlet_dense_layer_f32, activation_parameter, 72, 8);
FIELD(dirichlet_dense_layer_f32, activation_second, 80, 8);
FIELD(dirichlet_dense_layer_f32, input_scale, 88, 8);
FIELD(dirichlet_dense_layer_f32, output_scale, 96, 8);
FIELD(dirichlet_dense_layer_f32, negative_slopes, 104, 8);
FIELD(dirichlet_dense_layer_f32, negative_slope_stride, 112, 8);
FIELD(dirichlet_dense_layer_f32, kink, 120, 4);
FIELD(dirichlet_dense_layer_f32, reserved_too, 124, 4);

STRUCT(dirichlet_dense_gradient_f32, 48);
FIELD(dirichlet_dense_gradient_f32, struct_size, 0, 8);
FIELD(dirichlet_dense_gradient_f32, weights, 8, 8);
FIELD(dirichlet_dense_gradient_f32, output_stride, 16, 8);
FIELD(dirichlet_dense_gradient_f32, input_stride, 24, 8);
FIELD(dirichlet_dense_gradient_f32, bias, 32, 8);
FIELD(dirichlet_dense_gradient_f32, bias_stride, 40, 8);

STRUCT(dirichlet_dense_options, 32);
FIELD(dirichlet_dense_options, struct_size, 0, 8);
FIELD(dirichlet_dense_options, layers, 8, 8);
FIELD(dirichlet_dense_options, workspace_bytes, 16, 8);
FIELD(dirichlet_dense_options, allocator, 24, 8);

STRUCT(dirichlet_dense_plan, 88);
FIELD(dirichlet_dense_plan, struct_size, 0, 8);
FIELD(dirichlet_dense_plan, samples, 8, 8);
FIELD(dirichlet_dense_plan, pivot, 16, 8);
FIELD(dirichlet_dense_plan, rows, 24, 8);
FIELD(dirichlet_dense_plan, upper_end, 32, 4);
FIELD(dirichlet_dense_plan, lower_end, 36, 4);
FIELD(dirichlet_dense_plan, sum, 40, 4);
FIELD(dirichlet_dense_plan, norms, 44, 4);
FIELD(dirichlet_dense_plan, sample_flops, 48, 8);
FIELD(dirichlet_dense_plan, call_flops, 56, 8);
FIELD(dirichlet_dense_plan, bytes, 64, 8);
FIELD(dirichlet_dense_plan, direct_samples, 72, 8);
FIELD(dirichlet_dense_plan, gradient, 80, 4);
FIELD(dirichlet_dense_plan, reserved, 84, 4);

STRUCT(dirichlet_dense_penalty_options, 32);
FIELD(dirichlet_dense_penalty_options, struct_size, 0, 8);
FIELD(dirichlet_dense_penalty_options, probes, 8, 8);
FIELD(dirichlet_dense_penalty_options, seed, 16, 8);
FIELD(dirichlet_dense_penalty_options, first_sample, 24, 8);

STRUCT(dirichlet_flatness, 40);
FIELD(dirichlet_flatness, struct_size, 0, 8);
FIELD(dirichlet_flatness, loss, 8, 8);
FIELD(dirichlet_flatness, squared_gradient_norm, 16, 8);
FIELD(dirichlet_flatness, implicit_regularizer, 24, 8);
FIELD(dirichlet_flatness, exact, 32, 4);
FIELD(dirichlet_flatness, reserved, 36, 4);

STRUCT(dirichlet_loss_f64, 56);
FIELD(dirichlet_loss_f64, struct_size, 0, 8);
FIELD(dirichlet_loss_f64, kind, 8, 4);
FIELD(dirichlet_loss_f64, reserved, 12, 4);
FIELD(dirichlet_loss_f64, labels, 16, 8);
FIELD(dirichlet_loss_f64, targets, 24, 8);
FIELD(dirichlet_loss_f64, function, 32, 8);
FIELD(dirichlet_loss_f64, curvature, 40, 8);
FIELD(dirichlet_loss_f64, user, 48, 8);

STRUCT(dirichlet_loss_f32, 56);
FIELD(dirichlet_loss_f32, struct_size, 0, 8);
FIELD(dirichlet_loss_f32, kind, 8, 4);
FIELD(dirichlet_loss_f32, reserved, 12, 4);
FIELD(dirichlet_loss_f32, labels, 16, 8);
FIELD(dirichlet_loss_f32, targets, 24, 8);
FIELD(dirichlet_loss_f32, function, 32, 8);
FIELD(dirichlet_loss_f32, curvature, 40, 8);
FIELD(dirichlet_loss_f32, user, 48, 8);

STRUCT(dirichlet_initialization_options, 40);
FIELD(dirichlet_initialization_options, struct_size, 0, 8);
FIELD(dirichlet_initialization_options, scheme, 8, 4);
FIELD(dirichlet_initialization_options, distribution, 12, 4);
FIELD(dirichlet_initialization_options, bias, 16, 4);
FIELD(dirichlet_initialization_options, reserved, 20, 4);
FIELD(dirichlet_initialization_options, seed, 24, 8);
FIELD(dirichlet_initialization_options, scale, 32, 8);

STRUCT(dirichlet_spectral_options, 24);
FIELD(dirichlet_spectral_options, struct_size, 0, 8);
FIELD(dirichlet_spectral_options, tolerance, 8, 8);
FIELD(dirichlet_spectral_options, max_iterations, 16, 8);

STRUCT(dirichlet_parameter_f64, 80);
FIELD(dirichlet_parameter_f64, struct_size, 0, 8);
FIELD(dirichlet_parameter_f64, values, 8, 8);
FIELD(dirichlet_parameter_f64, gradient, 16, 8);
FIELD(dirichlet_parameter_f64, rows, 24, 8);
FIELD(dirichlet_parameter_f64, columns, 32, 8);
FIELD(dirichlet_parameter_f64, row_stride, 40, 8);
FIELD(dirichlet_parameter_f64, column_stride, 48, 8);
FIELD(dirichlet_parameter_f64, gradient_row_stride, 56, 8);
FIELD(dirichlet_parameter_f64, gradient_column_stride, 64, 8);
FIELD(dirichlet_parameter_f64, bias, 72, 4);
FIELD(dirichlet_parameter_f64, reserved, 76, 4);

STRUCT(dirichlet_parameter_f32, 80);
FIELD(dirichlet_parameter_f32, struct_size, 0, 8);
FIELD(dirichlet_parameter_f32, values, 8, 8);
FIELD(dirichlet_parameter_f32, gradient, 16, 8);
FIELD(dirichlet_parameter_f32, rows, 24, 8);
FIELD(dirichlet_parameter_f32, columns, 32, 8);
FIELD(dirichlet_parameter_f32, row_stride, 40, 8);
FIELD(dirichlet_parameter_f32, column_stride, 48, 8);
FIELD(dirichlet_parameter_f32, gradient_row_stride, 56, 8);
FIELD(dirichlet_parameter_f32, gradient_column_stride, 64, 8);
FIELD(dirichlet_parameter_f32, bias, 72, 4);
FIELD(dirichlet_parameter_f32, reserved, 76, 4);

STRUCT(dirichlet_singular_f64, 32);
FIELD(dirichlet_singular_f64, struct_size, 0, 8);
FIELD(dirichlet_singular_f64, vector, 8, 8);
FIELD(dirichlet_singular_f64, sigma, 16, 8);
FIELD(dirichlet_singular_f64, residual, 24, 8);

STRUCT(dirichlet_singular_f32, 32);
FIELD(dirichlet_singular_f32, struct_size, 0, 8);
FIELD(dirichlet_singular_f32, vector, 8, 8);
FIELD(dirichlet_singular_f32, sigma, 16, 8);
FIELD(dirichlet_singular_f32, residual, 24, 8);

STRUCT(dirichlet_spectral_penalty_options, 32);
FIELD(dirichlet_spectral_penalty_options, struct_size, 0, 8);
FIELD(dirichlet_spectral_penalty_options, iterations, 8, 8);
FIELD(dirichlet_spectral_penalty_options, seed, 16, 8);
FIELD(dirichlet_spectral_penalty_options, allocator, 24, 8);

STRUCT(dirichlet_spectral_result, 48);
FIELD(dirichlet_spectral_result, struct_size, 0, 8);
FIELD(dirichlet_spectral_result, norm, 8, 8);
FIELD(dirichlet_spectral_result, lower, 16, 8);
FIELD(dirichlet_spectral_result, upper, 24, 8);
FIELD(dirichlet_spectral_result, iterations, 32, 8);
FIELD(dirichlet_spectral_result, converged, 40, 4);
FIELD(dirichlet_spectral_result, reserved, 44, 4);

STRUCT(dirichlet_jacobian_norms_options, 40);
FIELD(dirichlet_jacobian_norms_options, struct_size, 0, 8);
FIELD(dirichlet_jacobian_norms_options, tolerance, 8, 8);
FIELD(dirichlet_jacobian_norms_options, max_iterations, 16, 8);
FIELD(dirichlet_jacobian_norms_options, workspace_bytes, 24, 8);
FIELD(dirichlet_jacobian_norms_options, allocator, 32, 8);

STRUCT(dirichlet_jacobian_norms, 48);
FIELD(dirichlet_jacobian_norms, struct_size, 0, 8);
FIELD(dirichlet_jacobian_norms, norm, 8, 8);
FIELD(dirichlet_jacobian_norms, lower, 16, 8);
FIELD(dirichlet_jacobian_norms, sample, 24, 8);
FIELD(dirichlet_jacobian_norms, converged_samples, 32, 8);
FIELD(dirichlet_jacobian_norms, converged, 40, 4);
FIELD(dirichlet_jacobian_norms, reserved, 44, 4);

STRUCT(dirichlet_energy_penalty_options, 64);
FIELD(dirichlet_energy_penalty_options, struct_size, 0, 8);
FIELD(dirichlet_energy_penalty_options, probes, 8, 8);
FIELD(dirichlet_energy_penalty_options, seed, 16, 8);
FIELD(dirichlet_energy_penalty_options, first_sample, 24, 8);
FIELD(dirichlet_energy_penalty_options, step, 32, 8);
FIELD(dirichlet_energy_penalty_options, workspace_bytes, 40, 8);
FIELD(dirichlet_energy_penalty_options, allocator, 48, 8);
FIELD(dirichlet_energy_penalty_options, noise, 56, 8);

STRUCT(dirichlet_objective_f64, 40);
FIELD(dirichlet_objective_f64, struct_size, 0, 8);
FIELD(dirichlet_objective_f64, parameters, 8, 8);
FIELD(dirichlet_objective_f64, gradient, 16, 8);
FIELD(dirichlet_objective_f64, hvp, 24, 8);
FIELD(dirichlet_objective_f64, user, 32, 8);

STRUCT(dirichlet_objective_f32, 40);
FIELD(dirichlet_objective_f32, struct_size, 0, 8);
FIELD(dirichlet_objective_f32, parameters, 8, 8);
FIELD(dirichlet_objective_f32, gradient, 16, 8);
FIELD(dirichlet_objective_f32, hvp, 24, 8);
FIELD(dirichlet_objective_f32, user, 32, 8);

STRUCT(dirichlet_flatness_options, 24);
FIELD(dirichlet_flatness_options, struct_size, 0, 8);
FIELD(dirichlet_flatness_options, step, 8, 8);
FIELD(dirichlet_flatness_options, allocator, 16, 8);

#endif

int main(void)
{
    return 0;
}
