use std::marker::PhantomData;
use std::mem;

use crate::error::{check, create, text};
use crate::model::empty_table;
use crate::sys::*;
use crate::{expect_length, rows, Error, Model, Real, Result};

/// Elementwise activations; the number is the parameter, 0 for its default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Activation {
    #[default]
    Identity,
    Relu,
    LeakyRelu(f64),
    Elu(f64),
    Gelu,
    GeluTanh,
    Silu,
    Softplus,
    Tanh,
    Sigmoid,
    Sin,
}

impl Activation {
    fn to_c(self) -> (dirichlet_activation, f64) {
        match self {
            Activation::Identity => (DIRICHLET_ACTIVATION_IDENTITY, 0.0),
            Activation::Relu => (DIRICHLET_ACTIVATION_RELU, 0.0),
            Activation::LeakyRelu(slope) => (DIRICHLET_ACTIVATION_LEAKY_RELU, slope),
            Activation::Elu(scale) => (DIRICHLET_ACTIVATION_ELU, scale),
            Activation::Gelu => (DIRICHLET_ACTIVATION_GELU, 0.0),
            Activation::GeluTanh => (DIRICHLET_ACTIVATION_GELU_TANH, 0.0),
            Activation::Silu => (DIRICHLET_ACTIVATION_SILU, 0.0),
            Activation::Softplus => (DIRICHLET_ACTIVATION_SOFTPLUS, 0.0),
            Activation::Tanh => (DIRICHLET_ACTIVATION_TANH, 0.0),
            Activation::Sigmoid => (DIRICHLET_ACTIVATION_SIGMOID, 0.0),
            Activation::Sin => (DIRICHLET_ACTIVATION_SIN, 0.0),
        }
    }
}

/// A view of one layer: the weight from input i to output o is
/// `weights[o * output_stride + i * input_stride]`.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'w, T> {
    pub inputs: usize,
    pub outputs: usize,
    pub weights: &'w [T],
    pub output_stride: usize,
    pub input_stride: usize,
    pub bias: Option<&'w [T]>,
    pub bias_stride: usize,
    pub activation: Activation,
}

impl<'w, T: Real> Layer<'w, T> {
    /// A matrix of outputs x inputs, row after row, without bias (PyTorch).
    pub fn row_major(inputs: usize, outputs: usize, weights: &'w [T]) -> Self {
        Layer {
            inputs,
            outputs,
            weights,
            output_stride: inputs,
            input_stride: 1,
            bias: None,
            bias_stride: 1,
            activation: Activation::Identity,
        }
    }

    /// The C struct, if the slices hold all that it reaches. What else may be wrong
    /// with it the library finds.
    fn to_c(self) -> Result<dirichlet_dense_layer<T>> {
        let matrix = [(self.outputs, self.output_stride), (self.inputs, self.input_stride)];
        expect_reach("weights", self.weights.len(), &matrix)?;
        if let Some(bias) = self.bias {
            expect_reach("bias", bias.len(), &[(self.outputs, self.bias_stride)])?;
        }
        let (activation, activation_parameter) = self.activation.to_c();
        Ok(dirichlet_dense_layer {
            struct_size: mem::size_of::<dirichlet_dense_layer<T>>(),
            inputs: self.inputs as i64,
            outputs: self.outputs as i64,
            weights: self.weights.as_ptr(),
            output_stride: self.output_stride as i64,
            input_stride: self.input_stride as i64,
            bias: self.bias.map_or(std::ptr::null(), <[T]>::as_ptr),
            bias_stride: self.bias_stride as i64,
            activation,
            reserved: 0,
            activation_parameter,
        })
    }
}

/// Refuse a slice that ends before the last element that the counts and strides reach.
fn expect_reach(name: &str, length: usize, axes: &[(usize, usize)]) -> Result<()> {
    let mut last = Some(0usize);
    for &(count, stride) in axes {
        let step = count.saturating_sub(1).checked_mul(stride);
        last = last.and_then(|sum| sum.checked_add(step?));
    }
    if last.map_or(false, |last| last < length) {
        return Ok(());
    }
    Err(Error::shape(format!("{name} has {length} elements, fewer than its strides reach")))
}

/// A dense network over weights that stay where they are: it borrows them.
///
/// ```compile_fail
/// # use dirichlet::{Dense, Layer};
/// let weights = vec![1.0, 2.0];
/// let mut network = Dense::new(&[Layer::row_major(2, 1, &weights)]).unwrap();
/// drop(weights);
/// network.energies(&[0.0, 0.0], &mut [0.0]);
/// ```
pub struct Dense<'w, T: Real> {
    handle: *mut dirichlet_dense<T>,
    inputs: usize,
    outputs: usize,
    _weights: PhantomData<&'w [T]>,
}

