use std::ptr;

use crate::callback::conclude;
use crate::error::no_details;
use crate::penalty::empty_penalty;
use crate::progress::{Watch, Watcher};
use crate::sized::sized;
use crate::sys::*;
use crate::view::{count, expect_length};
use crate::{Batch, Model, Penalty, Probes, Real, Result};

/// How the spectral norms of Jacobians are searched.
#[derive(Clone, Debug, Default)]
pub struct JacobianNormsOptions<'a> {
    /// By which the bounds of a norm may differ, relative to the lower one; 0: 1e-10.
    pub tolerance: f64,
    /// For each norm; 0: 200.
    pub max_iterations: u64,
    /// Index of the first sample.
    pub first_sample: u64,
    /// Budget of the workspace.
    pub workspace_bytes: usize,
    /// Called after every sample; the value is the largest norm so far.
    pub progress: Watch<'a>,
}

impl JacobianNormsOptions<'_> {
    fn to_c(&self, watcher: &Watcher<'_>) -> Result<dirichlet_jacobian_norms_options> {
        let (progress, progress_user) = watcher.callback();
        Ok(dirichlet_jacobian_norms_options {
            tolerance: self.tolerance,
            max_iterations: count("options.max_iterations", self.max_iterations)?,
            first_sample: count("options.first_sample", self.first_sample)?,
            workspace_bytes: self.workspace_bytes,
            progress,
            progress_user,
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        })
    }
}

/// The largest of the spectral norms of Jacobians.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JacobianNorms {
    /// It: a lower bound of the Lipschitz constant.
    pub norm: f64,
    /// The largest of the lower bounds.
    pub lower: f64,
    /// Index in the data set of the sample that has it.
    pub sample: u64,
    /// Of how many samples the norm is right to the tolerance.
    pub converged_samples: u64,
    /// Whether that is all.
    pub converged: bool,
}

/// ||J(x_i)||_2 for the samples of x (n, d): the largest, and each of them in `norms` (n).
pub fn jacobian_norms<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &JacobianNormsOptions<'_>,
    norms: Option<&mut [f64]>,
) -> Result<JacobianNorms> {
    let samples = model.samples(x)?;
    if let Some(norms) = &norms {
        expect_length("norms", norms.len(), samples)?;
    }
    let norms = norms.map_or(ptr::null_mut(), <[f64]>::as_mut_ptr);
    let mut watcher = options.progress.watcher();
    let options = options.to_c(&watcher)?;
    // SAFETY: a struct of the C interface.
    let mut result: dirichlet_jacobian_norms = unsafe { sized() };
    let mut error = no_details();
    // SAFETY: the lengths have been checked.
    let status = unsafe {
        (T::C.jacobian_norms)(
            model.table(),
            samples as i64,
            x.as_ptr(),
            &options,
            norms,
            &mut result,
            &mut error,
        )
    };
    let failure = model.take_failure().or_else(|| watcher.take_failure());
    conclude(failure, status, || error)?;
    Ok(JacobianNorms {
        norm: result.norm,
        lower: result.lower,
        sample: result.sample as u64,
        converged_samples: result.converged_samples as u64,
        converged: result.converged != 0,
    })
}

/// How the energy penalty of a model takes its differences.
#[derive(Clone, Debug, Default)]
pub struct EnergyPenaltyOptions<'a> {
    /// Directions a sample; from d on: all coordinates. One is unbiased too, and in training often
    /// all that is needed.
    pub probes: Probes,
    /// Of the directions: a new one in each step of a training.
    pub seed: u64,
    /// Index of the first sample, on which its directions depend.
    pub first_sample: u64,
    /// How far inputs move; 0: what suits the precision.
    pub step: f64,
    /// Budget of the workspace.
    pub workspace_bytes: usize,
    /// Called after every tile; the value is that of the samples so far.
    pub progress: Watch<'a>,
}

impl EnergyPenaltyOptions<'_> {
    fn to_c(&self, watcher: &Watcher<'_>) -> Result<dirichlet_energy_penalty_options> {
        let (progress, progress_user) = watcher.callback();
        Ok(dirichlet_energy_penalty_options {
            probes: self.probes.to_c("options.probes")?,
            seed: self.seed,
            first_sample: count("options.first_sample", self.first_sample)?,
            step: self.step,
            workspace_bytes: self.workspace_bytes,
            progress,
            progress_user,
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        })
    }
}

/// The geometric complexity of a model from its forward passes alone.
pub fn energy_value<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &EnergyPenaltyOptions<'_>,
) -> Result<Penalty> {
    let table = dirichlet_model { parameter_vjp: None, ..*model.table() };
    penalty(model, &table, Batch::new(x), options, 0.0)
}

/// The same with its gradient, from forward and backward passes: [`Model::parameter_vjp`] adds to
/// the trainer's own gradient; its cotangents hold the strength.
///
/// ```
/// use std::cell::Cell;
///
/// use dirichlet::regularizer::{energy_penalty, EnergyPenaltyOptions};
/// use dirichlet::Model;
///
/// // f(x) = theta x: R = theta^2, with the derivative 2 theta.
/// let (theta, gradient) = (3.0, Cell::new(0.0));
/// let mut model = Model::local(1, 1)
///     .forward(|x, y| Ok(x.iter().zip(y).for_each(|(x, y)| *y = theta * x)))
///     .parameter_vjp(|x, cotangents| {
///         let sum: f64 = x.iter().zip(cotangents).map(|(x, c)| x * c).sum();
///         Ok(gradient.set(gradient.get() + sum))
///     });
/// let options = EnergyPenaltyOptions::default();
/// let penalty = energy_penalty(&mut model, &[0.5, -1.5], &options, 0.1)?;
/// assert!((penalty.value - 9.0).abs() < 1e-8 && (gradient.get() - 0.1 * 6.0).abs() < 1e-8);
/// # Ok::<(), dirichlet::Error>(())
/// ```
pub fn energy_penalty<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    x: &[T],
    options: &EnergyPenaltyOptions<'_>,
    strength: f64,
) -> Result<Penalty> {
    energy_penalty_batch(model, Batch::new(x), options, strength)
}

/// The same with the row stride, weights and indices of a batch; those indices in the place of
/// `options.first_sample`. Its energies and deviations are filled in; it has no groups.
pub fn energy_penalty_batch<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    batch: Batch<'_, T>,
    options: &EnergyPenaltyOptions<'_>,
    strength: f64,
) -> Result<Penalty> {
    model.needs_parameter_vjp()?;
    let table = *model.table();
    penalty(model, &table, batch, options, strength)
}

fn penalty<T: Real, Mark>(
    model: &mut Model<'_, T, Mark>,
    table: &dirichlet_model<T>,
    mut batch: Batch<'_, T>,
    options: &EnergyPenaltyOptions<'_>,
    strength: f64,
) -> Result<Penalty> {
    model.check()?;
    let batch = batch.as_c(model.inputs())?;
    let mut watcher = options.progress.watcher();
    let options = options.to_c(&watcher)?;
    let mut result = empty_penalty();
    let mut error = no_details();
    // SAFETY: the lengths have been checked.
    let status = unsafe {
        (T::C.energy_penalty_batch)(table, &batch, &options, strength, &mut result, &mut error)
    };
    let failure = model.take_failure().or_else(|| watcher.take_failure());
    conclude(failure, status, || error)?;
    Ok(Penalty::from_c(&result))
}
