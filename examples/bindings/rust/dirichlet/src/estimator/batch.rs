use std::ptr;

use crate::sized::sized;
use crate::sys::dirichlet_batch;
use crate::view::{count, expect_length};
use crate::{Error, Real, Result};

/// Samples of a call with all that may be known of them, and room for what is found of each.
///
/// ```
/// use dirichlet::{Batch, Estimator, Model, Options};
///
/// // f(x) = x^2 / 2, so an energy is x^2.
/// let model = Model::new(1, 1).vjp(|m, x: &[f64], u, jtu| {
///     Ok(jtu.iter_mut().enumerate().for_each(|(j, product)| *product = x[j / m] * u[j]))
/// });
/// let options = Options { groups: 2, ..Options::default() };
/// let mut estimator = Estimator::new(model, &options)?;
/// let mut energies = [0.0; 3];
/// let batch = Batch::new(&[1.0, 2.0, 3.0]).groups(&[0, 1, 0]).energies(&mut energies);
/// estimator.update_batch(batch)?;
/// assert_eq!(energies, [1.0, 4.0, 9.0]);
/// assert_eq!(estimator.group_result(0)?.value, 5.0);
/// assert_eq!(estimator.group_result(1)?.value, 4.0);
/// # Ok::<(), dirichlet::Error>(())
/// ```
#[derive(Debug)]
pub struct Batch<'b, T> {
    x: &'b [T],
    row_stride: Option<usize>,
    weights: Option<&'b [f64]>,
    indices: Option<&'b [i64]>,
    groups: Option<&'b [i64]>,
    energies: Option<&'b mut [f64]>,
    deviations: Option<&'b mut [f64]>,
}

impl<'b, T: Real> Batch<'b, T> {
    /// The samples of x (n, d), one after another.
    pub fn new(x: &'b [T]) -> Self {
        Batch {
            x,
            row_stride: None,
            weights: None,
            indices: None,
            groups: None,
            energies: None,
            deviations: None,
        }
    }

    /// With so many elements from one sample to the next. What follows the last sample may be
    /// left out.
    #[must_use]
    pub fn row_stride(mut self, elements: usize) -> Self {
        self.row_stride = Some(elements);
        self
    }

    /// With a weight >= 0 for each sample; otherwise 1 each.
    #[must_use]
    pub fn weights(mut self, weights: &'b [f64]) -> Self {
        self.weights = Some(weights);
        self
    }

    /// With the index >= 0 of each sample in the data set, by which its probes are drawn and which
    /// the model's closures are told; otherwise consecutive ones.
    #[must_use]
    pub fn indices(mut self, indices: &'b [i64]) -> Self {
        self.indices = Some(indices);
        self
    }

    /// With the group of each sample, in which it is averaged too; a negative one: in none.
    #[must_use]
    pub fn groups(mut self, groups: &'b [i64]) -> Self {
        self.groups = Some(groups);
        self
    }

    /// With room for the estimate of each sample.
    #[must_use]
    pub fn energies(mut self, energies: &'b mut [f64]) -> Self {
        self.energies = Some(energies);
        self
    }

    /// With room for the standard deviation of these estimates by their probes: 0 where they are
    /// exact, NaN where it is not known.
    #[must_use]
    pub fn deviations(mut self, deviations: &'b mut [f64]) -> Self {
        self.deviations = Some(deviations);
        self
    }

    /// Number of rows of `inputs` elements; in the last one the padding may be missing.
    fn samples(&self, inputs: usize) -> Result<usize> {
        let (length, stride) = (self.x.len(), self.row_stride.unwrap_or(inputs));
        if stride < inputs.max(1) {
            return Err(Error::shape(format!("row_stride is {stride}: it must be >= {inputs}")));
        }
        let (whole, rest) = (length / stride, length % stride);
        match rest {
            0 => Ok(whole),
            _ if rest >= inputs => Ok(whole + 1),
            _ => Err(Error::shape(format!(
                "x has {length} elements, which are no whole rows of {inputs} every {stride}"
            ))),
        }
    }

    /// The C struct, if the slices have an element for each sample.
    pub(crate) fn as_c(&mut self, inputs: usize) -> Result<dirichlet_batch<T>> {
        let samples = self.samples(inputs)?;
        // SAFETY: a struct of the C interface.
        let mut batch: dirichlet_batch<T> = unsafe { sized() };
        batch.samples = samples as i64;
        batch.row_stride = count("row_stride", self.row_stride.unwrap_or(0))?;
        batch.x = self.x.as_ptr();
        batch.weights = input("weights", self.weights, samples)?;
        batch.indices = input("indices", self.indices, samples)?;
        batch.groups = input("groups", self.groups, samples)?;
        batch.energies = output("energies", &mut self.energies, samples)?;
        batch.deviations = output("deviations", &mut self.deviations, samples)?;
        Ok(batch)
    }
}

fn input<N>(name: &str, values: Option<&[N]>, samples: usize) -> Result<*const N> {
    match values {
        None => Ok(ptr::null()),
        Some(values) => {
            expect_length(name, values.len(), samples)?;
            Ok(values.as_ptr())
        }
    }
}

fn output(name: &str, values: &mut Option<&mut [f64]>, samples: usize) -> Result<*mut f64> {
    match values {
        None => Ok(ptr::null_mut()),
        Some(values) => {
            expect_length(name, values.len(), samples)?;
            Ok(values.as_mut_ptr())
        }
    }
}
