/* No struct has padding behind its last field, on any platform: what an older library does not know
 * of a newer struct, and wants to be zero, is fields alone. See docs/reference/abi.md. abi.sh
 * compiles this for the host and, where the compiler can, for 32 bits with 64-bit numbers aligned
 * to 8 bytes, as on ARM. */
#include "dirichlet/sizes.h"

#define WITHOUT_TAIL(type, size) _Static_assert(sizeof(type) == (size), #type)

WITHOUT_TAIL(dirichlet_capabilities, DIRICHLET_CAPABILITIES_SIZE_0_2);
WITHOUT_TAIL(dirichlet_error, DIRICHLET_ERROR_SIZE_0_2);
WITHOUT_TAIL(dirichlet_allocator, DIRICHLET_ALLOCATOR_SIZE_0_2);
WITHOUT_TAIL(dirichlet_progress, DIRICHLET_PROGRESS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_parallel, DIRICHLET_PARALLEL_SIZE_0_2);
WITHOUT_TAIL(dirichlet_model_f64, DIRICHLET_MODEL_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_model_f32, DIRICHLET_MODEL_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_check_finding, DIRICHLET_CHECK_FINDING_SIZE_0_2);
WITHOUT_TAIL(dirichlet_check_options, DIRICHLET_CHECK_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_check_report, DIRICHLET_CHECK_REPORT_SIZE_0_2);
WITHOUT_TAIL(dirichlet_batch_f64, DIRICHLET_BATCH_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_batch_f32, DIRICHLET_BATCH_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_loss_f64, DIRICHLET_LOSS_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_loss_f32, DIRICHLET_LOSS_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_flatness, DIRICHLET_FLATNESS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_estimator_options, DIRICHLET_ESTIMATOR_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_result, DIRICHLET_RESULT_SIZE_0_2);
WITHOUT_TAIL(dirichlet_estimator_description, DIRICHLET_ESTIMATOR_DESCRIPTION_SIZE_0_2);
WITHOUT_TAIL(dirichlet_penalty_result, DIRICHLET_PENALTY_RESULT_SIZE_0_2);
WITHOUT_TAIL(dirichlet_spectral_options, DIRICHLET_SPECTRAL_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_spectral_result, DIRICHLET_SPECTRAL_RESULT_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_layer_f64, DIRICHLET_DENSE_LAYER_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_gradient_f64, DIRICHLET_DENSE_GRADIENT_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_tangent_f64, DIRICHLET_DENSE_TANGENT_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_layer_f32, DIRICHLET_DENSE_LAYER_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_gradient_f32, DIRICHLET_DENSE_GRADIENT_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_tangent_f32, DIRICHLET_DENSE_TANGENT_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_options, DIRICHLET_DENSE_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_penalty_options, DIRICHLET_DENSE_PENALTY_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_transfer_options, DIRICHLET_DENSE_TRANSFER_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_transfer_result, DIRICHLET_DENSE_TRANSFER_RESULT_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_lipschitz, DIRICHLET_DENSE_LIPSCHITZ_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_description, DIRICHLET_DENSE_DESCRIPTION_SIZE_0_2);
WITHOUT_TAIL(dirichlet_dense_plan, DIRICHLET_DENSE_PLAN_SIZE_0_2);
WITHOUT_TAIL(dirichlet_initialization_options, DIRICHLET_INITIALIZATION_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_parameter_f64, DIRICHLET_PARAMETER_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_parameter_f32, DIRICHLET_PARAMETER_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_parameter_norm_options, DIRICHLET_PARAMETER_NORM_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_singular_f64, DIRICHLET_SINGULAR_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_singular_f32, DIRICHLET_SINGULAR_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_spectral_penalty_options, DIRICHLET_SPECTRAL_PENALTY_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_jacobian_norms_options, DIRICHLET_JACOBIAN_NORMS_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_jacobian_norms, DIRICHLET_JACOBIAN_NORMS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_energy_penalty_options, DIRICHLET_ENERGY_PENALTY_OPTIONS_SIZE_0_2);
WITHOUT_TAIL(dirichlet_objective_f64, DIRICHLET_OBJECTIVE_F64_SIZE_0_2);
WITHOUT_TAIL(dirichlet_objective_f32, DIRICHLET_OBJECTIVE_F32_SIZE_0_2);
WITHOUT_TAIL(dirichlet_flatness_options, DIRICHLET_FLATNESS_OPTIONS_SIZE_0_2);
