//! Weights to begin with, and noise on data and labels: see random.h. Every number is a function
//! of its seed and its place alone.

use std::ptr;

use crate::error::call;
use crate::numbers::numbered;
use crate::sized::sized;
use crate::sys::*;
use crate::view::{count, expect_length, rows, Layout};
use crate::{Error, MatrixMut, Real, Result};

numbered! {
    /// Variance of a weight.
    Scheme {
        /// 1 / fan_in
        LeCun = DIRICHLET_INITIALIZATION_LECUN,
        /// 2 / (fan_in + fan_out)
        Glorot = DIRICHLET_INITIALIZATION_GLOROT,
        /// 2 / fan_in
        He = DIRICHLET_INITIALIZATION_HE,
        /// 1 / (3 fan_in), that of torch.nn.Linear
        PyTorch = DIRICHLET_INITIALIZATION_PYTORCH,
    }
}

numbered! {
    /// Shape of a weight's distribution.
    Distribution {
        /// Normal.
        Normal = DIRICHLET_DISTRIBUTION_NORMAL,
        /// Normal, cut at 2 standard deviations and widened to the variance of the scheme.
        TruncatedNormal = DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL,
        /// Uniform.
        Uniform = DIRICHLET_DISTRIBUTION_UNIFORM,
    }
}

/// How weights and biases begin.
///
/// ```
/// use dirichlet::random::{Initialization, Scheme};
/// use dirichlet::MatrixMut;
///
/// let he = Initialization { seed: 1, ..Initialization::new(Scheme::He) };
/// let mut weights = [0.0_f32; 6];
/// he.fill(0, MatrixMut::by_rows(2, 3, &mut weights), None)?;
/// assert!(weights.iter().all(|&weight| weight != 0.0));
/// assert_eq!(he.variance(3, 2)?, 2.0 / 3.0);
/// assert_eq!(he.expected_energy(&[784, 128, 128, 10], 0.0)?, 20.0);
/// # Ok::<(), dirichlet::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Initialization {
    /// Variance of a weight.
    pub scheme: Scheme,
    /// None: uniform for PyTorch's scheme, otherwise normal.
    pub distribution: Option<Distribution>,
    /// Whether biases are uniform on +- 1 / sqrt(fan_in), as PyTorch's are, or 0.
    pub uniform_bias: bool,
    /// Of all the layers.
    pub seed: u64,
    /// Multiplies the standard deviation; None: 1.
    pub scale: Option<f64>,
}

impl Initialization {
    /// That of a scheme, with the seed 0.
    pub fn new(scheme: Scheme) -> Self {
        Initialization { scheme, distribution: None, uniform_bias: false, seed: 0, scale: None }
    }

    /// Draw the weights (outputs x inputs) and biases of the layer with this number.
    pub fn fill<T: Real>(
        &self,
        layer: u64,
        weights: MatrixMut<'_, T>,
        bias: Option<&mut [T]>,
    ) -> Result<()> {
        weights.check("weights")?;
        let Layout { rows, columns, row_stride, column_stride } = weights.layout;
        if let Some(bias) = &bias {
            expect_length("bias", bias.len(), rows)?;
        }
        let bias = bias.map_or(ptr::null_mut(), <[T]>::as_mut_ptr);
        let layer = count("layer", layer)?;
        // SAFETY: the lengths have been checked, and no mutable slices overlap.
        call(|error| unsafe {
            (T::C.initialize)(
                &self.to_c(),
                layer,
                columns as i64,
                rows as i64,
                weights.values.as_mut_ptr(),
                row_stride as i64,
                column_stride as i64,
                bias,
                1,
                error,
            )
        })
    }

    /// Variance of a weight of a layer of these sizes.
    pub fn variance(&self, inputs: usize, outputs: usize) -> Result<f64> {
        let mut variance = 0.0;
        let (inputs, outputs) = (count("inputs", inputs)?, count("outputs", outputs)?);
        // SAFETY: all pointers are to values that live.
        call(|error| unsafe {
            let options = self.to_c();
            dirichlet_initialization_variance(&options, inputs, outputs, &mut variance, error)
        })?;
        Ok(variance)
    }

