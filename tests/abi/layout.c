/* The layout of every public struct, pinned. A change here is a change of the binary interface: see
 * docs/reference/abi.md before making one. abi.sh checks that none is missing. */
#include <stddef.h>

#include "dirichlet/dirichlet.h"

/* Offsets and sizes of the LP64 platforms. Elsewhere the types are the same and the
 * padding may differ. */
#if UINTPTR_MAX == UINT64_MAX

#define STRUCT(type, size) _Static_assert(sizeof(type) == (size), #type)
#define FIELD(type, name, offset, size)                                                            \
    _Static_assert(offsetof(type, name) == (offset) && sizeof(((type *)0)->name) == (size),        \
                   #type "." #name)

STRUCT(dirichlet_capabilities, 32);
FIELD(dirichlet_capabilities, struct_size, 0, 8);
FIELD(dirichlet_capabilities, version, 8, 4);
FIELD(dirichlet_capabilities, oldest_state_format, 12, 4);
FIELD(dirichlet_capabilities, newest_state_format, 16, 4);
FIELD(dirichlet_capabilities, cblas, 20, 4);
FIELD(dirichlet_capabilities, largest_parallel_lanes, 24, 4);
FIELD(dirichlet_capabilities, reserved, 28, 4);

STRUCT(dirichlet_error, 288);
FIELD(dirichlet_error, struct_size, 0, 8);
FIELD(dirichlet_error, status, 8, 4);
FIELD(dirichlet_error, callback_code, 12, 4);
FIELD(dirichlet_error, sample, 16, 8);
FIELD(dirichlet_error, least_bytes, 24, 8);
FIELD(dirichlet_error, message, 32, 256);

STRUCT(dirichlet_allocator, 32);
FIELD(dirichlet_allocator, struct_size, 0, 8);
FIELD(dirichlet_allocator, allocate, 8, 8);
FIELD(dirichlet_allocator, release, 16, 8);
FIELD(dirichlet_allocator, user, 24, 8);

STRUCT(dirichlet_progress, 56);
FIELD(dirichlet_progress, struct_size, 0, 8);
FIELD(dirichlet_progress, samples, 8, 8);
FIELD(dirichlet_progress, total, 16, 8);
FIELD(dirichlet_progress, skipped, 24, 8);
FIELD(dirichlet_progress, products, 32, 8);
FIELD(dirichlet_progress, value, 40, 8);
FIELD(dirichlet_progress, standard_error, 48, 8);

STRUCT(dirichlet_parallel, 32);
FIELD(dirichlet_parallel, struct_size, 0, 8);
FIELD(dirichlet_parallel, lanes, 8, 8);
FIELD(dirichlet_parallel, parallel_for, 16, 8);
FIELD(dirichlet_parallel, user, 24, 8);

STRUCT(dirichlet_model_f64, 128);
FIELD(dirichlet_model_f64, struct_size, 0, 8);
FIELD(dirichlet_model_f64, inputs, 8, 8);
FIELD(dirichlet_model_f64, outputs, 16, 8);
FIELD(dirichlet_model_f64, max_samples, 24, 8);
FIELD(dirichlet_model_f64, max_directions, 32, 8);
FIELD(dirichlet_model_f64, ignores_first, 40, 4);
FIELD(dirichlet_model_f64, concurrent, 44, 4);
FIELD(dirichlet_model_f64, forward, 48, 8);
FIELD(dirichlet_model_f64, jvp, 56, 8);
FIELD(dirichlet_model_f64, vjp, 64, 8);
FIELD(dirichlet_model_f64, energies, 72, 8);
FIELD(dirichlet_model_f64, product_norms, 80, 8);
FIELD(dirichlet_model_f64, parameter_vjp, 88, 8);
FIELD(dirichlet_model_f64, prepare, 96, 8);
FIELD(dirichlet_model_f64, retain, 104, 8);
FIELD(dirichlet_model_f64, release, 112, 8);
FIELD(dirichlet_model_f64, user, 120, 8);

STRUCT(dirichlet_model_f32, 128);
FIELD(dirichlet_model_f32, struct_size, 0, 8);
FIELD(dirichlet_model_f32, inputs, 8, 8);
FIELD(dirichlet_model_f32, outputs, 16, 8);
FIELD(dirichlet_model_f32, max_samples, 24, 8);
FIELD(dirichlet_model_f32, max_directions, 32, 8);
FIELD(dirichlet_model_f32, ignores_first, 40, 4);
FIELD(dirichlet_model_f32, concurrent, 44, 4);
FIELD(dirichlet_model_f32, forward, 48, 8);
FIELD(dirichlet_model_f32, jvp, 56, 8);
FIELD(dirichlet_model_f32, vjp, 64, 8);
FIELD(dirichlet_model_f32, energies, 72, 8);
FIELD(dirichlet_model_f32, product_norms, 80, 8);
FIELD(dirichlet_model_f32, parameter_vjp, 88, 8);
FIELD(dirichlet_model_f32, prepare, 96, 8);
FIELD(dirichlet_model_f32, retain, 104, 8);
FIELD(dirichlet_model_f32, release, 112, 8);
FIELD(dirichlet_model_f32, user, 120, 8);

STRUCT(dirichlet_check_finding, 304);
FIELD(dirichlet_check_finding, struct_size, 0, 8);
FIELD(dirichlet_check_finding, item, 8, 4);
FIELD(dirichlet_check_finding, callback, 12, 4);
FIELD(dirichlet_check_finding, holds, 16, 4);
FIELD(dirichlet_check_finding, callback_code, 20, 4);
FIELD(dirichlet_check_finding, sample, 24, 8);
FIELD(dirichlet_check_finding, found, 32, 8);
FIELD(dirichlet_check_finding, allowed, 40, 8);
FIELD(dirichlet_check_finding, text, 48, 256);

STRUCT(dirichlet_check_options, 72);
FIELD(dirichlet_check_options, struct_size, 0, 8);
FIELD(dirichlet_check_options, seed, 8, 8);
FIELD(dirichlet_check_options, first_sample, 16, 8);
FIELD(dirichlet_check_options, forward_noise, 24, 8);
FIELD(dirichlet_check_options, parameter_count, 32, 8);
FIELD(dirichlet_check_options, allocator, 40, 8);
FIELD(dirichlet_check_options, parameters, 48, 8);
FIELD(dirichlet_check_options, gradient, 56, 8);
FIELD(dirichlet_check_options, reserved, 64, 8);

STRUCT(dirichlet_check_report, 56);
FIELD(dirichlet_check_report, struct_size, 0, 8);
FIELD(dirichlet_check_report, capacity, 8, 8);
FIELD(dirichlet_check_report, count, 16, 8);
FIELD(dirichlet_check_report, failed, 24, 8);
FIELD(dirichlet_check_report, calls, 32, 8);
FIELD(dirichlet_check_report, findings, 40, 8);
FIELD(dirichlet_check_report, reserved, 48, 8);

STRUCT(dirichlet_batch_f64, 72);
FIELD(dirichlet_batch_f64, struct_size, 0, 8);
FIELD(dirichlet_batch_f64, samples, 8, 8);
FIELD(dirichlet_batch_f64, row_stride, 16, 8);
FIELD(dirichlet_batch_f64, x, 24, 8);
FIELD(dirichlet_batch_f64, weights, 32, 8);
FIELD(dirichlet_batch_f64, indices, 40, 8);
FIELD(dirichlet_batch_f64, groups, 48, 8);
FIELD(dirichlet_batch_f64, energies, 56, 8);
FIELD(dirichlet_batch_f64, deviations, 64, 8);

STRUCT(dirichlet_batch_f32, 72);
FIELD(dirichlet_batch_f32, struct_size, 0, 8);
FIELD(dirichlet_batch_f32, samples, 8, 8);
FIELD(dirichlet_batch_f32, row_stride, 16, 8);
FIELD(dirichlet_batch_f32, x, 24, 8);
FIELD(dirichlet_batch_f32, weights, 32, 8);
FIELD(dirichlet_batch_f32, indices, 40, 8);
FIELD(dirichlet_batch_f32, groups, 48, 8);
FIELD(dirichlet_batch_f32, energies, 56, 8);
FIELD(dirichlet_batch_f32, deviations, 64, 8);

STRUCT(dirichlet_loss_f64, 56);
FIELD(dirichlet_loss_f64, struct_size, 0, 8);
FIELD(dirichlet_loss_f64, kind, 8, 4);
FIELD(dirichlet_loss_f64, concurrent, 12, 4);
FIELD(dirichlet_loss_f64, labels, 16, 8);
FIELD(dirichlet_loss_f64, targets, 24, 8);
FIELD(dirichlet_loss_f64, function, 32, 8);
FIELD(dirichlet_loss_f64, curvature, 40, 8);
FIELD(dirichlet_loss_f64, user, 48, 8);

STRUCT(dirichlet_loss_f32, 56);
FIELD(dirichlet_loss_f32, struct_size, 0, 8);
FIELD(dirichlet_loss_f32, kind, 8, 4);
FIELD(dirichlet_loss_f32, concurrent, 12, 4);
FIELD(dirichlet_loss_f32, labels, 16, 8);
FIELD(dirichlet_loss_f32, targets, 24, 8);
FIELD(dirichlet_loss_f32, function, 32, 8);
FIELD(dirichlet_loss_f32, curvature, 40, 8);
FIELD(dirichlet_loss_f32, user, 48, 8);

STRUCT(dirichlet_flatness, 40);
FIELD(dirichlet_flatness, struct_size, 0, 8);
FIELD(dirichlet_flatness, loss, 8, 8);
FIELD(dirichlet_flatness, squared_gradient_norm, 16, 8);
FIELD(dirichlet_flatness, implicit_regularizer, 24, 8);
FIELD(dirichlet_flatness, exact, 32, 4);
FIELD(dirichlet_flatness, reserved, 36, 4);

STRUCT(dirichlet_estimator_options, 152);
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
FIELD(dirichlet_estimator_options, groups, 96, 8);
FIELD(dirichlet_estimator_options, workspace_bytes, 104, 8);
FIELD(dirichlet_estimator_options, allocator, 112, 8);
FIELD(dirichlet_estimator_options, parallel, 120, 8);
FIELD(dirichlet_estimator_options, progress, 128, 8);
FIELD(dirichlet_estimator_options, progress_user, 136, 8);
FIELD(dirichlet_estimator_options, reserved, 144, 8);

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

STRUCT(dirichlet_estimator_description, 144);
FIELD(dirichlet_estimator_description, struct_size, 0, 8);
FIELD(dirichlet_estimator_description, inputs, 8, 8);
FIELD(dirichlet_estimator_description, outputs, 16, 8);
FIELD(dirichlet_estimator_description, products_per_sample, 24, 8);
FIELD(dirichlet_estimator_description, directions, 32, 8);
FIELD(dirichlet_estimator_description, first_sample, 40, 8);
FIELD(dirichlet_estimator_description, next_sample, 48, 8);
FIELD(dirichlet_estimator_description, population, 56, 8);
FIELD(dirichlet_estimator_description, groups, 64, 8);
FIELD(dirichlet_estimator_description, workspace_bytes, 72, 8);
FIELD(dirichlet_estimator_description, tile_samples, 80, 8);
FIELD(dirichlet_estimator_description, seed, 88, 8);
FIELD(dirichlet_estimator_description, confidence, 96, 8);
FIELD(dirichlet_estimator_description, step, 104, 8);
FIELD(dirichlet_estimator_description, forward_noise, 112, 8);
FIELD(dirichlet_estimator_description, method, 120, 4);
FIELD(dirichlet_estimator_description, element_size, 124, 4);
FIELD(dirichlet_estimator_description, exact, 128, 4);
FIELD(dirichlet_estimator_description, has_model, 132, 4);
FIELD(dirichlet_estimator_description, state_format, 136, 4);
FIELD(dirichlet_estimator_description, errors_unknown, 140, 4);

STRUCT(dirichlet_penalty_result, 56);
FIELD(dirichlet_penalty_result, struct_size, 0, 8);
FIELD(dirichlet_penalty_result, value, 8, 8);
FIELD(dirichlet_penalty_result, standard_error, 16, 8);
FIELD(dirichlet_penalty_result, noise, 24, 8);
FIELD(dirichlet_penalty_result, samples, 32, 8);
FIELD(dirichlet_penalty_result, products, 40, 8);
FIELD(dirichlet_penalty_result, exact, 48, 4);
FIELD(dirichlet_penalty_result, reserved, 52, 4);

STRUCT(dirichlet_spectral_options, 40);
FIELD(dirichlet_spectral_options, struct_size, 0, 8);
FIELD(dirichlet_spectral_options, tolerance, 8, 8);
FIELD(dirichlet_spectral_options, max_iterations, 16, 8);
FIELD(dirichlet_spectral_options, progress, 24, 8);
FIELD(dirichlet_spectral_options, progress_user, 32, 8);

STRUCT(dirichlet_spectral_result, 48);
FIELD(dirichlet_spectral_result, struct_size, 0, 8);
FIELD(dirichlet_spectral_result, norm, 8, 8);
FIELD(dirichlet_spectral_result, lower, 16, 8);
FIELD(dirichlet_spectral_result, upper, 24, 8);
FIELD(dirichlet_spectral_result, iterations, 32, 8);
FIELD(dirichlet_spectral_result, converged, 40, 4);
FIELD(dirichlet_spectral_result, reserved, 44, 4);

STRUCT(dirichlet_initialization_options, 40);
FIELD(dirichlet_initialization_options, struct_size, 0, 8);
FIELD(dirichlet_initialization_options, scheme, 8, 4);
FIELD(dirichlet_initialization_options, distribution, 12, 4);
FIELD(dirichlet_initialization_options, bias, 16, 4);
FIELD(dirichlet_initialization_options, scale_given, 20, 4);
FIELD(dirichlet_initialization_options, seed, 24, 8);
FIELD(dirichlet_initialization_options, scale, 32, 8);

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

STRUCT(dirichlet_parameter_norm_options, 16);
FIELD(dirichlet_parameter_norm_options, struct_size, 0, 8);
FIELD(dirichlet_parameter_norm_options, norm, 8, 4);
FIELD(dirichlet_parameter_norm_options, biases, 12, 4);

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
FIELD(dirichlet_spectral_penalty_options, allocator, 8, 8);
FIELD(dirichlet_spectral_penalty_options, iterations, 16, 8);
FIELD(dirichlet_spectral_penalty_options, seed, 24, 8);

STRUCT(dirichlet_jacobian_norms_options, 72);
FIELD(dirichlet_jacobian_norms_options, struct_size, 0, 8);
FIELD(dirichlet_jacobian_norms_options, workspace_bytes, 8, 8);
FIELD(dirichlet_jacobian_norms_options, tolerance, 16, 8);
FIELD(dirichlet_jacobian_norms_options, max_iterations, 24, 8);
FIELD(dirichlet_jacobian_norms_options, first_sample, 32, 8);
FIELD(dirichlet_jacobian_norms_options, allocator, 40, 8);
FIELD(dirichlet_jacobian_norms_options, parallel, 48, 8);
FIELD(dirichlet_jacobian_norms_options, progress, 56, 8);
FIELD(dirichlet_jacobian_norms_options, progress_user, 64, 8);

STRUCT(dirichlet_jacobian_norms, 48);
FIELD(dirichlet_jacobian_norms, struct_size, 0, 8);
FIELD(dirichlet_jacobian_norms, norm, 8, 8);
FIELD(dirichlet_jacobian_norms, lower, 16, 8);
FIELD(dirichlet_jacobian_norms, sample, 24, 8);
FIELD(dirichlet_jacobian_norms, converged_samples, 32, 8);
FIELD(dirichlet_jacobian_norms, converged, 40, 4);
FIELD(dirichlet_jacobian_norms, reserved, 44, 4);

STRUCT(dirichlet_energy_penalty_options, 80);
FIELD(dirichlet_energy_penalty_options, struct_size, 0, 8);
FIELD(dirichlet_energy_penalty_options, workspace_bytes, 8, 8);
FIELD(dirichlet_energy_penalty_options, probes, 16, 8);
FIELD(dirichlet_energy_penalty_options, seed, 24, 8);
FIELD(dirichlet_energy_penalty_options, first_sample, 32, 8);
FIELD(dirichlet_energy_penalty_options, step, 40, 8);
FIELD(dirichlet_energy_penalty_options, allocator, 48, 8);
FIELD(dirichlet_energy_penalty_options, parallel, 56, 8);
FIELD(dirichlet_energy_penalty_options, progress, 64, 8);
FIELD(dirichlet_energy_penalty_options, progress_user, 72, 8);

STRUCT(dirichlet_objective_f64, 40);
FIELD(dirichlet_objective_f64, struct_size, 0, 8);
FIELD(dirichlet_objective_f64, user, 8, 8);
FIELD(dirichlet_objective_f64, parameters, 16, 8);
FIELD(dirichlet_objective_f64, gradient, 24, 8);
FIELD(dirichlet_objective_f64, hvp, 32, 8);

STRUCT(dirichlet_objective_f32, 40);
FIELD(dirichlet_objective_f32, struct_size, 0, 8);
FIELD(dirichlet_objective_f32, user, 8, 8);
FIELD(dirichlet_objective_f32, parameters, 16, 8);
FIELD(dirichlet_objective_f32, gradient, 24, 8);
FIELD(dirichlet_objective_f32, hvp, 32, 8);

STRUCT(dirichlet_flatness_options, 24);
FIELD(dirichlet_flatness_options, struct_size, 0, 8);
FIELD(dirichlet_flatness_options, allocator, 8, 8);
FIELD(dirichlet_flatness_options, step, 16, 8);

#endif

int main(void)
{
    return 0;
}
