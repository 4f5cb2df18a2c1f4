use std::any::Any;
use std::marker::PhantomData;
use std::mem;
use std::num::NonZeroI32;
use std::os::raw::c_void;
use std::panic::{self, AssertUnwindSafe};
use std::ptr;
use std::slice;

use crate::real::Real;
use crate::sys::dirichlet_model;

/// What a closure returns: `Err` with a code of its own stops the update, whose error
/// has the code in `callback_code`.
pub type Flow = std::result::Result<(), NonZeroI32>;

type Forward<'a, T> = dyn FnMut(usize, &[T], &mut [T]) -> Flow + 'a;
type Products<'a, T> = dyn FnMut(usize, usize, &[T], &[T], &mut [T]) -> Flow + 'a;

/// What a closure that panics returns to C. The payload tells it from a user's code.
const PANICKED: i32 = -1;

/// The function to be measured, from R^inputs to R^outputs: closures over batches, of
/// which any may be left out that the method does not need.
///
/// Outputs come filled with zeros, so closures may add into them. A panic passes
/// through: the update that called the closure panics with the same payload, and the
/// estimator is as it was before.
pub struct Model<'a, T: Real> {
    table: dirichlet_model<T>,
    /// Null where the callbacks are those of a network of the library.
    callbacks: *mut Callbacks<'a, T>,
    _borrows: PhantomData<&'a mut T>,
}

struct Callbacks<'a, T> {
    inputs: usize,
    outputs: usize,
    forward: Option<Box<Forward<'a, T>>>,
    jvp: Option<Box<Products<'a, T>>>,
    vjp: Option<Box<Products<'a, T>>>,
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a, T: Real> Model<'a, T> {
    pub fn new(inputs: usize, outputs: usize) -> Self {
        let callbacks = Box::into_raw(Box::new(Callbacks {
            inputs,
            outputs,
            forward: None,
            jvp: None,
            vjp: None,
            panic: None,
        }));
        let mut table = empty_table();
        table.inputs = inputs as i64;
        table.outputs = outputs as i64;
        table.user = callbacks as *mut c_void;
        Model { table, callbacks, _borrows: PhantomData }
    }

    /// A table of callbacks of C.
    ///
    /// # Safety
    /// The callbacks and what `user` points to must be valid for `'a`, and nothing else
    /// may use them meanwhile.
    pub unsafe fn from_table(table: dirichlet_model<T>) -> Self {
        Model { table, callbacks: ptr::null_mut(), _borrows: PhantomData }
    }

    /// y = f(x): `(samples, x, y)`.
    pub fn forward<F>(mut self, closure: F) -> Self
    where
        F: FnMut(usize, &[T], &mut [T]) -> Flow + 'a,
    {
        self.table.forward = Some(forward::<T>);
        self.callbacks().forward = Some(Box::new(closure));
        self
    }

    /// Jacobian-vector products J v: `(samples, directions, x, v, jv)`.
    pub fn jvp<F>(mut self, closure: F) -> Self
    where
        F: FnMut(usize, usize, &[T], &[T], &mut [T]) -> Flow + 'a,
    {
        self.table.jvp = Some(jvp::<T>);
        self.callbacks().jvp = Some(Box::new(closure));
        self
    }

    /// Vector-Jacobian products J^T u: `(samples, directions, x, u, jtu)`.
    pub fn vjp<F>(mut self, closure: F) -> Self
    where
        F: FnMut(usize, usize, &[T], &[T], &mut [T]) -> Flow + 'a,
    {
        self.table.vjp = Some(vjp::<T>);
        self.callbacks().vjp = Some(Box::new(closure));
        self
    }

    /// The largest batch the closures accept; 0: any.
    pub fn max_samples(mut self, samples: usize) -> Self {
        self.table.max_samples = samples as i64;
        self
    }

    /// The largest number of directions a sample the closures accept; 0: any.
    pub fn max_directions(mut self, directions: usize) -> Self {
        self.table.max_directions = directions as i64;
        self
    }

    pub(crate) fn table(&self) -> &dirichlet_model<T> {
        &self.table
    }

    /// To be called after every call of the library that may have called a closure.
    pub(crate) fn resume_panic(&mut self) {
        if self.callbacks.is_null() {
            return;
        }
        if let Some(payload) = self.callbacks().panic.take() {
            panic::resume_unwind(payload);
        }
    }

    fn callbacks(&mut self) -> &mut Callbacks<'a, T> {
        assert!(!self.callbacks.is_null(), "this model takes no closures");
        // SAFETY: made by Box::into_raw in `new`, and no callback is running: callbacks
        // run inside calls that borrow the model.
        unsafe { &mut *self.callbacks }
    }
}

