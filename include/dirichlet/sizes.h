/* The size of every struct of the interface in every release that changed it. A caller that sets a
 * field which an older library does not know, but could do without, steps down: it sets struct_size
 * to the size of the release that the library has (dirichlet_version) and calls again.
 *
 * The newest of these is the size of the struct itself: there is no padding behind a last field,
 * whatever the platform. */
#ifndef DIRICHLET_SIZES_H
#define DIRICHLET_SIZES_H

#include <stddef.h>

#include "dirichlet/batch.h"
#include "dirichlet/check.h"
#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/layer.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/model.h"
#include "dirichlet/parallel.h"
#include "dirichlet/penalty.h"
#include "dirichlet/progress.h"
#include "dirichlet/random.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"
#include "dirichlet/version.h"

/* A struct that ends with this field. */
#define DIRICHLET_SIZE_UP_TO(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))

#define DIRICHLET_CAPABILITIES_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_capabilities, reserved)
#define DIRICHLET_ERROR_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_error, message)
#define DIRICHLET_ALLOCATOR_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_allocator, user)
#define DIRICHLET_PROGRESS_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_progress, standard_error)
#define DIRICHLET_PARALLEL_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_parallel, user)
#define DIRICHLET_MODEL_F64_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_model_f64, user)
#define DIRICHLET_MODEL_F32_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_model_f32, user)
#define DIRICHLET_CHECK_FINDING_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_check_finding, text)
#define DIRICHLET_CHECK_OPTIONS_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_check_options, reserved)
#define DIRICHLET_CHECK_REPORT_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_check_report, reserved)
#define DIRICHLET_BATCH_F64_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_batch_f64, deviations)
#define DIRICHLET_BATCH_F32_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_batch_f32, deviations)
#define DIRICHLET_LOSS_F64_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_loss_f64, user)
#define DIRICHLET_LOSS_F32_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_loss_f32, user)
#define DIRICHLET_FLATNESS_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_flatness, reserved)
#define DIRICHLET_ESTIMATOR_OPTIONS_SIZE_0_2                                                       \
    DIRICHLET_SIZE_UP_TO(dirichlet_estimator_options, reserved)
#define DIRICHLET_RESULT_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_result, max_step)
#define DIRICHLET_ESTIMATOR_DESCRIPTION_SIZE_0_2                                                   \
    DIRICHLET_SIZE_UP_TO(dirichlet_estimator_description, errors_unknown)
#define DIRICHLET_PENALTY_RESULT_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_penalty_result, reserved)
#define DIRICHLET_SPECTRAL_OPTIONS_SIZE_0_2                                                        \
    DIRICHLET_SIZE_UP_TO(dirichlet_spectral_options, progress_user)
#define DIRICHLET_SPECTRAL_RESULT_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_spectral_result, reserved)
#define DIRICHLET_DENSE_LAYER_F64_SIZE_0_2                                                         \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_layer_f64, reserved_too)
#define DIRICHLET_DENSE_GRADIENT_F64_SIZE_0_2                                                      \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_gradient_f64, bias_stride)
#define DIRICHLET_DENSE_TANGENT_F64_SIZE_0_2                                                       \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_tangent_f64, bias_stride)
#define DIRICHLET_DENSE_LAYER_F32_SIZE_0_2                                                         \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_layer_f32, reserved_too)
#define DIRICHLET_DENSE_GRADIENT_F32_SIZE_0_2                                                      \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_gradient_f32, bias_stride)
#define DIRICHLET_DENSE_TANGENT_F32_SIZE_0_2                                                       \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_tangent_f32, bias_stride)
#define DIRICHLET_DENSE_OPTIONS_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_dense_options, parallel)
#define DIRICHLET_DENSE_PENALTY_OPTIONS_SIZE_0_2                                                   \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_penalty_options, reserved)
#define DIRICHLET_DENSE_TRANSFER_OPTIONS_SIZE_0_2                                                  \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_transfer_options, progress_user)
#define DIRICHLET_DENSE_TRANSFER_RESULT_SIZE_0_2                                                   \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_transfer_result, ratios)
#define DIRICHLET_DENSE_LIPSCHITZ_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_dense_lipschitz, reserved)
#define DIRICHLET_DENSE_DESCRIPTION_SIZE_0_2                                                       \
    DIRICHLET_SIZE_UP_TO(dirichlet_dense_description, least_workspace_bytes)
#define DIRICHLET_DENSE_PLAN_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_dense_plan, reserved)
#define DIRICHLET_INITIALIZATION_OPTIONS_SIZE_0_2                                                  \
    DIRICHLET_SIZE_UP_TO(dirichlet_initialization_options, scale)
#define DIRICHLET_PARAMETER_F64_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_parameter_f64, reserved)
#define DIRICHLET_PARAMETER_F32_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_parameter_f32, reserved)
#define DIRICHLET_PARAMETER_NORM_OPTIONS_SIZE_0_2                                                  \
    DIRICHLET_SIZE_UP_TO(dirichlet_parameter_norm_options, biases)
#define DIRICHLET_SINGULAR_F64_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_singular_f64, residual)
#define DIRICHLET_SINGULAR_F32_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_singular_f32, residual)
#define DIRICHLET_SPECTRAL_PENALTY_OPTIONS_SIZE_0_2                                                \
    DIRICHLET_SIZE_UP_TO(dirichlet_spectral_penalty_options, seed)
#define DIRICHLET_JACOBIAN_NORMS_OPTIONS_SIZE_0_2                                                  \
    DIRICHLET_SIZE_UP_TO(dirichlet_jacobian_norms_options, progress_user)
#define DIRICHLET_JACOBIAN_NORMS_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_jacobian_norms, reserved)
#define DIRICHLET_ENERGY_PENALTY_OPTIONS_SIZE_0_2                                                  \
    DIRICHLET_SIZE_UP_TO(dirichlet_energy_penalty_options, progress_user)
#define DIRICHLET_OBJECTIVE_F64_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_objective_f64, hvp)
#define DIRICHLET_OBJECTIVE_F32_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_objective_f32, hvp)
#define DIRICHLET_FLATNESS_OPTIONS_SIZE_0_2 DIRICHLET_SIZE_UP_TO(dirichlet_flatness_options, step)

#endif
