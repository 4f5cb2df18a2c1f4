//! Dense networks.

use std::fmt;
use std::marker::PhantomData;
use std::os::raw::c_char;

use crate::error::{check, create, no_details, text};
use crate::model::empty_table;
use crate::sized::sized;
use crate::sys::*;
use crate::view::{count, directions, expect_length, rows};
use crate::{Model, Real, Result};

mod layer;
mod norms;
mod parameters;
mod penalty;

use layer::Shape;
pub use layer::{Activation, Kink, Layer};
pub use norms::{SpectralNorms, Transfer, TransferOptions};
pub use parameters::{Gradient, Tangent};
pub use penalty::PenaltyOptions;

/// A dense network over weights that stay where they are: it borrows them.
///
/// ```
/// use dirichlet::{Activation, Dense, Layer, Matrix};
///
/// let (w1, b1, w2) = ([1.0, 2.0, 3.0, 4.0], [0.5, -0.5], [1.0, -1.0]);
/// let mut network = Dense::new(&[
///     Layer::new(Matrix::by_rows(2, 2, &w1)).bias(&b1).activation(Activation::Relu),
///     Layer::new(Matrix::by_rows(1, 2, &w2)),
/// ])?;
/// // Both units are on at (1, 1), none at (-1, -1): J = (1 - 3, 2 - 4) and 0.
/// assert_eq!(network.energy_sum(&[1.0, 1.0, -1.0, -1.0])?, 8.0);
/// # Ok::<(), dirichlet::Error>(())
/// ```
///
/// While the network lives, the compiler keeps the weights alive and unchanged:
///
/// ```compile_fail,E0505
/// # use dirichlet::{Dense, Layer, Matrix};
/// let weights = vec![1.0, 2.0];
/// let mut network = Dense::new(&[Layer::new(Matrix::by_rows(1, 2, &weights))]).unwrap();
/// drop(weights);
/// network.energy_sum(&[0.0, 0.0]);
/// ```
///
/// ```compile_fail,E0502
/// # use dirichlet::{Dense, Layer, Matrix};
/// let mut weights = vec![1.0, 2.0];
/// let mut network = Dense::new(&[Layer::new(Matrix::by_rows(1, 2, &weights))]).unwrap();
/// weights[0] = 3.0;
/// network.energy_sum(&[0.0, 0.0]);
/// ```
///
/// So a trainer makes a network for each step, which costs little: nothing is copied.
pub struct Dense<'w, T: Real> {
    handle: *mut dirichlet_dense<T>,
    /// Of the layers in use.
    shapes: Vec<Shape>,
    _weights: PhantomData<&'w [T]>,
}

// SAFETY: the library keeps nothing for a thread, and the weights are borrowed slices of
// numbers.
unsafe impl<T: Real> Send for Dense<'_, T> {}

/// What a network is made with. The defaults are those of the library, which 0 stands for.
#[derive(Clone, Debug, Default)]
pub struct DenseOptions {
    /// Use the first so many layers: for the complexity of an embedding.
    pub layers: usize,
    /// Budget of the workspace.
    pub workspace_bytes: usize,
}

/// What a network is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DenseDescription {
    /// d.
    pub inputs: usize,
    /// k, of the layers in use.
    pub outputs: usize,
    /// In use.
    pub layers: usize,
    /// Elements of all their matrices.
    pub weights: u64,
    /// Elements of all their biases.
    pub biases: u64,
    /// Budget that calls keep within.
    pub workspace_bytes: usize,
    /// The smallest budget that the network could be made with.
    pub least_workspace_bytes: usize,
}

