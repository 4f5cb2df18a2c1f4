//! The geometric complexity of a model, GC = mean of ||J(x)||_F^2 over data: measured and
//! controlled by the C library libdirichlet.
//!
//! ```
//! use dirichlet::{measure, Model, Options};
//!
//! // f(x) = sin(3 x), with its vector-Jacobian products, m for each sample.
//! let mut model = Model::new(1, 1).vjp(|m, x: &[f64], u, jtu| {
//!     for (j, product) in jtu.iter_mut().enumerate() {
//!         *product = 3.0 * (3.0 * x[j / m]).cos() * u[j];
//!     }
//!     Ok(())
//! });
//! let gc = measure(&mut model, &[0.0, 0.1, 0.2], &Options::default())?;
//! assert!((gc.value - 7.7816).abs() < 1e-4);
//! # Ok::<(), dirichlet::Error>(())
//! ```
//!
//! - A [`Model`] is what is measured: closures of yours, or a [`Dense`] network over weights of
//!   yours. [`check_model`] says whether closures keep their contract: run it before believing a
//!   number. [`measure`] does it in one call, an [`Estimator`] in batches; a [`State`] is what it
//!   has seen, to be merged with others.
//! - A [`Dense`] network also gives its energies directly, and the gradients of its [`Loss`] and
//!   of penalties.
//! - [`regularizer`] has penalties for any trainer, [`mod@random`] initialization and noise.
//!
//! Everything is there for `f64` and `f32`. An [`Error`] names the argument at fault; a closure
//! may return an error of its own, which becomes its source, and a panic of a closure goes on
//! after C has returned. Nothing is global: handles are `Send`, and used by one thread at a time.
//!
//! Shapes and methods are those of the C headers; [`sys`] is the C interface itself.

#![deny(missing_docs)]

pub use dirichlet_sys as sys;

pub mod random;
pub mod regularizer;

mod callback;
mod dense;
mod error;
mod estimator;
mod loss;
mod model;
mod numbers;
mod penalty;
mod progress;
mod real;
mod sized;
mod spectral;
mod view;

pub use callback::{BoxError, CallbackResult, Refusal};
pub use dense::{
    Activation, Dense, DenseDescription, DenseOptions, Gradient, Kink, Layer, PenaltyOptions,
    SpectralNorms, Tangent, Transfer, TransferOptions,
};
pub use error::{Error, Result, Status};
pub use estimator::{
    measure, Batch, Estimator, EstimatorDescription, Measurement, Method, Options, Probes, State,
    StopReason,
};
pub use loss::Loss;
pub use model::{
    check_model, Callback, CheckItem, CheckOptions, Finding, Fits, Local, Model, Movable, Report,
    Rows,
};
pub use penalty::{Flatness, Penalty};
pub use progress::{Progress, Watch};
pub use real::Real;
pub use spectral::{SpectralNorm, SpectralOptions};
pub use view::{Matrix, MatrixMut};

/// Version of the library that is linked, "major.minor.patch".
pub fn library_version() -> String {
    // SAFETY: returns a static string.
    unsafe { error::text(sys::dirichlet_version_string()) }
}

/// What its matrix products run on in this process: "openblas", "blis", "mkl", "atlas",
/// "reference", "none", or "unknown (built for NAME)".
pub fn blas_name() -> String {
    // SAFETY: returns a static string.
    unsafe { error::text(sys::dirichlet_blas_name()) }
}

/// The file of that library, or "" where it is the program itself or not known.
pub fn blas_library() -> String {
    // SAFETY: returns a string that lives as long as the library is loaded.
    unsafe { error::text(sys::dirichlet_blas_library()) }
}

/// What a library can do, for programs that are to work with several versions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// 10000 * major + 100 * minor + patch.
    pub version: i32,
    /// The oldest format of serialized states that is read.
    pub oldest_state_format: i32,
    /// The newest one, which is written.
    pub newest_state_format: i32,
    /// Whether it was built on a CBLAS.
    pub has_cblas: bool,
    /// Tasks at a time that threads of the caller's are used for; 1: none but the calling thread.
    pub largest_parallel_lanes: i32,
}

/// What the linked library can do.
pub fn capabilities() -> Result<Capabilities> {
    // SAFETY: a struct of the C interface.
    let mut found: sys::dirichlet_capabilities = unsafe { sized::sized() };
    // SAFETY: the struct is of the size it says.
    let status = unsafe { sys::dirichlet_describe_library(&mut found) };
    error::check(status, error::no_details)?;
    Ok(Capabilities {
        version: found.version,
        oldest_state_format: found.oldest_state_format,
        newest_state_format: found.newest_state_format,
        has_cblas: found.cblas != 0,
        largest_parallel_lanes: found.largest_parallel_lanes,
    })
}
