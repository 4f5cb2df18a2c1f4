//! The function to be measured.

use std::fmt;
use std::marker::PhantomData;

use crate::callback::{Failure, Lent};
use crate::real::Real;
use crate::sized::sized;
use crate::sys::dirichlet_model;
use crate::view::{count, rows};
use crate::{Error, Result, Status};

mod check;
mod closures;
mod offer;

pub use check::{check_model, Callback, CheckItem, CheckOptions, Finding, Report};
use closures::Closures;
pub use closures::Rows;

/// Marks models whose closures, and so they themselves, may move to another thread.
#[derive(Debug)]
pub enum Movable {}

/// Marks models of any closures, which stay on their thread.
#[derive(Debug)]
pub enum Local {}

/// Closures that a model marked so accepts: those that are `Send`, or all.
///
/// # Safety
/// What fits `Movable` may be used on another thread than the one it was made on.
pub unsafe trait Fits<Mark> {}
// SAFETY: that is what Send says.
unsafe impl<F: Send> Fits<Movable> for F {}
// SAFETY: nothing is said of Local.
unsafe impl<F> Fits<Local> for F {}

/// The function f to be measured, from R^d to R^k: closures over batches of samples, of which
/// any may be left out that the method does not need.
///
/// Arrays are row-major, n samples and m directions a sample; n follows from the lengths.
/// Outputs come filled with NaN, so that what a closure leaves out is found: write every element,
/// and add into none before. Rows must not depend on which other rows share a call. A closure may
/// fail, or panic: see [`CallbackResult`](crate::CallbackResult); or refuse: see
/// [`Refusal`](crate::Refusal). [`check_model`] finds most of what may be wrong with a model.
///
/// ```
/// use dirichlet::{measure, Model, Options};
///
/// // f(x, y) = x y, of which only the forward pass is known: finite differences.
/// let mut model = Model::new(2, 1).forward(|x: &[f64], y| {
///     for (x, y) in x.chunks(2).zip(y) {
///         *y = x[0] * x[1];
///     }
///     Ok(())
/// });
/// let gc = measure(&mut model, &[3.0, 4.0, 1.0, 0.0], &Options::default())?;
/// assert!((gc.value - (25.0 + 1.0) / 2.0).abs() < 1e-6);
/// # Ok::<(), dirichlet::Error>(())
/// ```
///
/// Each closure has a form with `_at`, which is told whose rows it gets by [`Rows`]: for models
/// of which more belongs to a sample than its x, to be looked up by its index.
///
/// ```
/// use dirichlet::{measure, Model, Options};
///
/// // f_t(x) = t x, with a t of its own for each sample of the data.
/// let times = [1.0, 2.0, 3.0];
/// let mut model = Model::new(1, 1).vjp_at(|rows, _: &[f64], u, jtu| {
///     for (i, (u, jtu)) in u.iter().zip(jtu).enumerate() {
///         *jtu = times[rows.first + i / rows.directions] * u;
///     }
///     Ok(())
/// });
/// let gc = measure(&mut model, &[0.5, 0.5, 0.5], &Options::default())?;
/// assert_eq!(gc.value, (1.0 + 4.0 + 9.0) / 3.0);
/// # Ok::<(), dirichlet::Error>(())
/// ```
///
/// A model of [`Model::new`] is `Send`, and so are its closures. One of [`Model::local`] takes
/// other closures too, and is not.
///
/// ```
/// # use dirichlet::Model;
/// let calls = std::cell::Cell::new(0);
/// Model::<f64, _>::local(1, 1).forward(|_, _| Ok(calls.set(calls.get() + 1)));
/// ```
///
/// ```compile_fail,E0277
/// # use dirichlet::Model;
/// let calls = std::cell::Cell::new(0);
/// Model::<f64, _>::new(1, 1).forward(|_, _| Ok(calls.set(calls.get() + 1)));
/// ```
///
/// ```compile_fail,E0277
/// fn movable<M: Send>(_: M) {}
/// movable(dirichlet::Model::<f64, _>::local(1, 1));
/// ```
pub struct Model<'a, T: Real, Mark = Movable> {
    table: dirichlet_model<T>,
    /// None where the callbacks are not closures.
    closures: Option<Lent<Closures<'a, T>>>,
    _marks: PhantomData<(&'a mut T, Mark)>,
}

