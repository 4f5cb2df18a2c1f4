use crate::error::call;
use crate::numbers::numbered;
use crate::penalty::empty_penalty;
use crate::sized::sized;
use crate::sys::*;
use crate::view::{count, expect_length, Layout};
use crate::{Error, Matrix, MatrixMut, Penalty, Real, Result};

/// A matrix or vector of parameters and, if wanted, where its gradient is added.
#[derive(Debug)]
pub struct Parameter<'p, T> {
    values: Matrix<'p, T>,
    gradient: Option<MatrixMut<'p, T>>,
    is_bias: bool,
}

impl<'p, T: Real> Parameter<'p, T> {
    /// Weights, without a gradient.
    pub fn weights(values: Matrix<'p, T>) -> Self {
        Parameter { values, gradient: None, is_bias: false }
    }

    /// A bias, without a gradient.
    pub fn bias(values: &'p [T]) -> Self {
        let values = Matrix::by_rows(1, values.len(), values);
        Parameter { values, gradient: None, is_bias: true }
    }

    /// With a place for the gradient, of the same shape and any layout.
    #[must_use]
    pub fn gradient(mut self, gradient: MatrixMut<'p, T>) -> Self {
        self.gradient = Some(gradient);
        self
    }

    /// With a slice for the gradient that has the layout of the values.
    #[must_use]
    pub fn gradient_alike(self, gradient: &'p mut [T]) -> Self {
        let layout = self.values.layout;
        self.gradient(MatrixMut { values: gradient, layout })
    }

    fn as_c(&mut self, index: usize) -> Result<dirichlet_parameter<T>> {
        let Layout { rows, columns, row_stride, column_stride } = self.values.layout;
        self.values.check(format_args!("parameters[{index}].values"))?;
        let mut parameter = dirichlet_parameter {
            values: self.values.values.as_ptr(),
            rows: rows as i64,
            columns: columns as i64,
            row_stride: row_stride as i64,
            column_stride: column_stride as i64,
            gradient_row_stride: 1,
            gradient_column_stride: 1,
            bias: i32::from(self.is_bias),
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        };
        if let Some(gradient) = &mut self.gradient {
            let layout = gradient.layout;
            if (layout.rows, layout.columns) != (rows, columns) {
                return Err(Error::shape(format!(
                    "parameters[{index}].gradient is {} x {}, the values are {rows} x {columns}",
                    layout.rows, layout.columns
                )));
            }
            gradient.check(format_args!("parameters[{index}].gradient"))?;
            parameter.gradient = gradient.values.as_mut_ptr();
            parameter.gradient_row_stride = layout.row_stride as i64;
            parameter.gradient_column_stride = layout.column_stride as i64;
        }
        Ok(parameter)
    }
}

