//! The two precisions. Every type of the C interface that has one is generic in it;
//! the functions are gathered here.

use std::fmt::Debug;
use std::os::raw::c_char;

use crate::sys::*;

/// `f64` or `f32`.
pub trait Real:
    Copy + Debug + Default + PartialEq + Send + Sync + private::Sealed + 'static
{
    #[doc(hidden)]
    const C: Functions<Self>;
}

mod private {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for f32 {}
}

/// Lines of a name, its parameters, its result and the functions of the two precisions.
macro_rules! functions {
    ($($name:ident($($parameter:ty),*) $(-> $result:ty)?: $double:ident, $single:ident;)*) => {
        /// The functions of one precision.
        #[doc(hidden)]
        pub struct Functions<T> {
            $(pub(crate) $name: unsafe extern "C" fn($($parameter),*) $(-> $result)?,)*
        }

        impl Real for f64 {
            const C: Functions<f64> = Functions { $($name: $double,)* };
        }

        impl Real for f32 {
            const C: Functions<f32> = Functions { $($name: $single,)* };
        }
    };
}

type Handle<T> = *mut dirichlet_dense<T>;
type Gradients<T> = *const dirichlet_dense_gradient<T>;

functions! {
    estimator_create(
        *const dirichlet_model<T>, *const dirichlet_estimator_options,
        *mut *mut dirichlet_estimator, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_estimator_create_f64, dirichlet_estimator_create_f32;
    estimator_update(
        *mut dirichlet_estimator, i64, *const T, *const f64, *mut f64
    ) -> dirichlet_status: dirichlet_estimator_update_f64, dirichlet_estimator_update_f32;
    estimator_update_batch(*mut dirichlet_estimator, *const dirichlet_batch<T>)
        -> dirichlet_status:
        dirichlet_estimator_update_batch_f64, dirichlet_estimator_update_batch_f32;
    measure(
        *const dirichlet_model<T>, i64, *const T, *const f64, *const dirichlet_estimator_options,
        *mut dirichlet_result, *mut f64, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_measure_f64, dirichlet_measure_f32;

    model_check(
        *const dirichlet_model<T>, i64, *const T, *const dirichlet_check_options,
        *mut dirichlet_check_report, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_model_check_f64, dirichlet_model_check_f32;

    dense_create(
        *const dirichlet_dense_layer<T>, i64, *const dirichlet_dense_options, *mut Handle<T>,
        *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_dense_create_f64, dirichlet_dense_create_f32;
    dense_destroy(Handle<T>): dirichlet_dense_destroy_f64, dirichlet_dense_destroy_f32;
    dense_model(Handle<T>, *mut dirichlet_model<T>) -> dirichlet_status:
        dirichlet_dense_model_f64, dirichlet_dense_model_f32;
    dense_forward(Handle<T>, i64, *const T, *mut T) -> dirichlet_status:
        dirichlet_dense_forward_f64, dirichlet_dense_forward_f32;
    dense_jvp(Handle<T>, i64, i64, *const T, *const T, *mut T) -> dirichlet_status:
        dirichlet_dense_jvp_f64, dirichlet_dense_jvp_f32;
    dense_vjp(Handle<T>, i64, i64, *const T, *const T, *mut T) -> dirichlet_status:
        dirichlet_dense_vjp_f64, dirichlet_dense_vjp_f32;
    dense_energies(Handle<T>, i64, *const T, *mut f64) -> dirichlet_status:
        dirichlet_dense_energies_f64, dirichlet_dense_energies_f32;
    dense_energy_sum(Handle<T>, i64, *const T, *mut f64) -> dirichlet_status:
        dirichlet_dense_energy_sum_f64, dirichlet_dense_energy_sum_f32;
    dense_parameter_vjp(Handle<T>, i64, *const T, *const T, f64, Gradients<T>, i64)
        -> dirichlet_status: dirichlet_dense_parameter_vjp_f64, dirichlet_dense_parameter_vjp_f32;
    dense_energy_penalty(
        Handle<T>, i64, *const T, *const dirichlet_dense_penalty_options, f64, Gradients<T>, i64,
        *mut dirichlet_penalty_result
    ) -> dirichlet_status: dirichlet_dense_energy_penalty_f64, dirichlet_dense_energy_penalty_f32;
    dense_energy_penalty_batch(
        Handle<T>, *const dirichlet_batch<T>, *const dirichlet_dense_penalty_options, f64,
        Gradients<T>, i64, *mut dirichlet_penalty_result
    ) -> dirichlet_status:
        dirichlet_dense_energy_penalty_batch_f64, dirichlet_dense_energy_penalty_batch_f32;
    dense_loss_gradient(
        Handle<T>, i64, *const T, *const dirichlet_loss<T>, f64, Gradients<T>, i64, *mut f64
    ) -> dirichlet_status: dirichlet_dense_loss_gradient_f64, dirichlet_dense_loss_gradient_f32;
    dense_loss_hvp(
        Handle<T>, i64, *const T, *const dirichlet_loss<T>, *const dirichlet_dense_tangent<T>, f64,
        Gradients<T>, i64
    ) -> dirichlet_status: dirichlet_dense_loss_hvp_f64, dirichlet_dense_loss_hvp_f32;
    dense_flatness_penalty(
        Handle<T>, i64, *const T, *const dirichlet_loss<T>, f64, f64, Gradients<T>, i64,
        *mut dirichlet_flatness
    ) -> dirichlet_status:
        dirichlet_dense_flatness_penalty_f64, dirichlet_dense_flatness_penalty_f32;
    dense_spectral_norms(
        Handle<T>, *const dirichlet_spectral_options, *mut dirichlet_spectral_result,
        *mut dirichlet_dense_lipschitz
    ) -> dirichlet_status: dirichlet_dense_spectral_norms_f64, dirichlet_dense_spectral_norms_f32;
    dense_transfer(
        Handle<T>, i64, *const T, *const dirichlet_dense_transfer_options,
        *mut dirichlet_dense_transfer_result
    ) -> dirichlet_status: dirichlet_dense_transfer_f64, dirichlet_dense_transfer_f32;
    dense_last_plan(*const dirichlet_dense<T>, *mut dirichlet_dense_plan) -> dirichlet_status:
        dirichlet_dense_last_plan_f64, dirichlet_dense_last_plan_f32;
    dense_plan_text(
        *const dirichlet_dense<T>, *const dirichlet_dense_plan, *mut c_char, usize
    ) -> dirichlet_status: dirichlet_dense_plan_text_f64, dirichlet_dense_plan_text_f32;
    dense_inputs(*const dirichlet_dense<T>) -> i64:
        dirichlet_dense_inputs_f64, dirichlet_dense_inputs_f32;
    dense_outputs(*const dirichlet_dense<T>) -> i64:
        dirichlet_dense_outputs_f64, dirichlet_dense_outputs_f32;
    dense_last_error(*const dirichlet_dense<T>, *mut dirichlet_error) -> dirichlet_status:
        dirichlet_dense_last_error_f64, dirichlet_dense_last_error_f32;
    dense_describe(*const dirichlet_dense<T>, *mut dirichlet_dense_description)
        -> dirichlet_status: dirichlet_dense_describe_f64, dirichlet_dense_describe_f32;

    parameter_norm(
        *const dirichlet_parameter<T>, i64, *const dirichlet_parameter_norm_options, f64,
        *mut dirichlet_penalty_result, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_parameter_norm_f64, dirichlet_parameter_norm_f32;
    spectral_penalty(
        *const dirichlet_parameter<T>, i64, *mut dirichlet_singular<T>,
        *const dirichlet_spectral_penalty_options, f64, *mut dirichlet_penalty_result,
        *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_spectral_penalty_f64, dirichlet_spectral_penalty_f32;
    operator_norm(
        *const T, i64, i64, i64, i64, *const dirichlet_spectral_options,
        *const dirichlet_allocator, *mut dirichlet_spectral_result, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_operator_norm_f64, dirichlet_operator_norm_f32;
    jacobian_norms(
        *const dirichlet_model<T>, i64, *const T, *const dirichlet_jacobian_norms_options,
        *mut f64, *mut dirichlet_jacobian_norms, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_jacobian_norms_f64, dirichlet_jacobian_norms_f32;
    energy_penalty_batch(
        *const dirichlet_model<T>, *const dirichlet_batch<T>,
        *const dirichlet_energy_penalty_options, f64, *mut dirichlet_penalty_result,
        *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_energy_penalty_batch_f64, dirichlet_energy_penalty_batch_f32;
    flatness_penalty(
        *const dirichlet_objective<T>, *const T, f64, f64, *mut T,
        *const dirichlet_flatness_options, *mut dirichlet_flatness, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_flatness_penalty_f64, dirichlet_flatness_penalty_f32;

    initialize(
        *const dirichlet_initialization_options, i64, i64, i64, *mut T, i64, i64, *mut T, i64,
        *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_initialize_f64, dirichlet_initialize_f32;
    noise_add(
        dirichlet_noise, u64, i64, i64, i64, i64, f64, *mut T, *mut dirichlet_error
    ) -> dirichlet_status: dirichlet_noise_add_f64, dirichlet_noise_add_f32;
}
