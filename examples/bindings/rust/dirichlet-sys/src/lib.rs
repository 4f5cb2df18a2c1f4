//! The public headers of libdirichlet, one for one and under their C names; what they
//! mean is written there. A type that C has as `name_f64` and `name_f32` is `name<T>`.
//! `tests/declarations.rs` checks all of it against the installed headers.
//!
//! The build script asks pkg-config for the library. With `DIRICHLET_STATIC=1` in the
//! environment the static one is linked.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

pub use self::dense::*;
pub use self::loss::*;
pub use self::random::*;
pub use self::regularizer::*;
pub use self::spectral::*;

mod dense;
mod loss;
mod random;
mod regularizer;
mod spectral;

// dirichlet/version.h

pub const DIRICHLET_VERSION_MAJOR: i32 = 0;
pub const DIRICHLET_VERSION_MINOR: i32 = 1;
pub const DIRICHLET_VERSION_PATCH: i32 = 0;

extern "C" {
    pub fn dirichlet_version() -> i32;
    pub fn dirichlet_version_string() -> *const c_char;
    pub fn dirichlet_blas_name() -> *const c_char;
    pub fn dirichlet_blas_library() -> *const c_char;
}

// dirichlet/status.h

pub type dirichlet_status = i32;

pub const DIRICHLET_OK: dirichlet_status = 0;
pub const DIRICHLET_E_NULL: dirichlet_status = 1;
pub const DIRICHLET_E_RANGE: dirichlet_status = 2;
pub const DIRICHLET_E_CONSTANT: dirichlet_status = 3;
pub const DIRICHLET_E_STRUCT_SIZE: dirichlet_status = 4;
pub const DIRICHLET_E_SHAPE: dirichlet_status = 5;
pub const DIRICHLET_E_PRECISION: dirichlet_status = 6;
pub const DIRICHLET_E_MEMORY: dirichlet_status = 20;
pub const DIRICHLET_E_OVERFLOW: dirichlet_status = 21;
pub const DIRICHLET_E_WORKSPACE: dirichlet_status = 22;
pub const DIRICHLET_E_NOT_FINITE: dirichlet_status = 30;
pub const DIRICHLET_E_NO_DATA: dirichlet_status = 31;
pub const DIRICHLET_E_NOISE: dirichlet_status = 32;
pub const DIRICHLET_E_MISSING_CALLBACK: dirichlet_status = 40;
pub const DIRICHLET_E_CALLBACK: dirichlet_status = 41;
pub const DIRICHLET_E_CANCELLED: dirichlet_status = 42;
pub const DIRICHLET_E_BUSY: dirichlet_status = 43;
pub const DIRICHLET_E_COUPLED: dirichlet_status = 44;
pub const DIRICHLET_E_MISMATCH: dirichlet_status = 50;
pub const DIRICHLET_E_CORRUPT: dirichlet_status = 51;
pub const DIRICHLET_E_FORMAT: dirichlet_status = 52;
pub const DIRICHLET_E_BLAS_WIDTH: dirichlet_status = 60;
pub const DIRICHLET_E_MPI: dirichlet_status = 61;

pub const DIRICHLET_MESSAGE_SIZE: usize = 256;

extern "C" {
    pub fn dirichlet_status_string(status: dirichlet_status) -> *const c_char;
}

// dirichlet/memory.h

pub const DIRICHLET_DEFAULT_WORKSPACE_BYTES: usize = 67108864;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_allocator {
    pub struct_size: usize,
    pub allocate: Option<unsafe extern "C" fn(size: usize, user: *mut c_void) -> *mut c_void>,
    pub release: Option<unsafe extern "C" fn(pointer: *mut c_void, size: usize, user: *mut c_void)>,
    pub user: *mut c_void,
}

// dirichlet/model.h

pub type dirichlet_forward<T> =
    Option<unsafe extern "C" fn(samples: i64, x: *const T, y: *mut T, user: *mut c_void) -> i32>;
pub type dirichlet_jvp<T> = Option<
    unsafe extern "C" fn(
        samples: i64,
        directions: i64,
        x: *const T,
        v: *const T,
        jv: *mut T,
        user: *mut c_void,
    ) -> i32,
>;
pub type dirichlet_vjp<T> = Option<
    unsafe extern "C" fn(
        samples: i64,
        directions: i64,
        x: *const T,
        u: *const T,
        jtu: *mut T,
        user: *mut c_void,
    ) -> i32,
>;
pub type dirichlet_energies<T> = Option<
    unsafe extern "C" fn(samples: i64, x: *const T, energies: *mut f64, user: *mut c_void) -> i32,
>;
pub type dirichlet_product_norms<T> = Option<
    unsafe extern "C" fn(
        samples: i64,
        directions: i64,
        x: *const T,
        u: *const T,
        norms: *mut f64,
        user: *mut c_void,
    ) -> i32,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_model<T> {
    pub struct_size: usize,
    pub inputs: i64,
    pub outputs: i64,
    pub max_samples: i64,
    pub max_directions: i64,
    pub forward: dirichlet_forward<T>,
    pub jvp: dirichlet_jvp<T>,
    pub vjp: dirichlet_vjp<T>,
    pub energies: dirichlet_energies<T>,
    pub product_norms: dirichlet_product_norms<T>,
    pub user: *mut c_void,
}