impl<'w, T: Real> Dense<'w, T> {
    pub fn new(layers: &[Layer<'w, T>]) -> Result<Self> {
        let layers = layers.iter().map(|layer| layer.to_c());
        let layers = layers.collect::<Result<Vec<_>>>()?;
        // SAFETY: the array is copied; the weights and biases live for 'w, and the
        // slices hold all that the strides reach.
        unsafe {
            let handle = create(|out, message, message_size| {
                let count = layers.len() as i64;
                let options = std::ptr::null();
                (T::C.dense_create)(layers.as_ptr(), count, options, out, message, message_size)
            })?;
            Ok(Dense {
                handle,
                inputs: (T::C.dense_inputs)(handle) as usize,
                outputs: (T::C.dense_outputs)(handle) as usize,
                _weights: PhantomData,
            })
        }
    }

    /// The network as a model, for as long as nothing else uses it.
    pub fn model(&mut self) -> Model<'_, T> {
        let mut table = empty_table();
        // SAFETY: the handle lives; the model borrows this network alone.
        unsafe {
            let status = (T::C.dense_model)(self.handle, &mut table);
            assert_eq!(status, DIRICHLET_OK, "{}", self.message());
            Model::from_table(table)
        }
    }

    /// y = f(x). x (n, d), y (n, k).
    pub fn forward(&mut self, x: &[T], y: &mut [T]) -> Result<()> {
        let samples = rows("x", x.len(), self.inputs)?;
        expect_length("y", y.len(), samples * self.outputs)?;
        // SAFETY: the lengths have been checked.
        let status = unsafe {
            (T::C.dense_forward)(self.handle, samples as i64, x.as_ptr(), y.as_mut_ptr())
        };
        check(status, || self.message())
    }

    /// jv = J v, m tangents a sample. x (n, d), v (n, m, d), jv (n, m, k).
    pub fn jvp(&mut self, x: &[T], v: &[T], jv: &mut [T]) -> Result<()> {
        let samples = rows("x", x.len(), self.inputs)?;
        let directions = rows("v", v.len(), x.len())?;
        expect_length("jv", jv.len(), samples * directions * self.outputs)?;
        let (n, m) = (samples as i64, directions as i64);
        // SAFETY: the lengths have been checked.
        let status =
            unsafe { (T::C.dense_jvp)(self.handle, n, m, x.as_ptr(), v.as_ptr(), jv.as_mut_ptr()) };
        check(status, || self.message())
    }

    /// jtu = J^T u, m cotangents a sample. x (n, d), u (n, m, k), jtu (n, m, d).
    pub fn vjp(&mut self, x: &[T], u: &[T], jtu: &mut [T]) -> Result<()> {
        let samples = rows("x", x.len(), self.inputs)?;
        let directions = rows("u", u.len(), samples * self.outputs)?;
        expect_length("jtu", jtu.len(), samples * directions * self.inputs)?;
        let (n, m) = (samples as i64, directions as i64);
        // SAFETY: the lengths have been checked.
        let status = unsafe {
            (T::C.dense_vjp)(self.handle, n, m, x.as_ptr(), u.as_ptr(), jtu.as_mut_ptr())
        };
        check(status, || self.message())
    }

    /// `energies[i]` = ||J(x_i)||_F^2, exact up to rounding.
    pub fn energies(&mut self, x: &[T], energies: &mut [f64]) -> Result<()> {
        let samples = rows("x", x.len(), self.inputs)?;
        expect_length("energies", energies.len(), samples)?;
        let (x, energies) = (x.as_ptr(), energies.as_mut_ptr());
        // SAFETY: the lengths have been checked.
        let status = unsafe { (T::C.dense_energies)(self.handle, samples as i64, x, energies) };
        check(status, || self.message())
    }

    /// The sum of ||J(x_i)||_F^2 over the rows of `x`.
    pub fn energy_sum(&mut self, x: &[T]) -> Result<f64> {
        let samples = rows("x", x.len(), self.inputs)?;
        let mut sum = 0.0;
        // SAFETY: the length has been checked.
        let status = unsafe {
            (T::C.dense_energy_sum)(self.handle, samples as i64, x.as_ptr(), &mut sum)
        };
        check(status, || self.message())?;
        Ok(sum)
    }

    fn message(&self) -> String {
        // SAFETY: the handle lives, and the string is copied before its next call.
        unsafe { text((T::C.dense_message)(self.handle)) }
    }
}

impl<T: Real> Drop for Dense<'_, T> {
    fn drop(&mut self) {
        // SAFETY: made by the library and destroyed nowhere else.
        unsafe { (T::C.dense_destroy)(self.handle) }
    }
}
