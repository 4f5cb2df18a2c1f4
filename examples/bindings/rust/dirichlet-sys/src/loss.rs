//! dirichlet/loss.h.

#![allow(non_camel_case_types)]

use std::os::raw::c_void;

pub type dirichlet_loss_kind = i32;

pub const DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY: dirichlet_loss_kind = 10;
pub const DIRICHLET_LOSS_SQUARED: dirichlet_loss_kind = 20;
pub const DIRICHLET_LOSS_CUSTOM: dirichlet_loss_kind = 90;

pub type dirichlet_loss_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        f: *const T,
        values: *mut f64,
        cotangents: *mut T,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_loss_curvature_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        f: *const T,
        tangents: *const T,
        products: *mut T,
        user: *mut c_void,
    ) -> i32,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_loss<T> {
    pub struct_size: usize,
    pub kind: dirichlet_loss_kind,
    pub concurrent: i32,
    pub labels: *const i64,
    pub targets: *const T,
    pub function: dirichlet_loss_fn<T>,
    pub curvature: dirichlet_loss_curvature_fn<T>,
    pub user: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_flatness {
    pub struct_size: usize,
    pub loss: f64,
    pub squared_gradient_norm: f64,
    pub implicit_regularizer: f64,
    pub exact: i32,
    pub reserved: i32,
}
