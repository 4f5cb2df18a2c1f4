//! dirichlet/spectral.h.

#![allow(non_camel_case_types)]

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_spectral_options {
    pub struct_size: usize,
    pub tolerance: f64,
    pub max_iterations: i64,
}
