//! dirichlet/random.h.

#![allow(non_camel_case_types)]

use super::{dirichlet_error, dirichlet_status};

pub type dirichlet_initialization = i32;

pub const DIRICHLET_INITIALIZATION_LECUN: dirichlet_initialization = 10;
pub const DIRICHLET_INITIALIZATION_GLOROT: dirichlet_initialization = 20;
pub const DIRICHLET_INITIALIZATION_HE: dirichlet_initialization = 30;
pub const DIRICHLET_INITIALIZATION_PYTORCH: dirichlet_initialization = 40;

pub type dirichlet_distribution = i32;

pub const DIRICHLET_DISTRIBUTION_NORMAL: dirichlet_distribution = 10;
pub const DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL: dirichlet_distribution = 20;
pub const DIRICHLET_DISTRIBUTION_UNIFORM: dirichlet_distribution = 30;

pub type dirichlet_initial_bias = i32;

pub const DIRICHLET_INITIAL_BIAS_ZERO: dirichlet_initial_bias = 0;
pub const DIRICHLET_INITIAL_BIAS_UNIFORM: dirichlet_initial_bias = 10;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_initialization_options {
    pub struct_size: usize,
    pub scheme: dirichlet_initialization,
    pub distribution: dirichlet_distribution,
    pub bias: dirichlet_initial_bias,
    pub scale_given: i32,
    pub seed: u64,
    pub scale: f64,
}

pub type dirichlet_noise = i32;

pub const DIRICHLET_NOISE_INPUT: dirichlet_noise = 10;
pub const DIRICHLET_NOISE_TARGET: dirichlet_noise = 20;

extern "C" {
    pub fn dirichlet_initialize_f64(
        options: *const dirichlet_initialization_options,
        layer: i64,
        inputs: i64,
        outputs: i64,
        weights: *mut f64,
        output_stride: i64,
        input_stride: i64,
        bias: *mut f64,
        bias_stride: i64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_initialize_f32(
        options: *const dirichlet_initialization_options,
        layer: i64,
        inputs: i64,
        outputs: i64,
        weights: *mut f32,
        output_stride: i64,
        input_stride: i64,
        bias: *mut f32,
        bias_stride: i64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_initialization_variance(
        options: *const dirichlet_initialization_options,
        inputs: i64,
        outputs: i64,
        variance: *mut f64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_expected_energy(
        options: *const dirichlet_initialization_options,
        widths: *const i64,
        layer_count: i64,
        negative_slope: f64,
        energy: *mut f64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_noise_labels(
        seed: u64,
        step: i64,
        first_sample: i64,
        samples: i64,
        classes: i64,
        probability: f64,
        labels: *mut i64,
        changed: *mut i64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_noise_add_f64(
        kind: dirichlet_noise,
        seed: u64,
        step: i64,
        first_sample: i64,
        samples: i64,
        width: i64,
        standard_deviation: f64,
        values: *mut f64,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_noise_add_f32(
        kind: dirichlet_noise,
        seed: u64,
        step: i64,
        first_sample: i64,
        samples: i64,
        width: i64,
        standard_deviation: f64,
        values: *mut f32,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
}