    /// The geometric complexity to expect of a relu network of these widths, from input to
    /// output; or of a leaky one.
    pub fn expected_energy(&self, widths: &[i64], negative_slope: f64) -> Result<f64> {
        let mut energy = 0.0;
        let layers = match widths.len() {
            0 => return Err(Error::shape("widths is empty".into())),
            length => length as i64 - 1,
        };
        // SAFETY: there is one more width than layers.
        call(|error| unsafe {
            let options = self.to_c();
            let (widths, energy) = (widths.as_ptr(), &mut energy);
            dirichlet_expected_energy(&options, widths, layers, negative_slope, energy, error)
        })?;
        Ok(energy)
    }

    fn to_c(&self) -> dirichlet_initialization_options {
        dirichlet_initialization_options {
            scheme: self.scheme.to_c(),
            distribution: self.distribution.map_or(0, Distribution::to_c),
            bias: match self.uniform_bias {
                true => DIRICHLET_INITIAL_BIAS_UNIFORM,
                false => DIRICHLET_INITIAL_BIAS_ZERO,
            },
            scale_given: i32::from(self.scale.is_some()),
            seed: self.seed,
            scale: self.scale.unwrap_or(0.0),
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        }
    }
}

numbered! {
    /// What noise is for: independent streams.
    Stream {
        /// On inputs: beside a squared loss about standard_deviation^2 GC.
        Input = DIRICHLET_NOISE_INPUT,
        /// On regression targets or one-hot labels.
        Target = DIRICHLET_NOISE_TARGET,
    }
}

/// Noise, fresh in every step: the same for a sample however a step is cut into batches.
///
/// ```
/// use dirichlet::random::{Noise, Stream};
///
/// let noise = Noise { seed: 1, step: 7, first_sample: 0 };
/// let mut x = [0.0; 4];
/// noise.add(Stream::Input, 2, 0.1, &mut x)?;
/// let mut rest = [0.0; 2];
/// Noise { first_sample: 1, ..noise }.add(Stream::Input, 2, 0.1, &mut rest)?;
/// assert_eq!(x[2..], rest);
/// # Ok::<(), dirichlet::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Noise {
    /// Of all of it.
    pub seed: u64,
    /// Number of the training step.
    pub step: u64,
    /// Index of the first sample.
    pub first_sample: u64,
}

impl Noise {
    /// values += standard_deviation * u, u independent normal numbers; `values` has rows of
    /// `width` numbers, one for each sample.
    pub fn add<T: Real>(
        &self,
        stream: Stream,
        width: usize,
        standard_deviation: f64,
        values: &mut [T],
    ) -> Result<()> {
        let samples = rows("values", values.len(), width)? as i64;
        let (step, first_sample) = self.place()?;
        let width = count("width", width)?;
        // SAFETY: the length has been checked.
        call(|error| unsafe {
            (T::C.noise_add)(
                stream.to_c(),
                self.seed,
                step,
                first_sample,
                samples,
                width,
                standard_deviation,
                values.as_mut_ptr(),
                error,
            )
        })
    }

    /// Replace each label of 0 .. classes - 1, with this probability, by one of the others; the
    /// result is how many were. Give it a copy of the true labels in every step.
    pub fn labels(&self, classes: usize, probability: f64, labels: &mut [i64]) -> Result<usize> {
        let mut changed = 0;
        let (step, first_sample) = self.place()?;
        let classes = count("classes", classes)?;
        // SAFETY: there are so many labels.
        call(|error| unsafe {
            dirichlet_noise_labels(
                self.seed,
                step,
                first_sample,
                labels.len() as i64,
                classes,
                probability,
                labels.as_mut_ptr(),
                &mut changed,
                error,
            )
        })?;
        Ok(changed as usize)
    }

    fn place(&self) -> Result<(i64, i64)> {
        Ok((count("step", self.step)?, count("first_sample", self.first_sample)?))
    }
}