fn parameters_to_c<T: Real>(
    parameters: &mut [Parameter<'_, T>],
) -> Result<Vec<dirichlet_parameter<T>>> {
    parameters.iter_mut().enumerate().map(|(index, parameter)| parameter.as_c(index)).collect()
}

numbered! {
    /// Norms of parameters.
    Norm {
        /// sum |theta|
        L1 = DIRICHLET_NORM_L1,
        /// sum theta^2: without a root and without 1/2
        SquaredL2 = DIRICHLET_NORM_SQUARED_L2,
    }
}

/// R = the norm of the parameters, biases among them or not; their gradients += strength *
/// dR/dtheta.
///
/// ```
/// use dirichlet::regularizer::{parameter_norm, Norm, Parameter};
/// use dirichlet::Matrix;
///
/// let (weights, mut gradient) = ([3.0, -4.0], [0.0; 2]);
/// let parameter = Parameter::weights(Matrix::by_rows(1, 2, &weights));
/// let mut parameters = [parameter.gradient_alike(&mut gradient)];
/// assert_eq!(parameter_norm(&mut parameters, Norm::SquaredL2, false, 0.5)?.value, 25.0);
/// assert_eq!(gradient, [3.0, -4.0]);
/// # Ok::<(), dirichlet::Error>(())
/// ```
pub fn parameter_norm<T: Real>(
    parameters: &mut [Parameter<'_, T>],
    norm: Norm,
    biases: bool,
    strength: f64,
) -> Result<Penalty> {
    let views = parameters_to_c(parameters)?;
    let options = dirichlet_parameter_norm_options {
        norm: norm.to_c(),
        biases: i32::from(biases),
        // SAFETY: a struct of the C interface.
        ..unsafe { sized() }
    };
    let mut penalty = empty_penalty();
    // SAFETY: the lengths have been checked, and no mutable slices overlap.
    call(|error| unsafe {
        let count = views.len() as i64;
        (T::C.parameter_norm)(views.as_ptr(), count, &options, strength, &mut penalty, error)
    })?;
    Ok(Penalty::from_c(&penalty))
}

/// What the spectral penalty keeps of a matrix from call to call.
#[derive(Clone, Debug, PartialEq)]
pub struct Singular<T> {
    /// An estimate of its right singular vector, an element for each column.
    pub vector: Vec<T>,
    /// Its largest singular value, as of the last call: never above the true one.
    pub sigma: f64,
    /// How well the vectors have converged; near 0: they have.
    pub residual: f64,
}

impl<T: Real> Singular<T> {
    /// Nothing known yet of a matrix of so many columns.
    pub fn unknown(columns: usize) -> Self {
        Singular { vector: vec![T::default(); columns], sigma: 0.0, residual: 0.0 }
    }
}

/// How the spectral penalty iterates.
#[derive(Clone, Debug, Default)]
pub struct SpectralPenaltyOptions {
    /// Of every matrix in a call; 0: 1.
    pub iterations: u64,
    /// Of random starts.
    pub seed: u64,
}

/// R = 1/2 sum of the squared largest singular values of the weights, biases left out; their
/// gradients += strength * dR/dtheta. `singular` has an element for each parameter.
pub fn spectral_penalty<T: Real>(
    parameters: &mut [Parameter<'_, T>],
    singular: &mut [Singular<T>],
    options: &SpectralPenaltyOptions,
    strength: f64,
) -> Result<Penalty> {
    expect_length("singular", singular.len(), parameters.len())?;
    for (l, (parameter, singular)) in parameters.iter().zip(singular.iter()).enumerate() {
        if !parameter.is_bias {
            let columns = parameter.values.layout.columns;
            expect_length(format_args!("singular[{l}].vector"), singular.vector.len(), columns)?;
        }
    }
    let views = parameters_to_c(parameters)?;
    let mut found: Vec<_> = singular.iter_mut().map(singular_to_c).collect();
    let options = dirichlet_spectral_penalty_options {
        iterations: count("options.iterations", options.iterations)?,
        seed: options.seed,
        // SAFETY: a struct of the C interface.
        ..unsafe { sized() }
    };
    let mut penalty = empty_penalty();
    // SAFETY: the lengths have been checked, and no mutable slices overlap.
    call(|error| unsafe {
        let (count, found) = (views.len() as i64, found.as_mut_ptr());
        let views = views.as_ptr();
        (T::C.spectral_penalty)(views, count, found, &options, strength, &mut penalty, error)
    })?;
    for (singular, found) in singular.iter_mut().zip(found) {
        singular.sigma = found.sigma;
        singular.residual = found.residual;
    }
    Ok(Penalty::from_c(&penalty))
}

fn singular_to_c<T: Real>(singular: &mut Singular<T>) -> dirichlet_singular<T> {
    dirichlet_singular {
        vector: singular.vector.as_mut_ptr(),
        sigma: singular.sigma,
        residual: singular.residual,
        // SAFETY: a struct of the C interface.
        ..unsafe { sized() }
    }
}
