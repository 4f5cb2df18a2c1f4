//! dirichlet/batch.h.

#![allow(non_camel_case_types)]

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_batch<T> {
    pub struct_size: usize,
    pub samples: i64,
    pub row_stride: i64,
    pub x: *const T,
    pub weights: *const f64,
    pub indices: *const i64,
    pub groups: *const i64,
    pub energies: *mut f64,
    pub deviations: *mut f64,
}
