//! Measuring, and what has been measured.

use std::fmt;
use std::ops::ControlFlow;
use std::ptr;

use crate::callback::{conclude, Failure};
use crate::error::{check, create, no_details};
use crate::model::{Fits, Movable};
use crate::progress::{Progress, Watcher};
use crate::sys::*;
use crate::view::{count, expect_length, rows};
use crate::{Model, Real, Result};

mod batch;
mod options;
mod result;
mod state;

pub use batch::Batch;
pub use options::{Method, Options, Probes, StopReason};
use result::empty_result;
pub use result::{EstimatorDescription, Measurement};
pub use state::State;

/// The geometric complexity of `model` over the samples of `x` (n, d), in one call.
///
/// For weights, energies of single samples or data in batches use an [`Estimator`].
pub fn measure<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &Options,
) -> Result<Measurement> {
    let samples = model.samples(x)? as i64;
    let options = options.to_c(&Watcher::none())?;
    let mut result = empty_result();
    let mut error = no_details();
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
            &mut error,
        )
    };
    conclude(model.take_failure(), status, || error)?;
    Ok(Measurement::from_c(&result))
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
    progress: Watcher<'a>,
}

// SAFETY: the model is, and `with_progress` takes only closures that are as well.
unsafe impl<T: Real> Send for Estimator<'_, T, Movable> {}

impl<'a, T: Real, Mark> Estimator<'a, T, Mark> {
    /// An estimator of `model` that has seen nothing yet. All its memory is allocated here.
    pub fn new(model: Model<'a, T, Mark>, options: &Options) -> Result<Self> {
        Self::create(model, options, Watcher::none())
    }

    /// The same with a closure that is told now and then during an update what has been seen. To
    /// break off undoes the update, which fails as cancelled.
    pub fn with_progress<F>(
        model: Model<'a, T, Mark>,
        options: &Options,
        progress: F,
    ) -> Result<Self>
    where
        F: FnMut(&Progress) -> ControlFlow<()> + Fits<Mark> + 'a,
    {
        Self::create(model, options, Watcher::new(progress))
    }

    fn create(model: Model<'a, T, Mark>, options: &Options, progress: Watcher<'a>) -> Result<Self> {
        model.check()?;
        let options = options.to_c(&progress)?;
        let handle = create(|out, error| {
            // SAFETY: both structs are copied; what they point to is kept as long as the handle.
            unsafe { (T::C.estimator_create)(model.table(), &options, out, error) }
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
        conclude(self.take_failure(), status, || self.state.details())
    }

    /// The same with all that may be known of the samples: row stride, weights, indices, groups,
    /// and with room for energies and their deviations.
    pub fn update_batch(&mut self, mut batch: Batch<'_, T>) -> Result<()> {
        let batch = batch.as_c(self.model.inputs())?;
        // SAFETY: the lengths have been checked.
        let status = unsafe { (T::C.estimator_update_batch)(self.state.handle, &batch) };
        conclude(self.take_failure(), status, || self.state.details())
    }

    fn take_failure(&mut self) -> Option<Failure> {
        let of_progress = self.progress.take_failure();
        of_progress.or_else(|| self.model.take_failure())
    }

    /// The result so far.
    pub fn result(&self) -> Result<Measurement> {
        self.state.result()
    }

    /// See [`State::group_result`].
    pub fn group_result(&self, group: u64) -> Result<Measurement> {
        self.state.group_result(group)
    }

    /// See [`State::describe`].
    pub fn describe(&self) -> Result<EstimatorDescription> {
        self.state.describe()
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
        check(status, || self.state.details())
    }

    /// Set the index of the next sample, on which its probes depend.
    pub fn seek(&mut self, sample_index: u64) -> Result<()> {
        let sample_index = count("sample_index", sample_index)?;
        // SAFETY: the handle lives.
        let status = unsafe { dirichlet_estimator_seek(self.state.handle, sample_index) };
        check(status, || self.state.details())
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
