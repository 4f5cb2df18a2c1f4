use std::ptr;

use crate::sized::sized;
use crate::sys::*;
use crate::view::{expect_length, Layout, Matrix};
use crate::{Real, Result};

/// Elementwise activations; the number of `LeakyRelu` and `Elu` is None for its default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Activation {
    /// z
    #[default]
    Identity,
    /// max(z, 0)
    Relu,
    /// z or, below 0, the parameter (0.01) times z
    LeakyRelu(Option<f64>),
    /// z or, below 0, the parameter times z; see also [`Layer::negative_slopes`]
    Prelu(f64),
    /// max(z, 0)^2
    ReluSquared,
    /// z, but at least the first parameter and at most the second
    Clamp(f64, f64),
    /// (z + 3) / 6, but at least 0 and at most 1
    HardSigmoid,
    /// z times that
    HardSwish,
    /// z or, below 0, the parameter (1) times e^z - 1
    Elu(Option<f64>),
    /// 1.0507 times z or, below 0, 1.0507 times 1.6733 times e^z - 1
    Selu,
    /// z Phi(z), Phi the normal distribution function
    Gelu,
    /// its approximation by tanh
    GeluTanh,
    /// z / (1 + e^-z)
    Silu,
    /// z tanh(log(1 + e^z))
    Mish,
    /// log(1 + e^z)
    Softplus,
    /// tanh z
    Tanh,
    /// z / (1 + |z|)
    Softsign,
    /// 1 / (1 + e^-z)
    Sigmoid,
    /// sin z
    Sin,
}

impl Activation {
    fn constant(self) -> dirichlet_activation {
        match self {
            Activation::Identity => DIRICHLET_ACTIVATION_IDENTITY,
            Activation::Relu => DIRICHLET_ACTIVATION_RELU,
            Activation::LeakyRelu(..) => DIRICHLET_ACTIVATION_LEAKY_RELU,
            Activation::Prelu(..) => DIRICHLET_ACTIVATION_PRELU,
            Activation::ReluSquared => DIRICHLET_ACTIVATION_RELU_SQUARED,
            Activation::Clamp(..) => DIRICHLET_ACTIVATION_CLAMP,
            Activation::HardSigmoid => DIRICHLET_ACTIVATION_HARD_SIGMOID,
            Activation::HardSwish => DIRICHLET_ACTIVATION_HARD_SWISH,
            Activation::Elu(..) => DIRICHLET_ACTIVATION_ELU,
            Activation::Selu => DIRICHLET_ACTIVATION_SELU,
            Activation::Gelu => DIRICHLET_ACTIVATION_GELU,
            Activation::GeluTanh => DIRICHLET_ACTIVATION_GELU_TANH,
            Activation::Silu => DIRICHLET_ACTIVATION_SILU,
            Activation::Mish => DIRICHLET_ACTIVATION_MISH,
            Activation::Softplus => DIRICHLET_ACTIVATION_SOFTPLUS,
            Activation::Tanh => DIRICHLET_ACTIVATION_TANH,
            Activation::Softsign => DIRICHLET_ACTIVATION_SOFTSIGN,
            Activation::Sigmoid => DIRICHLET_ACTIVATION_SIGMOID,
            Activation::Sin => DIRICHLET_ACTIVATION_SIN,
        }
    }

    /// Its first and second parameter, and whether the first is what it says where it is 0.
    fn parameters(self) -> (f64, f64, bool) {
        match self {
            Activation::LeakyRelu(parameter) | Activation::Elu(parameter) => {
                (parameter.unwrap_or(0.0), 0.0, parameter.is_some())
            }
            Activation::Prelu(slope) => (slope, 0.0, false),
            Activation::Clamp(lower, upper) => (lower, upper, false),
            _ => (0.0, 0.0, false),
        }
    }
}

/// Which derivative stands for that at a kink; see dirichlet/dense.h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kink {
    /// of relu 0, of leaky relu its slope, of clamp 0
    #[default]
    Outside,
    /// of these 1
    Inside,
    /// the mean of both
    Mean,
}

