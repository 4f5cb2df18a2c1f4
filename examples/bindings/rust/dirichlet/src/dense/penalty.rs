use std::ptr;

use super::parameters::{gradients_to_c, tangents_to_c, Gradient, Tangent};
use super::Dense;
use crate::callback::conclude;
use crate::error::check;
use crate::penalty::{empty_flatness, empty_penalty};
use crate::sized::sized;
use crate::sys::*;
use crate::view::{count, expect_length};
use crate::{Batch, Flatness, Loss, Method, Penalty, Probes, Real, Result};

/// How the energies of a penalty are had: by default exactly.
#[derive(Clone, Debug, Default)]
pub struct PenaltyOptions {
    /// [`Method::Exact`], [`Method::Rademacher`], or the one that [`Method::Auto`] takes: exact
    /// without a number of probes, or with as many as make it so.
    pub method: Method,
    /// Cotangents a sample.
    pub probes: Probes,
    /// Of the probes: a new one in each step of a training.
    pub seed: u64,
    /// Index of the call's first sample, on which its probes depend.
    pub first_sample: u64,
}

impl PenaltyOptions {
    fn to_c(&self) -> Result<dirichlet_dense_penalty_options> {
        Ok(dirichlet_dense_penalty_options {
            probes: self.probes.to_c("options.probes")?,
            seed: self.seed,
            first_sample: count("options.first_sample", self.first_sample)?,
            method: self.method.to_c(),
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        })
    }
}

