/* The layout of the structs of dense networks, pinned as in layout.c. A change here is a change of
 * the binary interface: see docs/reference/abi.md before making one. abi.sh checks that none is
 * missing. */
#include <stddef.h>

#include "dirichlet/dirichlet.h"

/* Offsets and sizes of the LP64 platforms. Elsewhere the types are the same and the
 * padding may differ. */
#if UINTPTR_MAX == UINT64_MAX

#define STRUCT(type, size) _Static_assert(sizeof(type) == (size), #type)
#define FIELD(type, name, offset, size)                                                            \
    _Static_assert(offsetof(type, name) == (offset) && sizeof(((type *)0)->name) == (size),        \
                   #type "." #name)

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
FIELD(dirichlet_dense_layer_f64, parameter_given, 68, 4);
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

STRUCT(dirichlet_dense_tangent_f64, 48);
FIELD(dirichlet_dense_tangent_f64, struct_size, 0, 8);
FIELD(dirichlet_dense_tangent_f64, weights, 8, 8);
FIELD(dirichlet_dense_tangent_f64, output_stride, 16, 8);
FIELD(dirichlet_dense_tangent_f64, input_stride, 24, 8);
FIELD(dirichlet_dense_tangent_f64, bias, 32, 8);
FIELD(dirichlet_dense_tangent_f64, bias_stride, 40, 8);

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
FIELD(dirichlet_dense_layer_f32, parameter_given, 68, 4);
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

STRUCT(dirichlet_dense_tangent_f32, 48);
FIELD(dirichlet_dense_tangent_f32, struct_size, 0, 8);
FIELD(dirichlet_dense_tangent_f32, weights, 8, 8);
FIELD(dirichlet_dense_tangent_f32, output_stride, 16, 8);
FIELD(dirichlet_dense_tangent_f32, input_stride, 24, 8);
FIELD(dirichlet_dense_tangent_f32, bias, 32, 8);
FIELD(dirichlet_dense_tangent_f32, bias_stride, 40, 8);

STRUCT(dirichlet_dense_options, 40);
FIELD(dirichlet_dense_options, struct_size, 0, 8);
FIELD(dirichlet_dense_options, workspace_bytes, 8, 8);
FIELD(dirichlet_dense_options, layers, 16, 8);
FIELD(dirichlet_dense_options, allocator, 24, 8);
FIELD(dirichlet_dense_options, parallel, 32, 8);

STRUCT(dirichlet_dense_penalty_options, 40);
FIELD(dirichlet_dense_penalty_options, struct_size, 0, 8);
FIELD(dirichlet_dense_penalty_options, probes, 8, 8);
FIELD(dirichlet_dense_penalty_options, seed, 16, 8);
FIELD(dirichlet_dense_penalty_options, first_sample, 24, 8);
FIELD(dirichlet_dense_penalty_options, method, 32, 4);
FIELD(dirichlet_dense_penalty_options, reserved, 36, 4);

STRUCT(dirichlet_dense_transfer_options, 24);
FIELD(dirichlet_dense_transfer_options, struct_size, 0, 8);
FIELD(dirichlet_dense_transfer_options, progress, 8, 8);
FIELD(dirichlet_dense_transfer_options, progress_user, 16, 8);

STRUCT(dirichlet_dense_transfer_result, 48);
FIELD(dirichlet_dense_transfer_result, struct_size, 0, 8);
FIELD(dirichlet_dense_transfer_result, samples, 8, 8);
FIELD(dirichlet_dense_transfer_result, input_side, 16, 8);
FIELD(dirichlet_dense_transfer_result, parameter_side, 24, 8);
FIELD(dirichlet_dense_transfer_result, factors, 32, 8);
FIELD(dirichlet_dense_transfer_result, ratios, 40, 8);

STRUCT(dirichlet_dense_lipschitz, 24);
FIELD(dirichlet_dense_lipschitz, struct_size, 0, 8);
FIELD(dirichlet_dense_lipschitz, upper_bound, 8, 8);
FIELD(dirichlet_dense_lipschitz, converged, 16, 4);
FIELD(dirichlet_dense_lipschitz, reserved, 20, 4);

STRUCT(dirichlet_dense_description, 64);
FIELD(dirichlet_dense_description, struct_size, 0, 8);
FIELD(dirichlet_dense_description, inputs, 8, 8);
FIELD(dirichlet_dense_description, outputs, 16, 8);
FIELD(dirichlet_dense_description, layers, 24, 8);
FIELD(dirichlet_dense_description, weights, 32, 8);
FIELD(dirichlet_dense_description, biases, 40, 8);
FIELD(dirichlet_dense_description, workspace_bytes, 48, 8);
FIELD(dirichlet_dense_description, least_workspace_bytes, 56, 8);

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

#endif

extern int dense_layout_is_pinned;
int dense_layout_is_pinned = 1;
