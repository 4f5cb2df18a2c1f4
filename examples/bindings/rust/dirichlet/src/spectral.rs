use crate::progress::{Watch, Watcher};
use crate::sized::sized;
use crate::sys::{dirichlet_spectral_options, dirichlet_spectral_result};
use crate::view::count;
use crate::Result;

/// How spectral norms are searched. The defaults are those of the library, which 0 stands for.
#[derive(Clone, Debug, Default)]
pub struct SpectralOptions<'a> {
    /// By which the bounds of a norm may differ, relative to the lower one; 0: 1e-10.
    pub tolerance: f64,
    /// For each norm; 0: 200.
    pub max_iterations: u64,
    /// Called before every matrix.
    pub progress: Watch<'a>,
}

impl SpectralOptions<'_> {
    pub(crate) fn to_c(&self, watcher: &Watcher<'_>) -> Result<dirichlet_spectral_options> {
        let (progress, progress_user) = watcher.callback();
        Ok(dirichlet_spectral_options {
            tolerance: self.tolerance,
            max_iterations: count("options.max_iterations", self.max_iterations)?,
            progress,
            progress_user,
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        })
    }
}

/// A spectral norm between proven bounds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpectralNorm {
    /// Between the bounds.
    pub norm: f64,
    /// At most the true norm.
    pub lower: f64,
    /// At least the true norm.
    pub upper: f64,
    /// Cholesky factorizations done.
    pub iterations: u64,
    /// Whether the bounds agree to the tolerance.
    pub converged: bool,
}

impl SpectralNorm {
    pub(crate) fn from_c(result: &dirichlet_spectral_result) -> Self {
        SpectralNorm {
            norm: result.norm,
            lower: result.lower,
            upper: result.upper,
            iterations: result.iterations as u64,
            converged: result.converged != 0,
        }
    }
}
