//! Closures that C calls, and how what goes wrong in them gets past C.

use std::any::Any;
use std::fmt;
use std::os::raw::c_void;
use std::panic::{self, AssertUnwindSafe};
use std::slice;

use crate::error::check;
use crate::sys::*;
use crate::{Real, Result};

/// An error of the caller's own, of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a closure returns. An error ends the call that led to the closure, whose own error
/// has it as its source. A panic does so too, and goes on once C has returned.
pub type CallbackResult<T = ()> = std::result::Result<T, BoxError>;

/// What a closure of a model can say beside errors of its own: it returns one of these as its
/// error.
///
/// ```
/// use dirichlet::{measure, Model, Options, Refusal};
///
/// // f(x) = log x, which is skipped where it is not defined.
/// let mut model = Model::new(1, 1).vjp(|_, x: &[f64], u, jtu| {
///     if x.iter().any(|&x| x <= 0.0) {
///         return Err(Refusal::OutOfDomain.into());
///     }
///     jtu.iter_mut().enumerate().for_each(|(i, product)| *product = u[i] / x[i]);
///     Ok(())
/// });
/// let options = Options { skip_nonfinite: true, ..Options::default() };
/// let gc = measure(&mut model, &[0.5, -1.0, 1.0], &options)?;
/// assert_eq!((gc.value, gc.samples, gc.skipped), (2.5, 2, 1));
/// # Ok::<(), dirichlet::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// It cannot do this, and will not: as if the model did not have the closure. The call fails
    /// with [`Status::MissingCallback`](crate::Status::MissingCallback).
    Unsupported,
    /// f is not defined at some row: as if all that was written there were NaN. A call of several
    /// rows is repeated row by row, to find out where.
    OutOfDomain,
}

impl Refusal {
    fn to_c(self) -> i32 {
        match self {
            Refusal::Unsupported => DIRICHLET_CALLBACK_UNSUPPORTED,
            Refusal::OutOfDomain => DIRICHLET_CALLBACK_OUT_OF_DOMAIN,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Refusal::Unsupported => "not supported",
            Refusal::OutOfDomain => "not defined there",
        })
    }
}

impl std::error::Error for Refusal {}

/// What a closure that failed returns to C; why it did is kept here. Negative numbers are the
/// library's.
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
    let reason = match panic::catch_unwind(AssertUnwindSafe(closure)) {
        Ok(Ok(())) => return 0,
        Ok(Err(error)) => Failure::Error(error),
        Err(payload) => Failure::Panic(payload),
    };
    // The first is the one that matters, but no panic is lost.
    if failure.is_none() || matches!(reason, Failure::Panic(_)) {
        *failure = Some(reason);
    }
    STOP
}

/// The same for a closure of a model, which may refuse.
pub(crate) fn guard_model(
    failure: &mut Option<Failure>,
    closure: impl FnOnce() -> CallbackResult,
) -> i32 {
    let mut refusal = None;
    let code = guard(failure, || match closure() {
        Err(error) => {
            refusal = Some(*error.downcast::<Refusal>()?);
            Ok(())
        }
        Ok(()) => Ok(()),
    });
    refusal.map_or(code, Refusal::to_c)
}

/// End a call that may have run closures: go on with a panic of theirs, or make its result.
pub(crate) fn conclude(
    failure: Option<Failure>,
    status: dirichlet_status,
    details: impl FnOnce() -> dirichlet_error,
) -> Result<()> {
    match failure {
        None => check(status, details),
        Some(Failure::Panic(payload)) => panic::resume_unwind(payload),
        Some(Failure::Error(error)) => {
            check(status, details).map_err(|found| found.with_callback(error))
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
