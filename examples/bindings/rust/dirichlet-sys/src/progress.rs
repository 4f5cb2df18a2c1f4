//! dirichlet/progress.h.

#![allow(non_camel_case_types)]

use std::os::raw::c_void;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_progress {
    pub struct_size: usize,
    pub samples: i64,
    pub total: i64,
    pub skipped: i64,
    pub products: i64,
    pub value: f64,
    pub standard_error: f64,
}

pub type dirichlet_progress_fn =
    Option<unsafe extern "C" fn(progress: *const dirichlet_progress, user: *mut c_void) -> i32>;
