//! dirichlet/spectral.h.

#![allow(non_camel_case_types)]

use std::os::raw::c_void;

use super::dirichlet_progress_fn;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_spectral_options {
    pub struct_size: usize,
    pub tolerance: f64,
    pub max_iterations: i64,
    pub progress: dirichlet_progress_fn,
    pub progress_user: *mut c_void,
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
