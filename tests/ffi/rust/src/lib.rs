//! Geometric complexity of any model, by the C library libdirichlet.
//!
//! ```
//! use dirichlet::{Estimator, Model, Options};
//!
//! // f(x) = sin(3 x), one input, one output, with its vector-Jacobian products.
//! let model = Model::new(1, 1).vjp(|_samples, directions, x: &[f64], u, jtu| {
//!     for (j, product) in jtu.iter_mut().enumerate() {
//!         *product = 3.0 * (3.0 * x[j / directions]).cos() * u[j];
//!     }
//!     Ok(())
//! });
//! let mut estimator = Estimator::new(model, &Options::default())?;
//! estimator.update(&[0.0, 0.1, 0.2], None, None)?;
//! let result = estimator.result()?;
//! assert!((result.value - 7.7816).abs() < 1e-4);
//! # Ok::<(), dirichlet::Error>(())
//! ```
//!
//! Shapes and methods are those of the C headers; `sys` is the C interface itself.

pub mod sys;

mod dense;
mod error;
mod estimator;
mod model;
mod real;

pub use dense::{Activation, Dense, Layer};
pub use error::{Error, Result};
pub use estimator::{Estimator, Method, Options, State};
pub use model::{Flow, Model};
pub use real::Real;

/// Number of rows of `width` elements in `length` elements.
pub(crate) fn rows(name: &str, length: usize, width: usize) -> Result<usize> {
    if width > 0 && length % width == 0 {
        return Ok(length / width);
    }
    Err(Error::shape(format!("{name} has {length} elements, which are no whole rows of {width}")))
}

/// Refuse a slice of another length than the C function takes it to have.
pub(crate) fn expect_length(name: &str, length: usize, expected: usize) -> Result<()> {
    if length == expected {
        return Ok(());
    }
    Err(Error::shape(format!("{name} has {length} elements, {expected} are needed")))
}
