//! dirichlet/activation.h and dirichlet/layer.h.

#![allow(non_camel_case_types)]

pub type dirichlet_activation = i32;

pub const DIRICHLET_ACTIVATION_IDENTITY: dirichlet_activation = 0;
pub const DIRICHLET_ACTIVATION_RELU: dirichlet_activation = 10;
pub const DIRICHLET_ACTIVATION_LEAKY_RELU: dirichlet_activation = 11;
pub const DIRICHLET_ACTIVATION_PRELU: dirichlet_activation = 12;
pub const DIRICHLET_ACTIVATION_RELU_SQUARED: dirichlet_activation = 13;
pub const DIRICHLET_ACTIVATION_CLAMP: dirichlet_activation = 15;
pub const DIRICHLET_ACTIVATION_HARD_SIGMOID: dirichlet_activation = 16;
pub const DIRICHLET_ACTIVATION_HARD_SWISH: dirichlet_activation = 17;
pub const DIRICHLET_ACTIVATION_ELU: dirichlet_activation = 20;
pub const DIRICHLET_ACTIVATION_SELU: dirichlet_activation = 21;
pub const DIRICHLET_ACTIVATION_GELU: dirichlet_activation = 30;
pub const DIRICHLET_ACTIVATION_GELU_TANH: dirichlet_activation = 31;
pub const DIRICHLET_ACTIVATION_SILU: dirichlet_activation = 40;
pub const DIRICHLET_ACTIVATION_MISH: dirichlet_activation = 41;
pub const DIRICHLET_ACTIVATION_SOFTPLUS: dirichlet_activation = 50;
pub const DIRICHLET_ACTIVATION_TANH: dirichlet_activation = 60;
pub const DIRICHLET_ACTIVATION_SOFTSIGN: dirichlet_activation = 61;
pub const DIRICHLET_ACTIVATION_SIGMOID: dirichlet_activation = 70;
pub const DIRICHLET_ACTIVATION_SIN: dirichlet_activation = 80;

pub type dirichlet_kink = i32;

pub const DIRICHLET_KINK_OUTSIDE: dirichlet_kink = 0;
pub const DIRICHLET_KINK_INSIDE: dirichlet_kink = 10;
pub const DIRICHLET_KINK_MEAN: dirichlet_kink = 20;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_layer<T> {
    pub struct_size: usize,
    pub inputs: i64,
    pub outputs: i64,
    pub weights: *const T,
    pub output_stride: i64,
    pub input_stride: i64,
    pub bias: *const T,
    pub bias_stride: i64,
    pub activation: dirichlet_activation,
    pub parameter_given: i32,
    pub activation_parameter: f64,
    pub activation_second: f64,
    pub input_scale: f64,
    pub output_scale: f64,
    pub negative_slopes: *const T,
    pub negative_slope_stride: i64,
    pub kink: dirichlet_kink,
    pub reserved_too: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_gradient<T> {
    pub struct_size: usize,
    pub weights: *mut T,
    pub output_stride: i64,
    pub input_stride: i64,
    pub bias: *mut T,
    pub bias_stride: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_dense_tangent<T> {
    pub struct_size: usize,
    pub weights: *const T,
    pub output_stride: i64,
    pub input_stride: i64,
    pub bias: *const T,
    pub bias_stride: i64,
}
