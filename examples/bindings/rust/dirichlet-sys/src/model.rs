//! dirichlet/model.h.

#![allow(non_camel_case_types)]

use std::os::raw::c_void;

pub const DIRICHLET_CALLBACK_UNSUPPORTED: i32 = -1;
pub const DIRICHLET_CALLBACK_OUT_OF_DOMAIN: i32 = -2;

pub type dirichlet_forward_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        points: i64,
        x: *const T,
        y: *mut T,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_jvp_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        directions: i64,
        x: *const T,
        v: *const T,
        jv: *mut T,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_vjp_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        directions: i64,
        x: *const T,
        u: *const T,
        jtu: *mut T,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_energies_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        x: *const T,
        energies: *mut f64,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_product_norms_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        directions: i64,
        x: *const T,
        u: *const T,
        norms: *mut f64,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_parameter_vjp_fn<T> = Option<
    unsafe extern "C" fn(
        first: i64,
        samples: i64,
        points: i64,
        x: *const T,
        cotangents: *const T,
        user: *mut c_void,
    ) -> i32,
>;

pub type dirichlet_prepare_fn<T> =
    Option<unsafe extern "C" fn(first: i64, samples: i64, x: *const T, user: *mut c_void) -> i32>;

pub type dirichlet_retain_fn = Option<unsafe extern "C" fn(user: *mut c_void)>;

pub type dirichlet_release_fn = Option<unsafe extern "C" fn(user: *mut c_void)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_model<T> {
    pub struct_size: usize,
    pub inputs: i64,
    pub outputs: i64,
    pub max_samples: i64,
    pub max_directions: i64,
    pub ignores_first: i32,
    pub concurrent: i32,
    pub forward: dirichlet_forward_fn<T>,
    pub jvp: dirichlet_jvp_fn<T>,
    pub vjp: dirichlet_vjp_fn<T>,
    pub energies: dirichlet_energies_fn<T>,
    pub product_norms: dirichlet_product_norms_fn<T>,
    pub parameter_vjp: dirichlet_parameter_vjp_fn<T>,
    pub prepare: dirichlet_prepare_fn<T>,
    pub retain: dirichlet_retain_fn,
    pub release: dirichlet_release_fn,
    pub user: *mut c_void,
}
