use std::fmt::Display;

use crate::numbers::numbered;
use crate::progress::Watcher;
use crate::sized::sized;
use crate::sys::*;
use crate::view::count;
use crate::{Error, Result};

numbered! {
    /// How the energy of a sample is found, from m products a sample; see estimator.h.
    #[derive(Default)]
    Method {
        /// The best of the others for what the model offers.
        #[default]
        Auto = DIRICHLET_METHOD_AUTO,
        /// All of the products, or the model's own energies.
        Exact = DIRICHLET_METHOD_EXACT,
        /// Random signs.
        Rademacher = DIRICHLET_METHOD_RADEMACHER,
        /// Uniform on a sphere.
        Sphere = DIRICHLET_METHOD_SPHERE,
        /// Normal numbers.
        Gaussian = DIRICHLET_METHOD_GAUSSIAN,
        /// A random orthonormal frame.
        Orthogonal = DIRICHLET_METHOD_ORTHOGONAL,
        /// Coordinates without replacement.
        Unit = DIRICHLET_METHOD_UNIT,
        /// One-sided Hutch++.
        HutchPp = DIRICHLET_METHOD_HUTCHPP,
        /// Central differences of the forward pass.
        FiniteDifference = DIRICHLET_METHOD_FINITE_DIFFERENCE,
    }
}

numbered! {
    /// Why an estimator takes no more samples.
    StopReason {
        /// It does take more.
        None = DIRICHLET_STOP_NONE,
        /// [`Options::max_samples`] were used.
        Samples = DIRICHLET_STOP_SAMPLES,
        /// The confidence interval is narrow enough for [`Options::tolerance`].
        Tolerance = DIRICHLET_STOP_TOLERANCE,
    }
}

/// How many directions of a sample are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Probes {
    /// 16, or all where these are at most a quarter more.
    #[default]
    Default,
    /// All directions: no error by probes.
    All,
    /// So many, at least 1.
    Count(u64),
}

impl From<u64> for Probes {
    fn from(count: u64) -> Self {
        Probes::Count(count)
    }
}

impl Probes {
    pub(crate) fn to_c(self, name: impl Display) -> Result<i64> {
        match self {
            Probes::Default => Ok(0),
            Probes::All => Ok(DIRICHLET_PROBES_ALL),
            Probes::Count(0) => Err(Error::range(format!("{name} is 0: it must be >= 1"))),
            Probes::Count(probes) => count(name, probes),
        }
    }
}

/// How to measure. The defaults are those of the library, which 0 stands for.
///
/// ```
/// use dirichlet::{Method, Options, Probes};
///
/// let probes = Probes::Count(8);
/// let options = Options { method: Method::Orthogonal, probes, ..Options::default() };
/// # assert_eq!(options.seed, 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How an energy is found.
    pub method: Method,
    /// Leave out and count samples whose data or energy is not finite, rather than fail.
    pub skip_nonfinite: bool,
    /// Products a sample, m.
    pub probes: Probes,
    /// Of the probes.
    pub seed: u64,
    /// Index of the first sample, on which its probes depend.
    pub first_sample: u64,
    /// Size of the finite population that the samples are drawn from without replacement.
    pub population: u64,
    /// Stop after so many samples.
    pub max_samples: u64,
    /// Stop once half the confidence interval is at most this times the value.
    pub tolerance: f64,
    /// Samples before the tolerance is looked at; 0: 512.
    pub min_samples: u64,
    /// Level of the confidence interval; 0: 0.95.
    pub confidence: f64,
    /// Step of finite differences.
    pub step: f64,
    /// Relative rounding noise of the forward pass.
    pub forward_noise: f64,
    /// Groups of samples that are averaged for themselves too: see
    /// [`Batch::groups`](crate::Batch::groups).
    pub groups: u64,
    /// Budget of the workspace.
    pub workspace_bytes: usize,
}

impl Options {
    pub(crate) fn to_c(&self, watcher: &Watcher<'_>) -> Result<dirichlet_estimator_options> {
        let (progress, progress_user) = watcher.callback();
        Ok(dirichlet_estimator_options {
            method: self.method.to_c(),
            on_nonfinite: match self.skip_nonfinite {
                true => DIRICHLET_NONFINITE_SKIP,
                false => DIRICHLET_NONFINITE_FAIL,
            },
            probes: self.probes.to_c("options.probes")?,
            seed: self.seed,
            first_sample: count("options.first_sample", self.first_sample)?,
            population: count("options.population", self.population)?,
            max_samples: count("options.max_samples", self.max_samples)?,
            tolerance: self.tolerance,
            min_samples: count("options.min_samples", self.min_samples)?,
            confidence: self.confidence,
            step: self.step,
            forward_noise: self.forward_noise,
            groups: count("options.groups", self.groups)?,
            workspace_bytes: self.workspace_bytes,
            progress,
            progress_user,
            // SAFETY: a struct of the C interface.
            ..unsafe { sized() }
        })
    }
}
