//! dirichlet/check.h.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

use super::{
    dirichlet_allocator, dirichlet_error, dirichlet_model, dirichlet_status, DIRICHLET_MESSAGE_SIZE,
};

pub type dirichlet_check_item = i32;

pub const DIRICHLET_CHECK_RETURN: dirichlet_check_item = 10;
pub const DIRICHLET_CHECK_WRITTEN: dirichlet_check_item = 20;
pub const DIRICHLET_CHECK_BOUNDS: dirichlet_check_item = 21;
pub const DIRICHLET_CHECK_INPUTS: dirichlet_check_item = 22;
pub const DIRICHLET_CHECK_FINITE: dirichlet_check_item = 30;
pub const DIRICHLET_CHECK_NONNEGATIVE: dirichlet_check_item = 31;
pub const DIRICHLET_CHECK_REPEAT: dirichlet_check_item = 40;
pub const DIRICHLET_CHECK_ROWS: dirichlet_check_item = 41;
pub const DIRICHLET_CHECK_DIRECTIONS: dirichlet_check_item = 42;
pub const DIRICHLET_CHECK_POINTS: dirichlet_check_item = 43;
pub const DIRICHLET_CHECK_LINEAR: dirichlet_check_item = 50;
pub const DIRICHLET_CHECK_TRANSPOSED: dirichlet_check_item = 60;
pub const DIRICHLET_CHECK_DERIVATIVE: dirichlet_check_item = 61;
pub const DIRICHLET_CHECK_ENERGIES: dirichlet_check_item = 62;
pub const DIRICHLET_CHECK_NORMS: dirichlet_check_item = 63;
pub const DIRICHLET_CHECK_PARAMETERS: dirichlet_check_item = 70;

pub type dirichlet_callback = i32;

pub const DIRICHLET_CALLBACK_FORWARD: dirichlet_callback = 10;
pub const DIRICHLET_CALLBACK_JVP: dirichlet_callback = 20;
pub const DIRICHLET_CALLBACK_VJP: dirichlet_callback = 30;
pub const DIRICHLET_CALLBACK_ENERGIES: dirichlet_callback = 40;
pub const DIRICHLET_CALLBACK_PRODUCT_NORMS: dirichlet_callback = 50;
pub const DIRICHLET_CALLBACK_PARAMETER_VJP: dirichlet_callback = 60;
pub const DIRICHLET_CALLBACK_PREPARE: dirichlet_callback = 70;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_check_finding {
    pub struct_size: usize,
    pub item: dirichlet_check_item,
    pub callback: dirichlet_callback,
    pub holds: i32,
    pub callback_code: i32,
    pub sample: i64,
    pub found: f64,
    pub allowed: f64,
    pub text: [c_char; DIRICHLET_MESSAGE_SIZE],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_check_options {
    pub struct_size: usize,
    pub seed: u64,
    pub first_sample: i64,
    pub forward_noise: f64,
    pub parameter_count: i64,
    pub allocator: *const dirichlet_allocator,
    pub parameters: *mut c_void,
    pub gradient: *mut c_void,
    pub reserved: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_check_report {
    pub struct_size: usize,
    pub capacity: i64,
    pub count: i64,
    pub failed: i64,
    pub calls: i64,
    pub findings: *mut dirichlet_check_finding,
    pub reserved: *mut c_void,
}

pub const DIRICHLET_CHECK_MOST_FINDINGS: usize = 64;

extern "C" {
    pub fn dirichlet_model_check_f64(
        model: *const dirichlet_model<f64>,
        samples: i64,
        x: *const f64,
        options: *const dirichlet_check_options,
        report: *mut dirichlet_check_report,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_model_check_f32(
        model: *const dirichlet_model<f32>,
        samples: i64,
        x: *const f32,
        options: *const dirichlet_check_options,
        report: *mut dirichlet_check_report,
        error: *mut dirichlet_error,
    ) -> dirichlet_status;
    pub fn dirichlet_check_item_name(item: dirichlet_check_item) -> *const c_char;
    pub fn dirichlet_callback_name(callback: dirichlet_callback) -> *const c_char;
}