// SAFETY: `closures` takes only those that are Send, and C keeps nothing for a thread. What
// `from_raw` says of its table it says of other threads too.
unsafe impl<T: Real> Send for Model<'_, T, Movable> {}

impl<'a, T: Real> Model<'a, T> {
    /// A model with d = `inputs` and k = `outputs` and no closures yet, which must be `Send`.
    pub fn new(inputs: usize, outputs: usize) -> Self {
        Self::with_mark(inputs, outputs)
    }
}

impl<'a, T: Real> Model<'a, T, Local> {
    /// The same for any closures, such as those that share an `Rc` or a `RefCell`.
    pub fn local(inputs: usize, outputs: usize) -> Self {
        Self::with_mark(inputs, outputs)
    }
}

impl<'a, T: Real, Mark> Model<'a, T, Mark> {
    fn with_mark(inputs: usize, outputs: usize) -> Self {
        let closures = Lent::new(Closures::new(inputs, outputs));
        let mut table = empty_table();
        // Sizes too large for C become negative, which `check` refuses.
        table.inputs = inputs as i64;
        table.outputs = outputs as i64;
        table.ignores_first = 1; // until a closure is set that looks
        table.user = closures.address();
        Model { table, closures: Some(closures), _marks: PhantomData }
    }

    /// A table of C functions. The methods that set closures panic on such a model.
    ///
    /// # Safety
    /// The functions and what `user` points to must be valid for `'a`, on any thread if the
    /// mark is [`Movable`], and nothing else may use them meanwhile.
    pub unsafe fn from_raw(table: dirichlet_model<T>) -> Self {
        Model { table, closures: None, _marks: PhantomData }
    }

    /// The most rows of x in a call, points of samples included, that the closures accept; 0: any.
    #[must_use]
    pub fn max_samples(mut self, samples: usize) -> Self {
        self.table.max_samples = samples as i64;
        self
    }

    /// The largest m the closures accept; 0: any.
    #[must_use]
    pub fn max_directions(mut self, directions: usize) -> Self {
        self.table.max_directions = directions as i64;
        self
    }

    /// d.
    pub fn inputs(&self) -> usize {
        self.table.inputs as usize
    }

    /// k.
    pub fn outputs(&self) -> usize {
        self.table.outputs as usize
    }

    /// Refuse sizes that C, where they are negative or 0, could not name as they were given.
    pub(crate) fn check(&self) -> Result<()> {
        let table = &self.table;
        for (name, size) in [
            ("inputs", table.inputs),
            ("outputs", table.outputs),
            ("max_samples", table.max_samples),
            ("max_directions", table.max_directions),
        ] {
            if self.closures.is_some() {
                count(format_args!("model.{name}"), size as usize)?;
            }
        }
        if table.inputs < 1 {
            let message = format!("model.inputs is {}: it must be >= 1", table.inputs);
            return Err(Error::range(message));
        }
        Ok(())
    }

    /// The samples of x (n, d).
    pub(crate) fn samples(&self, x: &[T]) -> Result<usize> {
        self.check()?;
        rows("x", x.len(), self.inputs())
    }

    pub(crate) fn table(&self) -> &dirichlet_model<T> {
        &self.table
    }

    /// Why a closure stopped the call that has just returned, if one did.
    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        self.closures.as_mut()?.get().failure.take()
    }

    /// Refuse a model that has no gradient to give.
    pub(crate) fn needs_parameter_vjp(&self) -> Result<()> {
        if self.table.parameter_vjp.is_some() {
            return Ok(());
        }
        let message = "model.parameter_vjp is missing: energy_value does without a gradient";
        Err(Error::new(Status::MissingCallback, message.into()))
    }

    fn closures(&mut self) -> &mut Closures<'a, T> {
        self.closures.as_mut().expect("a model of C functions takes no closures").get()
    }
}

impl<T: Real, Mark> fmt::Debug for Model<'_, T, Mark> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inputs, outputs) = (self.table.inputs, self.table.outputs);
        write!(formatter, "Model({inputs}, {outputs})")
    }
}

/// A table without callbacks and sizes, its `struct_size` set.
pub(crate) fn empty_table<T: Copy>() -> dirichlet_model<T> {
    // SAFETY: a struct of the C interface.
    unsafe { sized() }
}