// dirichlet/estimator.h

pub type dirichlet_method = i32;

pub const DIRICHLET_METHOD_AUTO: dirichlet_method = 0;
pub const DIRICHLET_METHOD_EXACT: dirichlet_method = 10;
pub const DIRICHLET_METHOD_RADEMACHER: dirichlet_method = 20;
pub const DIRICHLET_METHOD_SPHERE: dirichlet_method = 21;
pub const DIRICHLET_METHOD_GAUSSIAN: dirichlet_method = 22;
pub const DIRICHLET_METHOD_ORTHOGONAL: dirichlet_method = 30;
pub const DIRICHLET_METHOD_UNIT: dirichlet_method = 31;
pub const DIRICHLET_METHOD_HUTCHPP: dirichlet_method = 40;
pub const DIRICHLET_METHOD_FINITE_DIFFERENCE: dirichlet_method = 50;

pub const DIRICHLET_NONFINITE_FAIL: i32 = 0;
pub const DIRICHLET_NONFINITE_SKIP: i32 = 1;

pub type dirichlet_stop_reason = i32;

pub const DIRICHLET_STOP_NONE: dirichlet_stop_reason = 0;
pub const DIRICHLET_STOP_SAMPLES: dirichlet_stop_reason = 10;
pub const DIRICHLET_STOP_TOLERANCE: dirichlet_stop_reason = 20;

#[repr(C)]
pub struct dirichlet_estimator {
    _private: [u8; 0],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_estimator_options {
    pub struct_size: usize,
    pub method: dirichlet_method,
    pub on_nonfinite: i32,
    pub probes: i64,
    pub seed: u64,
    pub first_sample: i64,
    pub population: i64,
    pub max_samples: i64,
    pub tolerance: f64,
    pub min_samples: i64,
    pub confidence: f64,
    pub step: f64,
    pub forward_noise: f64,
    pub workspace_bytes: usize,
    pub allocator: *const dirichlet_allocator,
    pub progress: Option<unsafe extern "C" fn(samples: i64, user: *mut c_void) -> i32>,
    pub progress_user: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct dirichlet_result {
    pub struct_size: usize,
    pub value: f64,
    pub standard_error: f64,
    pub standard_error_data: f64,
    pub standard_error_probes: f64,
    pub confidence: f64,
    pub lower: f64,
    pub upper: f64,
    pub samples: i64,
    pub skipped: i64,
    pub weight_sum: f64,
    pub min_energy: f64,
    pub max_energy: f64,
    pub products: i64,
    pub noise: f64,
    pub method: dirichlet_method,
    pub exact: i32,
    pub stop_reason: dirichlet_stop_reason,
    pub reserved: i32,
    pub standard_error_differences: f64,
    pub step_error: f64,
    pub forward_noise: f64,
    pub min_step: f64,
    pub max_step: f64,
}

extern "C" {
    pub fn dirichlet_method_name(method: dirichlet_method) -> *const c_char;
    pub fn dirichlet_estimator_create_f64(
        model: *const dirichlet_model<f64>,
        options: *const dirichlet_estimator_options,
        out: *mut *mut dirichlet_estimator,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_create_f32(
        model: *const dirichlet_model<f32>,
        options: *const dirichlet_estimator_options,
        out: *mut *mut dirichlet_estimator,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_destroy(estimator: *mut dirichlet_estimator);
    pub fn dirichlet_estimator_update_f64(
        estimator: *mut dirichlet_estimator,
        samples: i64,
        x: *const f64,
        weights: *const f64,
        energies: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_update_f32(
        estimator: *mut dirichlet_estimator,
        samples: i64,
        x: *const f32,
        weights: *const f64,
        energies: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_merge(
        estimator: *mut dirichlet_estimator,
        source: *const dirichlet_estimator,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_result(
        estimator: *const dirichlet_estimator,
        result: *mut dirichlet_result,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_stopped(estimator: *const dirichlet_estimator) -> i32;
    pub fn dirichlet_estimator_reset(estimator: *mut dirichlet_estimator) -> dirichlet_status;
    pub fn dirichlet_estimator_seek(
        estimator: *mut dirichlet_estimator,
        sample_index: i64,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_clone(
        estimator: *const dirichlet_estimator,
        out: *mut *mut dirichlet_estimator,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_serialize(
        estimator: *const dirichlet_estimator,
        buffer: *mut c_void,
        capacity: usize,
        size: *mut usize,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_deserialize(
        buffer: *const c_void,
        size: usize,
        allocator: *const dirichlet_allocator,
        out: *mut *mut dirichlet_estimator,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_message(estimator: *const dirichlet_estimator) -> *const c_char;
    pub fn dirichlet_estimator_callback_code(estimator: *const dirichlet_estimator) -> i32;
    pub fn dirichlet_measure_f64(
        model: *const dirichlet_model<f64>,
        samples: i64,
        x: *const f64,
        weights: *const f64,
        options: *const dirichlet_estimator_options,
        result: *mut dirichlet_result,
        energies: *mut f64,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_measure_f32(
        model: *const dirichlet_model<f32>,
        samples: i64,
        x: *const f32,
        weights: *const f64,
        options: *const dirichlet_estimator_options,
        result: *mut dirichlet_result,
        energies: *mut f64,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
}
