use std::os::raw::c_void;

use crate::callback::{guard_model, input, output, CallbackResult, Failure};
use crate::real::Real;

/// Whose rows a closure gets: those of the samples `first`, `first + 1`, ..., `first + samples - 1`
/// of the data set.
///
/// Where a [`Batch`](crate::Batch) has indices or an estimator was told to
/// [seek](crate::Estimator::seek), they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Rows {
    /// Index of the first sample in the data set.
    pub first: usize,
    /// n.
    pub samples: usize,
    /// Points around each sample, of differences: x is (n, points, d) and y (n, points, k). 1
    /// elsewhere.
    pub points: usize,
    /// m, of products; 1 elsewhere.
    pub directions: usize,
}

type Outputs<'a, T, Y> = Option<Box<dyn FnMut(Rows, &[T], &mut [Y]) -> CallbackResult + 'a>>;
type Products<'a, T, Y> = Option<Box<dyn FnMut(Rows, &[T], &[T], &mut [Y]) -> CallbackResult + 'a>>;
type Backward<'a, T> = Option<Box<dyn FnMut(Rows, &[T], &[T]) -> CallbackResult + 'a>>;
type Prepare<'a, T> = Option<Box<dyn FnMut(Rows, &[T]) -> CallbackResult + 'a>>;

pub(super) struct Closures<'a, T> {
    inputs: usize,
    outputs: usize,
    pub(super) forward: Outputs<'a, T, T>,
    pub(super) jvp: Products<'a, T, T>,
    pub(super) vjp: Products<'a, T, T>,
    pub(super) energies: Outputs<'a, T, f64>,
    pub(super) product_norms: Products<'a, T, f64>,
    pub(super) parameter_vjp: Backward<'a, T>,
    pub(super) prepare: Prepare<'a, T>,
    pub(super) failure: Option<Failure>,
}

impl<T> Closures<'_, T> {
    pub(super) fn new(inputs: usize, outputs: usize) -> Self {
        Closures {
            inputs,
            outputs,
            forward: None,
            jvp: None,
            vjp: None,
            energies: None,
            product_norms: None,
            parameter_vjp: None,
            prepare: None,
            failure: None,
        }
    }
}

fn rows(first: i64, samples: i64, points: i64, directions: i64) -> Rows {
    Rows {
        // What cannot be looked up on 32 bits is not to find another's.
        first: first.try_into().unwrap_or(usize::MAX),
        samples: samples as usize,
        points: points as usize,
        directions: directions as usize,
    }
}

// The functions that C calls. Each is set together with the closure it calls.
// SAFETY of all: `user` is the Closures of a model that the running call borrows, and the
// buffers are as large as model.h says and do not overlap.

pub(super) unsafe extern "C" fn forward<T: Real>(
    first: i64,
    n: i64,
    points: i64,
    x: *const T,
    y: *mut T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let rows = rows(first, n, points, 1);
    let x = input(x, rows.samples * rows.points * closures.inputs);
    let y = output(y, rows.samples * rows.points * closures.outputs);
    let closure = &mut closures.forward;
    guard_model(&mut closures.failure, || (closure.as_mut().unwrap())(rows, x, y))
}

pub(super) unsafe extern "C" fn jvp<T: Real>(
    first: i64,
    n: i64,
    m: i64,
    x: *const T,
    v: *const T,
    jv: *mut T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let rows = rows(first, n, 1, m);
    let x = input(x, rows.samples * closures.inputs);
    let v = input(v, rows.samples * rows.directions * closures.inputs);
    let jv = output(jv, rows.samples * rows.directions * closures.outputs);
    let closure = &mut closures.jvp;
    guard_model(&mut closures.failure, || (closure.as_mut().unwrap())(rows, x, v, jv))
}

pub(super) unsafe extern "C" fn vjp<T: Real>(
    first: i64,
    n: i64,
    m: i64,
    x: *const T,
    u: *const T,
    jtu: *mut T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let rows = rows(first, n, 1, m);
    let x = input(x, rows.samples * closures.inputs);
    let u = input(u, rows.samples * rows.directions * closures.outputs);
    let jtu = output(jtu, rows.samples * rows.directions * closures.inputs);
    let closure = &mut closures.vjp;
    guard_model(&mut closures.failure, || (closure.as_mut().unwrap())(rows, x, u, jtu))
}

pub(super) unsafe extern "C" fn energies<T: Real>(
    first: i64,
    n: i64,
    x: *const T,
    energies: *mut f64,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let rows = rows(first, n, 1, 1);
    let x = input(x, rows.samples * closures.inputs);
    let energies = output(energies, rows.samples);
    let closure = &mut closures.energies;
    guard_model(&mut closures.failure, || (closure.as_mut().unwrap())(rows, x, energies))
}

pub(super) unsafe extern "C" fn product_norms<T: Real>(
    first: i64,
    n: i64,
    m: i64,
    x: *const T,
    u: *const T,
    norms: *mut f64,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let rows = rows(first, n, 1, m);
    let x = input(x, rows.samples * closures.inputs);
    let u = input(u, rows.samples * rows.directions * closures.outputs);
    let norms = output(norms, rows.samples * rows.directions);
    let closure = &mut closures.product_norms;
    guard_model(&mut closures.failure, || (closure.as_mut().unwrap())(rows, x, u, norms))
}

pub(super) unsafe extern "C" fn parameter_vjp<T: Real>(
    first: i64,
    n: i64,
    points: i64,
    x: *const T,
    cotangents: *const T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let rows = rows(first, n, points, 1);
    let x = input(x, rows.samples * rows.points * closures.inputs);
    let cotangents = input(cotangents, rows.samples * rows.points * closures.outputs);
    let closure = &mut closures.parameter_vjp;
    guard_model(&mut closures.failure, || (closure.as_mut().unwrap())(rows, x, cotangents))
}

pub(super) unsafe extern "C" fn prepare<T: Real>(
    first: i64,
    n: i64,
    x: *const T,
    user: *mut c_void,
) -> i32 {
    let closures = &mut *(user as *mut Closures<'_, T>);
    let rows = rows(first, n, 1, 1);
    let x = input(x, rows.samples * closures.inputs);
    let closure = &mut closures.prepare;
    guard_model(&mut closures.failure, || (closure.as_mut().unwrap())(rows, x))
}
