//! The C interface as it stands in the headers. tests/layout.rs compares the structs and
//! constants with what a C compiler makes of them.

#![allow(non_camel_case_types)]

use std::ffi::{c_char, c_void};

pub type dirichlet_status = i32;

pub const DIRICHLET_OK: i32 = 0;
pub const DIRICHLET_E_RANGE: i32 = 2;
pub const DIRICHLET_E_MISSING_CALLBACK: i32 = 40;
pub const DIRICHLET_E_CALLBACK: i32 = 41;
pub const DIRICHLET_MESSAGE_SIZE: usize = 256;

pub const DIRICHLET_METHOD_AUTO: i32 = 0;
pub const DIRICHLET_METHOD_EXACT: i32 = 10;
pub const DIRICHLET_METHOD_RADEMACHER: i32 = 20;
pub const DIRICHLET_METHOD_SPHERE: i32 = 21;
pub const DIRICHLET_METHOD_GAUSSIAN: i32 = 22;
pub const DIRICHLET_METHOD_ORTHOGONAL: i32 = 30;
pub const DIRICHLET_METHOD_UNIT: i32 = 31;
pub const DIRICHLET_METHOD_HUTCHPP: i32 = 40;
pub const DIRICHLET_METHOD_FINITE_DIFFERENCE: i32 = 50;

pub const DIRICHLET_ACTIVATION_IDENTITY: i32 = 0;
pub const DIRICHLET_ACTIVATION_RELU: i32 = 10;
pub const DIRICHLET_ACTIVATION_TANH: i32 = 60;
pub const DIRICHLET_ACTIVATION_SIN: i32 = 80;

pub type forward_f64 = unsafe extern "C" fn(i64, *const f64, *mut f64, *mut c_void) -> i32;
pub type product_f64 =
    unsafe extern "C" fn(i64, i64, *const f64, *const f64, *mut f64, *mut c_void) -> i32;
pub type progress = unsafe extern "C" fn(i64, *mut c_void) -> i32;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_model_f64 {
    pub struct_size: usize,
    pub inputs: i64,
    pub outputs: i64,
    pub max_samples: i64,
    pub max_directions: i64,
    pub forward: Option<forward_f64>,
    pub jvp: Option<product_f64>,
    pub vjp: Option<product_f64>,
    pub energies: Option<forward_f64>,
    pub product_norms: Option<product_f64>,
    pub user: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_estimator_options {
    pub struct_size: usize,
    pub method: i32,
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
    pub allocator: *const c_void,
    pub progress: Option<progress>,
    pub progress_user: *mut c_void,
}

/// The result, as the C struct: see estimator.h for every field.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
    pub method: i32,
    pub exact: i32,
    pub stop_reason: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_layer_f64 {
    pub struct_size: usize,
    pub inputs: i64,
    pub outputs: i64,
    pub weights: *const f64,
    pub output_stride: i64,
    pub input_stride: i64,
    pub bias: *const f64,
    pub bias_stride: i64,
    pub activation: i32,
    pub reserved: i32,
    pub activation_parameter: f64,
}

#[repr(C)]
pub struct dirichlet_estimator {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct dirichlet_dense_f64 {
    _opaque: [u8; 0],
}

extern "C" {
    pub fn dirichlet_version() -> i32;
    pub fn dirichlet_blas_name() -> *const c_char;
    pub fn dirichlet_status_string(status: i32) -> *const c_char;

    pub fn dirichlet_estimator_create_f64(
        model: *const dirichlet_model_f64,
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
    pub fn dirichlet_estimator_serialize(
        estimator: *const dirichlet_estimator,
        buffer: *mut c_void,
        capacity: usize,
        size: *mut usize,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_deserialize(
        buffer: *const c_void,
        size: usize,
        allocator: *const c_void,
        out: *mut *mut dirichlet_estimator,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_message(estimator: *const dirichlet_estimator) -> *const c_char;
    pub fn dirichlet_estimator_callback_code(estimator: *const dirichlet_estimator) -> i32;

    pub fn dirichlet_dense_create_f64(
        layers: *const dirichlet_dense_layer_f64,
        layer_count: i64,
        options: *const c_void,
        out: *mut *mut dirichlet_dense_f64,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_destroy_f64(network: *mut dirichlet_dense_f64);
    pub fn dirichlet_dense_model_f64(
        network: *mut dirichlet_dense_f64,
        model: *mut dirichlet_model_f64,
    ) -> dirichlet_status;
}
