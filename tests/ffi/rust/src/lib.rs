//! Safe calls of libdirichlet: measure the geometric complexity
//!
//! ```text
//! GC = (1/|D|) sum over x in D of ||df/dx (x)||_F^2
//! ```
//!
//! of a [`Model`] made of closures or of a [`Dense`] network over borrowed weights, with an
//! [`Estimator`]. Panics and error codes of the closures come back to the caller.

mod dense;
mod error;
mod estimator;
mod model;
pub mod sys;

pub use dense::{Dense, Layer};
pub use error::Error;
pub use estimator::{Estimator, Options};
pub use model::Model;
pub use sys::dirichlet_result as Complexity;

/// What the library's matrix products run on.
pub fn blas_name() -> String {
    unsafe { error::text(sys::dirichlet_blas_name()) }
}
