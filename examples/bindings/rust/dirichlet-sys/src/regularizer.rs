//! dirichlet/regularizer.h.

#![allow(non_camel_case_types)]

use std::os::raw::c_void;

use super::{
    dirichlet_allocator, dirichlet_batch, dirichlet_error, dirichlet_flatness, dirichlet_model,
    dirichlet_parallel, dirichlet_penalty_result, dirichlet_progress_fn,
    dirichlet_spectral_options, dirichlet_spectral_result, dirichlet_status,
};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_parameter<T> {
    pub struct_size: usize,
    pub values: *const T,
    pub gradient: *mut T,
    pub rows: i64,
    pub columns: i64,
    pub row_stride: i64,
    pub column_stride: i64,
    pub gradient_row_stride: i64,
    pub gradient_column_stride: i64,
    pub bias: i32,
    pub reserved: i32,
}

pub type dirichlet_norm = i32;

pub const DIRICHLET_NORM_L1: dirichlet_norm = 10;
pub const DIRICHLET_NORM_SQUARED_L2: dirichlet_norm = 20;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_parameter_norm_options {
    pub struct_size: usize,
    pub norm: dirichlet_norm,
    pub biases: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_singular<T> {
    pub struct_size: usize,
    pub vector: *mut T,
    pub sigma: f64,
    pub residual: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_spectral_penalty_options {
    pub struct_size: usize,
    pub allocator: *const dirichlet_allocator,
    pub iterations: i64,
    pub seed: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_jacobian_norms_options {
    pub struct_size: usize,
    pub workspace_bytes: usize,
    pub tolerance: f64,
    pub max_iterations: i64,
    pub first_sample: i64,
    pub allocator: *const dirichlet_allocator,
    pub parallel: *const dirichlet_parallel,
    pub progress: dirichlet_progress_fn,
    pub progress_user: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_jacobian_norms {
    pub struct_size: usize,
    pub norm: f64,
    pub lower: f64,
    pub sample: i64,
    pub converged_samples: i64,
    pub converged: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_energy_penalty_options {
    pub struct_size: usize,
    pub workspace_bytes: usize,
    pub probes: i64,
    pub seed: u64,
    pub first_sample: i64,
    pub step: f64,
    pub allocator: *const dirichlet_allocator,
    pub parallel: *const dirichlet_parallel,
    pub progress: dirichlet_progress_fn,
    pub progress_user: *mut c_void,
}

pub type dirichlet_loss_gradient_fn<T> = Option<
    unsafe extern "C" fn(
        theta: *const T,
        loss: *mut f64,
        gradient: *mut T,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_loss_hvp_fn<T> = Option<
    unsafe extern "C" fn(theta: *const T, v: *const T, hv: *mut T, user: *mut c_void) -> i32,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_objective<T> {
    pub struct_size: usize,
    pub user: *mut c_void,
    pub parameters: i64,
    pub gradient: dirichlet_loss_gradient_fn<T>,
    pub hvp: dirichlet_loss_hvp_fn<T>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_flatness_options {
    pub struct_size: usize,
    pub allocator: *const dirichlet_allocator,
    pub step: f64,
}

extern "C" {
    pub fn dirichlet_parameter_norm_f64(
        parameters: *const dirichlet_parameter<f64>,
        count: i64,
        options: *const dirichlet_parameter_norm_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_parameter_norm_f32(
        parameters: *const dirichlet_parameter<f32>,
        count: i64,
        options: *const dirichlet_parameter_norm_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_spectral_penalty_f64(
        parameters: *const dirichlet_parameter<f64>,
        count: i64,
        singular: *mut dirichlet_singular<f64>,
        options: *const dirichlet_spectral_penalty_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_spectral_penalty_f32(
        parameters: *const dirichlet_parameter<f32>,
        count: i64,
        singular: *mut dirichlet_singular<f32>,
        options: *const dirichlet_spectral_penalty_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_operator_norm_f64(
        values: *const f64,
        rows: i64,
        columns: i64,
        row_stride: i64,
        column_stride: i64,
        options: *const dirichlet_spectral_options,
        allocator: *const dirichlet_allocator,
        result: *mut dirichlet_spectral_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_operator_norm_f32(
        values: *const f32,
        rows: i64,
        columns: i64,
        row_stride: i64,
        column_stride: i64,
        options: *const dirichlet_spectral_options,
        allocator: *const dirichlet_allocator,
        result: *mut dirichlet_spectral_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_jacobian_norms_f64(
        model: *const dirichlet_model<f64>,
        samples: i64,
        x: *const f64,
        options: *const dirichlet_jacobian_norms_options,
        norms: *mut f64,
        result: *mut dirichlet_jacobian_norms,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_jacobian_norms_f32(
        model: *const dirichlet_model<f32>,
        samples: i64,
        x: *const f32,
        options: *const dirichlet_jacobian_norms_options,
        norms: *mut f64,
        result: *mut dirichlet_jacobian_norms,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_energy_penalty_f64(
        model: *const dirichlet_model<f64>,
        samples: i64,
        x: *const f64,
        options: *const dirichlet_energy_penalty_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_energy_penalty_f32(
        model: *const dirichlet_model<f32>,
        samples: i64,
        x: *const f32,
        options: *const dirichlet_energy_penalty_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_energy_penalty_batch_f64(
        model: *const dirichlet_model<f64>,
        batch: *const dirichlet_batch<f64>,
        options: *const dirichlet_energy_penalty_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_energy_penalty_batch_f32(
        model: *const dirichlet_model<f32>,
        batch: *const dirichlet_batch<f32>,
        options: *const dirichlet_energy_penalty_options,
        strength: f64,
        result: *mut dirichlet_penalty_result,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_flatness_penalty_f64(
        objective: *const dirichlet_objective<f64>,
        theta: *const f64,
        learning_rate: f64,
        strength: f64,
        gradient: *mut f64,
        options: *const dirichlet_flatness_options,
        result: *mut dirichlet_flatness,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_flatness_penalty_f32(
        objective: *const dirichlet_objective<f32>,
        theta: *const f32,
        learning_rate: f64,
        strength: f64,
        gradient: *mut f32,
        options: *const dirichlet_flatness_options,
        result: *mut dirichlet_flatness,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
}
