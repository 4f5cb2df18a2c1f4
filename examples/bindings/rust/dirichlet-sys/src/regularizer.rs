//! dirichlet/regularizer.h.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

use super::{
    dirichlet_allocator, dirichlet_flatness, dirichlet_model, dirichlet_spectral_options,
    dirichlet_status,
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
pub const DIRICHLET_NORM_L2: dirichlet_norm = 20;

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
    pub iterations: i64,
    pub seed: u64,
    pub allocator: *const dirichlet_allocator,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_spectral_result {
    pub struct_size: usize,
    pub norm: f64,
    pub lower: f64,
    pub upper: f64,
    pub iterations: i64,
    pub converged: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_jacobian_norms_options {
    pub struct_size: usize,
    pub tolerance: f64,
    pub max_iterations: i64,
    pub workspace_bytes: usize,
    pub allocator: *const dirichlet_allocator,
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

pub type dirichlet_parameter_vjp<T> = Option<
    unsafe extern "C" fn(samples: i64, x: *const T, cotangents: *const T, user: *mut c_void) -> i32,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_energy_penalty_options {
    pub struct_size: usize,
    pub probes: i64,
    pub seed: u64,
    pub first_sample: i64,
    pub step: f64,
    pub workspace_bytes: usize,
    pub allocator: *const dirichlet_allocator,
    pub noise: *mut f64,
}

pub type dirichlet_loss_gradient<T> = Option<
    unsafe extern "C" fn(
        theta: *const T,
        loss: *mut f64,
        gradient: *mut T,
        user: *mut c_void,
    ) -> i32,
>;
pub type dirichlet_loss_hvp<T> = Option<
    unsafe extern "C" fn(theta: *const T, v: *const T, hv: *mut T, user: *mut c_void) -> i32,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_objective<T> {
    pub struct_size: usize,
    pub parameters: i64,
    pub gradient: dirichlet_loss_gradient<T>,
    pub hvp: dirichlet_loss_hvp<T>,
    pub user: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_flatness_options {
    pub struct_size: usize,
    pub step: f64,
    pub allocator: *const dirichlet_allocator,
}

extern "C" {
    pub fn dirichlet_parameter_norm_f64(
        parameters: *const dirichlet_parameter<f64>,
        count: i64,
        norm: dirichlet_norm,
        biases: i32,
        strength: f64,
        value: *mut f64,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_spectral_penalty_f64(
        parameters: *const dirichlet_parameter<f64>,
        count: i64,
        singular: *mut dirichlet_singular<f64>,
        options: *const dirichlet_spectral_penalty_options,
        strength: f64,
        value: *mut f64,
        message: *mut c_char,
        message_size: usize,
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
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_jacobian_norms_f64(
        model: *const dirichlet_model<f64>,
        samples: i64,
        x: *const f64,
        options: *const dirichlet_jacobian_norms_options,
        norms: *mut f64,
        result: *mut dirichlet_jacobian_norms,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_energy_penalty_f64(
        model: *const dirichlet_model<f64>,
        parameter_vjp: dirichlet_parameter_vjp<f64>,
        vjp_user: *mut c_void,
        samples: i64,
        x: *const f64,
        options: *const dirichlet_energy_penalty_options,
        strength: f64,
        value: *mut f64,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_flatness_penalty_f64(
        objective: *const dirichlet_objective<f64>,
        theta: *const f64,
        learning_rate: f64,
        strength: f64,
        gradient: *mut f64,
        options: *const dirichlet_flatness_options,
        result: *mut dirichlet_flatness,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_parameter_norm_f32(
        parameters: *const dirichlet_parameter<f32>,
        count: i64,
        norm: dirichlet_norm,
        biases: i32,
        strength: f64,
        value: *mut f64,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_spectral_penalty_f32(
        parameters: *const dirichlet_parameter<f32>,
        count: i64,
        singular: *mut dirichlet_singular<f32>,
        options: *const dirichlet_spectral_penalty_options,
        strength: f64,
        value: *mut f64,
        message: *mut c_char,
        message_size: usize,
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
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_jacobian_norms_f32(
        model: *const dirichlet_model<f32>,
        samples: i64,
        x: *const f32,
        options: *const dirichlet_jacobian_norms_options,
        norms: *mut f64,
        result: *mut dirichlet_jacobian_norms,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_energy_penalty_f32(
        model: *const dirichlet_model<f32>,
        parameter_vjp: dirichlet_parameter_vjp<f32>,
        vjp_user: *mut c_void,
        samples: i64,
        x: *const f32,
        options: *const dirichlet_energy_penalty_options,
        strength: f64,
        value: *mut f64,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_flatness_penalty_f32(
        objective: *const dirichlet_objective<f32>,
        theta: *const f32,
        learning_rate: f64,
        strength: f64,
        gradient: *mut f32,
        options: *const dirichlet_flatness_options,
        result: *mut dirichlet_flatness,
        message: *mut c_char,
        message_size: usize,
    ) -> dirichlet_status;
}