impl<T: Real> Drop for Model<'_, T> {
    fn drop(&mut self) {
        if !self.callbacks.is_null() {
            // SAFETY: made by Box::into_raw in `new` and dropped nowhere else.
            drop(unsafe { Box::from_raw(self.callbacks) });
        }
    }
}

/// A table without callbacks and sizes, its `struct_size` set.
pub(crate) fn empty_table<T>() -> dirichlet_model<T> {
    // SAFETY: zero is a value of every field: null, 0 or None.
    let mut table: dirichlet_model<T> = unsafe { mem::zeroed() };
    table.struct_size = mem::size_of_val(&table);
    table
}

/// Run a closure for C, through which no panic may pass.
fn guard(panic: &mut Option<Box<dyn Any + Send>>, closure: impl FnOnce() -> Flow) -> i32 {
    match panic::catch_unwind(AssertUnwindSafe(closure)) {
        Ok(Ok(())) => 0,
        Ok(Err(code)) => code.get(),
        Err(payload) => {
            *panic = Some(payload);
            PANICKED
        }
    }
}

/// An output of C's, whose contents are unspecified, as a slice of zeros.
///
/// # Safety
/// `output` must point to `length` elements that nothing else uses during `'b`.
unsafe fn zeroed<'b, T: Real>(output: *mut T, length: usize) -> &'b mut [T] {
    ptr::write_bytes(output, 0, length);
    slice::from_raw_parts_mut(output, length)
}

// The functions that C calls. They are set together with the closure they call.
// SAFETY of all three: `user` is the Callbacks of a model that the running call
// borrows, and the buffers are as large as model.h says and do not overlap.

unsafe extern "C" fn forward<T: Real>(
    samples: i64,
    x: *const T,
    y: *mut T,
    user: *mut c_void,
) -> i32 {
    let callbacks = &mut *(user as *mut Callbacks<'_, T>);
    let n = samples as usize;
    let x = slice::from_raw_parts(x, n * callbacks.inputs);
    let y = zeroed(y, n * callbacks.outputs);
    let closure = &mut callbacks.forward;
    guard(&mut callbacks.panic, || (closure.as_mut().unwrap())(n, x, y))
}

unsafe extern "C" fn jvp<T: Real>(
    samples: i64,
    directions: i64,
    x: *const T,
    v: *const T,
    jv: *mut T,
    user: *mut c_void,
) -> i32 {
    let callbacks = &mut *(user as *mut Callbacks<'_, T>);
    let (n, m) = (samples as usize, directions as usize);
    let x = slice::from_raw_parts(x, n * callbacks.inputs);
    let v = slice::from_raw_parts(v, n * m * callbacks.inputs);
    let jv = zeroed(jv, n * m * callbacks.outputs);
    let closure = &mut callbacks.jvp;
    guard(&mut callbacks.panic, || (closure.as_mut().unwrap())(n, m, x, v, jv))
}

unsafe extern "C" fn vjp<T: Real>(
    samples: i64,
    directions: i64,
    x: *const T,
    u: *const T,
    jtu: *mut T,
    user: *mut c_void,
) -> i32 {
    let callbacks = &mut *(user as *mut Callbacks<'_, T>);
    let (n, m) = (samples as usize, directions as usize);
    let x = slice::from_raw_parts(x, n * callbacks.inputs);
    let u = slice::from_raw_parts(u, n * m * callbacks.outputs);
    let jtu = zeroed(jtu, n * m * callbacks.inputs);
    let closure = &mut callbacks.vjp;
    guard(&mut callbacks.panic, || (closure.as_mut().unwrap())(n, m, x, u, jtu))
}
