//! The two precisions. Every type of the C interface that has one is generic in it;
//! the functions are gathered here.

use std::os::raw::c_char;

use crate::sys::*;

/// `f64` or `f32`.
pub trait Real: Copy + Default + private::Sealed + 'static {
    #[doc(hidden)]
    const C: Functions<Self>;
}

mod private {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for f32 {}
}

type Products<T> = unsafe extern "C" fn(
    network: *mut dirichlet_dense<T>,
    samples: i64,
    directions: i64,
    x: *const T,
    vectors: *const T,
    products: *mut T,
) -> dirichlet_status;

/// The functions of one precision.
#[doc(hidden)]
pub struct Functions<T> {
    pub(crate) estimator_create: unsafe extern "C" fn(
        model: *const dirichlet_model<T>,
        options: *const dirichlet_estimator_options,
        out: *mut *mut dirichlet_estimator,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status,
    pub(crate) estimator_update: unsafe extern "C" fn(
        estimator: *mut dirichlet_estimator,
        samples: i64,
        x: *const T,
        weights: *const f64,
        energies: *mut f64,
    ) -> dirichlet_status,
    pub(crate) dense_create: unsafe extern "C" fn(
        layers: *const dirichlet_dense_layer<T>,
        layer_count: i64,
        options: *const dirichlet_dense_options,
        out: *mut *mut dirichlet_dense<T>,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status,
    pub(crate) dense_destroy: unsafe extern "C" fn(network: *mut dirichlet_dense<T>),
    pub(crate) dense_model: unsafe extern "C" fn(
        network: *mut dirichlet_dense<T>,
        model: *mut dirichlet_model<T>,
    ) -> dirichlet_status,
    pub(crate) dense_forward: unsafe extern "C" fn(
        network: *mut dirichlet_dense<T>,
        samples: i64,
        x: *const T,
        y: *mut T,
    ) -> dirichlet_status,
    pub(crate) dense_jvp: Products<T>,
    pub(crate) dense_vjp: Products<T>,
    pub(crate) dense_energies: unsafe extern "C" fn(
        network: *mut dirichlet_dense<T>,
        samples: i64,
        x: *const T,
        energies: *mut f64,
    ) -> dirichlet_status,
    pub(crate) dense_energy_sum: unsafe extern "C" fn(
        network: *mut dirichlet_dense<T>,
        samples: i64,
        x: *const T,
        sum: *mut f64,
    ) -> dirichlet_status,
    pub(crate) dense_inputs: unsafe extern "C" fn(network: *const dirichlet_dense<T>) -> i64,
    pub(crate) dense_outputs: unsafe extern "C" fn(network: *const dirichlet_dense<T>) -> i64,
    pub(crate) dense_message:
        unsafe extern "C" fn(network: *const dirichlet_dense<T>) -> *const c_char,
}

impl Real for f64 {
    const C: Functions<f64> = Functions {
        estimator_create: dirichlet_estimator_create_f64,
        estimator_update: dirichlet_estimator_update_f64,
        dense_create: dirichlet_dense_create_f64,
        dense_destroy: dirichlet_dense_destroy_f64,
        dense_model: dirichlet_dense_model_f64,
        dense_forward: dirichlet_dense_forward_f64,
        dense_jvp: dirichlet_dense_jvp_f64,
        dense_vjp: dirichlet_dense_vjp_f64,
        dense_energies: dirichlet_dense_energies_f64,
        dense_energy_sum: dirichlet_dense_energy_sum_f64,
        dense_inputs: dirichlet_dense_inputs_f64,
        dense_outputs: dirichlet_dense_outputs_f64,
        dense_message: dirichlet_dense_message_f64,
    };
}

impl Real for f32 {
    const C: Functions<f32> = Functions {
        estimator_create: dirichlet_estimator_create_f32,
        estimator_update: dirichlet_estimator_update_f32,
        dense_create: dirichlet_dense_create_f32,
        dense_destroy: dirichlet_dense_destroy_f32,
        dense_model: dirichlet_dense_model_f32,
        dense_forward: dirichlet_dense_forward_f32,
        dense_jvp: dirichlet_dense_jvp_f32,
        dense_vjp: dirichlet_dense_vjp_f32,
        dense_energies: dirichlet_dense_energies_f32,
        dense_energy_sum: dirichlet_dense_energy_sum_f32,
        dense_inputs: dirichlet_dense_inputs_f32,
        dense_outputs: dirichlet_dense_outputs_f32,
        dense_message: dirichlet_dense_message_f32,
    };
}
