use crate::sized::sized;
use crate::sys::{dirichlet_flatness, dirichlet_penalty_result};

/// What a penalty has found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Penalty {
    /// R, which no strength multiplies.
    pub value: f64,
    /// Of energy penalties, else 0: the standard deviation of R by its random directions; NaN
    /// where one direction a sample does not show it.
    pub standard_error: f64,
    /// By differences, else 0: what part of R noise is likely to be.
    pub noise: f64,
    /// n; 0 of penalties without samples.
    pub samples: u64,
    /// Directions of all samples together; 0 likewise.
    pub products: u64,
    /// Whether R has no error by directions.
    pub exact: bool,
}

impl Penalty {
    pub(crate) fn from_c(result: &dirichlet_penalty_result) -> Self {
        Penalty {
            value: result.value,
            standard_error: result.standard_error,
            noise: result.noise,
            samples: result.samples as u64,
            products: result.products as u64,
            exact: result.exact != 0,
        }
    }
}

/// A loss, the squared norm of its gradient, and the implicit gradient regularizer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Flatness {
    /// Loss(theta).
    pub loss: f64,
    /// R = ||grad Loss||^2.
    pub squared_gradient_norm: f64,
    /// (learning_rate / 4) R.
    pub implicit_regularizer: f64,
    /// Whether Hessian-vector products were used, not a difference of gradients.
    pub exact: bool,
}

impl Flatness {
    pub(crate) fn from_c(flatness: &dirichlet_flatness) -> Self {
        Flatness {
            loss: flatness.loss,
            squared_gradient_norm: flatness.squared_gradient_norm,
            implicit_regularizer: flatness.implicit_regularizer,
            exact: flatness.exact != 0,
        }
    }
}

pub(crate) fn empty_penalty() -> dirichlet_penalty_result {
    // SAFETY: a struct of the C interface.
    unsafe { sized() }
}

pub(crate) fn empty_flatness() -> dirichlet_flatness {
    // SAFETY: a struct of the C interface.
    unsafe { sized() }
}
