//! dirichlet/parallel.h.

#![allow(non_camel_case_types)]

use std::os::raw::c_void;

pub type dirichlet_task_fn = Option<unsafe extern "C" fn(task: i64, argument: *mut c_void)>;

pub type dirichlet_parallel_for_fn = Option<
    unsafe extern "C" fn(
        tasks: i64,
        task: dirichlet_task_fn,
        argument: *mut c_void,
        user: *mut c_void,
    ) -> i32,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct dirichlet_parallel {
    pub struct_size: usize,
    pub lanes: i64,
    pub parallel_for: dirichlet_parallel_for_fn,
    pub user: *mut c_void,
}