impl Kink {
    fn to_c(self) -> dirichlet_kink {
        match self {
            Kink::Outside => DIRICHLET_KINK_OUTSIDE,
            Kink::Inside => DIRICHLET_KINK_INSIDE,
            Kink::Mean => DIRICHLET_KINK_MEAN,
        }
    }
}

/// One layer, a(W x + b), of weights that stay the caller's.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'w, T> {
    weights: Matrix<'w, T>,
    bias: Option<&'w [T]>,
    bias_stride: usize,
    activation: Activation,
    negative_slopes: Option<&'w [T]>,
    scales: (f64, f64),
    kink: Kink,
}

impl<'w, T: Real> Layer<'w, T> {
    /// A layer with the weights W, outputs x inputs, without bias and activation.
    pub fn new(weights: Matrix<'w, T>) -> Self {
        Layer {
            weights,
            bias: None,
            bias_stride: 1,
            activation: Activation::Identity,
            negative_slopes: None,
            scales: (1.0, 1.0),
            kink: Kink::Outside,
        }
    }

    /// With a bias for each output.
    #[must_use]
    pub fn bias(self, bias: &'w [T]) -> Self {
        self.strided_bias(bias, 1)
    }

    /// With the bias of output o in `bias[o * stride]`.
    #[must_use]
    pub fn strided_bias(mut self, bias: &'w [T], stride: usize) -> Self {
        self.bias = Some(bias);
        self.bias_stride = stride;
        self
    }

    /// With an activation.
    #[must_use]
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// With a slope of `Activation::Prelu(0.0)` below 0 for each output.
    #[must_use]
    pub fn negative_slopes(mut self, slopes: &'w [T]) -> Self {
        self.negative_slopes = Some(slopes);
        self
    }

    /// With `output * a(input * z)` in the place of the activation a(z); 0 stands for 1.
    #[must_use]
    pub fn scales(mut self, input: f64, output: f64) -> Self {
        self.scales = (input, output);
        self
    }

    /// With the derivative at the activation's kinks.
    #[must_use]
    pub fn kink(mut self, kink: Kink) -> Self {
        self.kink = kink;
        self
    }

    pub(super) fn shape(&self) -> Shape {
        let Layout { rows, columns, .. } = self.weights.layout;
        Shape { outputs: rows, inputs: columns }
    }

    /// The C struct, if the slices hold all that it reaches. What else may be wrong
    /// with it the library finds.
    pub(super) fn to_c(self, index: usize) -> Result<dirichlet_dense_layer<T>> {
        let Layout { rows, columns, row_stride, column_stride } = self.weights.layout;
        self.weights.check(format_args!("layers[{index}].weights"))?;
        if let Some(bias) = self.bias {
            let column = Matrix::strided(rows, 1, self.bias_stride, 1, bias);
            column.check(format_args!("layers[{index}].bias"))?;
        }
        if let Some(slopes) = self.negative_slopes {
            expect_length(format_args!("layers[{index}].negative_slopes"), slopes.len(), rows)?;
        }
        let (activation_parameter, activation_second, is_given) = self.activation.parameters();
        Ok(dirichlet_dense_layer {
            inputs: columns as i64,
            outputs: rows as i64,
            weights: self.weights.values.as_ptr(),
            output_stride: row_stride as i64,
            input_stride: column_stride as i64,
            bias: self.bias.map_or(ptr::null(), <[T]>::as_ptr),
            bias_stride: self.bias_stride as i64,
            activation: self.activation.constant(),
            parameter_given: i32::from(is_given),
            activation_parameter,
            activation_second,
            input_scale: self.scales.0,
            output_scale: self.scales.1,
            negative_slopes: self.negative_slopes.map_or(ptr::null(), <[T]>::as_ptr),
            negative_slope_stride: 1,
            kink: self.kink.to_c(),
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        })
    }
}

/// Sizes of a layer.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}
