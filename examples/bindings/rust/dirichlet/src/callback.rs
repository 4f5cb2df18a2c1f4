//! Closures that C calls, and how what goes wrong in them gets past C.

use std::any::Any;
use std::os::raw::c_void;
use std::panic::{self, AssertUnwindSafe};
use std::slice;

use crate::error::check;
use crate::sys::dirichlet_status;
use crate::{Real, Result};

/// An error of the caller's own, of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a closure returns. An error ends the call that led to the closure, whose own error
/// has it as its source. A panic does so too, and goes on once C has returned.
pub type CallbackResult<T = ()> = std::result::Result<T, BoxError>;

/// What a closure that failed returns to C; why it did is kept here.
const STOP: i32 = 1;

/// Why a closure did not return `Ok`.
pub(crate) enum Failure {
    Error(BoxError),
    Panic(Box<dyn Any + Send>),
}

/// Run a closure for C, through which no panic may pass.
pub(crate) fn guard(
    failure: &mut Option<Failure>,
    closure: impl FnOnce() -> CallbackResult,
) -> i32 {
    match panic::catch_unwind(AssertUnwindSafe(closure)) {
        Ok(Ok(())) => return 0,
        Ok(Err(error)) => *failure = Some(Failure::Error(error)),
        Err(payload) => *failure = Some(Failure::Panic(payload)),
    }
    STOP
}

/// End a call that may have run closures: go on with a panic of theirs, or make its result.
pub(crate) fn conclude(
    failure: Option<Failure>,
    status: dirichlet_status,
    message: impl FnOnce() -> String,
) -> Result<()> {
    match failure {
        None => check(status, message),
        Some(Failure::Panic(payload)) => panic::resume_unwind(payload),
        Some(Failure::Error(error)) => {
            check(status, message).map_err(|found| found.with_callback(error))
        }
    }
}

/// A value whose address C holds. A `Box` would not do: to move one says that nothing else
/// points to what is in it.
pub(crate) struct Lent<V>(*mut V);

impl<V> Lent<V> {
    pub(crate) fn new(value: V) -> Self {
        Lent(Box::into_raw(Box::new(value)))
    }

    pub(crate) fn address(&self) -> *mut c_void {
        self.0 as *mut c_void
    }

    /// The value, while no closure runs: they run inside calls that borrow its owner mutably.
    pub(crate) fn get(&mut self) -> &mut V {
        // SAFETY: made by Box::into_raw and dropped by `drop` alone.
        unsafe { &mut *self.0 }
    }
}

impl<V> Drop for Lent<V> {
    fn drop(&mut self) {
        // SAFETY: made by Box::into_raw in `new` and dropped nowhere else.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// An input of C's as a slice.
///
/// # Safety
/// `input` must point to `length` elements that nobody writes during `'b`.
pub(crate) unsafe fn input<'b, T: Real>(input: *const T, length: usize) -> &'b [T] {
    slice::from_raw_parts(input, length)
}

/// An output of C's, whose contents are unspecified, as a slice of NaN: what a closure leaves out
/// is found, where zeros would be taken for its answer. All bits set are a NaN of both types.
///
/// # Safety
/// `output` must point to `length` elements that nothing else uses during `'b`.
pub(crate) unsafe fn output<'b, T: Real>(output: *mut T, length: usize) -> &'b mut [T] {
    std::ptr::write_bytes(output, 0xff, length);
    slice::from_raw_parts_mut(output, length)
}