/// What a training needs. `gradients` has an element for each layer in use; each method adds to
/// it and returns what it has found, which no strength or scale multiplies.
impl<T: Real> Dense<'_, T> {
    /// gradients += scale * sum_i (df(x_i)/dtheta)^T c_i, with cotangents c (n, k).
    pub fn parameter_vjp(
        &mut self,
        x: &[T],
        cotangents: &[T],
        scale: f64,
        gradients: &mut [Gradient<'_, T>],
    ) -> Result<()> {
        let samples = self.samples(x)?;
        expect_length("cotangents", cotangents.len(), samples * self.outputs())?;
        let gradients = gradients_to_c(gradients, &self.shapes)?;
        // SAFETY: the lengths have been checked, and no mutable slices overlap.
        let status = unsafe {
            (T::C.dense_parameter_vjp)(
                self.handle,
                samples as i64,
                x.as_ptr(),
                cotangents.as_ptr(),
                scale,
                gradients.as_ptr(),
                gradients.len() as i64,
            )
        };
        check(status, || self.details())
    }

    /// The mean of `loss` over the samples of x (n, d); gradients += scale * its gradient.
    ///
    /// ```
    /// use dirichlet::{Dense, Gradient, Layer, Loss, Matrix, MatrixMut};
    ///
    /// let (weights, mut gradient) = ([2.0, 1.0], [0.0; 2]);
    /// let mut network = Dense::new(&[Layer::new(Matrix::by_rows(1, 2, &weights))])?;
    /// let mut gradients = [Gradient::new(MatrixMut::by_rows(1, 2, &mut gradient))];
    /// let (x, targets) = ([1.0, 3.0], [4.0]);
    /// let loss = network.loss_gradient(&x, &mut Loss::squared(&targets), 1.0, &mut gradients)?;
    /// let gc = network.energy_penalty(&x, 0.1, &mut gradients)?;
    /// assert_eq!((loss, gc.value), (0.5, 5.0)); // 1/2 (5 - 4)^2 and 2^2 + 1^2
    /// assert_eq!(gradient, [1.0 + 0.1 * 4.0, 3.0 + 0.1 * 2.0]);
    /// # Ok::<(), dirichlet::Error>(())
    /// ```
    pub fn loss_gradient(
        &mut self,
        x: &[T],
        loss: &mut Loss<'_, T>,
        scale: f64,
        gradients: &mut [Gradient<'_, T>],
    ) -> Result<f64> {
        let samples = self.samples(x)?;
        let c_loss = loss.as_c(samples, self.outputs())?;
        let gradients = gradients_to_c(gradients, &self.shapes)?;
        let mut value = 0.0;
        // SAFETY: the lengths have been checked, and no mutable slices overlap.
        let status = unsafe {
            (T::C.dense_loss_gradient)(
                self.handle,
                samples as i64,
                x.as_ptr(),
                &c_loss,
                scale,
                gradients.as_ptr(),
                gradients.len() as i64,
                &mut value,
            )
        };
        conclude(loss.take_failure(), status, || self.details())?;
        Ok(value)
    }

    /// gradients += scale * H v, H the Hessian of the loss and v the direction that `tangents`
    /// hold, an element for each layer in use.
    pub fn loss_hvp(
        &mut self,
        x: &[T],
        loss: &mut Loss<'_, T>,
        tangents: &[Tangent<'_, T>],
        scale: f64,
        gradients: &mut [Gradient<'_, T>],
    ) -> Result<()> {
        let samples = self.samples(x)?;
        let c_loss = loss.as_c(samples, self.outputs())?;
        let tangents = tangents_to_c(tangents, &self.shapes)?;
        let gradients = gradients_to_c(gradients, &self.shapes)?;
        // SAFETY: the lengths have been checked, and no mutable slices overlap.
        let status = unsafe {
            (T::C.dense_loss_hvp)(
                self.handle,
                samples as i64,
                x.as_ptr(),
                &c_loss,
                tangents.as_ptr(),
                scale,
                gradients.as_ptr(),
                gradients.len() as i64,
            )
        };
        conclude(loss.take_failure(), status, || self.details())
    }

    /// GC, the mean of the energies; gradients += strength * dGC/dtheta, exactly.
    pub fn energy_penalty(
        &mut self,
        x: &[T],
        strength: f64,
        gradients: &mut [Gradient<'_, T>],
    ) -> Result<Penalty> {
        self.energy_penalty_with(x, &PenaltyOptions::default(), strength, gradients)
    }

    /// The same with options.
    pub fn energy_penalty_with(
        &mut self,
        x: &[T],
        options: &PenaltyOptions,
        strength: f64,
        gradients: &mut [Gradient<'_, T>],
    ) -> Result<Penalty> {
        let samples = self.samples(x)?;
        let gradients = gradients_to_c(gradients, &self.shapes)?;
        let options = options.to_c()?;
        let mut penalty = empty_penalty();
        // SAFETY: the lengths have been checked, and no mutable slices overlap.
        let status = unsafe {
            (T::C.dense_energy_penalty)(
                self.handle,
                samples as i64,
                x.as_ptr(),
                &options,
                strength,
                gradients.as_ptr(),
                gradients.len() as i64,
                &mut penalty,
            )
        };
        check(status, || self.details())?;
        Ok(Penalty::from_c(&penalty))
    }

    /// The same with the row stride, weights and indices of a batch; those indices in the place of
    /// `options.first_sample`, and no groups, energies or deviations.
    pub fn energy_penalty_batch(
        &mut self,
        mut batch: Batch<'_, T>,
        options: &PenaltyOptions,
        strength: f64,
        gradients: &mut [Gradient<'_, T>],
    ) -> Result<Penalty> {
        let batch = batch.as_c(self.inputs())?;
        let gradients = gradients_to_c(gradients, &self.shapes)?;
        let options = options.to_c()?;
        let mut penalty = empty_penalty();
        // SAFETY: the lengths have been checked, and no mutable slices overlap.
        let status = unsafe {
            (T::C.dense_energy_penalty_batch)(
                self.handle,
                &batch,
                &options,
                strength,
                gradients.as_ptr(),
                gradients.len() as i64,
                &mut penalty,
            )
        };
        check(status, || self.details())?;
        Ok(Penalty::from_c(&penalty))
    }

    /// R = ||dLoss/dtheta||^2 over the parameters that have a buffer; gradients += strength *
    /// dR/dtheta. Without gradients R is that of all parameters, and nothing is added.
    pub fn flatness_penalty(
        &mut self,
        x: &[T],
        loss: &mut Loss<'_, T>,
        learning_rate: f64,
        strength: f64,
        gradients: Option<&mut [Gradient<'_, T>]>,
    ) -> Result<Flatness> {
        let samples = self.samples(x)?;
        let c_loss = loss.as_c(samples, self.outputs())?;
        let gradients = match gradients {
            Some(gradients) => gradients_to_c(gradients, &self.shapes)?,
            None => Vec::new(),
        };
        let views = if gradients.is_empty() { ptr::null() } else { gradients.as_ptr() };
        let mut flatness = empty_flatness();
        // SAFETY: the lengths have been checked, and no mutable slices overlap.
        let status = unsafe {
            (T::C.dense_flatness_penalty)(
                self.handle,
                samples as i64,
                x.as_ptr(),
                &c_loss,
                learning_rate,
                strength,
                views,
                gradients.len() as i64,
                &mut flatness,
            )
        };
        conclude(loss.take_failure(), status, || self.details())?;
        Ok(Flatness::from_c(&flatness))
    }
}
