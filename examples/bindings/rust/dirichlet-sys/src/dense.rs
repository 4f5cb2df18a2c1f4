//! dirichlet/dense.h.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

use super::{
    dirichlet_allocator, dirichlet_batch, dirichlet_dense_gradient, dirichlet_dense_layer,
    dirichlet_dense_tangent, dirichlet_error, dirichlet_flatness, dirichlet_loss, dirichlet_method,
    dirichlet_model, dirichlet_parallel, dirichlet_penalty_result, dirichlet_progress_fn,
    dirichlet_spectral_options, dirichlet_spectral_result, dirichlet_status,
};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_options {
    pub struct_size: usize,
    pub workspace_bytes: usize,
    pub layers: i64,
    pub allocator: *const dirichlet_allocator,
    pub parallel: *const dirichlet_parallel,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_penalty_options {
    pub struct_size: usize,
    pub probes: i64,
    pub seed: u64,
    pub first_sample: i64,
    pub method: dirichlet_method,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_transfer_options {
    pub struct_size: usize,
    pub progress: dirichlet_progress_fn,
    pub progress_user: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_transfer_result {
    pub struct_size: usize,
    pub samples: i64,
    pub input_side: *mut f64,
    pub parameter_side: *mut f64,
    pub factors: *mut f64,
    pub ratios: *mut f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_lipschitz {
    pub struct_size: usize,
    pub upper_bound: f64,
    pub converged: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_description {
    pub struct_size: usize,
    pub inputs: i64,
    pub outputs: i64,
    pub layers: i64,
    pub weights: i64,
    pub biases: i64,
    pub workspace_bytes: i64,
    pub least_workspace_bytes: i64,
}

pub type dirichlet_dense_end = i32;

pub const DIRICHLET_DENSE_END_NONE: dirichlet_dense_end = 0;
pub const DIRICHLET_DENSE_END_DIRECT: dirichlet_dense_end = 10;
pub const DIRICHLET_DENSE_END_GRAM: dirichlet_dense_end = 20;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_plan {
    pub struct_size: usize,
    pub samples: i64,
    pub pivot: i64,
    pub rows: i64,
    pub upper_end: dirichlet_dense_end,
    pub lower_end: dirichlet_dense_end,
    pub sum: i32,
    pub norms: i32,
    pub sample_flops: f64,
    pub call_flops: f64,
    pub bytes: i64,
    pub direct_samples: i64,
    pub gradient: i32,
    pub reserved: i32,
}

pub const DIRICHLET_DENSE_PLAN_TEXT_SIZE: usize = 2048;

#[repr(C)]
pub struct dirichlet_dense<T> {
    _private: [T; 0],
}

extern "C" {
    pub fn dirichlet_dense_create_f64(
        layers: *const dirichlet_dense_layer<f64>,
        layer_count: i64,
        options: *const dirichlet_dense_options,
        out: *mut *mut dirichlet_dense<f64>,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_destroy_f64(network: *mut dirichlet_dense<f64>);
    pub fn dirichlet_dense_model_f64(
        network: *mut dirichlet_dense<f64>,
        model: *mut dirichlet_model<f64>,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_forward_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        y: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_jvp_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        directions: i64,
        x: *const f64,
        v: *const f64,
        jv: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_vjp_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        directions: i64,
        x: *const f64,
        u: *const f64,
        jtu: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energies_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        energies: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_sum_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        sum: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_plan_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        sum: i32,
        plan: *mut dirichlet_dense_plan,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_last_plan_f64(
        network: *const dirichlet_dense<f64>,
        plan: *mut dirichlet_dense_plan,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_plan_text_f64(
        network: *const dirichlet_dense<f64>,
        plan: *const dirichlet_dense_plan,
        text: *mut c_char,
        size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_product_norms_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        directions: i64,
        x: *const f64,
        u: *const f64,
        norms: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_parameter_vjp_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        cotangents: *const f64,
        scale: f64,
        gradients: *const dirichlet_dense_gradient<f64>,
        gradient_count: i64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_penalty_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        options: *const dirichlet_dense_penalty_options,
        strength: f64,
        gradients: *const dirichlet_dense_gradient<f64>,
        gradient_count: i64,
        result: *mut dirichlet_penalty_result,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_penalty_batch_f64(
        network: *mut dirichlet_dense<f64>,
        batch: *const dirichlet_batch<f64>,
        options: *const dirichlet_dense_penalty_options,
        strength: f64,
        gradients: *const dirichlet_dense_gradient<f64>,
        gradient_count: i64,
        result: *mut dirichlet_penalty_result,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_loss_gradient_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        loss: *const dirichlet_loss<f64>,
        scale: f64,
        gradients: *const dirichlet_dense_gradient<f64>,
        gradient_count: i64,
        value: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_loss_hvp_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        loss: *const dirichlet_loss<f64>,
        tangents: *const dirichlet_dense_tangent<f64>,
        scale: f64,
        gradients: *const dirichlet_dense_gradient<f64>,
        gradient_count: i64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_flatness_penalty_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        loss: *const dirichlet_loss<f64>,
        learning_rate: f64,
        strength: f64,
        gradients: *const dirichlet_dense_gradient<f64>,
        gradient_count: i64,
        result: *mut dirichlet_flatness,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_spectral_norms_f64(
        network: *mut dirichlet_dense<f64>,
        options: *const dirichlet_spectral_options,
        norms: *mut dirichlet_spectral_result,
        lipschitz: *mut dirichlet_dense_lipschitz,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_transfer_f64(
        network: *mut dirichlet_dense<f64>,
        samples: i64,
        x: *const f64,
        options: *const dirichlet_dense_transfer_options,
        result: *mut dirichlet_dense_transfer_result,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_inputs_f64(network: *const dirichlet_dense<f64>) -> i64;
    pub fn dirichlet_dense_outputs_f64(network: *const dirichlet_dense<f64>) -> i64;
    pub fn dirichlet_dense_message_f64(network: *const dirichlet_dense<f64>) -> *const c_char;
    pub fn dirichlet_dense_last_error_f64(
        network: *const dirichlet_dense<f64>,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_describe_f64(
        network: *const dirichlet_dense<f64>,
        description: *mut dirichlet_dense_description,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_create_f32(
        layers: *const dirichlet_dense_layer<f32>,
        layer_count: i64,
        options: *const dirichlet_dense_options,
        out: *mut *mut dirichlet_dense<f32>,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_destroy_f32(network: *mut dirichlet_dense<f32>);
    pub fn dirichlet_dense_model_f32(
        network: *mut dirichlet_dense<f32>,
        model: *mut dirichlet_model<f32>,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_forward_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        y: *mut f32,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_jvp_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        directions: i64,
        x: *const f32,
        v: *const f32,
        jv: *mut f32,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_vjp_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        directions: i64,
        x: *const f32,
        u: *const f32,
        jtu: *mut f32,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energies_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        energies: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_sum_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        sum: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_plan_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        sum: i32,
        plan: *mut dirichlet_dense_plan,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_last_plan_f32(
        network: *const dirichlet_dense<f32>,
        plan: *mut dirichlet_dense_plan,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_plan_text_f32(
        network: *const dirichlet_dense<f32>,
        plan: *const dirichlet_dense_plan,
        text: *mut c_char,
        size: usize,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_product_norms_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        directions: i64,
        x: *const f32,
        u: *const f32,
        norms: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_parameter_vjp_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        cotangents: *const f32,
        scale: f64,
        gradients: *const dirichlet_dense_gradient<f32>,
        gradient_count: i64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_penalty_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        options: *const dirichlet_dense_penalty_options,
        strength: f64,
        gradients: *const dirichlet_dense_gradient<f32>,
        gradient_count: i64,
        result: *mut dirichlet_penalty_result,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_energy_penalty_batch_f32(
        network: *mut dirichlet_dense<f32>,
        batch: *const dirichlet_batch<f32>,
        options: *const dirichlet_dense_penalty_options,
        strength: f64,
        gradients: *const dirichlet_dense_gradient<f32>,
        gradient_count: i64,
        result: *mut dirichlet_penalty_result,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_loss_gradient_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        loss: *const dirichlet_loss<f32>,
        scale: f64,
        gradients: *const dirichlet_dense_gradient<f32>,
        gradient_count: i64,
        value: *mut f64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_loss_hvp_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        loss: *const dirichlet_loss<f32>,
        tangents: *const dirichlet_dense_tangent<f32>,
        scale: f64,
        gradients: *const dirichlet_dense_gradient<f32>,
        gradient_count: i64,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_flatness_penalty_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        loss: *const dirichlet_loss<f32>,
        learning_rate: f64,
        strength: f64,
        gradients: *const dirichlet_dense_gradient<f32>,
        gradient_count: i64,
        result: *mut dirichlet_flatness,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_spectral_norms_f32(
        network: *mut dirichlet_dense<f32>,
        options: *const dirichlet_spectral_options,
        norms: *mut dirichlet_spectral_result,
        lipschitz: *mut dirichlet_dense_lipschitz,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_transfer_f32(
        network: *mut dirichlet_dense<f32>,
        samples: i64,
        x: *const f32,
        options: *const dirichlet_dense_transfer_options,
        result: *mut dirichlet_dense_transfer_result,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_inputs_f32(network: *const dirichlet_dense<f32>) -> i64;
    pub fn dirichlet_dense_outputs_f32(network: *const dirichlet_dense<f32>) -> i64;
    pub fn dirichlet_dense_message_f32(network: *const dirichlet_dense<f32>) -> *const c_char;
    pub fn dirichlet_dense_last_error_f32(
        network: *const dirichlet_dense<f32>,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_dense_describe_f32(
        network: *const dirichlet_dense<f32>,
        description: *mut dirichlet_dense_description,
    ) -> dirichlet_status;
}
