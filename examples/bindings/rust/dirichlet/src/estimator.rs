use std::fmt;
use std::ops::ControlFlow;
use std::os::raw::c_void;
use std::ptr;

use crate::callback::{conclude, guard, Failure, Lent};
use crate::error::{check, create, text, Message};
use crate::model::{Fits, Movable};
use crate::options::{empty_result, Progress};
use crate::sys::*;
use crate::view::{count, expect_length, rows};
use crate::{Measurement, Model, Options, Real, Result};

/// The geometric complexity of `model` over the samples of `x` (n, d), in one call.
///
/// For weights, energies of single samples or data in batches use an [`Estimator`].
pub fn measure<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &Options,
) -> Result<Measurement> {
    let samples = model.samples(x)? as i64;
    let options = options.to_c((None, ptr::null_mut()))?;
    let mut result = empty_result();
    let mut message = Message::new();
    // SAFETY: `x` has so many samples, and NULL stands for what is not wanted.
    let status = unsafe {
        (T::C.measure)(
            model.table(),
            samples,
            x.as_ptr(),
            ptr::null(),
            &options,
            &mut result,
            ptr::null_mut(),
            message.buffer(),
            message.size(),
        )
    };
    conclude(model.take_failure(), status, || message.text())?;
    Ok(Measurement::from_c(&result))
}

/// What has been measured, without a model: it gives its result, merges and serializes.
///
/// It is `Send`, so threads can measure parts and hand back their states; not `Sync`.
///
/// ```compile_fail,E0277
/// fn share<T: Sync>() {}
/// share::<dirichlet::State>();
/// ```
pub struct State {
    handle: *mut dirichlet_estimator,
}

// SAFETY: the library keeps nothing for a thread, and a state alone calls no closures.
unsafe impl Send for State {}

impl State {
    /// Read a state that `serialize` wrote, on any machine. Nothing in the bytes is trusted.
    pub fn deserialize(bytes: &[u8]) -> Result<Self> {
        let handle = create(|out, message, size| {
            let start = bytes.as_ptr() as *const c_void;
            // SAFETY: the bytes are read during the call only.
            unsafe {
                dirichlet_estimator_deserialize(start, bytes.len(), ptr::null(), out, message, size)
            }
        })?;
        Ok(State { handle })
    }

    /// The state as bytes that any machine can read; equal states give equal bytes.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        let mut size = 0;
        // SAFETY: a null buffer asks for the size only.
        let status =
            unsafe { dirichlet_estimator_serialize(self.handle, ptr::null_mut(), 0, &mut size) };
        check(status, String::new)?;
        let mut bytes = vec![0; size];
        let buffer = bytes.as_mut_ptr() as *mut c_void;
        // SAFETY: the buffer has `size` bytes.
        let status = unsafe { dirichlet_estimator_serialize(self.handle, buffer, size, &mut size) };
        check(status, String::new)?;
        Ok(bytes)
    }

    /// The result so far.
    pub fn result(&self) -> Result<Measurement> {
        let mut result = empty_result();
        // SAFETY: the handle lives, the struct is of the size it says.
        let status = unsafe { dirichlet_estimator_result(self.handle, &mut result) };
        check(status, String::new)?;
        Ok(Measurement::from_c(&result))
    }

    /// Add what `source` has seen, exactly and in any order. `source` stays as it is.
    pub fn merge(&mut self, source: &State) -> Result<()> {
        // SAFETY: both handles live; they differ, since one is borrowed mutably.
        let status = unsafe { dirichlet_estimator_merge(self.handle, source.handle) };
        check(status, || self.message())
    }

    fn message(&self) -> String {
        // SAFETY: the handle lives, and the string is copied before its next call.
        unsafe { text(dirichlet_estimator_message(self.handle)) }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: made by the library and destroyed nowhere else.
        unsafe { dirichlet_estimator_destroy(self.handle) }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("State").field(&self.result()).finish()
    }
}

/// Measures a model, batch after batch.
///
/// ```
/// use dirichlet::{Estimator, Model, Options};
///
/// // f(x) = sin(3 x), with its vector-Jacobian products.
/// let model = Model::new(1, 1).vjp(|m, x: &[f64], u, jtu| {
///     for (j, product) in jtu.iter_mut().enumerate() {
///         *product = 3.0 * (3.0 * x[j / m]).cos() * u[j];
///     }
///     Ok(())
/// });
/// let mut estimator = Estimator::new(model, &Options::default())?;
/// estimator.update(&[0.0, 0.1])?;
/// estimator.update(&[0.2])?;
/// let result = estimator.result()?;
/// assert_eq!(result.samples, 3);
/// assert!((result.value - 7.7816).abs() < 1e-4);
/// # Ok::<(), dirichlet::Error>(())
/// ```
pub struct Estimator<'a, T: Real, Mark = Movable> {
    // Dropped in this order: the handle refers to the others.
    state: State,
    model: Model<'a, T, Mark>,
    progress: Option<Lent<Watcher<'a>>>,
}

// SAFETY: the model is, and `with_progress` takes only closures that are as well.
unsafe impl<T: Real> Send for Estimator<'_, T, Movable> {}

