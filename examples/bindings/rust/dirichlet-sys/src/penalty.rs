//! dirichlet/penalty.h.

#![allow(non_camel_case_types)]

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_penalty_result {
    pub struct_size: usize,
    pub value: f64,
    pub standard_error: f64,
    pub noise: f64,
    pub samples: i64,
    pub products: i64,
    pub exact: i32,
    pub reserved: i32,
}
