// The types and functions of the C headers by precision, for what is written once for both.
#ifndef DIRICHLET_CPP_PRECISION_HPP
#define DIRICHLET_CPP_PRECISION_HPP

#include "dirichlet/dirichlet.h"

namespace dirichlet
{
inline namespace v0_2
{

// precision<float> and precision<double>: dirichlet_X_f32 or dirichlet_X_f64 as X.
template <class Real> struct precision;

#define DIRICHLET_CPP_PRECISION(real, suffix)                                                      \
    template <> struct precision<real> {                                                           \
        using model_table = dirichlet_model_##suffix;                                              \
        using batch_table = dirichlet_batch_##suffix;                                              \
        using loss_table = dirichlet_loss_##suffix;                                                \
        using objective_table = dirichlet_objective_##suffix;                                      \
        using dense_network = dirichlet_dense_##suffix;                                            \
        using dense_layer = dirichlet_dense_layer_##suffix;                                        \
        using dense_gradient = dirichlet_dense_gradient_##suffix;                                  \
        using dense_tangent = dirichlet_dense_tangent_##suffix;                                    \
        using parameter = dirichlet_parameter_##suffix;                                            \
        using singular = dirichlet_singular_##suffix;                                              \
                                                                                                   \
        static constexpr auto estimator_create = dirichlet_estimator_create_##suffix;              \
        static constexpr auto estimator_update = dirichlet_estimator_update_##suffix;              \
        static constexpr auto estimator_update_batch = dirichlet_estimator_update_batch_##suffix;  \
        static constexpr auto measure = dirichlet_measure_##suffix;                                \
        static constexpr auto model_check = dirichlet_model_check_##suffix;                        \
                                                                                                   \
        static constexpr auto dense_create = dirichlet_dense_create_##suffix;                      \
        static constexpr auto dense_destroy = dirichlet_dense_destroy_##suffix;                    \
        static constexpr auto dense_describe = dirichlet_dense_describe_##suffix;                  \
        static constexpr auto dense_energies = dirichlet_dense_energies_##suffix;                  \
        static constexpr auto dense_energy_penalty = dirichlet_dense_energy_penalty_##suffix;      \
        static constexpr auto dense_energy_penalty_batch =                                         \
            dirichlet_dense_energy_penalty_batch_##suffix;                                         \
        static constexpr auto dense_energy_plan = dirichlet_dense_energy_plan_##suffix;            \
        static constexpr auto dense_energy_sum = dirichlet_dense_energy_sum_##suffix;              \
        static constexpr auto dense_flatness_penalty = dirichlet_dense_flatness_penalty_##suffix;  \
        static constexpr auto dense_forward = dirichlet_dense_forward_##suffix;                    \
        static constexpr auto dense_inputs = dirichlet_dense_inputs_##suffix;                      \
        static constexpr auto dense_jvp = dirichlet_dense_jvp_##suffix;                            \
        static constexpr auto dense_last_error = dirichlet_dense_last_error_##suffix;              \
        static constexpr auto dense_last_plan = dirichlet_dense_last_plan_##suffix;                \
        static constexpr auto dense_loss_gradient = dirichlet_dense_loss_gradient_##suffix;        \
        static constexpr auto dense_loss_hvp = dirichlet_dense_loss_hvp_##suffix;                  \
        static constexpr auto dense_message = dirichlet_dense_message_##suffix;                    \
        static constexpr auto dense_model = dirichlet_dense_model_##suffix;                        \
        static constexpr auto dense_outputs = dirichlet_dense_outputs_##suffix;                    \
        static constexpr auto dense_parameter_vjp = dirichlet_dense_parameter_vjp_##suffix;        \
        static constexpr auto dense_plan_text = dirichlet_dense_plan_text_##suffix;                \
        static constexpr auto dense_product_norms = dirichlet_dense_product_norms_##suffix;        \
        static constexpr auto dense_spectral_norms = dirichlet_dense_spectral_norms_##suffix;      \
        static constexpr auto dense_transfer = dirichlet_dense_transfer_##suffix;                  \
        static constexpr auto dense_vjp = dirichlet_dense_vjp_##suffix;                            \
                                                                                                   \
        static constexpr auto initialize = dirichlet_initialize_##suffix;                          \
        static constexpr auto noise_add = dirichlet_noise_add_##suffix;                            \
                                                                                                   \
        static constexpr auto parameter_norm = dirichlet_parameter_norm_##suffix;                  \
        static constexpr auto spectral_penalty = dirichlet_spectral_penalty_##suffix;              \
        static constexpr auto operator_norm = dirichlet_operator_norm_##suffix;                    \
        static constexpr auto jacobian_norms = dirichlet_jacobian_norms_##suffix;                  \
        static constexpr auto energy_penalty = dirichlet_energy_penalty_##suffix;                  \
        static constexpr auto energy_penalty_batch = dirichlet_energy_penalty_batch_##suffix;      \
        static constexpr auto flatness_penalty = dirichlet_flatness_penalty_##suffix;              \
    }

DIRICHLET_CPP_PRECISION(float, f32);
DIRICHLET_CPP_PRECISION(double, f64);

#undef DIRICHLET_CPP_PRECISION

} // namespace v0_2
} // namespace dirichlet

#endif