impl<'w, T: Real> Dense<'w, T> {
    /// A network of these layers, from input to output.
    pub fn new(layers: &[Layer<'w, T>]) -> Result<Self> {
        Self::with_options(layers, &DenseOptions::default())
    }

    /// The same with options.
    pub fn with_options(layers: &[Layer<'w, T>], options: &DenseOptions) -> Result<Self> {
        let views = layers.iter().enumerate().map(|(index, layer)| layer.to_c(index));
        let views = views.collect::<Result<Vec<_>>>()?;
        let c_options = dirichlet_dense_options {
            layers: count("options.layers", options.layers)?,
            workspace_bytes: options.workspace_bytes,
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        };
        let handle = create(|out, error| {
            let count = views.len() as i64;
            // SAFETY: the array is copied; the weights and biases live for 'w, and the
            // slices hold all that the strides reach.
            unsafe { (T::C.dense_create)(views.as_ptr(), count, &c_options, out, error) }
        })?;
        let in_use = if options.layers == 0 { layers.len() } else { options.layers };
        let shapes = layers[..in_use].iter().map(Layer::shape).collect();
        Ok(Dense { handle, shapes, _weights: PhantomData })
    }

    /// d.
    pub fn inputs(&self) -> usize {
        // SAFETY: the handle lives.
        unsafe { (T::C.dense_inputs)(self.handle) as usize }
    }

    /// k, of the layers in use.
    pub fn outputs(&self) -> usize {
        // SAFETY: the handle lives.
        unsafe { (T::C.dense_outputs)(self.handle) as usize }
    }

    /// What it is: sizes, parameters, budget.
    pub fn describe(&self) -> Result<DenseDescription> {
        // SAFETY: a struct of the C interface.
        let mut found: dirichlet_dense_description = unsafe { sized() };
        // SAFETY: the handle lives, the struct is of the size it says.
        check(unsafe { (T::C.dense_describe)(self.handle, &mut found) }, no_details)?;
        Ok(DenseDescription {
            inputs: found.inputs as usize,
            outputs: found.outputs as usize,
            layers: found.layers as usize,
            weights: found.weights as u64,
            biases: found.biases as u64,
            workspace_bytes: found.workspace_bytes as usize,
            least_workspace_bytes: found.least_workspace_bytes as usize,
        })
    }

    /// The network as a model, for as long as nothing else uses it.
    pub fn model(&mut self) -> Model<'_, T> {
        let mut table = empty_table();
        // SAFETY: the handle lives; the model borrows this network alone.
        unsafe {
            let status = (T::C.dense_model)(self.handle, &mut table);
            assert_eq!(status, DIRICHLET_OK, "{}", text(dirichlet_status_string(status)));
            Model::from_raw(table)
        }
    }

    /// y = f(x). x (n, d), y (n, k).
    pub fn forward(&mut self, x: &[T], y: &mut [T]) -> Result<()> {
        let samples = self.samples(x)?;
        expect_length("y", y.len(), samples * self.outputs())?;
        // SAFETY: the lengths have been checked.
        let status = unsafe {
            (T::C.dense_forward)(self.handle, samples as i64, x.as_ptr(), y.as_mut_ptr())
        };
        check(status, || self.details())
    }

    /// jv = J v, m tangents a sample. x (n, d), v (n, m, d), jv (n, m, k).
    pub fn jvp(&mut self, x: &[T], v: &[T], jv: &mut [T]) -> Result<()> {
        let samples = self.samples(x)?;
        let directions = directions("v", v.len(), samples, self.inputs())?;
        expect_length("jv", jv.len(), samples * directions * self.outputs())?;
        let (n, m) = (samples as i64, directions as i64);
        // SAFETY: the lengths have been checked.
        let status =
            unsafe { (T::C.dense_jvp)(self.handle, n, m, x.as_ptr(), v.as_ptr(), jv.as_mut_ptr()) };
        check(status, || self.details())
    }

    /// jtu = J^T u, m cotangents a sample. x (n, d), u (n, m, k), jtu (n, m, d).
    pub fn vjp(&mut self, x: &[T], u: &[T], jtu: &mut [T]) -> Result<()> {
        let samples = self.samples(x)?;
        let directions = directions("u", u.len(), samples, self.outputs())?;
        expect_length("jtu", jtu.len(), samples * directions * self.inputs())?;
        let (n, m) = (samples as i64, directions as i64);
        // SAFETY: the lengths have been checked.
        let status = unsafe {
            (T::C.dense_vjp)(self.handle, n, m, x.as_ptr(), u.as_ptr(), jtu.as_mut_ptr())
        };
        check(status, || self.details())
    }

    /// `energies[i]` = ||J(x_i)||_F^2, exact up to rounding. x (n, d), energies (n).
    pub fn energies(&mut self, x: &[T], energies: &mut [f64]) -> Result<()> {
        let samples = self.samples(x)?;
        expect_length("energies", energies.len(), samples)?;
        let (x, energies) = (x.as_ptr(), energies.as_mut_ptr());
        // SAFETY: the lengths have been checked.
        let status = unsafe { (T::C.dense_energies)(self.handle, samples as i64, x, energies) };
        check(status, || self.details())
    }

    /// The sum of the energies of the samples of x (n, d), often cheaper than its terms. Divided
    /// by n it is the geometric complexity.
    pub fn energy_sum(&mut self, x: &[T]) -> Result<f64> {
        let samples = self.samples(x)?;
        let mut sum = 0.0;
        // SAFETY: the length has been checked.
        let status =
            unsafe { (T::C.dense_energy_sum)(self.handle, samples as i64, x.as_ptr(), &mut sum) };
        check(status, || self.details())?;
        Ok(sum)
    }

    /// How the last energies, their sum or their penalty were computed, in words; empty before
    /// the first of them.
    pub fn last_plan(&self) -> Result<String> {
        let mut buffer: [c_char; DIRICHLET_DENSE_PLAN_TEXT_SIZE] =
            [0; DIRICHLET_DENSE_PLAN_TEXT_SIZE];
        // SAFETY: a struct of the C interface; the handle lives; the buffer is of the size that is
        // given and, at all times, ends with a zero.
        unsafe {
            let mut plan: dirichlet_dense_plan = sized();
            check((T::C.dense_last_plan)(self.handle, &mut plan), no_details)?;
            if plan.bytes == 0 {
                return Ok(String::new());
            }
            let (start, size) = (buffer.as_mut_ptr(), buffer.len());
            check((T::C.dense_plan_text)(self.handle, &plan, start, size), no_details)?;
            Ok(text(start))
        }
    }

    /// The handle, for functions of [`sys`](crate::sys) that have no method here.
    pub fn as_raw(&mut self) -> *mut dirichlet_dense<T> {
        self.handle
    }

    fn samples(&self, x: &[T]) -> Result<usize> {
        rows("x", x.len(), self.inputs())
    }

    /// Why the last call that may change the handle has failed.
    fn details(&self) -> dirichlet_error {
        let mut details = no_details();
        // SAFETY: the handle lives, the struct is of the size it says.
        unsafe { (T::C.dense_last_error)(self.handle, &mut details) };
        details
    }
}

impl<T: Real> Drop for Dense<'_, T> {
    fn drop(&mut self) {
        // SAFETY: made by the library and destroyed nowhere else.
        unsafe { (T::C.dense_destroy)(self.handle) }
    }
}

impl<T: Real> fmt::Debug for Dense<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Dense(")?;
        for shape in &self.shapes {
            write!(formatter, "{}-", shape.inputs)?;
        }
        write!(formatter, "{})", self.outputs())
    }
}