/// A progress closure and why it stopped.
struct Watcher<'a> {
    closure: Box<dyn FnMut(u64) -> ControlFlow<()> + 'a>,
    failure: Option<Failure>,
}

impl<'a, T: Real, Mark> Estimator<'a, T, Mark> {
    /// An estimator of `model` that has seen nothing yet. All its memory is allocated here.
    pub fn new(model: Model<'a, T, Mark>, options: &Options) -> Result<Self> {
        Self::create(model, options, None)
    }

    /// The same with a closure that is called now and then during an update with the number of
    /// samples used so far. To break off undoes the update, which fails as cancelled.
    pub fn with_progress<F>(
        model: Model<'a, T, Mark>,
        options: &Options,
        progress: F,
    ) -> Result<Self>
    where
        F: FnMut(u64) -> ControlFlow<()> + Fits<Mark> + 'a,
    {
        let watcher = Watcher { closure: Box::new(progress), failure: None };
        Self::create(model, options, Some(Lent::new(watcher)))
    }

    fn create(
        model: Model<'a, T, Mark>,
        options: &Options,
        progress: Option<Lent<Watcher<'a>>>,
    ) -> Result<Self> {
        let callback: Progress = match &progress {
            Some(watcher) => (Some(watch), watcher.address()),
            None => (None, ptr::null_mut()),
        };
        model.check()?;
        let options = options.to_c(callback)?;
        let handle = create(|out, message, size| {
            // SAFETY: both structs are copied; what they point to is kept as long as the handle.
            unsafe { (T::C.estimator_create)(model.table(), &options, out, message, size) }
        })?;
        Ok(Estimator { state: State { handle }, model, progress })
    }

    /// Take the samples of `x` (n, d). On an error or a panic of a closure nothing has changed.
    pub fn update(&mut self, x: &[T]) -> Result<()> {
        self.update_with(x, None, None)
    }

    /// The same with a weight >= 0 for each sample and room for their energies, (n) each.
    pub fn update_with(
        &mut self,
        x: &[T],
        weights: Option<&[f64]>,
        energies: Option<&mut [f64]>,
    ) -> Result<()> {
        let samples = rows("x", x.len(), self.model.inputs())?;
        if let Some(weights) = weights {
            expect_length("weights", weights.len(), samples)?;
        }
        if let Some(energies) = &energies {
            expect_length("energies", energies.len(), samples)?;
        }
        let weights = weights.map_or(ptr::null(), <[f64]>::as_ptr);
        let energies = energies.map_or(ptr::null_mut(), <[f64]>::as_mut_ptr);
        // SAFETY: the lengths have been checked.
        let status = unsafe {
            (T::C.estimator_update)(
                self.state.handle,
                samples as i64,
                x.as_ptr(),
                weights,
                energies,
            )
        };
        conclude(self.take_failure(), status, || self.state.message())
    }

    fn take_failure(&mut self) -> Option<Failure> {
        let of_progress = self.progress.as_mut().and_then(|watcher| watcher.get().failure.take());
        of_progress.or_else(|| self.model.take_failure())
    }

    /// The result so far.
    pub fn result(&self) -> Result<Measurement> {
        self.state.result()
    }

    /// What has been measured, for another's `merge` or as bytes.
    // It is not given away mutably: exchanged for that of another estimator it would call
    // closures that it does not own.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What has been measured, on its own.
    pub fn into_state(self) -> State {
        self.state
    }

    /// See [`State::merge`].
    pub fn merge(&mut self, source: &State) -> Result<()> {
        self.state.merge(source)
    }

    /// Forget all samples.
    pub fn reset(&mut self) -> Result<()> {
        // SAFETY: the handle lives.
        let status = unsafe { dirichlet_estimator_reset(self.state.handle) };
        check(status, || self.state.message())
    }

    /// Set the index of the next sample, on which its probes depend.
    pub fn seek(&mut self, sample_index: u64) -> Result<()> {
        let sample_index = count("sample_index", sample_index)?;
        // SAFETY: the handle lives.
        let status = unsafe { dirichlet_estimator_seek(self.state.handle, sample_index) };
        check(status, || self.state.message())
    }

    /// Whether no more samples are taken: `max_samples` or `tolerance` was reached.
    pub fn stopped(&self) -> bool {
        // SAFETY: the handle lives.
        unsafe { dirichlet_estimator_stopped(self.state.handle) != 0 }
    }
}

impl<T: Real, Mark> fmt::Debug for Estimator<'_, T, Mark> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Estimator({:?}, {:?})", self.model, self.state)
    }
}

/// SAFETY: `user` is the Watcher of an estimator that the running call borrows.
unsafe extern "C" fn watch(samples: i64, user: *mut c_void) -> i32 {
    let watcher = &mut *(user as *mut Watcher<'_>);
    let closure = &mut watcher.closure;
    let mut flow = ControlFlow::Continue(());
    let failed = guard(&mut watcher.failure, || {
        flow = closure(samples as u64);
        Ok(())
    });
    failed | i32::from(flow == ControlFlow::Break(()))
}
