//! The public headers of libdirichlet, one for one and under their C names; what they
//! mean is written there. A type that C has as `name_f64` and `name_f32` is `name<T>`.
//! `export.h` and `sizes.h`, which are macros for C alone, have nothing here.
//! `tests/declarations.rs` checks all of it against the installed headers.
//!
//! The build script asks pkg-config for the library. With `DIRICHLET_STATIC=1` in the
//! environment the static one is linked.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

pub use self::batch::*;
pub use self::check::*;
pub use self::dense::*;
pub use self::estimator::*;
pub use self::layer::*;
pub use self::loss::*;
pub use self::model::*;
pub use self::parallel::*;
pub use self::penalty::*;
pub use self::progress::*;
pub use self::random::*;
pub use self::regularizer::*;
pub use self::spectral::*;

mod batch;
mod check;
mod dense;
mod estimator;
mod layer;
mod loss;
mod model;
mod parallel;
mod penalty;
mod progress;
mod random;
mod regularizer;
mod spectral;

// dirichlet/version.h

pub const DIRICHLET_VERSION_MAJOR: i32 = 0;
pub const DIRICHLET_VERSION_MINOR: i32 = 2;
pub const DIRICHLET_VERSION_PATCH: i32 = 0;
pub const DIRICHLET_VERSION: i32 =
    10000 * DIRICHLET_VERSION_MAJOR + 100 * DIRICHLET_VERSION_MINOR + DIRICHLET_VERSION_PATCH;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_capabilities {
    pub struct_size: usize,
    pub version: i32,
    pub oldest_state_format: i32,
    pub newest_state_format: i32,
    pub cblas: i32,
    pub largest_parallel_lanes: i32,
    pub reserved: i32,
}

extern "C" {
    pub fn dirichlet_version() -> i32;
    pub fn dirichlet_version_string() -> *const c_char;
    pub fn dirichlet_blas_name() -> *const c_char;
    pub fn dirichlet_blas_library() -> *const c_char;
    pub fn dirichlet_describe_library(capabilities: *mut dirichlet_capabilities) -> i32;
}

// dirichlet/status.h

pub type dirichlet_status = i32;

pub const DIRICHLET_OK: dirichlet_status = 0;
pub const DIRICHLET_E_NULL: dirichlet_status = 1;
pub const DIRICHLET_E_RANGE: dirichlet_status = 2;
pub const DIRICHLET_E_CONSTANT: dirichlet_status = 3;
pub const DIRICHLET_E_STRUCT_SIZE: dirichlet_status = 4;
pub const DIRICHLET_E_SHAPE: dirichlet_status = 5;
pub const DIRICHLET_E_PRECISION: dirichlet_status = 6;
pub const DIRICHLET_E_MEMORY: dirichlet_status = 20;
pub const DIRICHLET_E_OVERFLOW: dirichlet_status = 21;
pub const DIRICHLET_E_WORKSPACE: dirichlet_status = 22;
pub const DIRICHLET_E_NOT_FINITE: dirichlet_status = 30;
pub const DIRICHLET_E_NO_DATA: dirichlet_status = 31;
pub const DIRICHLET_E_NOISE: dirichlet_status = 32;
pub const DIRICHLET_E_MISSING_CALLBACK: dirichlet_status = 40;
pub const DIRICHLET_E_CALLBACK: dirichlet_status = 41;
pub const DIRICHLET_E_CANCELLED: dirichlet_status = 42;
pub const DIRICHLET_E_BUSY: dirichlet_status = 43;
pub const DIRICHLET_E_COUPLED: dirichlet_status = 44;
pub const DIRICHLET_E_CONTRACT: dirichlet_status = 45;
pub const DIRICHLET_E_MISMATCH: dirichlet_status = 50;
pub const DIRICHLET_E_CORRUPT: dirichlet_status = 51;
pub const DIRICHLET_E_FORMAT: dirichlet_status = 52;
pub const DIRICHLET_E_BLAS_WIDTH: dirichlet_status = 60;
pub const DIRICHLET_E_MPI: dirichlet_status = 61;

pub const DIRICHLET_MESSAGE_SIZE: usize = 256;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_error {
    pub struct_size: usize,
    pub status: dirichlet_status,
    pub callback_code: i32,
    pub sample: i64,
    pub least_bytes: u64,
    pub message: [c_char; DIRICHLET_MESSAGE_SIZE],
}

extern "C" {
    pub fn dirichlet_status_string(status: dirichlet_status) -> *const c_char;
}

// dirichlet/memory.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_allocator {
    pub struct_size: usize,
    pub allocate: Option<unsafe extern "C" fn(size: usize, user: *mut c_void) -> *mut c_void>,
    pub release: Option<unsafe extern "C" fn(pointer: *mut c_void, size: usize, user: *mut c_void)>,
    pub user: *mut c_void,
}

pub const DIRICHLET_DEFAULT_WORKSPACE_BYTES: usize = 67108864;
