//! dirichlet/estimator.h.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

use super::{
    dirichlet_allocator, dirichlet_batch, dirichlet_error, dirichlet_model, dirichlet_parallel,
    dirichlet_progress_fn, dirichlet_status,
};

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

pub const DIRICHLET_DEFAULT_PROBES: i64 = 16;
pub const DIRICHLET_PROBES_ALL: i64 = -1;
pub const DIRICHLET_NONFINITE_FAIL: i32 = 0;
pub const DIRICHLET_NONFINITE_SKIP: i32 = 1;

pub type dirichlet_stop_reason = i32;

pub const DIRICHLET_STOP_NONE: dirichlet_stop_reason = 0;
pub const DIRICHLET_STOP_SAMPLES: dirichlet_stop_reason = 10;
pub const DIRICHLET_STOP_TOLERANCE: dirichlet_stop_reason = 20;

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
    pub groups: i64,
    pub workspace_bytes: usize,
    pub allocator: *const dirichlet_allocator,
    pub parallel: *const dirichlet_parallel,
    pub progress: dirichlet_progress_fn,
    pub progress_user: *mut c_void,
    pub reserved: *mut c_void,
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

#[repr(C)]
pub struct dirichlet_estimator {
    _private: [u8; 0],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_estimator_description {
    pub struct_size: usize,
    pub inputs: i64,
    pub outputs: i64,
    pub products_per_sample: i64,
    pub directions: i64,
    pub first_sample: i64,
    pub next_sample: i64,
    pub population: i64,
    pub groups: i64,
    pub workspace_bytes: i64,
    pub tile_samples: i64,
    pub seed: u64,
    pub confidence: f64,
    pub step: f64,
    pub forward_noise: f64,
    pub method: dirichlet_method,
    pub element_size: i32,
    pub exact: i32,
    pub has_model: i32,
    pub state_format: i32,
    pub errors_unknown: i32,
}

extern "C" {
    pub fn dirichlet_method_name(method: dirichlet_method) -> *const c_char;
    pub fn dirichlet_estimator_create_f64(
        model: *const dirichlet_model<f64>,
        options: *const dirichlet_estimator_options,
        out: *mut *mut dirichlet_estimator,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_create_f32(
        model: *const dirichlet_model<f32>,
        options: *const dirichlet_estimator_options,
        out: *mut *mut dirichlet_estimator,
        error: *mut dirichlet_error,
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
    pub fn dirichlet_estimator_update_batch_f64(
        estimator: *mut dirichlet_estimator,
        batch: *const dirichlet_batch<f64>,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_update_batch_f32(
        estimator: *mut dirichlet_estimator,
        batch: *const dirichlet_batch<f32>,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_merge(
        estimator: *mut dirichlet_estimator,
        source: *const dirichlet_estimator,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_result(
        estimator: *const dirichlet_estimator,
        result: *mut dirichlet_result,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_group_result(
        estimator: *const dirichlet_estimator,
        group: i64,
        result: *mut dirichlet_result,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_describe(
        estimator: *const dirichlet_estimator,
        description: *mut dirichlet_estimator_description,
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
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_estimator_message(estimator: *const dirichlet_estimator) -> *const c_char;
    pub fn dirichlet_estimator_last_error(
        estimator: *const dirichlet_estimator,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_measure_f64(
        model: *const dirichlet_model<f64>,
        samples: i64,
        x: *const f64,
        weights: *const f64,
        options: *const dirichlet_estimator_options,
        result: *mut dirichlet_result,
        energies: *mut f64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_measure_f32(
        model: *const dirichlet_model<f32>,
        samples: i64,
        x: *const f32,
        weights: *const f64,
        options: *const dirichlet_estimator_options,
        result: *mut dirichlet_result,
        energies: *mut f64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
}
