use std::fmt;
use std::mem;
use std::ops::ControlFlow;
use std::os::raw::c_void;
use std::ptr;

use crate::callback::{guard, Failure, Lent};
use crate::sized::sized;
use crate::sys::{dirichlet_progress, dirichlet_progress_fn};

/// What a long call has done so far.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Samples used; of calls without samples: matrices, or steps of a search.
    pub samples: u64,
    /// How many of these there are to be in this call, if that is known.
    pub total: Option<u64>,
    /// Samples left out because they are not finite.
    pub skipped: u64,
    /// Jacobian products spent.
    pub products: u64,
    /// Of what is measured, so far; NaN before there is one.
    pub value: f64,
    /// Of the value; NaN where it is not known, 0 where it is exact.
    pub standard_error: f64,
}

impl Progress {
    /// # Safety
    /// `progress` must be as long as it says. An older library's is shorter than ours.
    unsafe fn from_c(progress: *const dirichlet_progress) -> Self {
        let mut copy: dirichlet_progress = sized();
        let known = (*progress).struct_size.min(mem::size_of_val(&copy));
        ptr::copy_nonoverlapping(progress.cast::<u8>(), (&mut copy as *mut _) as *mut u8, known);
        Progress {
            samples: copy.samples as u64,
            total: if copy.total > 0 { Some(copy.total as u64) } else { None },
            skipped: copy.skipped as u64,
            products: copy.products as u64,
            value: copy.value,
            standard_error: copy.standard_error,
        }
    }
}

/// A closure that a long call tells of its progress now and then, and that may break it off: the
/// call then fails with [`Status::Cancelled`](crate::Status::Cancelled). The default is none.
///
/// ```
/// use std::cell::Cell;
/// use std::ops::ControlFlow;
///
/// use dirichlet::regularizer::{jacobian_norms, JacobianNormsOptions};
/// use dirichlet::{Model, Status, Watch};
///
/// let mut model = Model::new(1, 1).vjp(|_, _: &[f64], u, jtu| Ok(jtu.copy_from_slice(u)));
/// let seen = Cell::new(0);
/// let watch = |progress: &dirichlet::Progress| {
///     seen.set(progress.samples);
///     if progress.samples < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
/// };
/// let options = JacobianNormsOptions { progress: Watch::new(&watch), ..Default::default() };
/// let error = jacobian_norms(&mut model, &[0.0; 3], &options, None).unwrap_err();
/// assert_eq!((error.status(), seen.get()), (Status::Cancelled, 2));
/// ```
#[derive(Clone, Copy, Default)]
pub struct Watch<'a>(Option<&'a Told<'a>>);

type Told<'a> = dyn Fn(&Progress) -> ControlFlow<()> + 'a;
type ToldMut<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + 'a;

impl<'a> Watch<'a> {
    /// That closure.
    pub fn new(closure: &'a dyn Fn(&Progress) -> ControlFlow<()>) -> Self {
        Watch(Some(closure))
    }

    pub(crate) fn watcher(self) -> Watcher<'a> {
        self.0.map_or(Watcher(None), Watcher::new)
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Watch" } else { "None" })
    }
}

/// A progress closure that C calls, or none.
pub(crate) struct Watcher<'a>(Option<Lent<Watching<'a>>>);

struct Watching<'a> {
    closure: Box<ToldMut<'a>>,
    failure: Option<Failure>,
}

impl<'a> Watcher<'a> {
    pub(crate) fn none() -> Self {
        Watcher(None)
    }

    pub(crate) fn new(closure: impl FnMut(&Progress) -> ControlFlow<()> + 'a) -> Self {
        let closure = Box::new(closure);
        Watcher(Some(Lent::new(Watching { closure, failure: None })))
    }

    /// The callback and its `user`.
    pub(crate) fn callback(&self) -> (dirichlet_progress_fn, *mut c_void) {
        match &self.0 {
            Some(watching) => (Some(watch), watching.address()),
            None => (None, ptr::null_mut()),
        }
    }

    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        self.0.as_mut()?.get().failure.take()
    }
}

/// SAFETY: `user` is the Watching that the running call borrows, `progress` the library's.
unsafe extern "C" fn watch(progress: *const dirichlet_progress, user: *mut c_void) -> i32 {
    let watching = &mut *(user as *mut Watching<'_>);
    let progress = Progress::from_c(progress);
    let closure = &mut watching.closure;
    let mut flow = ControlFlow::Continue(());
    let failed = guard(&mut watching.failure, || {
        flow = closure(&progress);
        Ok(())
    });
    failed | i32::from(flow == ControlFlow::Break(()))
}
